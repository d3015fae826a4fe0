/* group, permission, why, panic, and the access report. */
#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void setup(void)
{
    run_setup();
    run_init();
    cr_assert_eq(run("account", "create", "one", "--owner", "team-a"), 0, "%s", run_err);
    cr_assert_eq(run("account", "create", "two", "--owner", "team-a"), 0, "%s", run_err);
    cr_assert_eq(run("account", "create", "three", "--owner", "team, \"b\""), 0, "%s", run_err);
}

TestSuite(rights, .init = setup, .fini = run_teardown);

static void make_group(void)
{
    cr_assert_eq(run("group", "create", "Build", "--description", "Builds things"), 0, "%s",
                 run_err);
    cr_assert_eq(run("group", "add", "build", "one", "two"), 0, "%s", run_err);
    cr_assert_eq(run("permission", "grant", "agent_management", "--group", "BUILD"), 0, "%s",
                 run_err);
}

Test(rights, a_group_from_making_to_deleting)
{
    make_group();
    cr_assert_eq(run("group", "show", "build", "--json"), 0);
    json_t *group = run_json();
    run_expect_text(group, "name", "Build");
    run_expect_text(group, "description", "Builds things");
    run_expect_int(group, "members", 2);
    cr_assert_str_eq(json_string_value(json_array_get(json_object_get(group, "permissions"), 0)),
                     "agent_management");
    cr_assert_str_eq(json_string_value(json_array_get(json_object_get(group, "member_ids"), 1)),
                     "sa::two");
    json_decref(group);
    cr_assert_eq(run("group", "edit", "build", "--description", "Other things"), 0);
    cr_assert_eq(run("group", "rename", "build", "Builders"), 0);
    cr_assert_eq(run("group", "list"), 0);
    cr_assert(strstr(run_out, "Builders") && strstr(run_out, "Other things"), "%s", run_out);
    cr_assert_eq(run("group", "delete", "builders"), 2);
    cr_assert(strstr(run_err, "2 accounts would lose permissions") && strstr(run_err, "--yes"));
    cr_assert_eq(run("group", "delete", "builders", "--yes"), 0);
    cr_assert_eq(run("group", "show", "builders"), 3);
}

Test(rights, all_members_or_none)
{
    make_group();
    int64_t events = run_events();
    cr_assert_eq(run("group", "add", "build", "three", "nobody"), 3);
    cr_assert_eq(run("group", "add", "build", "one"), 0);
    cr_assert(strstr(run_out, "already in"), "%s", run_out);
    cr_assert_eq(run_events(), events, "already so: no event");
    cr_assert_eq(run("group", "remove", "build", "one", "--json"), 0);
    json_t *list = run_json();
    cr_assert(json_is_true(json_object_get(json_array_get(list, 0), "changed")));
    json_decref(list);
    cr_assert_eq(run_events(), events + 1);
}

Test(rights, everyone_cannot_be_left_renamed_or_deleted)
{
    cr_assert_eq(run("group", "remove", "everyone", "one"), 3);
    cr_assert_eq(run("group", "rename", "everyone", "all"), 3);
    cr_assert_eq(run("group", "delete", "everyone", "--yes"), 3);
    cr_assert_eq(run("permission", "grant", "agent_management", "--group", "everyone"), 0);
    cr_assert_eq(run("why", "three", "agent_management"), 0);
}

Test(rights, a_permission_from_making_to_deleting)
{
    cr_assert_eq(run("permission", "create", "deploy:prod", "--name", "Deploy", "--sentence",
                     "Deploy to production"),
                 0, "%s", run_err);
    cr_assert_eq(run("permission", "create", "Deploy Prod"), 3);
    cr_assert(strstr(run_err, "a-z 0-9"), "%s", run_err);
    cr_assert_eq(run("permission", "create", "token_management"), 3);
    cr_assert_eq(run("permission", "edit", "deploy:prod"), 2);
    cr_assert_eq(run("permission", "edit", "deploy:prod", "--name", "Ship"), 0);
    cr_assert_eq(run("permission", "grant", "deploy:prod", "--account", "one"), 0);
    cr_assert_eq(run("permission", "show", "deploy:prod", "--json"), 0);
    json_t *permission = run_json();
    run_expect_text(permission, "name", "Ship");
    run_expect_text(permission, "sentence", "Deploy to production");
    run_expect_int(permission, "accounts", 1);
    run_expect_int(permission, "effective", 1);
    json_decref(permission);
    cr_assert_eq(run("permission", "delete", "deploy:prod"), 2);
    cr_assert_eq(run("permission", "delete", "deploy:prod", "--yes"), 0);
    cr_assert_eq(run("permission", "show", "deploy:prod"), 3);
}

Test(rights, csv_is_safe_in_a_spreadsheet)
{
    static const char *const owners[] = {"=1+1", "+1", "-1", "@SUM(1)"};
    char cell[40];
    for (size_t i = 0; i < sizeof owners / sizeof *owners; i++) {
        char name[20];
        snprintf(name, sizeof name, "of-%zu", i);
        cr_assert_eq(run("account", "create", name, "--owner", owners[i]), 0, "%s", run_err);
        cr_assert_eq(run("permission", "grant", "ingestion", "--account", name), 0);
    }
    cr_assert_eq(run("group", "create", "--", "=cmd|' /C calc'!A0"), 0, "%s", run_err);
    cr_assert_eq(run("group", "add", "--", "=cmd|' /C calc'!A0", "of-0"), 0, "%s", run_err);
    cr_assert_eq(run("permission", "grant", "log_management", "--group", "=cmd|' /C calc'!A0"), 0);
    cr_assert_eq(run("account", "list", "--access", "--csv"), 0);
    for (size_t i = 0; i < sizeof owners / sizeof *owners; i++) {
        snprintf(cell, sizeof cell, "\n'%s,", owners[i]);
        cr_expect(strstr(run_out, cell), "%s", run_out);
    }
    cr_expect(strstr(run_out, ",'=cmd|"), "%s", run_out);
}

Test(rights, granting_wants_one_holder)
{
    cr_assert_eq(run("permission", "grant", "agent_management"), 2);
    cr_assert_eq(
        run("permission", "grant", "agent_management", "--account", "one", "--group", "everyone"),
        2);
    cr_assert_eq(run("permission", "grant", "agent_management", "--account", "nobody"), 3);
    cr_assert_eq(run("permission", "revoke", "agent_management", "--account", "one"), 0);
    cr_assert(strstr(run_out, "does not hold"), "%s", run_out);
}

Test(rights, why_answers_for_accounts_and_tokens)
{
    make_group();
    run_generate("one", "main");
    cr_assert_eq(run("why", "one", "agent_management"), 0);
    cr_assert_str_eq(run_out, "sa::one → group Build → Proxies\n");
    cr_assert_eq(run("why", "one/main", "agent_management", "--json"), 0);
    json_t *why = run_json();
    cr_assert(json_is_true(json_object_get(why, "holds")));
    run_expect_text(json_array_get(json_object_get(why, "through"), 0), "group", "Build");
    json_decref(why);
    cr_assert_eq(run("why", "three", "agent_management"), 1);
    cr_assert(strstr(run_out, "or the group Build"), "%s", run_out);
    cr_assert_eq(run("why", "three", "no_such"), 3);
}

Test(rights, the_access_report_is_by_owner)
{
    make_group();
    cr_assert_eq(run("permission", "grant", "agent_management", "--account", "one"), 0);
    cr_assert_eq(run("permission", "grant", "events_management", "--account", "three"), 0);
    cr_assert_eq(run("account", "list", "--access", "--csv"), 0, "%s", run_err);
    cr_assert_str_eq(run_out, "owner,account,status,permission,through,group\n"
                              "\"team, \"\"b\"\"\",sa::three,active,events_management,explicit,\n"
                              "team-a,sa::one,active,agent_management,explicit,\n"
                              "team-a,sa::one,active,agent_management,group,Build\n"
                              "team-a,sa::two,active,agent_management,group,Build\n");
    cr_assert_eq(run("account", "list", "--access", "--json", "--filter", "two"), 0);
    json_t *list = run_json();
    cr_assert_eq(json_array_size(list), 1);
    run_expect_text(json_array_get(list, 0), "group", "Build");
    json_decref(list);
    cr_assert_eq(run("account", "list", "--csv"), 2);
}

Test(rights, panic_counts_first_and_can_be_taken_back)
{
    char event[32];
    make_group();
    run_generate("one", "a");
    run_generate("two", "b");
    run_generate("three", "c");
    cr_assert_eq(run("panic", "--group", "build"), 2);
    cr_assert(strstr(run_err, "2 working tokens of 2 accounts"), "%s", run_err);
    cr_assert_eq(run("panic", "--group", "build", "--yes", "--json"), 0, "%s", run_err);
    json_t *result = run_json();
    run_expect_int(result, "tokens", 2);
    snprintf(event, sizeof event, "%lld",
             (long long)json_integer_value(json_object_get(result, "event")));
    json_decref(result);
    cr_assert_eq(run("token", "revoke", "one/a"), 0);
    cr_assert_eq(run("panic", "--undo", event, "--json"), 0, "%s", run_err);
    result = run_json();
    run_expect_int(result, "tokens", 1);
    run_expect_int(result, "left", 1);
    json_decref(result);
    cr_assert_eq(run("panic", "--undo", "1"), 3);
    cr_assert_eq(run("panic"), 2);
    cr_assert_eq(run("panic", "--owner", "team-a", "--yes"), 0);
    cr_assert_eq(run("panic", "--owner", " Ｔeam-A", "--yes"), 0, "%s", run_err);
    cr_assert_eq(run("panic", "--owner", "nosuch", "--yes"), 3);
    cr_assert_eq(run("panic", "--owner", "nosuch"), 3);
}

Test(rights, panic_asks_before_it_suspends_tokens_of_inactive_accounts)
{
    make_group();
    run_generate("one", "a");
    cr_assert_eq(run("account", "deactivate", "one"), 0);
    cr_assert_eq(run("panic", "--group", "build"), 2);
    cr_expect(strstr(run_err, "1 token of 2 accounts (1 of an inactive account)"), "%s", run_err);
    cr_assert_eq(run("token", "list", "--json"), 0);
    json_t *tokens = run_json();
    run_expect_text(json_array_get(tokens, 0), "state", "live");
    json_decref(tokens);
    cr_assert_eq(run("panic", "--group", "build", "--yes"), 0, "%s", run_err);
    cr_expect(strstr(run_out, "Suspended 1 token;"), "%s", run_out);
}

Test(rights, rule_16_panic_undo_leaves_what_others_decided_and_names_it)
{
    char event[32];
    make_group();
    run_generate("one", "a");
    run_generate("two", "b");
    cr_assert_eq(run("panic", "--group", "build", "--yes", "--json"), 0, "%s", run_err);
    json_t *result = run_json();
    snprintf(event, sizeof event, "%lld",
             (long long)json_integer_value(json_object_get(result, "event")));
    json_decref(result);
    cr_assert_eq(run("token", "resume", "one/a"), 0);
    cr_assert_eq(run("token", "suspend", "one/a"), 0);
    cr_assert_eq(run("panic", "--undo", event), 0, "%s", run_err);
    cr_expect(strstr(run_out, "Resumed 1 token; 1 left as it is\n"), "%s", run_out);
    cr_expect(strstr(run_out, "  sa::one/a: the token was suspended by "), "%s", run_out);
    cr_assert_eq(run("panic", "--undo", event, "--json"), 0, "%s", run_err);
    result = run_json();
    run_expect_int(result, "tokens", 0);
    run_expect_int(result, "left", 2);
    cr_expect_eq(json_array_size(json_object_get(result, "reasons")), 2);
    json_decref(result);
}
