/* What a copy takes over from the database that went on without it. */
#include "house.h"

#include <gatehouse/audit_archive.h>
#include <gatehouse/audit_verify.h>
#include <gatehouse/carry.h>
#include <gatehouse/group_change.h>
#include <gatehouse/permission_change.h>
#include <gatehouse/token_change.h>
#include <unistd.h>

static char folder[] = "/tmp/gatehouse-carry-XXXXXX", path[64];
static struct store *copy;

static void close_both(void)
{
    if (copy) store_close(copy);
    unlink(path);
    rmdir(folder);
    house_close();
}

TestSuite(carry, .init = house_open, .fini = close_both);

static void make_copy(void)
{
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/copy.db", folder);
    cr_assert_ok(store_copy(act.store, path, NULL, NULL));
    cr_assert_ok(database_open(path, STORE_OPEN, &copy));
}

/* Returns how many tokens stopped. */
static int64_t carry(void)
{
    const struct act there = {.store = copy, .actor = &admin, .now = act.now};
    int64_t stay_dead = -1;
    cr_assert_ok(store_begin(copy));
    cr_assert_ok(store_end(copy, carry_over(&there, act.store, &stay_dead)));
    return stay_dead;
}

static int64_t number_in(struct store *store, const char *sql)
{
    int64_t value = -1;
    cr_assert_ok(stmt_int(store_prepare(store, sql), &value));
    return value;
}

static int64_t generation_of(struct store *store)
{
    return number_in(store, "SELECT value FROM counter WHERE name = 'generation'");
}

static void expect_events(int64_t count)
{
    int64_t checked;
    cr_assert_ok(audit_verify(copy, &checked));
    cr_assert_eq(checked, count);
    cr_assert_eq(number_in(copy, "SELECT max(sequence) FROM event"), count);
}

Test(carry, no_number_is_used_again)
{
    HOUSE_NEEDS_SQLITE();
    static const char *const tables[] = {"account", "account_group", "permission", "token"};
    int64_t number, last, there;
    make_copy();
    cr_assert_ok(group_create(&act, "later", &number));
    cr_assert_ok(permission_create(&act, "later", "Later", "", &number));
    cr_assert_ok(permission_delete(&act, number));
    house_token(house_account("later"), "t", WHEN_NEVER);
    carry();
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        cr_assert_ok(store_last_number(act.store, tables[i], &last));
        cr_assert_ok(store_last_number(copy, tables[i], &there));
        cr_assert_eq(there, last, "%s", tables[i]);
    }
    expect_events(house_all_events());
}

Test(carry, the_generation_is_one_that_neither_has_had)
{
    HOUSE_NEEDS_SQLITE();
    make_copy();
    int64_t own = generation_of(copy);
    carry();
    cr_assert_eq(generation_of(copy), own + 1);
    for (int i = 0; i < 5; i++)
        cr_assert_ok(account_set_active(&act, sa, i & 1, NULL));
    cr_assert_gt(generation_of(act.store), own + 1);
    carry();
    cr_assert_eq(generation_of(copy), generation_of(act.store) + 1);
    own = generation_of(copy);
    carry();
    cr_assert_eq(generation_of(copy), own + 1);
}

Test(carry, of_two_logs_that_went_apart_the_longer_is_kept)
{
    HOUSE_NEEDS_SQLITE();
    make_copy();
    const struct act there = {.store = copy, .actor = &admin, .now = NOON + 5};
    for (int i = 0; i < 2; i++)
        cr_assert_ok(account_set_active(&there, sa, i & 1, NULL));
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
    carry();
    expect_events(3);
    cr_assert_eq(number_in(copy, "SELECT at FROM event WHERE sequence = 2"), NOON + 5, "its own");
    for (int i = 0; i < 3; i++)
        cr_assert_ok(account_set_active(&act, sa, i & 1, NULL));
    carry();
    expect_events(house_all_events());
    cr_assert_eq(number_in(copy, "SELECT at FROM event WHERE sequence = 2"), NOON);
}

Test(carry, a_log_that_does_not_hold_is_not_carried_on)
{
    HOUSE_NEEDS_SQLITE();
    make_copy();
    house_is_damaged = true;
    house_account("later");
    cr_assert_ok(stmt_run(store_prepare(act.store, "UPDATE event SET at = 1 WHERE sequence = 1")));
    carry();
    expect_events(1);
}

Test(carry, what_was_archived_since_is_gone_from_the_copy_too)
{
    HOUSE_NEEDS_SQLITE();
    struct audit_part part;
    house_account("early");
    make_copy();
    act.now = NOON + 60;
    house_account("later");
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(audit_archive_find(act.store, NOON + 60, &part));
    cr_assert_ok(audit_archive_remove(&act, &part, "old.log", NULL));
    cr_assert_ok(store_end(act.store, OK));
    carry();
    expect_events(4);
    cr_assert_eq(number_in(copy, "SELECT min(sequence) FROM event"), 3);
}

/* Before and after: what works in the copy, and what of it a canary or dead here is. */
Test(carry, canaries_and_the_dead_stay_what_they_are)
{
    HOUSE_NEEDS_SQLITE();
    enum { DEAD = 1, CANARY, DEAD_BEFORE, ENDED, LIVE };
    static const char state[] =
        "SELECT group_concat(is_, ' ') = '1r1 2c0 3r1 4-0 5-0' FROM (SELECT t.number || CASE WHEN "
        "t.canary = 1 THEN 'c' WHEN t.revoked IS NOT NULL THEN 'r' ELSE '-' END || d.dead AS is_ "
        "FROM token t JOIN digest d ON d.token = t.number ORDER BY t.number)";
    for (int i = DEAD; i <= LIVE; i++)
        house_token(sa, "t", i == ENDED ? NOON + 10 : WHEN_NEVER);
    cr_assert_ok(token_revoke(&act, DEAD_BEFORE, NULL));
    make_copy();
    cr_assert_ok(token_revoke(&act, DEAD, NULL));
    cr_assert_ok(token_make_canary(&act, CANARY, NULL));
    cr_assert_ok(token_make_canary(&act, ENDED, NULL));
    cr_assert_ok(token_revoke(&act, house_token(sa, "new", WHEN_NEVER), NULL));
    act.now = NOON + 10;
    cr_assert_eq(carry(), 1);
    cr_assert_eq(number_in(copy, state), 1);
    cr_assert_eq(number_in(copy, "SELECT count(*) FROM digest WHERE dead = 1 AND token = 0"), 1,
                 "of a token it does not know");
    cr_assert_eq(carry(), 0, "what is dead already does not stop");
}
