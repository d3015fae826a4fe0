/* Statements that nobody waits for: what fails is said before the change is, and the next change is
 * as good as any. */
#include "tests/model/house.h"

#include <gatehouse/membership.h>
#include <stdio.h>

static void setup(void)
{
    if (!fresh_is_postgres()) cr_skip_test("there is no PostgreSQL");
    house_open();
    house_is_damaged = true;
}

TestSuite(queue, .init = setup, .fini = house_close, .timeout = 300);

static enum error insert_setting(const char *name)
{
    struct stmt *stmt =
        store_prepare(act.store, "INSERT INTO setting (name, value) VALUES (:name, 1)");
    bind_text(stmt, ":name", name);
    return stmt_run(stmt);
}

static int64_t count_settings(void)
{
    return house_number("SELECT count(*) FROM setting WHERE name LIKE 'x%'", 0);
}

Test(queue, what_fails_is_said_when_the_change_ends)
{
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(insert_setting("x1"));
    cr_assert_ok(insert_setting("x1")); /* nobody has waited for it */
    cr_assert_ok(insert_setting("x2"));
    cr_assert_refused(store_end(act.store, OK), ERR_STORE, "duplicate key");
    cr_assert_eq(count_settings(), 0);
}

Test(queue, what_fails_is_said_by_what_needs_a_result)
{
    int64_t count;
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(insert_setting("x1"));
    cr_assert_ok(insert_setting("x1"));
    cr_assert_refused(stmt_int(store_prepare(act.store, "SELECT count(*) FROM setting"), &count),
                      ERR_STORE, "duplicate key");
    cr_assert_eq(store_end(act.store, ERR_STORE), ERR_STORE);
    cr_assert_eq(count_settings(), 0);
}

Test(queue, what_fails_while_changes_are_counted_is_said_by_the_next_call)
{
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(insert_setting("x1"));
    cr_assert_eq(store_changes(act.store), 1);
    cr_assert_ok(insert_setting("x1"));
    cr_assert_eq(store_changes(act.store), 0);
    cr_assert_refused(insert_setting("x2"), ERR_STORE, "duplicate key");
    cr_assert_refused(store_end(act.store, OK), ERR_STORE, "duplicate key");
    cr_assert_eq(count_settings(), 0);
}

Test(queue, a_statement_that_was_not_prepared_is_prepared_later)
{
    struct id_set one = {.count = 1, .ids = &sa};
    int64_t permission;
    cr_assert_ok(permission_find(act.store, "agent_management", &permission));
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(insert_setting("x1"));
    cr_assert_ok(insert_setting("x1"));
    cr_assert_neq(permission_grant_all(&act, &one, permission, true, NULL), OK);
    cr_assert_neq(store_end(act.store, ERR_STORE), OK);
    cr_assert_ok(permission_grant_all(&act, &one, permission, true, NULL));
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
    house_expect_sound();
}

Test(queue, takes_more_than_waits_at_once)
{
    enum { MANY = 2500 };
    char name[16];
    cr_assert_ok(store_begin(act.store));
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "x%d", i);
        cr_assert_ok(insert_setting(name));
    }
    cr_assert_eq(count_settings(), MANY, "a later statement sees them");
    cr_assert_ok(store_end(act.store, OK));
    cr_assert_eq(count_settings(), MANY);
}

static struct stmt *prepare_later(const char *name, int64_t value)
{
    struct stmt *stmt =
        store_prepare(act.store, "INSERT INTO setting (name, value) VALUES (:name, :value)");
    bind_text(stmt, ":name", name);
    bind_int(stmt, ":value", value);
    return stmt;
}

static enum error add_to_setting(const char *name, int64_t by)
{
    struct stmt *stmt = store_prepare(
        act.store, "UPDATE setting SET value = value + :by, text = :text WHERE name = :name");
    bind_int(stmt, ":by", by);
    bind_text(stmt, ":name", name);
    return stmt_run_later(stmt, 1);
}

static enum error remove_setting(const char *name)
{
    struct stmt *stmt = store_prepare(act.store, "DELETE FROM setting WHERE name = :name");
    bind_text(stmt, ":name", name);
    return stmt_run_later(stmt, 2);
}

Test(queue, rows_that_wait_are_there_for_what_follows)
{
    enum { MANY = 1300 };
    char name[16];
    cr_assert_ok(store_begin(act.store));
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "x%d", i);
        cr_assert_ok(stmt_run_later(prepare_later(name, i), 0));
    }
    cr_assert_eq(count_settings(), MANY, "a later statement sees them");
    cr_assert_ok(store_end(act.store, OK));
    cr_assert_eq(count_settings(), MANY);
    cr_assert_eq(house_number("SELECT value FROM setting WHERE name = 'x1299'", 0), MANY - 1);
}

Test(queue, rows_of_a_lower_rank_are_written_first)
{
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(remove_setting("x2"));
    cr_assert_ok(add_to_setting("x1", 5));
    cr_assert_ok(stmt_run_later(prepare_later("x1", 10), 0));
    cr_assert_ok(stmt_run_later(prepare_later("x2", 10), 0));
    cr_assert_ok(store_end(act.store, OK));
    cr_assert_eq(house_number("SELECT value FROM setting WHERE name = 'x1'", 0), 15);
    cr_assert_eq(count_settings(), 1);
}

Test(queue, a_row_that_is_updated_twice_is_updated_twice)
{
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(stmt_run_later(prepare_later("x1", 0), 0));
    cr_assert_ok(stmt_run_later(prepare_later("x2", 0), 0));
    for (int i = 0; i < 10; i++)
        cr_assert_ok(add_to_setting(i % 3 ? "x1" : "x2", 1 << i));
    cr_assert_ok(store_end(act.store, OK));
    cr_assert_eq(house_number("SELECT value FROM setting WHERE name = 'x1'", 0), 438);
    cr_assert_eq(house_number("SELECT value FROM setting WHERE name = 'x2'", 0), 585);
}

Test(queue, what_is_wrong_with_a_row_that_waits_is_said_when_the_change_ends)
{
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(stmt_run_later(prepare_later("x1", 1), 0));
    cr_assert_ok(stmt_run_later(prepare_later("x1", 2), 0));
    cr_assert_refused(store_end(act.store, OK), ERR_STORE, "duplicate key");
    cr_assert_eq(count_settings(), 0);
}

Test(queue, rows_that_wait_are_forgotten_with_the_change)
{
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(stmt_run_later(prepare_later("x1", 1), 0));
    cr_assert_ok(add_to_setting("x1", 1));
    cr_assert_eq(store_end(act.store, ERR_STOPPED), ERR_STOPPED);
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(stmt_run_later(prepare_later("x3", 1), 0));
    cr_assert_ok(store_end(act.store, OK));
    cr_assert_eq(count_settings(), 1);
}
