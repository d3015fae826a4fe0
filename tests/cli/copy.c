/* Taking a database over to another place: what was there is there, and nothing is overwritten. */
#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(copy, .init = run_setup, .fini = run_teardown, .timeout = 300);

/* What one database answers is what the other does. */
static void expect_same(const char *one, const char *other)
{
    static const char *const questions[] = {
        "audit head",       "export",        "setting list --json", "vault slots --json",
        "search list",      "doctor --json", "account list --json", "token list --json",
        "group list --json"};
    char line[600];
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        snprintf(line, sizeof line, "--db %s %s", one, questions[i]);
        cr_assert_eq(run_line(line), 0, "%s: %s%s", line, run_out, run_err);
        char *expected = strdup(run_out);
        snprintf(line, sizeof line, "--db %s %s", other, questions[i]);
        cr_assert_eq(run_line(line), 0, "%s: %s%s", line, run_out, run_err);
        cr_assert_str_eq(run_out, expected, "%s", questions[i]);
        free(expected);
    }
}

static void fill(const char *database)
{
    static const char *const lines[] = {"account create ci --owner team",
                                        "account create gone",
                                        "group create build",
                                        "group add build ci",
                                        "permission grant ingestion --group build",
                                        "permission grant alerts_management --account ci",
                                        "token generate ci --name main --expires 90d",
                                        "token generate ci --name other --from 10.0.0.0/8",
                                        "account delete gone --yes",
                                        "setting set token.limit 7",
                                        "search save mine --filter ci"};
    char line[600];
    cr_assert_eq(run("--db", database, "init", "--passphrase-file", run_passphrase()), 0, "%s",
                 run_err);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        snprintf(line, sizeof line, "--db %s %s", database, lines[i]);
        cr_assert_eq(run_line(line), 0, "%s: %s", line, run_err);
    }
}

static void copy(const char *from, const char *to)
{
    cr_assert_eq(run("copy", "--from", from, "--to", to), 0, "%s", run_err);
    cr_assert(strstr(run_out, "and verified them"), "%s", run_out);
}

/* The database of the test may be on PostgreSQL. */
Test(copy, all_of_a_database_comes_to_a_file)
{
    const char *file = run_path("other.db");
    fill(run_database);
    copy(run_database, file);
    expect_same(run_database, file);
    cr_assert_eq(run("--db", file, "token", "reveal", "1", "--passphrase-file", run_passphrase()),
                 0, "%s", run_err);
}

Test(copy, all_of_a_file_comes_to_a_database_and_numbers_go_on)
{
    const char *file = run_path("other.db");
    fill(file);
    copy(file, run_database);
    expect_same(file, run_database);
    cr_assert_eq(run("account", "create", "next"), 0, "%s", run_err);
    cr_assert_eq(run("audit", "--account", "gone", "--json"), 0);
    cr_assert(!strstr(run_out, "next"), "the number of a deleted account is not used again");
    cr_assert_eq(run("token", "generate", "next", "--json"), 0, "%s", run_err);
    cr_assert_eq(run("doctor"), 0, "%s", run_out);
}

/* Each of these tables is read in several pages. */
Test(copy, all_rows_of_large_tables_come)
{
    static const char *const changes[] = {
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) INSERT "
        "INTO account (name, created) SELECT 'made-' || i, 1 FROM n",
        "INSERT INTO membership (account_group, account) SELECT 2, number FROM account WHERE name "
        "LIKE 'made-%'",
        "UPDATE account_group SET members = (SELECT count(*) FROM membership) WHERE number = 2",
        "UPDATE counter SET value = (SELECT count(*) FROM account) WHERE name = 'accounts'",
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT "
        "INTO token_network (token, network) SELECT 2, '10.' || (i / 250) || '.' || (i % 250) "
        "|| '.0/24' FROM n",
        "INSERT INTO token (account, last_four, created) SELECT number, 'made', 1 FROM account "
        "WHERE name LIKE 'made-%'",
        "UPDATE account SET tokens = 1 WHERE name LIKE 'made-%'",
        "UPDATE counter SET value = (SELECT count(*) FROM token) WHERE name = 'tokens'",
        "INSERT INTO digest (digest, token, account) SELECT " SQL_SQLITE(
            "CAST('d' || number AS BLOB)")
            SQL_POSTGRES(
                "CAST('d' || number AS bytea)") ", number, "
                                                "account FROM token WHERE last_four = 'made'"};
    const char *file = run_path("other.db");
    fill(run_database);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        run_change(changes[i]);
    copy(run_database, file);
    expect_same(run_database, file);
}

Test(copy, nothing_is_overwritten)
{
    const char *file = run_path("other.db");
    fill(file);
    run_init();
    cr_assert_eq(run("copy", "--from", file, "--to", run_database), 3, "%s", run_out);
    cr_assert_eq(run("account", "show", "ci"), 3, "it was not copied");
}

Test(copy, a_database_that_is_not_sound_is_not_copied)
{
    fill(run_database);
    run_change("UPDATE counter SET value = 99 WHERE name = 'accounts'");
    cr_assert_eq(run("copy", "--from", run_database, "--to", run_path("other.db")), 3);
    cr_assert(strstr(run_err, "the copy is not sound, and was not kept"), "%s", run_err);
    cr_assert(!run_exists("other.db"));
}

Test(copy, both_ends_are_named)
{
    cr_assert_eq(run("copy", "--from", run_database), 2);
    cr_assert(strstr(run_err, "--from and --to"), "%s", run_err);
    cr_assert_neq(run("copy", "--from", run_path("none.db"), "--to", run_path("other.db")), 0);
    cr_assert(!run_exists("other.db"));
}

/* The part of the source that lists the columns of a table. */
static char *columns_in_source(const char *table)
{
    char begins[64];
    static char source[20000];
    FILE *file = fopen(GATEHOUSE_SOURCE "/src/transfer/clone.c", "r");
    cr_assert(file);
    source[fread(source, 1, sizeof source - 1, file)] = 0;
    fclose(file);
    snprintf(begins, sizeof begins, "    {\"%s\",", table);
    char *columns = strstr(source, begins);
    cr_assert(columns, "clone.c does not copy %s", table);
    *strstr(columns, "}},") = 0;
    return columns;
}

Test(copy, no_column_of_any_table_is_left_out_or_of_another_type)
{
    RUN_NEEDS_SQLITE();
    run_init();
    struct act act = run_act();
    struct stmt *stmt = store_prepare(
        act.store,
        "SELECT t.name AS tab, c.name AS col, c.type AS kind FROM sqlite_master t, "
        "pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'");
    enum error e = OK;
    int count = 0;
    for (; stmt_next(stmt, &e); count++) {
        char listed[64];
        const char *type = column_text(stmt, "kind");
        const char *kind = strcmp(type, "INTEGER") == 0 ? "NUMBER"
                           : strcmp(type, "BLOB") == 0  ? "BYTES"
                                                        : type;
        snprintf(listed, sizeof listed, "COLUMN(\"%s\", %s)", column_text(stmt, "col"), kind);
        cr_assert(strstr(columns_in_source(column_text(stmt, "tab")), listed), "%s.%s",
                  column_text(stmt, "tab"), column_text(stmt, "col"));
    }
    cr_assert_eq(e, OK, "%s", error_message());
    cr_assert_gt(count, 80);
    store_close(act.store);
}
