/* What the service records of checks, and what it logs. */
#include "tests/serve/service.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void start(void)
{
    service_setup();
    service_start(NULL);
}

TestSuite(notes, .init = start, .fini = service_teardown);

/* A field of token 1; to be released. */
static json_t *field(const char *name)
{
    cr_assert_eq(run("token", "list", "--json"), 0, "%s", run_err);
    json_t *list = run_json();
    json_t *found = json_incref(json_object_get(json_array_get(list, 0), name));
    json_decref(list);
    return found;
}

/* Waits until the field has this value, and returns after how many milliseconds. */
static double wait_for_field(const char *name, const char *value)
{
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    for (;;) {
        json_t *found = field(name);
        const char *text = json_string_value(found);
        bool same = text && strcmp(text, value) == 0;
        clock_gettime(CLOCK_MONOTONIC, &after);
        double took = (double)(after.tv_sec - before.tv_sec) * 1e3 +
                      (double)(after.tv_nsec - before.tv_nsec) / 1e6;
        cr_assert(same || took < 10000, "%s is %s, not %s", name, text ? text : "null", value);
        json_decref(found);
        if (same) return took;
    }
}

Test(notes, a_use_is_on_disk_within_a_second_even_if_the_service_is_killed_then)
{
    int64_t events = run_events();
    cr_assert_eq(service_check("/verify", "X-Forwarded-For: 192.0.2.7\r\n").status, 200);
    nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    service_signal(SIGKILL);
    cr_assert_eq(service_wait(), 128 + SIGKILL);
    json_t *used = field("last_used"), *from = field("last_from");
    cr_assert(json_is_string(used));
    cr_assert_str_eq(json_string_value(used), "2027-01-15T08:00:00Z");
    cr_assert_str_eq(json_string_value(from), "192.0.2.7");
    json_decref(used);
    json_decref(from);
    cr_assert_eq(run_events(), events);
}

Test(notes, a_busy_token_is_recorded_every_few_seconds)
{
    service_check("/verify", "");
    wait_for_field("last_used", "2027-01-15T08:00:00Z");
    run_set_clock("1800000004");
    service_check("/verify", "");
    wait_for_field("last_used", "2027-01-15T08:00:04Z");
    run_set_clock("1700000000"); /* that clock ran ahead */
    service_check("/verify", "");
    wait_for_field("last_used", "2023-11-14T22:13:20Z");
}

/* The clock goes on with the checks, and nothing is waited for at the end. */
Test(notes, of_a_token_in_steady_use_a_kill_loses_five_seconds_at_most)
{
    enum { BEGIN = 1800000000, SECONDS = 9, STEPS = 5 };
    for (int i = 0; i < SECONDS * STEPS; i++) {
        char clock[32];
        snprintf(clock, sizeof clock, "%d", BEGIN + i / STEPS);
        run_set_clock(clock);
        cr_assert_eq(service_check("/verify", "").status, 200);
        nanosleep(&(struct timespec){.tv_nsec = 1000000000 / STEPS}, NULL);
    }
    service_signal(SIGKILL);
    cr_assert_eq(service_wait(), 128 + SIGKILL);
    json_t *used = field("last_used");
    cr_assert(json_is_string(used));
    /* The last check was at 08:00:08. */
    cr_assert_geq(strcmp(json_string_value(used), "2027-01-15T08:00:03Z"), 0, "%s",
                  json_string_value(used));
    json_decref(used);
}

Test(notes, what_was_not_recorded_yet_is_when_the_service_ends)
{
    service_check("/verify", "");
    service_signal(SIGTERM);
    cr_assert_eq(service_wait(), 0);
    json_t *used = field("last_used");
    cr_assert(json_is_string(used));
    json_decref(used);
}

Test(notes, rule_15_a_denial_of_a_known_token_is_remembered_and_logged_by_number_and_last_four)
{
    char line[128];
    cr_assert_eq(run("token", "suspend", "1"), 0);
    service_check("/verify", "X-Forwarded-For: 10.0.0.5\r\n");
    wait_for_field("denied", "2027-01-15T08:00:00Z");
    wait_for_field("denied_from", "10.0.0.5");
    wait_for_field("denied_why", "suspended");
    snprintf(line, sizeof line, "denied token 1 (…%s) from 10.0.0.5: suspended\n",
             service_token + strlen(service_token) - 4);
    service_until_log(line);
}

/* A token of the account; its text is written to `secret`. */
static void generate(const char *account, const char *name, char secret[static 64])
{
    cr_assert_eq(run("token", "generate", account, "--name", name), 0, "%s", run_err);
    snprintf(secret, 64, "%s", run_out);
    secret[strcspn(secret, "\n")] = 0;
}

Test(notes, rule_18_the_tokens_that_are_listed_as_working_pass_and_no_others)
{
    static const char *const names[] = {"live",    "suspended", "revoked",
                                        "expired", "canary",    "stopped"};
    enum { NAMES = sizeof names / sizeof *names };
    char secrets[NAMES][64];
    int working = 0;
    cr_assert_eq(run("account", "create", "off"), 0);
    for (size_t i = 0; i < NAMES; i++)
        generate(i == NAMES - 1 ? "off" : "ci", names[i], secrets[i]);
    cr_assert_eq(run("token", "suspend", "ci/suspended"), 0);
    cr_assert_eq(run("token", "revoke", "ci/revoked"), 0);
    cr_assert_eq(run("token", "expire", "ci/expired", "--at", "1h"), 0, "%s", run_err);
    cr_assert_eq(run("token", "canary", "ci/canary"), 0);
    cr_assert_eq(run("account", "deactivate", "off"), 0);
    run_set_clock("1800003600");
    cr_assert_eq(run("token", "list", "--json"), 0);
    json_t *list = run_json(), *token;
    size_t at;
    json_array_foreach(list, at, token) for (size_t i = 0; i < NAMES; i++)
    {
        const char *name = json_string_value(json_object_get(token, "name"));
        if (strcmp(name, names[i]) != 0) continue;
        bool works = json_is_true(json_object_get(token, "works"));
        cr_expect_eq(service_check_token(secrets[i]).status, works ? 200 : 401, "%s", name);
        working += works;
    }
    cr_assert_eq(working, 1);
    json_decref(list);
}

Test(notes, each_address_gets_a_line_a_second_at_most)
{
    for (int i = 0; i < 50; i++)
        service_check_token("nonsense");
    service_until_log("denied a token from an unknown address: not a token: a typo, or cut off");
    service_get("/verify", "X-API-Key: x\r\nX-Forwarded-For: 10.0.0.5\r\n");
    service_until_log("denied a token from 10.0.0.5");
    run_set_clock("1800000001");
    service_check_token("gth_0123456789abcdefghijABCDEFGHIJ05DYyq");
    service_until_log("denied a token from an unknown address: unknown");
    int lines = 0;
    char *log = service_log();
    for (const char *at = strstr(log, "unknown address"); at;
         at = strstr(at + 1, "unknown address"))
        lines++;
    cr_assert_eq(lines, 2, "%s", log);
    cr_assert(strstr(log, "more from there)"), "%s", log);
    free(log);
}

Test(notes, a_canary_is_an_event_at_once_and_again_after_a_minute)
{
    char canary[64];
    cr_assert_eq(run("token", "generate", "ci", "--canary"), 0);
    snprintf(canary, sizeof canary, "%s", run_out);
    canary[strcspn(canary, "\n")] = 0;
    int64_t events = run_events();
    static const struct {
        const char *clock, *time;
        int64_t events;
    } steps[] = {{"1800000000", "2027-01-15T08:00:00Z", 1},
                 {"1800000059", "2027-01-15T08:00:59Z", 1},
                 {"1800000063", "2027-01-15T08:01:03Z", 2}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        run_set_clock(steps[i].clock);
        service_check_token(canary);
        service_check("/verify", ""); /* recorded after the event */
        wait_for_field("last_used", steps[i].time);
        cr_assert_eq(run_events(), events + steps[i].events, "at %s", steps[i].time);
    }
    cr_assert_eq(run("audit", "--json"), 0);
    cr_assert(strstr(run_out, "token.alarm"), "%s", run_out);
}

Test(notes, while_somebody_else_writes_nothing_is_lost_and_nobody_waits)
{
    struct act act = run_act();
    cr_assert_eq(store_begin(act.store), OK);
    cr_assert_eq(service_check("/verify", "").status, 200);
    nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    cr_assert_eq(service_check("/verify", "").status, 200);
    cr_assert_eq(store_end(act.store, OK), OK);
    store_close(act.store);
    wait_for_field("last_used", "2027-01-15T08:00:00Z");
    cr_assert_eq(service_count("notes_lost"), 0);
}
