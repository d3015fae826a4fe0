/* A damaged or hostile database: every command ends, in time, with a sentence; doctor names the
 * row. */
#include "tests/cli/run.h"

#include <gatehouse/ambient.h>

#include <criterion/criterion.h>
#include <gatehouse/store.h>
#include <stdlib.h>
#include <string.h>

static void setup(void)
{
    run_setup_account();
    run_generate("ci", "main");
    cr_assert_eq(run("token", "generate", "ci", "--name", "net", "--from", "10.0.0.0/8"), 0, "%s",
                 run_err);
}

TestSuite(damage, .init = setup, .fini = run_teardown, .timeout = 300);

static void change(const char *sql)
{
    struct act act = run_act();
    cr_assert_eq(stmt_run(store_prepare(act.store, "PRAGMA ignore_check_constraints = ON")), OK);
    cr_assert_eq(stmt_run(store_prepare(act.store, "PRAGMA foreign_keys = OFF")), OK);
    cr_assert_eq(stmt_run(store_prepare(act.store, sql)), OK, "%s: %s", sql, error_message());
    store_close(act.store);
}

/* Each ends by itself, with one of our exit statuses, and says something when it failed. */
static void expect_bounded(const char *after)
{
    static const char *const commands[][8] = {
        {"account", "list"},
        {"account", "list", "--json"},
        {"account", "list", "--access"},
        {"account", "show", "ci"},
        {"token", "list"},
        {"token", "list", "--json"},
        {"token", "list", "--sort", "name"},
        {"group", "list"},
        {"permission", "list"},
        {"setting", "list"},
        {"vault", "slots"},
        {"audit"},
        {"audit", "--json"},
        {"audit", "verify"},
        {"check"},
        {"export"},
        {"token", "rotate", "1"},
        {"why", "ci", "alerts"},
        {"account", "create", "another"},
        {"doctor"},
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        int status = run_words(NULL, commands[i]);
        cr_assert_leq(status, 4, "%s, then %s %s: status %d: %s", after, commands[i][0],
                      commands[i][1] ? commands[i][1] : "", status, run_err);
        cr_assert(status <= 1 || *run_err, "%s, then %s: no sentence", after, commands[i][0]);
        cr_assert_not(strstr(run_err, "runtime error") || strstr(run_err, "Sanitizer"), "%s",
                      run_err);
    }
}

static const struct damage {
    const char *sql, *says;
} damages[] = {
    {"UPDATE token_network SET network = 'x'", "network that cannot be read: token 2"},
    {"UPDATE token_network SET network = x'00ff'", "network that cannot be read: token 2"},
    {"UPDATE account SET name = printf('%.*c', 100000, 'a')", "no account may have: account 1"},
    {"UPDATE account SET name = x'6369'", "no account may have: account 1"},
    {"UPDATE account SET name = 'ci' || char(0) || 'x'", "no account may have: account 1"},
    {"UPDATE account SET created = 'soon'", "of the wrong type: account 1"},
    {"UPDATE account SET created = 9223372036854775807, last_used = -9223372036854775807",
     "accounts with an impossible time: account 1"},
    {"UPDATE token SET created = -9223372036854775807, expires = 9223372036854775807 WHERE number "
     "= 1",
     "tokens with an impossible time: token 1"},
    {"UPDATE token SET name = printf('%.*c', 100000, 'a')", "2 tokens with a name"},
    {"UPDATE token SET last_four = x'00', name = x'ff', box = x'' WHERE number = 1",
     "of the wrong type: token 1"},
    {"UPDATE token SET suspended = 'maybe', canary = 3.5 WHERE number = 1",
     "of the wrong type: token 1"},
    {"UPDATE digest SET account = 'x' WHERE token = 1", "digest does not agree with them: token 1"},
    {"UPDATE account_group SET name = printf('%.*c', 100000, 'a'), folded = x'00'",
     "groups with a name that is too long: group 1"},
    {"UPDATE account_group SET members = 9223372036854775807", "wrong number of members: group 1"},
    {"UPDATE counter SET value = -9223372036854775807 - 1 WHERE name = 'accounts'",
     "the counter of accounts is wrong"},
    {"UPDATE event SET at = 9223372036854775807 WHERE sequence = 2",
     "events with an impossible time: event 2"},
    {"UPDATE event SET kind = printf('%.*c', 100000, 'a'), subject = x'ff00' WHERE sequence = 2",
     "of the wrong type: event 2"},
    {"UPDATE event SET sequence = 9223372036854775807 WHERE sequence = 2", "event 2 was removed"},
    {"UPDATE key_slot SET operations = 16, memory = 1073741824",
     "impossible kind, cost or key: slot 1"},
    {"UPDATE key_slot SET salt = 'x', kind = 77", "impossible kind, cost or key: slot 1"},
    {"UPDATE vault SET public_key = x''", "vault"},
    {"UPDATE vault SET public_key = randomblob(32)",
     "not the one that was recorded when it was made"},
    {"UPDATE token SET last_four = 'Abcd' WHERE number = 1",
     "not those of the event that generated them: token 1"},
    {"INSERT INTO setting (name, value) VALUES ('token.limit', -5)", "token.limit is -5"},
    {"INSERT INTO setting (name, value) VALUES ('sesame', 1)", "“sesame” does not belong"},
    {"CREATE TRIGGER undo AFTER UPDATE OF dead ON digest BEGIN UPDATE digest SET dead = 0; END",
     "the trigger undo does not belong"},
    {"CREATE VIEW counted AS SELECT 1", "the view counted does not belong"},
    {"DROP INDEX event_by_kind", "the index event_by_kind is missing"},
};

Test(damage, every_command_ends_with_a_sentence_and_doctor_names_the_row)
{
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        run_teardown();
        setup();
        change(damages[i].sql);
        cr_assert_eq(run("doctor"), 1, "%s: %s%s", damages[i].sql, run_out, run_err);
        cr_assert(strstr(run_out, damages[i].says), "%s: %s", damages[i].sql, run_out);
        expect_bounded(damages[i].sql);
    }
}

Test(damage, an_export_of_a_network_that_cannot_be_read_is_refused_whole)
{
    cr_assert_eq(run("export"), 0);
    char *export = strdup(run_out);
    change("UPDATE token_network SET network = 'x'");
    cr_assert_eq(run("export"), 3, "%s", run_err);
    cr_assert(strstr(run_err, "not a network"), "%s", run_err);
    cr_assert_eq(run("apply", run_file("export.json", export, 0600)), 3, "%s", run_err);
    free(export);
}

#define MANY "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "

Test(damage, names_that_begin_alike_past_the_limit_end_every_list)
{
    change(MANY
           "INSERT INTO account (name, created) SELECT printf('%.*c', 64, 'a') || i, 1 FROM n");
    cr_assert_eq(run("account", "list"), 4);
    cr_assert(strstr(run_err, "cannot be read past number"), "%s", run_err);
    cr_assert_eq(run("export"), 4);
    cr_assert_eq(run("doctor"), 1);
    cr_assert(strstr(run_out, "5000 accounts with a name that no account may have: account "), "%s",
              run_out);
    change("DELETE FROM account WHERE number > 1");
    change(MANY "INSERT INTO account (name, created) SELECT CAST('a' || i AS BLOB), 1 FROM n");
    cr_assert_eq(run("account", "list"), 4);
    change("DELETE FROM account WHERE number > 1");
    change(MANY "INSERT INTO token (account, name, last_four, created) SELECT 1, printf('%.*c', "
                "300, 'a') || i, 'abcd', 1 FROM n");
    cr_assert_eq(run("token", "list", "--sort", "name"), 4);
}

Test(damage, a_slot_that_would_cost_a_minute_is_refused_at_once)
{
    change("UPDATE key_slot SET operations = 16, memory = 1073741824");
    int64_t before = ambient_ticks();
    cr_assert_eq(run("token", "reveal", "1", "--passphrase-file", run_passphrase()), 4);
    cr_assert_lt(ambient_ticks() - before, 8000);
}

Test(damage, a_file_that_takes_no_more_is_one_clear_line)
{
    char line[1024];
    change(MANY "INSERT INTO account (name, created) SELECT 'a' || i, 1 FROM n");
    snprintf(line, sizeof line, "ulimit -f 100 && exec '%s' --db '%s' account list --json >'%s'",
             GATEHOUSE_UNDER_TEST, run_database, run_path("list"));
    cr_assert_eq(run_program("/bin/sh", (const char *const[]){"-c", line, NULL}), 4, "%s", run_err);
    cr_assert(strstr(run_err, "File too large"), "%s", run_err);
    cr_assert_eq(strcspn(run_err, "\n") + 1, strlen(run_err), "%s", run_err);
}
