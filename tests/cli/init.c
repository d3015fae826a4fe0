#include "tests/cli/run.h"
#include "tests/postgres/fresh.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(init, .init = run_setup, .fini = run_teardown);

static unsigned mode_of(const char *name)
{
    struct stat status;
    cr_assert_eq(stat(run_path(name), &status), 0);
    return status.st_mode & 0777;
}

Test(init, a_passphrase_file_makes_a_vault_that_keeps_tokens)
{
    cr_assert_eq(run("init", "--passphrase-file", run_passphrase(), "--json"), 0, "%s", run_err);
    json_t *said = run_json();
    run_expect_text(said, "database", run_database);
    run_expect_text(said, "vault", "passphrase");
    json_decref(said);
    if (!fresh_is_postgres()) cr_assert_eq(mode_of("gatehouse.db"), 0600);
    cr_assert_eq(run("vault", "status", "--json"), 0);
    json_t *status = run_json();
    cr_assert(json_is_true(json_object_get(status, "keeps_tokens")));
    run_expect_int(status, "slots", 1);
    json_decref(status);
}

Test(init, a_missing_key_file_is_made_and_an_existing_one_is_used)
{
    const char *key = run_path("vault.key");
    cr_assert_eq(run("init", "--key-file", key, "--json"), 0, "%s", run_err);
    cr_assert_eq(mode_of("vault.key"), 0600);
    json_t *said = run_json();
    cr_assert(json_is_true(json_object_get(said, "key_file_made")));
    json_decref(said);
    const char *other = run_path("other.db");
    cr_assert_eq(run("--db", other, "init", "--key-file", key, "--json"), 0, "%s", run_err);
    said = run_json();
    cr_assert(json_is_false(json_object_get(said, "key_file_made")));
    json_decref(said);
}

Test(init, show_once_makes_no_vault)
{
    cr_assert_eq(run("init", "--show-once"), 0, "%s", run_err);
    cr_assert_eq(run("vault", "status", "--json"), 0);
    json_t *status = run_json();
    cr_assert(json_is_false(json_object_get(status, "keeps_tokens")));
    run_expect_int(status, "slots", 0);
    json_decref(status);
}

Test(init, an_existing_database_is_refused)
{
    run_init();
    cr_assert_eq(run("init", "--show-once"), 3);
    cr_assert(strstr(run_err, fresh_is_postgres() ? "has tables already" : run_database), "%s",
              run_err);
    cr_assert_eq(run("init", "--key-file", run_path("new.key")), 3);
    cr_assert(!run_exists("new.key"));
}

Test(init, a_short_passphrase_leaves_nothing_behind)
{
    cr_assert_eq(run("init", "--passphrase-file", run_file("short", "short\n", 0600)), 3);
    cr_assert(!run_exists("gatehouse.db"));
}

Test(init, a_passphrase_file_that_others_can_read_is_refused_saying_what_to_do)
{
    const char *file = run_file("open", "correct horse battery\n", 0644);
    cr_assert_neq(run("init", "--passphrase-file", file), 0);
    cr_assert(strstr(run_err, "chmod 600"), "%s", run_err);
    cr_assert(!run_exists("gatehouse.db"));
}

Test(init, without_an_option_and_a_terminal_it_is_wrong_usage)
{
    cr_assert_eq(run("init"), 2, "%s", run_err);
    cr_assert(!run_exists("gatehouse.db"));
}

Test(init, asks_for_the_passphrase_twice_on_the_terminal)
{
    static const struct answer answers[] = {{"New passphrase: ", "correct horse battery\n"},
                                            {"Once more: ", "correct horse battery\n"},
                                            {0}};
    int status = run_in_terminal(80, answers, (const char *const[]){"init", NULL});
    cr_assert_eq(status, 0, "%s", run_out);
    cr_assert(!strstr(run_out, "correct horse"), "the passphrase was shown");
    cr_assert_eq(run("account", "create", "ci", "--token", ""), 0);
    cr_assert_eq(run("token", "reveal", "1", "--passphrase-file", run_passphrase()), 0, "%s",
                 run_err);
}

Test(init, two_different_passphrases_leave_nothing_behind)
{
    static const struct answer answers[] = {{"New passphrase: ", "correct horse battery\n"},
                                            {"Once more: ", "correct horse battery?\n"},
                                            {0}};
    cr_assert_eq(run_in_terminal(80, answers, (const char *const[]){"init", NULL}), 3);
    cr_assert(!run_exists("gatehouse.db"));
}

/* Killed at sixty moments of its life: there is nothing, or all of it, and the next one works.
 */
Test(init, an_interrupted_one_leaves_nothing_under_the_name, .timeout = 300)
{
    RUN_NEEDS_SQLITE(); /* a server commits or does not */
    enum { RUNS = 60, STEP_US = 1500 };
    char *passphrase = strdup(run_passphrase());
    int whole = 0;
    for (int i = 0; i < RUNS; i++) {
        struct running init =
            run_begin((const char *const[]){"init", "--passphrase-file", passphrase, NULL});
        usleep((useconds_t)(i * STEP_US));
        kill(init.child, SIGKILL);
        waitpid(init.child, NULL, 0);
        close(init.output);
        if (!run_exists("gatehouse.db")) continue;
        whole++;
        cr_assert_eq(run("vault", "status", "--json"), 0, "%s", run_err);
        json_t *status = run_json();
        run_expect_int(status, "slots", 1);
        json_decref(status);
        unlink(run_database);
    }
    free(passphrase);
    cr_assert_lt(whole, RUNS, "none was interrupted");
    run_init();
    cr_assert(!run_exists("gatehouse.db.gatehouse-new"), "the next one cleans up");
    cr_assert_eq(run("doctor"), 0, "%s", run_out);
}

Test(init, a_log_that_is_left_over_is_not_read_into_the_new_one)
{
    RUN_NEEDS_SQLITE();
    run_file("gatehouse.db-wal", "the log of another database", 0600);
    cr_assert_eq(run("init", "--show-once"), 3);
    cr_assert(strstr(run_err, "move it away"), "%s", run_err);
    cr_assert(!run_exists("gatehouse.db"));
}
