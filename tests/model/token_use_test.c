#include "tests/model/house.h"

#include <gatehouse/token_alarm.h>
#include <gatehouse/token_change.h>

TestSuite(token_use, .init = house_open, .fini = house_close);

static int64_t issue(struct secret **text)
{
    int64_t number;
    cr_assert_ok(token_generate(&act, sa, &(struct token_plan){.name = "", .expires = WHEN_NEVER},
                                &number, text));
    return number;
}

static struct token_row row_of(int64_t number)
{
    struct token_row row;
    cr_assert_ok(token_get(act.store, act.now, number, &row));
    return row;
}

Test(token_use, rule_15_a_denial_of_a_known_token_is_remembered_with_when_from_where_and_why)
{
    struct secret *text;
    struct token_pass pass;
    int64_t number = issue(&text), events = house_all_events();
    cr_assert_ok(token_revoke(&act, number, NULL));
    cr_assert_eq(token_check(checker, NOON + 5, text->bytes, text->size, NULL, &pass, NULL),
                 ERR_NOT_FOUND);
    token_touch(act.store, NOON + 5, &pass, "192.0.2.7");
    token_touch(act.store, NOON + 9, &pass, "192.0.2.8");
    struct token_row row = row_of(number);
    cr_assert_eq(row.denied, NOON + 5);
    cr_assert_str_eq(row.denied_from, "192.0.2.7");
    cr_assert_eq(row.denied_why, DENIAL_REVOKED);
    cr_assert_eq(row.last_used, WHEN_NEVER, "a denial is no use");
    cr_assert_eq(house_all_events(), events + 1, "only the revocation is an event");
    cr_assert(token_is_knocking(&row, true, NOON + 5));
    cr_assert(token_is_knocking(&row, true, NOON + 4 + 7 * 86400));
    cr_assert(!token_is_knocking(&row, true, NOON + 5 + 7 * 86400));
    secret_free(text);
}

Test(token_use, an_unknown_token_leaves_no_trace)
{
    struct token_pass pass;
    cr_assert_eq(token_check(checker, NOON, "gth_0123456789abcdefghijABCDEFGHIJ05DYyq", 40, NULL,
                             &pass, NULL),
                 ERR_NOT_FOUND);
    token_touch(act.store, NOON, &pass, NULL);
    cr_assert_eq(
        house_number("SELECT count(*) FROM token WHERE number >= :n AND (denied IS NOT NULL OR "
                     "last_used IS NOT NULL)",
                     0),
        0);
}

Test(token_use, a_batch_writes_what_is_due_and_keeps_uses_and_denials_apart)
{
    struct secret *a, *b;
    int64_t first = issue(&a), second = issue(&b);
    const struct token_use uses[] = {
        {.token = first, .account = sa, .at = NOON, .from = "192.0.2.1"},
        {.token = second, .account = sa, .at = NOON, .denial = DENIAL_PERMISSION},
        {.token = second, .account = sa, .at = NOON + 1},
        {.token = 999, .account = 999, .at = NOON}, /* deleted since */
    };
    cr_assert_ok(token_use_record(act.store, uses, 4, 4));
    cr_assert_eq(row_of(first).last_used, NOON);
    cr_assert_str_eq(row_of(first).last_from, "192.0.2.1");
    cr_assert_eq(row_of(first).denied, WHEN_NEVER);
    cr_assert_eq(row_of(second).last_used, NOON + 1);
    cr_assert_eq(row_of(second).denied_why, DENIAL_PERMISSION);

    struct token_use again = {.token = first, .account = sa, .at = NOON + 3};
    cr_assert_ok(token_use_record(act.store, &again, 1, 4));
    cr_assert_eq(row_of(first).last_used, NOON, "within the interval");
    again.at = NOON + 4;
    cr_assert_ok(token_use_record(act.store, &again, 1, 4));
    cr_assert_eq(row_of(first).last_used, NOON + 4);
    cr_assert_ok(token_use_record(act.store, NULL, 0, 4));
    secret_free(a);
    secret_free(b);
}

Test(token_use, a_denial_of_a_clock_that_ran_ahead_does_not_hide_later_ones)
{
    struct secret *text;
    int64_t number = issue(&text);
    struct token_use use = {.token = number, .account = sa, .denial = DENIAL_SUSPENDED};
    use.at = NOON + 100000;
    cr_assert_ok(token_use_record(act.store, &use, 1, 60));
    use.at = NOON;
    cr_assert_ok(token_use_record(act.store, &use, 1, 60));
    cr_assert_eq(row_of(number).denied, NOON);
    secret_free(text);
}

/* Whether a use, or a denial, `later` seconds after the one that is stored takes its place. */
static void expect_replaced(int64_t later, bool replaced)
{
    struct secret *text;
    int64_t number = issue(&text);
    static int64_t start = NOON;
    start += 100000;
    for (int denied = 0; denied < 2; denied++) {
        struct token_use use = {.token = number, .account = sa, .at = start};
        if (denied) use.denial = DENIAL_NETWORK;
        cr_assert_ok(token_use_record(act.store, &use, 1, 10));
        use.at += later;
        cr_assert_ok(token_use_record(act.store, &use, 1, 10));
        const struct token_row row = row_of(number);
        const int64_t wanted = replaced ? start + later : start;
        cr_assert_eq(denied ? row.denied : row.last_used, wanted, "%d", (int)later);
        if (denied) cr_assert_eq(row.denied_why, DENIAL_NETWORK);
    }
    cr_assert_eq(house_number("SELECT last_used FROM account WHERE number = :n", sa),
                 replaced ? start + later : start);
    secret_free(text);
}

Test(token_use, what_is_stored_stays_for_the_interval_and_if_it_is_a_minute_ahead)
{
    expect_replaced(0, false);
    expect_replaced(9, false);
    expect_replaced(10, true);
    expect_replaced(-1, false);
    expect_replaced(-60, false);
    expect_replaced(-61, true);
}

Test(token_use, the_latest_use_of_an_account_is_that_of_any_of_its_tokens)
{
    static const char used[] = "SELECT last_used FROM account WHERE number = :n";
    struct secret *text;
    int64_t numbers[4];
    static const int64_t times[] = {100, 40, 101, 41}, latest[] = {100, 100, 101, 101};
    for (int i = 0; i < 4; i++) {
        numbers[i] = issue(&text);
        secret_free(text);
        const struct token_use use = {.token = numbers[i], .account = sa, .at = NOON + times[i]};
        cr_assert_ok(token_use_record(act.store, &use, 1, 60));
        cr_assert_eq(house_number(used, sa), NOON + latest[i], "%d", i);
    }
    const struct token_use early = {.token = issue(&text), .account = sa, .at = NOON + 40};
    secret_free(text);
    cr_assert_ok(token_use_record(act.store, &early, 1, 60));
    cr_assert_eq(house_number(used, sa), NOON + 40, "101 was a wrong clock");
}

/* The first that is due decides where the writing begins, and none before it is written. */
Test(token_use, of_a_batch_only_what_is_due_is_written)
{
    struct secret *text;
    struct token_use uses[4];
    for (int i = 0; i < 4; i++) {
        uses[i] = (struct token_use){.token = issue(&text), .account = sa, .at = NOON};
        secret_free(text);
    }
    cr_assert_ok(token_use_record(act.store, uses, 2, 60));
    for (int i = 0; i < 4; i++)
        uses[i].at = NOON + 59;
    cr_assert_ok(token_use_record(act.store, uses, 4, 60));
    for (int i = 0; i < 4; i++)
        cr_assert_eq(row_of(uses[i].token).last_used, i < 2 ? NOON : NOON + 59, "%d", i);
}

Test(token_use, an_alarm_is_open_until_it_is_settled)
{
    struct secret *text;
    struct token_pass pass = {.account = sa};
    struct token_row row;
    bool open = true, changed = true;
    pass.token = issue(&text);
    secret_free(text);
    cr_assert_refused(token_alarm_settle(&act, pass.token, NULL), ERR_CONFLICT,
                      "token 1 is not a canary: it raises no alarm");
    cr_assert_refused(token_alarm_settle(&act, 7, NULL), ERR_NOT_FOUND, "no token 7");
    cr_assert_ok(token_make_canary(&act, pass.token, NULL));
    for (int turn = 0; turn < 2; turn++) {
        row = row_of(pass.token);
        cr_assert_ok(token_alarm_is_open(act.store, &row, &open));
        cr_assert_not(open);
        cr_assert_ok(token_alarm_settle(&act, pass.token, &changed));
        cr_assert_not(changed);
        cr_assert_eq(house_events("token.settle"), turn);
        cr_assert_ok(token_alarm(&act, &pass, "192.0.2.7"));
        cr_assert_ok(token_alarm(&act, &pass, NULL));
        cr_assert_ok(token_alarm_is_open(act.store, &row, &open));
        cr_assert(open);
        cr_assert_ok(token_alarm_settle(&act, pass.token, turn ? NULL : &changed));
        cr_assert(turn || changed);
        cr_assert_eq(house_events("token.settle"), turn + 1);
    }
    cr_assert_ok(token_alarm_is_open(act.store, &row, &open));
    cr_assert_not(open);
}
