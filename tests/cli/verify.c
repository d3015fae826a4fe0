#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <gatehouse/account.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char secret[64];

static void setup(void)
{
    run_setup_account();
    cr_assert_eq(run("token", "generate", "ci", "--expires", "30d"), 0);
    snprintf(secret, sizeof secret, "%s", run_out);
}

TestSuite(verify, .init = setup, .fini = run_teardown);

static void grant(const char *account, const char *permission)
{
    struct act act = run_act();
    int64_t number, granted;
    cr_assert_eq(account_find(act.store, account, &number), OK);
    cr_assert_eq(permission_find(act.store, permission, &granted), OK);
    cr_assert_eq(permission_grant(&act, number, granted, true, NULL), OK);
    store_close(act.store);
}

static void expect_denied(int status)
{
    cr_assert_eq(status, 1, "%s%s", run_out, run_err);
    cr_assert_str_eq(run_out, "denied\n");
    cr_assert_str_empty(run_err);
}

Test(verify, a_good_token_says_whose_it_is_and_what_it_may_do)
{
    grant("ci", "agent_management");
    cr_assert_eq(run_with_input(secret, "verify", "--json"), 0, "%s", run_err);
    json_t *answer = run_json();
    cr_assert(json_is_true(json_object_get(answer, "allowed")));
    run_expect_text(answer, "account", "sa::ci");
    run_expect_int(answer, "token", 1);
    run_expect_text(answer, "expires", "2027-02-14T08:00:00Z");
    json_t *permissions = json_object_get(answer, "permissions");
    cr_assert_eq(json_array_size(permissions), 1);
    cr_assert_str_eq(json_string_value(json_array_get(permissions, 0)), "agent_management");
    json_decref(answer);
    cr_assert_eq(run_with_input(secret, "verify", "--from", "192.0.2.7"), 0);
    cr_assert(strstr(run_out, "sa::ci") && strstr(run_out, "agent_management"), "%s", run_out);
    cr_assert(!strstr(run_out, secret));
}

Test(verify, the_token_may_come_without_a_newline)
{
    secret[strcspn(secret, "\n")] = '\0';
    cr_assert_eq(run_with_input(secret, "verify"), 0, "%s", run_err);
}

Test(verify, every_denial_is_the_same)
{
    char long_line[1000], typo[64];
    memset(long_line, 'a', sizeof long_line - 1);
    long_line[sizeof long_line - 1] = '\0';
    memcpy(typo, secret, sizeof typo);
    typo[10] = typo[10] == 'a' ? 'b' : 'a';

    expect_denied(run_with_input("", "verify"));
    expect_denied(run_with_input("\n", "verify"));
    expect_denied(run_with_input(long_line, "verify"));
    expect_denied(run_with_input(typo, "verify"));
    expect_denied(run_with_input("gth_0123456789abcdefghijABCDEFGHIJ05DYyq\n", "verify"));
    expect_denied(run_with_input(secret, "verify", "--permission", "agent_management"));
    cr_assert_eq(run("account", "deactivate", "ci"), 0);
    expect_denied(run_with_input(secret, "verify"));
    cr_assert_eq(run("account", "activate", "ci"), 0);
    cr_assert_eq(run_with_input(secret, "verify"), 0);
    cr_assert_eq(run("token", "suspend", "1"), 0);
    expect_denied(run_with_input(secret, "verify"));
    cr_assert_eq(run("token", "resume", "1"), 0);
    run_set_clock("1802592000");
    expect_denied(run_with_input(secret, "verify"));
    run_set_clock("1802591999");
    cr_assert_eq(run_with_input(secret, "verify"), 0, "%s", run_err);
    cr_assert_eq(run("token", "revoke", "1"), 0);
    expect_denied(run_with_input(secret, "verify"));
    cr_assert_eq(run("account", "delete", "ci"), 0);
    expect_denied(run_with_input(secret, "verify"));
}

Test(verify, denials_are_the_same_in_json)
{
    cr_assert_eq(run_with_input("nonsense\n", "verify", "--json"), 1);
    char *unknown = strdup(run_out);
    cr_assert_eq(run("token", "suspend", "1"), 0);
    cr_assert_eq(run_with_input(secret, "verify", "--json"), 1);
    cr_assert_str_eq(run_out, unknown);
    free(unknown);
}

Test(verify, a_held_permission_passes)
{
    grant("ci", "agent_management");
    cr_assert_eq(run_with_input(secret, "verify", "--permission", "agent_management"), 0, "%s",
                 run_err);
}

Test(verify, a_token_of_another_account_than_asked_is_denied_like_any_other)
{
    cr_assert_eq(run("account", "create", "cd"), 0);
    cr_assert_eq(run_with_input(secret, "verify", "--account", "ci"), 0, "%s", run_err);
    cr_assert_eq(run_with_input(secret, "verify", "--account", "sa::CI"), 0, "%s", run_err);
    expect_denied(run_with_input(secret, "verify", "--account", "cd"));
}

Test(verify, an_unknown_permission_account_or_address_is_refused_apart)
{
    cr_assert_eq(run_with_input(secret, "verify", "--account", "nobody"), 3);
    cr_assert_eq(run_with_input(secret, "verify", "--account", "no body"), 3);
    cr_assert_str_empty(run_out);
    cr_assert_eq(run_with_input(secret, "verify", "--permission", "frobnicate"), 3);
    cr_assert_str_empty(run_out);
    cr_assert_eq(run_with_input(secret, "verify", "--from", "here"), 3);
}

static json_int_t count_used(void)
{
    cr_assert_eq(run("token", "list", "ci", "--json"), 0);
    json_t *list = run_json();
    bool used = json_is_string(json_object_get(json_array_get(list, 0), "last_used"));
    json_decref(list);
    return used;
}

Test(verify, the_use_is_recorded_without_an_event_unless_read_only)
{
    int64_t events = run_events();
    cr_assert_eq(run_with_input(secret, "--read-only", "verify"), 0, "%s", run_err);
    cr_assert_eq(count_used(), 0);
    expect_denied(run_with_input(secret, "verify", "--permission", "agent_management"));
    cr_assert_eq(count_used(), 0);
    cr_assert_eq(run_with_input(secret, "verify"), 0);
    cr_assert_eq(count_used(), 1);
    cr_assert_eq(run_events(), events);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double verify_seconds(const char *token)
{
    double before = seconds();
    expect_denied(run_with_input(token, "verify"));
    return seconds() - before;
}

static void generate_canary(char out[static 64])
{
    cr_assert_eq(run("token", "generate", "ci", "--name", "bait", "--canary"), 0, "%s", run_err);
    snprintf(out, 64, "%s", run_out);
}

static void wait_for_events(int64_t count)
{
    for (int waited = 0; waited < 15000 && run_events() < count; waited += 50)
        poll(NULL, 0, 50);
    cr_assert_eq(run_events(), count);
}

/* What is done after the answer would show in how long the process lives. Here it takes seconds,
 * because another holds the lock. */
Test(verify, recording_the_use_of_a_canary_does_not_show_in_the_time_of_the_denial)
{
    char canary[64];
    generate_canary(canary);
    int64_t events = run_events();
    struct act act = run_act();
    cr_assert_eq(store_begin(act.store), OK);
    run_leaves_others = true;
    cr_assert_lt(verify_seconds(canary), 2.5);
    cr_assert_lt(verify_seconds("gth_0123456789abcdefghijABCDEFGHIJ05DYyq\n"), 2.5);
    cr_assert_eq(store_end(act.store, OK), OK);
    store_close(act.store);
    wait_for_events(events + 1);
}

Test(verify, the_use_of_a_canary_is_recorded_although_its_caller_and_its_group_are_killed)
{
    char canary[64], line[600];
    generate_canary(canary);
    int64_t events = run_events();
    run_leaves_others = true;
    for (int i = 1; i <= 5; i++) {
        canary[strcspn(canary, "\n")] = 0;
        snprintf(line, sizeof line, "echo %s | '%s' --db '%s' verify; kill -9 0", canary,
                 GATEHOUSE_UNDER_TEST, run_database);
        pid_t child = fork();
        if (child == 0) {
            setsid();
            execl("/bin/sh", "sh", "-c", line, NULL);
            _exit(127);
        }
        waitpid(child, NULL, 0);
        wait_for_events(events + i);
    }
}

/* What ends with the first process of a container would end with it. */
Test(verify, the_first_process_of_a_container_records_before_it_ends)
{
    char canary[64], line[600];
    const double least = 0.2;
    generate_canary(canary);
    int64_t events = run_events();
    canary[strcspn(canary, "\n")] = 0;
    snprintf(line, sizeof line, "echo %s | unshare --pid --fork '%s' --db '%s' verify", canary,
             GATEHOUSE_UNDER_TEST, run_database);
    double before = seconds();
    int status = run_program("/bin/sh", (const char *const[]){"-c", line, NULL});
    if (strstr(run_err, "unshare")) cr_skip("there are no containers here (it takes root)");
    cr_assert_eq(status, 1, "%s%s", run_out, run_err);
    cr_assert_eq(run_events(), events + 1);
    cr_assert_geq(seconds() - before, least, "how long it takes must not show what it was");
}

Test(verify, rule_15_a_denied_token_shows_in_the_list_and_when_it_is_revoked_again)
{
    cr_assert_eq(run("token", "revoke", "1"), 0);
    cr_assert(!strstr(run_out, "knocking"), "%s", run_out);
    expect_denied(run_with_input(secret, "--read-only", "verify", "--from", "10.0.0.4"));
    expect_denied(run_with_input(secret, "verify", "--from", "10.0.0.5"));
    for (int i = 0; i < 500 && !strstr(run_out, "10.0.0.5"); i++) /* a child records it */
        cr_assert_eq(run("token", "list", "--facet", "revoked", "--json"), 0, "%s", run_err);
    json_t *list = run_json(), *token = json_array_get(list, 0);
    run_expect_text(token, "denied", "2027-01-15T08:00:00Z");
    run_expect_text(token, "denied_from", "10.0.0.5");
    run_expect_text(token, "denied_why", "revoked");
    json_decref(list);
    cr_assert_eq(run("token", "list", "--facet", "denied"), 0);
    cr_assert(strstr(run_out, "sa::ci"), "%s", run_out);
    cr_assert_eq(run("token", "revoke", "1"), 0);
    cr_assert(strstr(run_out, "token 1 of sa::ci was already revoked just now · "), "%s", run_out);
    cr_assert(strstr(run_out, ", still knocking: just now from 10.0.0.5\n"), "%s", run_out);
    cr_assert_eq(run("account", "deactivate", "ci"), 0);
    cr_assert(strstr(run_out, " · 1 token still knocking: just now from 10.0.0.5\n"), "%s",
              run_out);
    cr_assert_eq(run("account", "deactivate", "ci"), 0);
    cr_assert(strstr(run_out, "already inactive · 1 token still knocking"), "%s", run_out);
    cr_assert_eq(run("account", "delete", "ci", "--json"), 0);
    cr_assert(strstr(run_out, "\"knocking_tokens\": 1"), "%s", run_out);
}

Test(verify, a_rotation_names_what_was_denied_to_the_token_that_it_replaces)
{
    expect_denied(run_with_input(secret, "verify", "--permission", "alerts_management", "--from",
                                 "10.0.0.5"));
    for (int i = 0; i < 500 && !strstr(run_out, "10.0.0.5"); i++) /* a child records it */
        cr_assert_eq(run("token", "list", "--json"), 0, "%s", run_err);
    cr_assert_eq(run("token", "rotate", "1", "--json"), 0, "%s", run_err);
    cr_assert_str_eq(run_err,
                     "gatehouse: token 1, which it replaces: denied just now from 10.0.0.5: "
                     "the account does not hold the permission\n");
    json_t *rotated = run_json();
    run_expect_int(rotated, "replaces", 1);
    run_expect_text(rotated, "denied_from", "10.0.0.5");
    json_decref(rotated);
    cr_assert_eq(run("token", "rotate", "2"), 0);
    cr_assert_str_empty(run_err);
}
