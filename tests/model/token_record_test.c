/* Tokens that come from another database. */
#include "house.h"

#include <gatehouse/audit_list.h>
#include <gatehouse/token_record.h>

TestSuite(token_record, .init = house_open, .fini = house_close);

static enum error create(uint8_t first, bool revoked, int64_t *number)
{
    struct token_record record = {.account = sa,
                                  .digest = {first},
                                  .created = NOON,
                                  .expires = WHEN_NEVER,
                                  .last_used = WHEN_NEVER,
                                  .rotated = WHEN_NEVER,
                                  .revoked = revoked,
                                  .imported = true};
    enum error e = token_record_create(&act, &record, NULL, number);
    return e ? e : token_records_count(act.store, sa, !revoked, WHEN_NEVER);
}

Test(token_record, a_digest_that_is_there_is_refused_whatever_its_state)
{
    int64_t number, again;
    for (int revoked = 0; revoked < 2; revoked++) {
        uint8_t first = (uint8_t)(1 + revoked);
        cr_assert_ok(create(first, revoked, &number));
        cr_assert_refused(create(first, false, &again), ERR_CONFLICT, "already known");
        cr_assert_refused(create(first, true, &again), ERR_CONFLICT, "already known");
    }
    house_expect_sound();
}

Test(token_record, a_digest_whose_row_is_gone_comes_back_only_revoked)
{
    int64_t number, again;
    cr_assert_ok(create(1, false, &number));
    cr_assert_ok(account_delete(&act, sa));
    sa = house_account("ci-deploy");
    cr_assert_refused(create(1, false, &again), ERR_CONFLICT, "already known");
    cr_assert_ok(create(1, true, &again));
    cr_assert_eq(house_number("SELECT dead FROM digest WHERE token = :n", again), 1);
    house_expect_sound();
}

/* One field of `to` differs from a plain record. */
static void differ(struct token_record *to, int flag)
{
    if (flag == RECORD_NAME) strcpy(to->name, "other");
    if (flag == RECORD_CREATED) to->created++;
    if (flag == RECORD_EXPIRES) to->expires = NOON;
    if (flag == RECORD_STATE) to->suspended = true;
    if (flag == RECORD_PERMISSIONS) to->limits.narrowed = true;
    if (flag == RECORD_NETWORKS) cr_assert_ok(token_limits_add_network(&to->limits, "10.0.0.0/8"));
    if (flag == RECORD_CANARY) to->limits.canary = true;
    if (flag == RECORD_ROTATED) to->rotated = NOON;
    if (flag == RECORD_SUCCESSOR) to->has_successor = true;
    if (flag == RECORD_LAST_FOUR) strcpy(to->last_four, "abcd");
}

static struct token_record plain_record(void)
{
    return (struct token_record){.account = sa,
                                 .digest = {1},
                                 .name = "main",
                                 .created = NOON,
                                 .expires = WHEN_NEVER,
                                 .last_used = WHEN_NEVER,
                                 .rotated = WHEN_NEVER};
}

Test(token_record, what_differs_is_named_field_by_field)
{
    for (int one = 0; one <= 10; one++)
        for (int two = 0; two <= 10; two++) {
            const int first = one == 10 ? 0 : 1 << one, second = two == 10 ? 0 : 1 << two;
            struct token_record a = plain_record(), b = plain_record();
            differ(&b, first);
            differ(&b, second);
            cr_assert_eq(token_record_diff(&a, &b), first | second, "%d, %d", first, second);
            /* Last characters that are known do not become unknown. */
            cr_assert_eq(token_record_diff(&b, &a), (first | second) & ~RECORD_LAST_FOUR);
            cr_assert_eq(token_record_diff(&b, &b), 0);
            token_record_free(&b);
        }
}

Test(token_record, what_differs_within_a_field_counts_too)
{
    struct token_record a = plain_record(), b = plain_record();
    a.revoked = true;
    cr_assert_eq(token_record_diff(&a, &b), RECORD_STATE);
    b.revoked = b.suspended = true;
    cr_assert_eq(token_record_diff(&a, &b), 0, "of a revoked one it does not matter");
    a.has_successor = b.has_successor = true;
    b.successor[TOKEN_DIGEST_SIZE - 1] = 1;
    cr_assert_eq(token_record_diff(&a, &b), RECORD_SUCCESSOR);
    a.successor[TOKEN_DIGEST_SIZE - 1] = 1;
    differ(&a, RECORD_NETWORKS);
    cr_assert_ok(token_limits_add_network(&b.limits, "11.0.0.0/8"));
    cr_assert_eq(token_record_diff(&a, &b), RECORD_NETWORKS);
    cr_assert_ok(token_limits_add_network(&a.limits, "11.0.0.0/8"));
    cr_assert_ok(token_limits_add_network(&b.limits, "10.0.0.0/8"));
    cr_assert_eq(token_record_diff(&a, &b), 0, "their order does not matter");
    cr_assert_ok(id_set_add(&a.limits.permissions, 7));
    cr_assert_eq(token_record_diff(&a, &b), RECORD_PERMISSIONS);
    strcpy(a.last_four, "abcd");
    strcpy(b.last_four, "wxyz");
    cr_assert_eq(token_record_diff(&a, &b), RECORD_PERMISSIONS, "they stay as they are");
    token_record_free(&a);
    token_record_free(&b);
}

static const char *last_after(void)
{
    static char text[1000];
    struct audit_event event;
    cr_assert_ok(audit_get(act.store, house_all_events(), &event));
    snprintf(text, sizeof text, "%s|%s|%s|%s", event.kind, event.subject,
             event.before ? event.before : "-", event.after ? event.after : "-");
    audit_event_free(&event);
    return text;
}

Test(token_record, its_event_says_what_it_is_restricted_to_and_only_that)
{
#define PLAIN "\"expires\":\"never\",\"name\":\"main\",\"state\":"
    static const struct {
        int flag;
        const char *event;
    } rows[] = {
        {0, "\"created\":\"2027-01-15T08:00:00Z\"," PLAIN "\"live\"}"},
        {RECORD_STATE, "\"created\":\"2027-01-15T08:00:00Z\"," PLAIN "\"suspended\"}"},
        {RECORD_PERMISSIONS, "\"created\":\"2027-01-15T08:00:00Z\",\"expires\":\"never\","
                             "\"name\":\"main\",\"permissions\":[],\"state\":\"live\"}"},
        {RECORD_NETWORKS,
         "\"created\":\"2027-01-15T08:00:00Z\",\"expires\":\"never\",\"name\":\"main\","
         "\"networks\":[\"10.0.0.0/8\"],\"state\":\"live\"}"},
        {RECORD_CANARY, "\"canary\":true,\"created\":\"2027-01-15T08:00:00Z\"," PLAIN "\"live\"}"},
        {RECORD_LAST_FOUR, "\"created\":\"2027-01-15T08:00:00Z\",\"expires\":\"never\","
                           "\"last_four\":\"abcd\",\"name\":\"main\",\"state\":\"live\"}"},
    };
#undef PLAIN
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct token_record record = plain_record();
        struct token_limits stored;
        char wanted[400];
        int64_t number;
        record.digest[0] = (uint8_t)(1 + i);
        differ(&record, rows[i].flag);
        cr_assert_ok(token_record_create(&act, &record, NULL, &number));
        cr_assert_ok(token_records_count(act.store, sa, 1, WHEN_NEVER));
        snprintf(wanted, sizeof wanted, "token.apply|sa::ci-deploy/main|-|{%s", rows[i].event);
        cr_expect_str_eq(last_after(), wanted, "%s, not %s", last_after(), wanted);
        cr_assert_ok(token_limits_load(act.store, number, &stored));
        cr_assert_eq(stored.narrowed, record.limits.narrowed);
        cr_assert_eq(stored.canary, record.limits.canary);
        cr_assert_eq(stored.network_count, record.limits.network_count);
        token_limits_free(&stored);
        token_record_free(&record);
    }
    house_expect_sound();
}

/* Whatever another database says: what has ended here does not live again. */
Test(token_record, an_expired_token_does_not_live_again)
{
    static const struct {
        int64_t expires;
        bool revoked, refused;
    } rows[] = {
        {WHEN_NEVER, false, true}, {NOON + 11, false, true},  {NOON + 10, false, false},
        {NOON + 9, false, false},  {NOON + 100, true, false}, {NOON + 5, false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct token_record before = plain_record();
        act.now = NOON;
        before.digest[0] = (uint8_t)(1 + i);
        before.expires = NOON + 5;
        cr_assert_ok(token_record_create(&act, &before, NULL, &before.number));
        cr_assert_ok(token_records_count(act.store, sa, 1, WHEN_NEVER));
        struct token_record after = before;
        after.expires = rows[i].expires;
        after.revoked = rows[i].revoked;
        act.now = NOON + 10;
        enum error e = token_record_update(&act, &before, &after);
        cr_assert_eq(e, rows[i].refused ? ERR_CONFLICT : OK, "row %zu: %s", i, error_message());
        if (e) cr_assert_str_eq(error_message(), "the token has expired");
    }
    struct token_record live = plain_record(), after;
    act.now = NOON;
    live.digest[0] = 99;
    live.expires = NOON + 11;
    cr_assert_ok(token_record_create(&act, &live, NULL, &live.number));
    cr_assert_ok(token_records_count(act.store, sa, 1, WHEN_NEVER));
    act.now = NOON + 10;
    after = live;
    after.expires = WHEN_NEVER;
    cr_assert_ok(token_record_update(&act, &live, &after));
    house_expect_sound();
}

/* By the generation checkers know that what they remember may be outdated. */
Test(token_record, each_change_raises_the_generation)
{
    struct token_record record = plain_record(), after;
    int64_t generation = house_generation();
    cr_assert_ok(token_record_create(&act, &record, NULL, &record.number));
    cr_assert_ok(token_records_count(act.store, sa, 1, WHEN_NEVER));
    cr_assert_gt(house_generation(), generation);
    generation = house_generation();
    after = record;
    cr_assert_ok(token_record_update(&act, &record, &after));
    cr_assert_eq(house_generation(), generation, "nothing differs");
    after.suspended = true;
    cr_assert_ok(token_record_update(&act, &record, &after));
    cr_assert_gt(house_generation(), generation);
    generation = house_generation();
    cr_assert_ok(token_record_delete(&act, &after));
    cr_assert_gt(house_generation(), generation);
    house_expect_sound();
}
