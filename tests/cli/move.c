/* Import, export and apply through the command line. */
#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void setup(void)
{
    run_setup();
    run_init();
}

TestSuite(move, .init = setup, .fini = run_teardown);

#define FIRST  "5d0a1e9c-0a64-4a3e-9a5b-1f0c6f3b7a11"
#define SAMPLE GATEHOUSE_SOURCE "/tests/data/wavefront-serviceaccounts.json"

static void expect_refused(json_t *answer, const char *place, const char *reason)
{
    json_t *refused = json_object_get(answer, "refused");
    cr_assert_eq(json_array_size(refused), 1, "%s", run_out);
    json_t *one = json_array_get(refused, 0);
    run_expect_text(one, "place", place);
    const char *said = json_string_value(json_object_get(one, "reason"));
    cr_assert(strstr(said, reason), "“%s” lacks “%s”", said, reason);
}

Test(move, the_sample_is_taken_over_and_its_tokens_go_on_working)
{
    cr_assert_eq(run("import", SAMPLE, "--json"), 3, "%s", run_err);
    json_t *answer = run_json();
    expect_refused(answer, "response.items[2]", "a-z 0-9");
    json_decref(answer);
    cr_assert_eq(run_with_input(FIRST "\n", "verify", "--permission", "host_tag_management"), 0,
                 "%s", run_err);
    cr_assert(strstr(run_out, "sa::telegraf-eu"), "%s", run_out);
    cr_assert_eq(run("why", "telegraf-eu", "ingestion"), 0);
    cr_assert(strstr(run_out, "explicit"), "%s", run_out);
    /* Permissions of the roles of a group became the group's. */
    cr_assert_eq(run("why", "pager-bridge", "events_management"), 0);
    cr_assert(strstr(run_out, "group on-call"), "%s", run_out);
    cr_assert_eq(run("account", "show", "pager-bridge"), 0);
    cr_assert(strstr(run_out, "inactive"), "%s", run_out);
    cr_assert_eq(run("token", "list", "telegraf-eu", "--json"), 0);
    json_t *list = run_json();
    cr_assert_eq(json_array_size(list), 2);
    run_expect_text(json_array_get(list, 0), "created", "2019-07-01T00:00:00Z");
    run_expect_text(json_array_get(list, 0), "name", "fra1");
    json_decref(list);
    cr_assert_eq(run("token", "reveal", "telegraf-eu/fra1", "--passphrase-file", run_passphrase()),
                 0, "%s", run_err);
    cr_assert_str_eq(run_out, FIRST "\n");
}

Test(move, the_same_file_twice_changes_nothing)
{
    cr_assert_eq(run("import", SAMPLE), 3);
    int64_t events = run_events();
    cr_assert_eq(run("import", SAMPLE, "--json"), 3);
    cr_assert_eq(run_events(), events);
    json_t *answer = run_json();
    cr_assert_eq(json_array_size(json_object_get(answer, "changes")), 0);
    json_decref(answer);
}

Test(move, a_dry_run_writes_nothing_and_names_groups_that_are_there_first)
{
    cr_assert_eq(run("group", "create", "collectors"), 0);
    int64_t events = run_events();
    cr_assert_eq(run("import", SAMPLE, "--dry-run"), 3);
    cr_assert_eq(run_events(), events);
    const char *head = strstr(run_out, "Existing groups:");
    cr_assert(head == run_out, "%s", run_out);
    cr_assert(strstr(run_out, "Nothing has been changed"), "%s", run_out);
    cr_assert_eq(run("account", "show", "telegraf-eu"), 3);
}

/* Each alone in a list, with a valid account before and after it, which must be imported. */
static const struct variant {
    const char *item, *place, *reason;
} variants[] = {
    {"17", "[1]", "an object is expected"},
    {"{}", "[1]", "identifier is missing"},
    {"{\"identifier\": null}", "[1]", "identifier is missing"},
    {"{\"identifier\": 5}", "[1]", "identifier is missing"},
    {"{\"identifier\": \"bob\"}", "[1]", "sa:: is missing"},
    {"{\"identifier\": \"mara@example.org\"}", "[1]", "sa:: is missing"},
    {"{\"identifier\": \"sa::\"}", "[1]", "a-z 0-9"},
    {"{\"identifier\": \"sa::-dash\"}", "[1]", "a-z 0-9"},
    {"{\"identifier\": \"sa::with space\"}", "[1]", "a-z 0-9"},
    {"{\"identifier\": \"sa::good-one\"}", "[1]", "in the file already"},
    {"{\"identifier\": \"sa::x\", \"active\": \"yes\"}", "[1]", "neither true nor false"},
    {"{\"identifier\": \"sa::x\", \"tokens\": {}}", "[1]", "tokens are not a list"},
    {"{\"identifier\": \"sa::x\", \"groups\": \"ingestion\"}", "[1]", "groups are not a list"},
    {"{\"identifier\": \"sa::x\", \"userGroups\": true}", "[1]", "userGroups are not a list"},
    {"{\"identifier\": \"sa::x\", \"tokens\": [5]}", "[1].tokens[0]", "an object is expected"},
    {"{\"identifier\": \"sa::x\", \"tokens\": [{}]}", "[1].tokens[0]", "tokenID is missing"},
    {"{\"identifier\": \"sa::x\", \"tokens\": [{\"tokenID\": \"short\"}]}", "[1].tokens[0]",
     "112 bits"},
    {"{\"identifier\": \"sa::x\", \"tokens\": [{\"tokenID\": "
     "\"5d0a1e9c-0a64-1a3e-9a5b-1f0c6f3b7a11\"}]}",
     "[1].tokens[0]", "version 4"},
    {"{\"identifier\": \"sa::x\", \"tokens\": [{\"tokenID\": "
     "\"gth_0123456789abcdefghijABCDEFGHIJ05DYyr\"}]}",
     "[1].tokens[0]", "looks like a Gatehouse token"},
    {"{\"identifier\": \"sa::x\", \"tokens\": [{\"tokenID\": \"" FIRST
     "\", \"dateGenerated\": \"now\"}]}",
     "[1].tokens[0]", "milliseconds"},
    {"{\"identifier\": \"sa::x\", \"tokens\": [{\"tokenID\": \"" FIRST "\"}, {\"tokenID\": \"" FIRST
     "\"}]}",
     "[1].tokens[1]", "in the file already"},
    {"{\"identifier\": \"sa::x\", \"groups\": [7]}", "[1].groups[0]", "a string is expected"},
    {"{\"identifier\": \"sa::x\", \"groups\": [\"Bad Id\"]}", "[1].groups[0]", "a-z"},
    {"{\"identifier\": \"sa::x\", \"userGroups\": [3]}", "[1].userGroups[0]", "not a group"},
    {"{\"identifier\": \"sa::x\", \"userGroups\": [{\"id\": \"1\"}]}", "[1].userGroups[0]",
     "name of this group is missing"},
    {"{\"identifier\": \"sa::x\", \"userGroups\": [{\"name\": \"g\", \"permissions\": 4}]}",
     "[1].userGroups[0].permissions", "not a list"},
    {"{\"identifier\": \"sa::x\", \"userGroups\": [{\"name\": \"g\", \"roles\": [4]}]}",
     "[1].userGroups[0].roles[0]", "not a role"},
};

Test(move, what_is_wrong_is_refused_with_its_place_and_the_rest_goes_on, .timeout = 300)
{
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        char text[1200], name[32], last[64];
        snprintf(last, sizeof last, "sa::after-%zu", i);
        snprintf(name, sizeof name, "variant-%zu", i);
        snprintf(text, sizeof text,
                 "[{\"identifier\": \"sa::GOOD-one\"}, %s, {\"identifier\": \"%s\"}]",
                 variants[i].item, last);
        cr_assert_eq(run("import", run_file(name, text, 0600), "--json"), 3, "%s: %s", text,
                     run_err);
        json_t *answer = run_json();
        expect_refused(answer, variants[i].place, variants[i].reason);
        json_decref(answer);
        cr_assert_eq(run("account", "show", last), 0, "%s", text);
    }
}

Test(move, more_tokens_than_an_account_may_have_are_refused_with_it)
{
    char text[4000];
    size_t used = (size_t)snprintf(text, sizeof text, "[{\"identifier\": \"sa::x\", \"tokens\": [");
    for (int i = 0; i < 21; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "%s{\"tokenID\": \"5d0a1e9c-0a64-4a3e-9a5b-1f0c6f3b7a%02d\"}",
                                 i ? ", " : "", i);
    snprintf(text + used, sizeof text - used, "]}]");
    cr_assert_eq(run("import", run_file("many", text, 0600), "--json"), 3, "%s", run_err);
    json_t *answer = run_json();
    expect_refused(answer, "[0]", "21 tokens");
    json_decref(answer);
    cr_assert_eq(run("account", "show", "x"), 3);
}

Test(move, every_form_of_the_answer_is_read)
{
    static const char *const forms[] = {
        "{\"identifier\": \"sa::one\"}",
        "[{\"identifier\": \"sa::one\"}]",
        "{\"items\": [{\"identifier\": \"sa::one\"}]}",
        "{\"response\": {\"identifier\": \"sa::one\"}}",
        "{\"response\": [{\"identifier\": \"sa::one\", \"tokens\": null, \"groups\": null, "
        "\"userGroups\": null, \"description\": null}]}",
        "{\"status\": {\"result\": \"OK\"}, \"response\": {\"items\": [{\"identifier\": "
        "\"sa::one\"}]}}",
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char name[32];
        snprintf(name, sizeof name, "form-%zu", i);
        cr_assert_eq(run("import", run_file(name, forms[i], 0600)), 0, "%s: %s", forms[i], run_err);
        cr_assert_eq(run("account", "delete", "one"), 0, "%s", forms[i]);
    }
    cr_assert_eq(run("import", run_file("bad", "{\"status\": {\"result\": \"ERROR\"}}", 0600)), 3);
    cr_assert_eq(run("import", run_file("none", "{\"a\": 1}", 0600)), 3);
    cr_assert_eq(run("import", run_file("json", "{", 0600)), 3);
    cr_assert(strstr(run_err, "line 1"), "%s", run_err);
    cr_assert_eq(run("import", run_path("missing")), 3);
}

Test(move, the_reserved_permission_is_skipped_and_unknown_ones_join_the_catalogue)
{
    cr_assert_eq(run("import", run_file("a",
                                        "[{\"identifier\": \"sa::x\", \"groups\": "
                                        "[\"token_management\", \"new_thing\"]}]",
                                        0600)),
                 0, "%s", run_err);
    cr_assert(strstr(run_out, "reserved and was skipped"), "%s", run_out);
    cr_assert_eq(run("permission", "show", "new_thing"), 0);
    cr_assert_eq(run("permission", "show", "token_management"), 3);
}

static void fill(void)
{
    cr_assert_eq(run("import", SAMPLE), 3);
    cr_assert_eq(run("account", "create", "ci", "--description", "Ü \"quoted\"", "--owner", "team"),
                 0);
    cr_assert_eq(run("token", "generate", "ci", "--name", "narrow", "--only", "ingestion", "--from",
                     "10.0.0.0/8", "--expires", "90d"),
                 0, "%s", run_err);
    cr_assert_eq(run("token", "generate", "ci", "--name", "gone"), 0);
    cr_assert_eq(run("token", "revoke", "ci/gone"), 0);
    cr_assert_eq(run("token", "generate", "ci", "--name", "old"), 0);
    cr_assert_eq(run("token", "rotate", "ci/old"), 0);
}

static char *export_now(void)
{
    cr_assert_eq(run("export"), 0, "%s", run_err);
    return strdup(run_out);
}

Test(move, an_export_applied_to_a_new_database_gives_the_same_bytes)
{
    fill();
    char *first = export_now();
    cr_assert_not(strstr(first, FIRST));
    const char *file = strdup(run_file("export.json", first, 0600));
    char other[200];
    snprintf(other, sizeof other, "%s/other.db", run_folder);
    cr_assert_eq(run("--db", other, "init", "--show-once"), 0, "%s", run_err);
    cr_assert_eq(run("--db", other, "apply", file), 0, "%s", run_err);
    cr_assert(strstr(run_out, "become live"), "%s", run_out);
    cr_assert_eq(run("--db", other, "export"), 0);
    cr_assert_str_eq(run_out, first);
    cr_assert_eq(run_with_input(FIRST "\n", "--db", other, "verify"), 0);
    cr_assert_eq(run("--db", other, "doctor"), 0, "%s", run_out);
    /* Again: nothing to do, and no event. */
    cr_assert_eq(run("--db", other, "audit", "--json"), 0);
    char *log = strdup(run_out);
    cr_assert_eq(run("--db", other, "apply", file), 0);
    cr_assert(strstr(run_out, "Nothing to do"), "%s", run_out);
    cr_assert_eq(run("--db", other, "apply", file, "--prune", "--yes"), 0);
    free(log);
    free((char *)file);
    free(first);
}

Test(move, apply_shows_the_plan_and_deletes_only_when_told_to)
{
    fill();
    char *first = export_now();
    const char *file = strdup(run_file("export.json", first, 0600));
    cr_assert_eq(run("account", "create", "extra"), 0);
    cr_assert_eq(run("account", "edit", "ci", "--owner", "others"), 0);
    int64_t events = run_events();
    cr_assert_eq(run("apply", file, "--prune", "--dry-run"), 0, "%s", run_err);
    cr_assert_eq(run_events(), events);
    cr_assert(strstr(run_out, "sa::extra"), "%s", run_out);
    cr_assert_eq(run("apply", file), 0);
    cr_assert_eq(run("account", "show", "extra"), 0);
    cr_assert_eq(run("account", "show", "ci"), 0);
    cr_assert(strstr(run_out, "team"), "%s", run_out);
    cr_assert_eq(run("apply", file, "--prune"), 2);
    cr_assert_eq(run("account", "show", "extra"), 0);
    cr_assert_eq(run("apply", file, "--prune", "--yes"), 0, "%s", run_err);
    cr_assert_eq(run("account", "show", "extra"), 3);
    char *after = export_now();
    cr_assert_str_eq(after, first);
    free(after);
    free((char *)file);
    free(first);
}

Test(move, rule_13_dead_digests_stay_dead_whatever_a_file_says)
{
    fill();
    char *first = export_now();
    const char *file = strdup(run_file("export.json", first, 0600));
    cr_assert_eq(run_with_input(FIRST "\n", "verify"), 0);
    cr_assert_eq(run("token", "revoke", "telegraf-eu/fra1"), 0);
    cr_assert_eq(run("apply", file), 3);
    cr_assert_eq(run_with_input(FIRST "\n", "verify"), 1);
    cr_assert_eq(run("import", SAMPLE), 3);
    cr_assert_eq(run_with_input(FIRST "\n", "verify"), 1);
    cr_assert_eq(run("account", "delete", "telegraf-eu"), 0);
    cr_assert_eq(run("apply", file), 3);
    cr_assert_eq(run_with_input(FIRST "\n", "verify"), 1);
    cr_assert_eq(run("import", SAMPLE), 3);
    cr_assert_eq(run_with_input(FIRST "\n", "verify"), 1);
    free((char *)file);
    free(first);
}

Test(move, a_digest_of_another_account_is_refused)
{
    cr_assert_eq(run("import", SAMPLE), 3);
    cr_assert_eq(run("import",
                     run_file("thief",
                              "[{\"identifier\": \"sa::thief\", \"tokens\": [{\"tokenID\": \"" FIRST
                              "\"}]}]",
                              0600),
                     "--json"),
                 3, "%s", run_err);
    json_t *answer = run_json();
    expect_refused(answer, "[0].tokens[0]", "telegraf-eu");
    json_decref(answer);
    cr_assert_eq(run_with_input(FIRST "\n", "verify"), 0);
    cr_assert(strstr(run_out, "sa::telegraf-eu"), "%s", run_out);
}
