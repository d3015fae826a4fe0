#include "tests/model/house.h"

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
