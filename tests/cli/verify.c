#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <gatehouse/account.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char secret[64];

static void setup(void)
{
    run_setup();
    run_init();
    cr_assert_eq(run("account", "create", "ci"), 0);
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

static double verify_seconds(const char *token)
{
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    expect_denied(run_with_input(token, "verify"));
    clock_gettime(CLOCK_MONOTONIC, &after);
    return (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
}

/* What is done after the answer shows in how long the process lives. A denial that lasts a fifth of
 * a second hides it, whatever was denied. */
Test(verify, every_denial_lasts_so_long_that_a_canary_does_not_stand_out)
{
    cr_assert_eq(run("token", "generate", "ci", "--name", "bait", "--canary"), 0, "%s", run_err);
    char canary[64];
    snprintf(canary, sizeof canary, "%s", run_out);
    const double least = 0.2;
    cr_assert_geq(verify_seconds(canary), least);
    cr_assert_geq(verify_seconds("typo\n"), least);
    cr_assert_geq(verify_seconds("gth_0123456789abcdefghijABCDEFGHIJ05DYyq\n"), least);
    cr_assert_eq(run("account", "deactivate", "ci"), 0);
    cr_assert_geq(verify_seconds(secret), least);
    cr_assert_geq(verify_seconds(canary), least);
}

Test(verify, a_revoked_token_that_is_still_tried_shows_in_the_list_and_when_it_is_revoked_again)
{
    cr_assert_eq(run("token", "revoke", "1"), 0);
    cr_assert(!strstr(run_out, "knocking"), "%s", run_out);
    expect_denied(run_with_input(secret, "--read-only", "verify", "--from", "10.0.0.4"));
    expect_denied(run_with_input(secret, "verify", "--from", "10.0.0.5"));
    cr_assert_eq(run("token", "list", "--facet", "revoked", "--json"), 0, "%s", run_err);
    json_t *list = run_json(), *token = json_array_get(list, 0);
    run_expect_text(token, "denied", "2027-01-15T08:00:00Z");
    run_expect_text(token, "denied_from", "10.0.0.5");
    run_expect_text(token, "denied_why", "revoked");
    json_decref(list);
    cr_assert_eq(run("token", "list", "--facet", "denied"), 0);
    cr_assert(strstr(run_out, "sa::ci"), "%s", run_out);
    cr_assert_eq(run("token", "revoke", "1"), 0);
    cr_assert(strstr(run_out, "still knocking: just now from 10.0.0.5") ||
                  strstr(run_out, "still knocking: now from 10.0.0.5"),
              "%s", run_out);
}
