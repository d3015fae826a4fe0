#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

TestSuite(usage, .init = run_setup, .fini = run_teardown);

static const char *const all[][2] = {
    {"init"},
    {"account", "list"},
    {"account", "show"},
    {"account", "create"},
    {"account", "edit"},
    {"account", "activate"},
    {"account", "deactivate"},
    {"account", "delete"},
    {"token", "list"},
    {"token", "generate"},
    {"token", "copy"},
    {"token", "reveal"},
    {"token", "rename"},
    {"token", "suspend"},
    {"token", "resume"},
    {"token", "revoke"},
    {"verify"},
    {"vault", "status"},
    {"vault", "slots"},
    {"vault", "add"},
    {"vault", "remove"},
    {"vault", "change"},
    {"demo"},
    {"help"},
};

static bool is_one_line(const char *text)
{
    const char *end = strchr(text, '\n');
    return strncmp(text, "gatehouse: ", 11) == 0 && end && !end[1];
}

static void expect_usage_error(int status)
{
    cr_assert_eq(status, 2, "%d: %s", status, run_err);
    cr_assert(is_one_line(run_err), "%s", run_err);
    cr_assert_str_empty(run_out);
}

Test(usage, every_command_says_how_it_is_used_with_an_example)
{
    char *overview;
    cr_assert_eq(run("--help"), 0);
    overview = strdup(run_out);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char words[64];
        int status = all[i][1] ? run(all[i][0], all[i][1], "--help") : run(all[i][0], "--help");
        snprintf(words, sizeof words, "%s%s%s", all[i][0], all[i][1] ? " " : "",
                 all[i][1] ? all[i][1] : "");
        cr_assert_eq(status, 0);
        cr_assert(strstr(overview, words), "%s is not in the overview", words);
        cr_assert(strstr(run_out, words), "%s", run_out);
        cr_assert(strstr(run_out, "Example:\n  gatehouse "), "%s", run_out);
        char *help = strdup(run_out);
        status = all[i][1] ? run(all[i][0], all[i][1], "-h") : run(all[i][0], "-h");
        cr_assert_eq(status, 0, "%s -h", words);
        cr_assert_str_eq(run_out, help);
        free(help);
    }
    cr_assert_eq(run("-h"), 0);
    cr_assert_str_eq(run_out, overview);
    free(overview);
}

Test(usage, help_of_a_group_lists_its_commands)
{
    cr_assert_eq(run("token", "--help"), 0);
    cr_assert(strstr(run_out, "token revoke"));
    cr_assert(!strstr(run_out, "account list"));
    cr_assert_eq(run("help", "token", "revoke"), 0);
    cr_assert(strstr(run_out, "--yes"));
}

Test(usage, the_version_is_printed)
{
    cr_assert_eq(run("--version"), 0);
    cr_assert_eq(strncmp(run_out, "gatehouse ", 10), 0);
}

Test(usage, wrong_words_exit_2_with_one_line)
{
    expect_usage_error(run("frobnicate"));
    expect_usage_error(run("account"));
    expect_usage_error(run("account", "frobnicate"));
    expect_usage_error(run("account", "show"));
    expect_usage_error(run("account", "show", "a", "b"));
    expect_usage_error(run("account", "list", "a"));
    expect_usage_error(run("account", "list", "--frobnicate"));
    expect_usage_error(run("account", "list", "--sort"));
    expect_usage_error(run("account", "list", "--json=yes"));
    expect_usage_error(run("--frobnicate"));
    expect_usage_error(run("--theme", "pink", "help"));
    expect_usage_error(run("help", "frobnicate"));
    expect_usage_error(run("demo", "now"));
}

Test(usage, an_option_that_is_wrong_is_named)
{
    expect_usage_error(run("account", "list", "--frobnicate", "a"));
    cr_assert(strstr(run_err, ": --frobnicate is not an option here"), "%s", run_err);
    expect_usage_error(run("account", "list", "--json=yes", "--owner"));
    cr_assert(strstr(run_err, ": --json is not an option here, or takes no value"), "%s", run_err);
    expect_usage_error(run("account", "list", "--json", "--sort"));
    cr_assert(strstr(run_err, ": --sort needs a value"), "%s", run_err);
    expect_usage_error(run("--them", "dark", "--frobnicate", "account"));
    cr_assert(strstr(run_err, ": --frobnicate is not an option here"), "%s", run_err);
}

Test(usage, options_that_exclude_each_other_are_refused)
{
    expect_usage_error(run("account", "list", "--active", "--inactive"));
    expect_usage_error(run("init", "--key-file", "a", "--passphrase-file", "b"));
    expect_usage_error(run("init", "--passphrase-file", "a", "--show-once"));
}

Test(usage, options_may_stand_among_the_words_and_end_with_two_dashes)
{
    run_init();
    cr_assert_eq(run("account", "create", "--owner", "ops", "ci", "--json"), 0, "%s", run_err);
    cr_assert_eq(run("account", "create", "--", "--json"), 3);
}

Test(usage, a_token_among_the_arguments_is_refused_and_not_repeated)
{
    const char *token = "gth_0123456789abcdefghijABCDEFGHIJ05DYyq";
    expect_usage_error(run("verify", token));
    cr_assert(!strstr(run_err, token));
    expect_usage_error(run("token", "revoke", token));
    cr_assert(!strstr(run_err, token));
    expect_usage_error(
        run("account", "create", "a", "--description", "gth_0123456789abcdefghijABCDEFGHIJ05DYyq"));
    cr_assert(!strstr(run_err, token));
}

Test(usage, the_console_without_a_terminal_names_the_command_line)
{
    int status = run_words(NULL, (const char *const[]){NULL});
    expect_usage_error(status);
    cr_assert(strstr(run_err, "--help"), "%s", run_err);
    expect_usage_error(run("demo"));
}

Test(usage, a_missing_database_is_a_failure_of_the_store)
{
    cr_assert_eq(run("account", "list"), 4);
    cr_assert(is_one_line(run_err), "%s", run_err);
    cr_assert(!run_exists("gatehouse.db"));
}

Test(usage, the_database_is_the_one_that_db_names)
{
    const char *other = run_path("other.db");
    cr_assert_eq(run("--db", other, "init", "--show-once"), 0, "%s", run_err);
    cr_assert(run_exists("other.db"));
    cr_assert(!run_exists("gatehouse.db"));
    cr_assert_eq(run("--db", other, "account", "list"), 0);
    cr_assert_eq(run("--db", "mysql://x/y", "account", "list"), 2);
}

Test(usage, lost_output_is_a_failure)
{
    run_init();
    cr_assert_eq(run("account", "create", "ci"), 0);
    cr_assert_eq(run_to("/dev/full", (const char *const[]){"account", "list", NULL}), 4);
    cr_assert(is_one_line(run_err), "%s", run_err);
    cr_assert_eq(run_to("/dev/full", (const char *const[]){"--help", NULL}), 4);
    cr_assert_eq(run_to("/dev/full", (const char *const[]){"token", "generate", "ci", NULL}), 4);
    cr_assert(strstr(run_err, "revoke"), "%s", run_err);
}

Test(usage, read_only_changes_nothing)
{
    run_init();
    cr_assert_eq(run("--read-only", "account", "create", "ci"), 3);
    cr_assert(strstr(run_err, "account create writes to the database"), "%s", run_err);
    cr_assert_eq(run("--read-only", "init", "--show-once"), 3);
    cr_assert_eq(run("--read-only", "account", "list"), 0, "%s", run_err);
}

Test(usage, read_only_restores_nothing)
{
    char copy[200];
    RUN_NEEDS_SQLITE();
    snprintf(copy, sizeof copy, "%s", run_path("copy.db"));
    run_init();
    cr_assert_eq(run("backup", copy), 0, "%s", run_err);
    cr_assert_eq(run("account", "create", "later"), 0, "%s", run_err);
    cr_assert_eq(run("--read-only", "restore", copy, "--yes"), 3, "%s", run_out);
    cr_assert_eq(run("account", "show", "later"), 0, "%s", run_err);
}

Test(usage, all_that_is_wrong_with_the_configuration_is_printed_where_no_console_opens)
{
    char folder[128];
    snprintf(folder, sizeof folder, "%s/.config", run_folder);
    cr_assert_eq(mkdir(folder, 0700), 0);
    strcat(folder, "/gatehouse");
    cr_assert_eq(mkdir(folder, 0700), 0);
    run_file(".config/gatehouse/config", "colour = red\nkey quit = O\n", 0600);
    cr_assert_eq(run_words(NULL, (const char *const[]){NULL}), 2);
    cr_assert(strstr(run_err, "configuration: line 1: there is no “colour”"), "%s", run_err);
    cr_assert(strstr(run_err, "configuration: line 2: quit cannot be O"), "%s", run_err);
    cr_assert(strstr(run_err, "needs a terminal"), "%s", run_err);
    cr_assert_eq(run("help"), 0);
    cr_assert_str_empty(run_err);
}
