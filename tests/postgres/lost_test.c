/* A connection that is lost while a change is committed: what is said is what happened. */
#include "tests/model/house.h"
#include "tests/postgres/relay.h"

#include <stdio.h>

static const struct account_details nothing;
static struct store *direct;

static void setup(void)
{
    char address[FRESH_ADDRESS_SIZE + 64];
    if (!fresh_is_postgres()) cr_skip_test("there is no PostgreSQL");
    house_open();
    direct = act.store;
    const char *search_path = strrchr(fresh_address(), '&');
    snprintf(address, sizeof address, "postgresql:///postgres?host=%s&user=postgres%s",
             relay_start(), search_path);
    cr_assert_ok(database_open(address, STORE_OPEN, &act.store));
}

static void teardown(void)
{
    store_close(act.store);
    act.store = direct;
    house_close();
}

TestSuite(lost, .init = setup, .fini = teardown, .timeout = 60);

static int64_t count_made(void)
{
    int64_t count = 0;
    struct stmt *stmt =
        store_prepare(direct, "SELECT count(*) FROM account WHERE name = 'made-or-not'");
    cr_assert_ok(stmt_int(stmt, &count));
    return count;
}

Test(lost, a_change_that_was_committed_is_found_and_is_done)
{
    int64_t number = 0;
    relay_cut_next(RELAY_AFTER_COMMIT);
    cr_assert_ok(account_create(&act, "made-or-not", &nothing, &number));
    cr_assert_eq(count_made(), 1);
    cr_assert_ok(account_create(&act, "the-next", &nothing, &number));
}

Test(lost, a_change_that_was_not_committed_is_said_not_to_be)
{
    int64_t number = 0;
    relay_cut_next(RELAY_BEFORE_COMMIT);
    cr_assert_refused(account_create(&act, "made-or-not", &nothing, &number), ERR_SYSTEM,
                      "nothing was changed");
    cr_assert_eq(count_made(), 0);
    cr_assert_ok(account_create(&act, "made-or-not", &nothing, &number));
}

Test(lost, where_nobody_can_be_asked_nothing_is_claimed)
{
    int64_t number = 0;
    relay_cut_next(RELAY_FOR_GOOD);
    cr_assert_refused(account_create(&act, "made-or-not", &nothing, &number), ERR_SYSTEM,
                      "look whether it was made");
    cr_assert_eq(count_made(), 1);
}
