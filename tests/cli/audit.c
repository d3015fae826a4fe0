#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <gatehouse/account.h>
#include <gatehouse/account_change.h>
#include <gatehouse/store.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void setup(void)
{
    run_setup();
    run_init();
    cr_assert_eq(run("account", "create", "ci-deploy", "--owner", "team"), 0, "%s", run_err);
    cr_assert_eq(run("account", "create", "ci-docs"), 0, "%s", run_err);
    cr_assert_eq(run("account", "deactivate", "ci-deploy"), 0, "%s", run_err);
}

TestSuite(audit, .init = setup, .fini = run_teardown, .timeout = 300);

static size_t lines(void)
{
    size_t count = 0;
    for (const char *at = run_out; (at = strchr(at, '\n')); at++)
        count++;
    return count;
}

/* How many events match these options. */
#define listed(...) count_listed(run("audit", "--json", __VA_ARGS__))
static size_t count_listed(int status)
{
    cr_assert_eq(status, 0, "%s", run_err);
    return lines();
}

static void tamper(const char *sql)
{
    struct act act = run_act();
    cr_assert_eq(store_begin(act.store), OK);
    cr_assert_eq(store_end(act.store, stmt_run(store_prepare(act.store, sql))), OK, "%s",
                 error_message());
    store_close(act.store);
}

Test(audit, json_has_an_object_on_each_line_newest_first)
{
    cr_assert_eq(run("audit", "--json"), 0, "%s", run_err);
    cr_assert_eq((int64_t)lines(), run_events());
    *strchr(run_out, '\n') = 0;
    json_t *event = run_json();
    run_expect_int(event, "event", run_events());
    run_expect_text(event, "kind", "account.deactivate");
    run_expect_text(event, "subject", "sa::ci-deploy");
    run_expect_text(event, "time", "2027-01-15T08:00:00Z");
    cr_assert(json_is_true(json_object_get(json_object_get(event, "before"), "active")));
    cr_assert(json_is_false(json_object_get(json_object_get(event, "after"), "active")));
    cr_assert(json_is_null(json_object_get(event, "token")));
    cr_assert_eq(json_string_length(json_object_get(event, "hash")), 64);
    json_decref(event);
}

Test(audit, people_get_a_table)
{
    cr_assert_eq(run("audit", "--kind", "account.deactivate"), 0, "%s", run_err);
    cr_assert(strstr(run_out, "EVENT") && strstr(run_out, "sa::ci-deploy"), "%s", run_out);
    cr_assert(strstr(run_out, "active yes → no"), "%s", run_out);
    cr_assert_eq(lines(), 2);
}

/* One event, whoever runs the test and wherever. */
static void make_famous(void)
{
    tamper("UPDATE event SET uid = 1000, username = 'administrator', login_uid = 1001, login = "
           "'some-login-name', claim = 'x', host = 'a-host-with-a-long-name', terminal = 'y', "
           "subject = 'sa::ci-deploy/a-token-with-a-long-name', account = 5, token = 7, before = "
           "'no JSON', after = '{\"owner\":\"a team with a long name\"}' WHERE sequence = 3");
}

Test(audit, json_has_every_field_of_an_event)
{
    make_famous();
    cr_assert_eq(run("audit", "--actor", "some-login-name", "--json"), 0, "%s", run_err);
    char *hash = strstr(run_out, "\"hash\": \"");
    cr_assert(hash, "%s", run_out);
    hash[0] = 0;
    cr_assert_str_eq(
        run_out, "{\"event\": 3, \"time\": \"2027-01-15T08:00:00Z\", \"uid\": 1000, \"user\": "
                 "\"administrator\", \"login\": \"some-login-name\", \"sudo_claim\": \"x\", "
                 "\"host\": \"a-host-with-a-long-name\", \"terminal\": \"y\", \"kind\": "
                 "\"account.create\", \"subject\": \"sa::ci-deploy/a-token-with-a-long-name\", "
                 "\"account\": 5, \"token\": 7, \"before\": \"no JSON\", \"after\": {\"owner\": "
                 "\"a team with a long name\"}, ");
}

Test(audit, in_a_terminal_the_widest_columns_are_cut_and_those_on_the_right_left_out)
{
    static const char *const words[] = {"audit", "--actor", "some-login-name", NULL};
    static const struct {
        unsigned short columns;
        const char *table;
    } tables[] = {
        {300,
         "EVENT  TIME                  ACTOR                                  FROM                 "
         "      WHAT            SUBJECT                                 CHANGE\r\n"
         "    3  2027-01-15T08:00:00Z  administrator (login some-login-name)  "
         "a-host-with-a-long-name y  account.create  sa::ci-deploy/a-token-with-a-long-name  owner "
         "a team with a long name\r\n"},
        {110,
         "EVENT  TIME                  ACTOR           FROM             WHAT            SUBJECT "
         "         CHANGE\r\n"
         "    3  2027-01-15T08:00:00Z  administrator…  a-host-with-a-…  account.create  "
         "sa::ci-…ng-name  owner a team w…\r\n"},
        {85, "EVENT  TIME                  ACTOR     FROM    WHAT            SUBJECT     CHANGE\r\n"
             "    3  2027-01-15T08:00:00Z  adminis…  a-hos…  account.create  sa::c…name  owner a "
             "t…\r\n"},
        {84, "EVENT  TIME                  ACTOR     FROM    WHAT            SUBJECT\r\n"
             "    3  2027-01-15T08:00:00Z  adminis…  a-hos…  account.create  sa::c…name\r\n"},
        {60, "EVENT  TIME                  ACTOR     FROM\r\n"
             "    3  2027-01-15T08:00:00Z  adminis…  a-hos…\r\n"},
    };
    make_famous();
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        cr_assert_eq(run_in_terminal(tables[i].columns, NULL, words), 0);
        cr_expect_str_eq(run_out, tables[i].table, "%s", run_out);
    }
}

Test(audit, every_filter_leaves_what_it_says)
{
    cr_assert_eq(listed("--account", "SA::ci-deploy"), 2);
    cr_assert_eq(listed("--kind", "account"), 3);
    cr_assert_eq(listed("--text", "TEAM create"), 1);
    cr_assert_eq(listed("--actor", "nobody-at-all"), 0);
    cr_assert_eq(listed("--since", "2027-01-15", "--until", "2027-01-15", "--kind", "account"), 3);
    cr_assert_eq(listed("--since", "2027-01-15T08:00:01Z"), 0);
    cr_assert_eq(listed("--until", "1d"), 0);
    cr_assert_eq(run("account", "delete", "ci-deploy", "--yes"), 0, "%s", run_err);
    cr_assert_eq(listed("--account", "ci-deploy"), 3);
    cr_assert_eq(run("audit", "--account", "nobody"), 3);
    cr_assert_eq(run("audit", "--since", "soon"), 3);
    cr_assert_eq(run("audit", "everything"), 2);
}

Test(audit, a_whole_chain_is_said_to_be_whole_and_what_that_does_not_prove)
{
    cr_assert_eq(run("audit", "verify"), 0, "%s", run_err);
    cr_assert(strstr(run_out, "unbroken chain") && strstr(run_out, "Without a kept head"), "%s",
              run_out);
    cr_assert_eq(run("audit", "verify", "--json"), 0);
    json_t *verdict = run_json();
    cr_assert(json_is_true(json_object_get(verdict, "sound")));
    run_expect_int(verdict, "checked", run_events());
    cr_assert(json_is_null(json_object_get(verdict, "finding")));
    json_decref(verdict);
}

static void expect_found(const char *part, json_int_t number)
{
    cr_assert_eq(run("audit", "verify"), 1, "%s%s", run_out, run_err);
    cr_assert(strstr(run_out, part), "%s", run_out);
    cr_assert_eq(run("audit", "verify", "--json"), 1);
    json_t *verdict = run_json();
    cr_assert(json_is_false(json_object_get(verdict, "sound")));
    run_expect_int(verdict, "event", number);
    json_decref(verdict);
}

Test(audit, a_changed_event_is_named)
{
    tamper("UPDATE event SET subject = 'sa::other' WHERE sequence = 2");
    expect_found("event 2 was changed", 2);
}

Test(audit, a_removed_event_is_named)
{
    tamper("DELETE FROM event WHERE sequence = 2");
    expect_found("event 2 was removed", 2);
}

Test(audit, an_inserted_event_is_named)
{
    tamper("UPDATE event SET sequence = sequence + 100 WHERE sequence > 1");
    tamper("UPDATE event SET sequence = sequence - 99 WHERE sequence > 100");
    tamper("INSERT INTO event SELECT 2, at, uid, 'joe', login_uid, login, claim, host, terminal, "
           "kind, subject, account, token, before, after, hash FROM event WHERE sequence = 1");
    expect_found("event 2 was inserted later", 2);
}

Test(audit, a_kept_head_shows_a_cut_tail)
{
    char head[80];
    cr_assert_eq(run("audit", "head"), 0, "%s", run_err);
    cr_assert_eq(strlen(run_out), 65);
    snprintf(head, sizeof head, "%.64s", run_out);
    cr_assert_eq(run("audit", "verify", "--head", head), 0, "%s", run_err);
    cr_assert(strstr(run_out, "it and all events before it are present"), "%s", run_out);
    tamper("DELETE FROM event WHERE sequence = (SELECT max(sequence) FROM event)");
    cr_assert_eq(run("audit", "verify"), 0);
    cr_assert_eq(run("audit", "verify", "--head", head), 1);
    cr_assert(strstr(run_out, "truncated before that event"), "%s", run_out);
    cr_assert_eq(run("audit", "verify", "--head", "abc"), 3);
}

#define follow(...) run_begin((const char *const[]){"audit", "--follow", __VA_ARGS__, NULL})

/* How many lines came before the text that was last waited for. */
static size_t lines_before(const struct running *running)
{
    size_t count = 0;
    for (size_t i = 0; i < running->read; i++)
        count += run_out[i] == '\n';
    return count;
}

static void create_many(const char *first, int count)
{
    struct act act = run_act();
    const struct account_details nothing = {0};
    for (int i = 0; i < count; i++) {
        char name[32];
        int64_t number;
        snprintf(name, sizeof name, "%s-%03d", first, i);
        cr_assert_eq(account_create(&act, name, &nothing, &number), OK, "%s", error_message());
    }
    store_close(act.store);
}

Test(audit, following_begins_with_the_last_ten_oldest_first_and_prints_what_comes)
{
    create_many("n", 15);
    struct running running = run_begin((const char *const[]){"audit", "--follow", NULL});
    run_until(&running, "sa::n-014");
    cr_assert_eq(lines_before(&running), 9, "%s", run_out);
    cr_assert(strstr(run_out, "sa::n-005") && !strstr(run_out, "sa::n-004"), "%s", run_out);
    cr_assert(strstr(run_out, "sa::n-005") < strstr(run_out, "sa::n-006"), "%s", run_out);
    cr_assert_eq(strncmp(run_out, "2027-01-15T08:00:00Z  ", 22), 0, "%s", run_out);
    create_many("later", 1);
    run_until(&running, "account.create  sa::later-000");
    create_many("last", 1);
    run_until(&running, "account.create  sa::last-000");
    cr_assert_eq(lines_before(&running), 11, "%s", run_out);
    run_stop(&running);
}

Test(audit, following_from_a_time_prints_all_since_then)
{
    create_many("n", 230);
    run_set_clock("1800000001");
    struct running running = follow("--since", "1d", "--kind", "account.create");
    run_until(&running, "sa::n-229");
    cr_assert_eq(lines_before(&running), 231, "two accounts of the setup and these");
    create_many("later", 220);
    run_until(&running, "sa::later-219");
    cr_assert_eq(lines_before(&running), 451);
    run_stop(&running);
}

Test(audit, following_from_before_the_first_event_begins_with_it)
{
    struct running running = follow("--since", "1d", "--json");
    run_until(&running, "sa::ci-docs");
    cr_assert_eq(strncmp(run_out, "{\"event\": 1, ", 13), 0, "%s", run_out);
    run_stop(&running);
}

Test(audit, following_keeps_to_the_filter_and_prints_an_object_on_each_line)
{
    struct running running = follow("--kind", "account.deactivate", "--json");
    run_until(&running, "\n");
    json_t *event = run_json();
    run_expect_text(event, "kind", "account.deactivate");
    json_decref(event);
    create_many("n", 1);
    char *before = run_out;
    run_out = NULL;
    cr_assert_eq(run("account", "deactivate", "ci-docs"), 0, "%s", run_err);
    free(run_out);
    run_out = before;
    run_until(&running, "\n");
    cr_assert(strstr(run_out, "sa::ci-docs") && !strstr(run_out, "account.create"), "%s", run_out);
    run_stop(&running);
}

Test(audit, more_events_than_a_page_are_all_listed)
{
    create_many("n", 420);
    cr_assert_eq(listed("--kind", "account.create"), 422);
    cr_assert_eq(run("audit", "--kind", "account.create"), 0, "%s", run_err);
    cr_assert_eq(lines(), 423);
}

Test(audit, its_own_commands_stand_in_its_help)
{
    cr_assert_eq(run("audit", "--help"), 0);
    cr_assert(strstr(run_out, "--follow") && strstr(run_out, "audit verify"), "%s", run_out);
}

/* Runs as another process, without touching what was printed so far. */
#define elsewhere(...) run_elsewhere((const char *const[]){__VA_ARGS__, NULL})
static void run_elsewhere(const char *const *words)
{
    char *before = run_out;
    run_out = NULL;
    cr_assert_eq(run_words(NULL, words), 0, "%s", run_err);
    free(run_out);
    run_out = before;
}

Test(audit, follow_ends_when_nobody_reads_it_any_more)
{
    int status;
    struct running running = run_begin((const char *const[]){"audit", "--follow", NULL});
    run_until(&running, "account.deactivate");
    close(running.output);
    elsewhere("account", "create", "later");
    cr_assert_eq(waitpid(running.child, &status, 0), running.child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 4, "status 0x%x", (unsigned)status);
}

Test(audit, times_are_typed_as_everywhere)
{
    size_t all = (size_t)run_events();
    cr_assert_eq(listed("--since", "today"), all);
    cr_assert_eq(listed("--since", "2h", "--until", "today"), all);
    cr_assert_eq(listed("--until", "yesterday"), 0);
    cr_assert_eq(listed("--since", "2027-01-15T08:00Z"), all);
    cr_assert_eq(listed("--since", "2027-01-15T08:01Z"), 0);
}
