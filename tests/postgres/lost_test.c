/* A connection that is lost: what is said of a change that was being committed is what happened,
 * and who reads connects again. How often anybody waits for the server at all. */
#include "tests/model/house.h"
#include "tests/postgres/relay.h"

#include <stdio.h>

static const struct account_details nothing;
static struct store *direct;

static void setup(void)
{
    if (!fresh_is_postgres()) cr_skip_test("there is no PostgreSQL");
    house_open();
    direct = act.store;
    cr_assert_ok(database_open(relay_start(), STORE_OPEN, &act.store));
}

static void teardown(void)
{
    store_close(act.store);
    act.store = direct;
    house_close();
}

TestSuite(lost, .init = setup, .fini = teardown, .timeout = 300);

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

static int64_t read_once(void)
{
    int64_t count = -1;
    cr_assert_ok(store_begin_fresh(act.store));
    struct stmt *stmt = store_prepare(act.store, "SELECT count(*) FROM account");
    cr_assert_ok(store_end(act.store, stmt_int(stmt, &count)));
    return count;
}

/* `process`: what read_process() returned, the server's for our connection. */
static void end_connection(int64_t process)
{
    int64_t ended = 0;
    struct stmt *stmt =
        store_prepare(direct, "SELECT CAST(pg_terminate_backend(CAST(:pid AS int)) AS int)");
    bind_int(stmt, ":pid", process);
    cr_assert_ok(stmt_int(stmt, &ended));
    cr_assert_eq(ended, 1);
}

static int64_t read_process(void)
{
    int64_t process = 0;
    cr_assert_ok(stmt_int(store_prepare(act.store, "SELECT pg_backend_pid()"), &process));
    return process;
}

Test(lost, a_read_connects_again_and_the_next_one_has_its_facts)
{
    const int64_t count = read_once();
    const unsigned before = store_connections(act.store);
    for (int i = 0; i < 3; i++) {
        end_connection(read_process());
        cr_assert_eq(read_once(), count);
        cr_assert_eq(read_once(), count);
    }
    cr_assert_eq(store_connections(act.store), before + 3);
}

Test(lost, a_connection_that_ends_within_a_read_ends_that)
{
    int64_t count = 0;
    const int64_t process = read_process();
    cr_assert_ok(store_begin_fresh(act.store));
    cr_assert_ok(stmt_int(store_prepare(act.store, "SELECT count(*) FROM account"), &count));
    end_connection(process);
    enum error e = stmt_int(store_prepare(act.store, "SELECT count(*) FROM account"), &count);
    cr_assert_eq(e, ERR_SYSTEM, "the second statement would see another state");
    cr_assert_eq(store_end(act.store, e), ERR_SYSTEM);
    read_once();
}

Test(lost, a_read_waits_once_and_not_for_its_end)
{
    enum { READS = 10 };
    read_once(); /* prepares */
    const unsigned before = relay_turns();
    for (int i = 0; i < READS; i++)
        read_once();
    /* Once to go on with COMMIT, once to go on with the next. */
    cr_assert_leq(relay_turns() - before, 2 * READS);
    int64_t count = 0;
    cr_assert_ok(store_begin_fresh(act.store));
    cr_assert_ok(stmt_int(store_prepare(act.store, "SELECT count(*) FROM account"), &count));
    relay_hold(true);
    cr_assert_ok(store_end(act.store, OK));
    relay_hold(false);
    cr_assert_eq(read_once(), count);
}

Test(lost, a_newer_schema_is_noticed_by_the_first_statement)
{
    int64_t count = 0;
    cr_assert_ok(store_begin(direct));
    cr_assert_ok(stmt_run(store_prepare(direct, "UPDATE gatehouse SET version = version + 1")));
    cr_assert_ok(store_end(direct, OK));
    cr_assert_ok(store_begin_fresh(act.store));
    enum error e = stmt_int(store_prepare(act.store, "SELECT count(*) FROM account"), &count);
    cr_assert_refused(e, ERR_STORE, "newer Gatehouse");
    cr_assert_eq(store_end(act.store, e), ERR_STORE);
}

Test(lost, a_state_of_the_database_has_one_number)
{
    int64_t number = 0;
    read_once();
    cr_assert_eq(store_state(act.store), 0, "not in a transaction");
    uint64_t seen[3];
    for (int i = 0; i < 3; i++) {
        if (i == 2) {
            struct act other = act;
            other.store = direct;
            cr_assert_ok(account_create(&other, "another", &nothing, &number));
        }
        cr_assert_ok(store_begin_fresh(act.store));
        cr_assert_eq(store_state(act.store), 0, "not known yet");
        cr_assert_ok(stmt_int(store_prepare(act.store, "SELECT count(*) FROM account"), &number));
        seen[i] = store_state(act.store);
        cr_assert_ok(store_end(act.store, OK));
    }
    cr_assert_neq(seen[0], 0);
    cr_assert_eq(seen[0], seen[1]);
    cr_assert_neq(seen[1], seen[2]);
}
