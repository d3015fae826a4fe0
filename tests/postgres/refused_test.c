/* Servers and databases that Gatehouse does not use: why not is said at once. */
#include "tests/model/house.h"
#include "tests/postgres/fake.h"

#include <stdio.h>

static void expect_refused(const struct fake *fake, const char *part)
{
    char address[200];
    struct store *store = NULL;
    snprintf(address, sizeof address, "postgresql:///any?host=%s&user=any", fake_start(fake));
    cr_assert_refused(database_open(address, STORE_OPEN, &store), ERR_STORE, part);
    cr_assert_refused(database_create(address, NULL, NULL), ERR_STORE, part);
}

TestSuite(refused, .timeout = 300);

Test(refused, cockroachdb_that_names_itself)
{
    expect_refused(
        &(struct fake){.server_version = "13.0.0", .crdb_version = "v23.1", .number = "0"},
        "protocol (CockroachDB): Gatehouse needs PostgreSQL itself, 14 or newer");
}

Test(refused, another_database_that_names_itself_in_version)
{
    expect_refused(&(struct fake){.server_version = "15.2", .number = "1"},
                   "another database that speaks PostgreSQL's protocol (it says so in version()");
}

Test(refused, one_that_keeps_no_advisory_locks)
{
    expect_refused(&(struct fake){.server_version = "15.2", .number = "2"},
                   "(it keeps no advisory locks): Gatehouse needs PostgreSQL itself");
}

Test(refused, one_that_lacks_functions)
{
    expect_refused(&(struct fake){.server_version = "15.2"},
                   "(the database refused: function version() does not exist)");
}

Test(refused, a_server_that_is_too_old)
{
    expect_refused(&(struct fake){.server_version = "13.14", .number = "0"},
                   "is PostgreSQL 13.14: Gatehouse needs 14 or newer");
}

/* On a real server. */

static void setup(void)
{
    if (!fresh_is_postgres()) cr_skip_test("there is no PostgreSQL");
    house_open();
    house_is_damaged = true;
}

TestSuite(refused_there, .init = setup, .fini = house_close, .timeout = 300);

static void expect_refused_there(const char *part)
{
    struct store *store = NULL;
    cr_assert_refused(database_open(fresh_address(), STORE_OPEN, &store), ERR_STORE, part);
    cr_assert_refused(database_create(fresh_address(), NULL, NULL), ERR_CONFLICT,
                      "has tables already");
}

Test(refused_there, a_database_of_another_program)
{
    fresh_run("DROP TABLE gatehouse");
    expect_refused_there("is a database of another program");
}

Test(refused_there, a_table_that_only_has_our_name)
{
    fresh_run("ALTER TABLE gatehouse DROP COLUMN commits");
    expect_refused_there("is a database of another program");
    fresh_run("ALTER TABLE gatehouse ADD COLUMN commits BIGINT DEFAULT 0");
    fresh_run("DROP TABLE digest");
    expect_refused_there("is a database of another program");
}

Test(refused_there, a_database_of_a_newer_gatehouse)
{
    fresh_run("UPDATE gatehouse SET version = 1000");
    expect_refused_there("was written by a newer Gatehouse");
}

/* What a pooler does that gives each transaction another connection. */
Test(refused_there, a_pooler_that_loses_prepared_statements)
{
    int64_t number = 0;
    cr_assert_ok(account_find(act.store, "ci-deploy", &number));
    cr_assert_ok(stmt_run(store_prepare(act.store, "DEALLOCATE ALL")));
    cr_assert_refused(account_find(act.store, "ci-deploy", &number), ERR_STORE,
                      "through a pooler that loses prepared statements");
}

/* The forms of version() that are PostgreSQL, and those that are not. */
Test(refused_there, only_another_database_is_taken_for_one)
{
    static const struct {
        const char *version;
        bool is_postgres;
    } known[] = {
        {"PostgreSQL 14.0 on x86_64-pc-linux-gnu, compiled by gcc", true},
        {"PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu", true},
        {"PostgreSQL 19devel on x86_64-pc-linux-gnu", true},
        {"PostgreSQL 18beta1 (Debian 18~beta1-1) on aarch64", true},
        {"PostgreSQL 16.3, compiled by Visual C++ build 1938, 64-bit", true},
        {"PostgreSQL 15.2 - Percona Distribution on x86_64-pc-linux-gnu", true},
        {"PostgreSQL 15.2-YB-2.25.0.0-b0 on x86_64-pc-linux-gnu", false},
        {"PostgreSQL 13.14.0-RisingWave-2.0.0 (0)", false},
        {"CockroachDB CCL v23.1.11 (x86_64-pc-linux-gnu)", false},
        {"CrateDB 5.7.2 (built 3b9ee8d/2024-05-30, Linux 5.15 amd64)", false},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char sql[300];
        struct store *store = NULL;
        snprintf(sql, sizeof sql,
                 "CREATE OR REPLACE FUNCTION version() RETURNS text LANGUAGE sql AS $$SELECT "
                 "'%s'$$",
                 known[i].version);
        fresh_run(sql);
        char address[FRESH_ADDRESS_SIZE + 20];
        snprintf(address, sizeof address, "%s,pg_catalog", fresh_address());
        enum error e = database_open(address, STORE_OPEN, &store);
        cr_assert_eq(e, known[i].is_postgres ? OK : ERR_STORE, "%s: %s", known[i].version,
                     error_message());
        store_close(store);
    }
}
