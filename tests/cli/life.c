/* The life of tokens at the command line: rotate, expire, forget, canary, check, scan, verify
 * --from, searches. */
#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(life, .init = run_setup_account, .fini = run_teardown);

/* The clock of the tests stands at 2027-01-15 08:00 UTC. */
#define START INT64_C(1800000000)

static void set_clock(int64_t after)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)(START + after));
    run_set_clock(text);
}

/* Generates with further options; returns the secret without a newline, owned by the caller. */
static char *generate(const char *option, const char *value)
{
    cr_assert_eq(run("token", "generate", "ci", "--name", "main", option, value), 0, "%s", run_err);
    char *secret = strdup(run_out);
    secret[strcspn(secret, "\n")] = 0;
    return secret;
}

Test(life, rotate_prints_the_successor_and_both_work_until_the_grace_ends)
{
    char *old = generate("--expires", "90d");
    cr_assert_eq(run("token", "rotate", "ci/main", "--grace", "2h"), 0, "%s", run_err);
    char *next = strdup(run_out);
    cr_assert_str_neq(old, next);
    set_clock(2 * 3600 - 1);
    cr_assert_eq(run_with_input(old, "verify"), 0);
    cr_assert_eq(run_with_input(next, "verify"), 0);
    set_clock(2 * 3600);
    cr_assert_eq(run_with_input(old, "verify"), 1);
    cr_assert_eq(run_with_input(next, "verify"), 0);
    cr_assert_eq(run("token", "list", "--facet", "live", "--json"), 0);
    json_t *list = run_json();
    cr_assert_eq(json_array_size(list), 1);
    run_expect_int(json_array_get(list, 0), "replaces", 1);
    json_decref(list);
    cr_assert_eq(run("token", "rotate", "1"), 3);
    cr_assert(strstr(run_err, "expired"), "%s", run_err);
    cr_assert_eq(run("token", "rotate", "2", "--grace", "31d"), 3);
    cr_assert(strstr(run_err, "30 days"), "%s", run_err);
    cr_assert_eq(run("token", "rotate", "2", "--grace", "soon"), 3);
    free(old);
    free(next);
}

Test(life, rotate_as_json_says_what_replaces_what)
{
    char *old = generate("--expires", "90d");
    cr_assert_eq(run("token", "rotate", "1", "--grace", "0", "--json"), 0, "%s", run_err);
    json_t *answer = run_json();
    run_expect_int(answer, "token", 2);
    run_expect_int(answer, "replaces", 1);
    run_expect_text(answer, "old_expires", "2027-01-15T08:00:00Z");
    run_expect_text(answer, "expires", "2027-04-15T08:00:00Z");
    json_decref(answer);
    cr_assert_eq(run_with_input(old, "verify"), 1);
    free(old);
}

Test(life, an_expiry_is_moved)
{
    char *secret = generate("--expires", "90d");
    cr_assert_eq(run("token", "expire", "1"), 2);
    cr_assert_eq(run("token", "expire", "1", "--at", "1h"), 0, "%s", run_err);
    cr_assert_str_eq(run_out,
                     "token 1 of sa::ci set to expire at 2027-01-15T09:00:00Z · never used\n");
    set_clock(3600);
    cr_assert_eq(run_with_input(secret, "verify"), 1);
    cr_assert_eq(run("token", "expire", "1", "--at", "never"), 3);
    free(secret);
}

Test(life, a_forgotten_secret_works_on)
{
    char *secret = generate("--expires", "never");
    cr_assert_eq(run("token", "forget", "1"), 0, "%s", run_err);
    cr_assert_eq(run_with_input(secret, "verify"), 0);
    cr_assert_eq(run("token", "reveal", "1", "--passphrase-file", run_passphrase()), 3);
    cr_assert(strstr(run_err, "not kept"), "%s", run_err);
    free(secret);
}

Test(life, a_token_of_networks_asks_where_it_is_used)
{
    char *secret = generate("--from", "10.0.0.0/8,2001:db8::/32");
    cr_assert_eq(run_with_input(secret, "verify"), 1);
    cr_assert_eq(run_with_input(secret, "verify", "--from", "11.0.0.1"), 1);
    cr_assert_eq(run_with_input(secret, "verify", "--from", "::ffff:10.0.0.1"), 0);
    cr_assert_eq(run("token", "list", "ci", "--json"), 0);
    json_t *list = run_json();
    run_expect_text(json_array_get(list, 0), "last_from", "::ffff:10.0.0.1");
    json_decref(list);
    free(secret);
}

Test(life, a_narrowed_token_allows_less_and_why_says_so)
{
    cr_assert_eq(run("permission", "grant", "ingestion", "--account", "ci"), 0, "%s", run_err);
    cr_assert_eq(run("permission", "grant", "agent_management", "--account", "ci"), 0);
    char *secret = generate("--only", "ingestion");
    cr_assert_eq(run_with_input(secret, "verify", "--json"), 0);
    json_t *answer = run_json();
    cr_assert_eq(json_array_size(json_object_get(answer, "permissions")), 1);
    json_decref(answer);
    cr_assert_eq(run_with_input(secret, "verify", "--permission", "agent_management"), 1);
    cr_assert_eq(run("why", "ci", "agent_management"), 0);
    cr_assert_eq(run("why", "ci/main", "agent_management"), 1);
    cr_assert(strstr(run_out, "token 1: only "), "%s", run_out);
    cr_assert(strstr(run_out, "so it does not allow it"), "%s", run_out);
    cr_assert_eq(run("why", "1", "ingestion", "--json"), 0);
    answer = run_json();
    cr_assert(json_is_true(json_object_get(answer, "token_allows")));
    json_decref(answer);
    free(secret);
}

Test(life, check_warns_of_what_ends_soon)
{
    char *secret = generate("--expires", "20d");
    cr_assert_eq(run("check"), 0, "%s", run_out);
    cr_assert_str_empty(run_out);
    cr_assert_eq(run("check", "--expiring", "21d"), 1);
    cr_assert(strstr(run_out, "token 1 of sa::ci · main ends in 20 d"), "%s", run_out);
    cr_assert_eq(run("check", "--expiring", "21d", "--prometheus"), 1);
    cr_assert(strstr(run_out, "# TYPE gatehouse_token_expires_timestamp_seconds gauge\n"
                              "gatehouse_token_expires_timestamp_seconds{account=\"sa::ci\",name="
                              "\"main\",token=\"1\"} 1801728000\n"),
              "%s", run_out);
    cr_assert(strstr(run_out, "gatehouse_tokens_expiring{within=\"21d\"} 1\n"), "%s", run_out);
    cr_assert_eq(run("check", "--expiring", "21d", "--json"), 1);
    json_t *answer = run_json();
    cr_assert_eq(json_array_size(json_object_get(answer, "expiring")), 1);
    json_decref(answer);
    /* Replaced and not used since: the old one needs no attention. */
    cr_assert_eq(run("token", "rotate", "1"), 0);
    cr_assert_eq(run("check", "--expiring", "10d"), 0, "%s", run_out);
    set_clock(60);
    cr_assert_eq(run_with_input(secret, "verify"), 0);
    cr_assert_eq(run("check", "--expiring", "10d"), 1);
    cr_assert(strstr(run_out, "replaced, and still used"), "%s", run_out);
    free(secret);
}

Test(life, a_canary_denies_records_and_makes_check_speak)
{
    cr_assert_eq(run("token", "generate", "ci", "--name", "trap", "--canary"), 0, "%s", run_err);
    char *secret = strdup(run_out);
    cr_assert_eq(run("check"), 0);
    int64_t events = run_events();
    cr_assert_eq(run_with_input(secret, "verify", "--from", "192.0.2.9"), 1);
    cr_assert_str_eq(run_out, "denied\n");
    cr_assert_str_empty(run_err);
    cr_assert_eq(run_events(), events + 1);
    cr_assert_eq(run("check"), 1);
    cr_assert(strstr(run_out, "from 192.0.2.9"), "%s", run_out);
    cr_assert_eq(run("token", "revoke", "1"), 0);
    cr_assert_eq(run("check"), 0);
    free(secret);
}

Test(life, an_alarm_is_dealt_with_and_the_canary_stays_one)
{
    cr_assert_eq(run("token", "generate", "ci", "--name", "trap", "--canary"), 0, "%s", run_err);
    char *secret = strdup(run_out);
    cr_assert_eq(run("check", "--dealt-with", "ci/trap", "--json"), 0);
    json_t *object = run_json();
    cr_assert(json_is_false(json_object_get(object, "changed")));
    json_decref(object);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(run_with_input(secret, "verify"), 1);
        cr_assert_eq(run("check"), 1);
        cr_assert(strstr(run_out, "check --dealt-with 1"), "%s", run_out);
        cr_assert_eq(run("--read-only", "check", "--dealt-with", "1"), 3);
        cr_assert_eq(run("check", "--dealt-with", "1"), 0, "%s", run_err);
        cr_assert_eq(run("check"), 0, "%s", run_out);
    }
    cr_assert_eq(run("token", "generate", "ci"), 0);
    cr_assert_eq(run("check", "--dealt-with", "2"), 3);
    cr_assert(strstr(run_err, "not a canary"), "%s", run_err);
    cr_assert_eq(run("check", "--dealt-with", "9"), 3);
    free(secret);
}

Test(life, a_token_becomes_a_canary_and_its_past_raises_no_alarm)
{
    char *secret = generate("--expires", "never");
    cr_assert_eq(run_with_input(secret, "verify"), 0);
    cr_assert_eq(run("token", "canary", "1"), 0, "%s", run_err);
    cr_assert_eq(run("check"), 0, "%s", run_out);
    cr_assert_eq(run_with_input(secret, "verify"), 1);
    cr_assert_eq(run("check"), 1);
    free(secret);
}

Test(life, scan_leaves_canaries_and_says_so)
{
    cr_assert_eq(run("token", "generate", "ci", "--name", "trap", "--canary"), 0, "%s", run_err);
    char *secret = strdup(run_out);
    cr_assert_eq(run_with_input(secret, "scan", "--revoke"), 1);
    cr_assert(strstr(run_out, "canary · sa::ci/trap"), "%s", run_out);
    cr_assert(strstr(run_out, "is a canary, left as it is"), "%s", run_out);
    cr_assert_eq(run("--read-only", "scan", "--revoke", run_folder), 3);
    cr_assert_eq(run_with_input(secret, "verify"), 1);
    cr_assert_eq(run("check"), 1, "it still raises alarms");
    free(secret);
}

/* In the middle of noise, across the boundary of two reads, twice on a line, and in a stream
 * without an end of line. */
Test(life, scan_finds_tokens_in_files_and_never_prints_them)
{
    enum { PIECE = 1 << 20 };
    char *secret = generate("--expires", "never"), *text = calloc(1, 2 * PIECE + 200);
    char broken[64];
    memset(text, 'x', 2 * PIECE + 100);
    text[5] = '\n';
    memcpy(text + PIECE - 17, secret, 40);
    memcpy(text + 2 * PIECE, secret, 40);
    cr_assert_eq(run("scan", run_file("empty", "", 0600)), 0, "%s", run_err);
    run_file("big", text, 0600);
    snprintf(broken, sizeof broken, "a %s b\n", secret);
    broken[10] = broken[10] == 'a' ? 'b' : 'a';
    run_file("typo", broken, 0600);
    cr_assert_eq(symlink("nowhere", run_path("dangling")), 0);
    cr_assert_eq(mkfifo(run_path("pipe"), 0600), 0);
    cr_assert_eq(run("scan", run_folder, "--json"), 1, "%s", run_err);
    cr_assert_not(strstr(run_out, secret));
    json_t *list = run_json();
    cr_assert_eq(json_array_size(list), 2, "%s", run_out);
    json_t *first = json_array_get(list, 0);
    run_expect_int(first, "offset", PIECE - 17);
    run_expect_int(first, "line", 2);
    run_expect_int(first, "token", 1);
    run_expect_text(first, "account", "sa::ci");
    run_expect_text(first, "state", "live");
    json_decref(list);
    cr_assert_eq(run_with_input(secret, "scan"), 1);
    cr_assert(strstr(run_out, "-:1: live · sa::ci/main · token 1"), "%s", run_out);
    cr_assert(strstr(run_out, "1 found, 1 of them live"), "%s", run_out);
    cr_assert_eq(run_with_input(secret, "scan", "-", "--revoke"), 1);
    cr_assert_eq(run_with_input(secret, "verify"), 1);
    cr_assert_eq(run_with_input(secret, "scan"), 1);
    cr_assert(strstr(run_out, "revoked · sa::ci/main"), "%s", run_out);
    cr_assert_eq(run("scan", run_path("missing")), 3);
    free(text);
    free(secret);
}

Test(life, scan_goes_on_where_it_must_not_read)
{
    if (getuid() == 0) cr_skip_test("root reads everything");
    char *secret = generate("--expires", "never");
    run_file("locked", secret, 0);
    cr_assert_eq(run("scan", run_folder), 4);
    cr_assert(strstr(run_err, "cannot read"), "%s", run_err);
    run_file("open", secret, 0600);
    cr_assert_eq(run("scan", run_folder), 1);
    free(secret);
}

Test(life, searches_are_kept_for_the_list)
{
    free(generate("--expires", "5d"));
    free(generate("--expires", "never"));
    cr_assert_eq(run("search", "save", "soon", "--facet", "ending", "--sort", "expires"), 0, "%s",
                 run_err);
    cr_assert_eq(run("token", "list", "--search", "soon", "--json"), 0);
    json_t *list = run_json();
    cr_assert_eq(json_array_size(list), 1);
    json_decref(list);
    cr_assert_eq(run("search", "list", "--json"), 0);
    list = run_json();
    run_expect_text(json_array_get(list, 0), "facet", "ending");
    json_decref(list);
    cr_assert_eq(run("search", "delete", "soon"), 0);
    cr_assert_eq(run("token", "list", "--search", "soon"), 3);
    cr_assert_eq(run("token", "list", "--facet", "nothing"), 2);
    cr_assert_eq(run("token", "list", "--sort", "nothing"), 2);
    cr_assert_eq(run("token", "list", "ci", "--facet", "live"), 2);
}

Test(life, scan_prints_no_file_name_as_it_is)
{
    char *secret = generate("--expires", "never");
    run_file("evil\033]0;x\a", secret, 0600);
    cr_assert_eq(run("scan", run_folder), 1, "%s", run_err);
    cr_assert_not(strchr(run_out, '\033'), "%s", run_out);
    cr_assert_not(strchr(run_err, '\033'));
    const char *socket = run_path("evil\033[2J");
    cr_assert_eq(mknod(socket, S_IFSOCK | 0600, 0), 0);
    cr_assert_eq(run("scan", socket), 4);
    cr_assert(strstr(run_err, "cannot read"), "%s", run_err);
    cr_assert_not(strchr(run_err, '\033'));
    free(secret);
}
