#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <string.h>

static void setup(void)
{
    run_setup();
    run_init();
}

TestSuite(account, .init = setup, .fini = run_teardown);

static json_t *show(const char *id)
{
    cr_assert_eq(run("account", "show", id, "--json"), 0, "%s", run_err);
    return run_json();
}

static size_t count_listed(const char *option, const char *value)
{
    if (value)
        cr_assert_eq(run("account", "list", "--json", option, value), 0, "%s", run_err);
    else
        cr_assert_eq(run("account", "list", "--json", option), 0, "%s", run_err);
    json_t *list = run_json();
    size_t count = json_array_size(list);
    json_decref(list);
    return count;
}

Test(account, what_was_created_is_shown)
{
    cr_assert_eq(run("account", "create", "SA::CI-Deploy", "--description", "Deploys main",
                     "--owner", "team-platform"),
                 0, "%s", run_err);
    cr_assert_str_eq(run_out, "sa::ci-deploy created\n");
    json_t *account = show("ci-deploy");
    run_expect_text(account, "id", "sa::ci-deploy");
    run_expect_text(account, "description", "Deploys main");
    run_expect_text(account, "owner", "team-platform");
    run_expect_text(account, "created", "2027-01-15T08:00:00Z");
    cr_assert(json_is_null(json_object_get(account, "last_used")));
    cr_assert(json_is_true(json_object_get(account, "active")));
    run_expect_int(account, "tokens", 0);
    run_expect_int(account, "tokens_used", 0);
    run_expect_int(account, "token_limit", 20);
    json_t *groups = json_object_get(account, "groups");
    cr_assert_eq(json_array_size(groups), 1);
    cr_assert_str_eq(json_string_value(json_array_get(groups, 0)), "Everyone");
    cr_assert_eq(json_array_size(json_object_get(account, "permissions")), 0);
    json_decref(account);
    cr_assert_eq(run("account", "show", "ci-deploy"), 0);
    cr_assert(strstr(run_out, "Deploys main") && strstr(run_out, "Everyone"), "%s", run_out);
}

Test(account, the_first_token_comes_only_when_asked_for_and_alone)
{
    cr_assert_eq(run("account", "create", "ci", "--token", "github"), 0, "%s", run_err);
    cr_assert_eq(strlen(run_out), 41);
    cr_assert_eq(strncmp(run_out, "gth_", 4), 0);
    cr_assert_eq(run("account", "create", "cd", "--token", "", "--json"), 0, "%s", run_err);
    json_t *account = run_json();
    run_expect_text(account, "id", "sa::cd");
    run_expect_int(account, "token", 2);
    cr_assert_eq(json_string_length(json_object_get(account, "secret")), 40);
    json_decref(account);
}

Test(account, a_bad_or_taken_name_is_refused_and_makes_nothing)
{
    cr_assert_eq(run("account", "create", "ci"), 0);
    cr_assert_eq(run("account", "create", "sa::CI"), 3);
    cr_assert_eq(run("account", "create", "-ci"), 2);
    cr_assert_eq(run("account", "create", "c i"), 3);
    cr_assert_eq(run("account", "create", "42"), 0);
    cr_assert_eq(run("account", "show", "sa::42"), 0);
    cr_assert_eq(count_listed("--filter", ""), 2);
}

Test(account, edit_changes_only_what_was_named)
{
    cr_assert_eq(run("account", "create", "ci", "--description", "One", "--owner", "ops"), 0);
    cr_assert_eq(run("account", "edit", "ci", "--description", "Two"), 0, "%s", run_err);
    json_t *account = show("ci");
    run_expect_text(account, "description", "Two");
    run_expect_text(account, "owner", "ops");
    json_decref(account);
    cr_assert_eq(run("account", "edit", "ci"), 2);
    cr_assert_eq(run("account", "edit", "nobody", "--owner", "x"), 3);
}

Test(account, already_so_is_done_without_an_event)
{
    cr_assert_eq(run("account", "create", "ci", "--owner", "ops"), 0);
    cr_assert_eq(run("account", "deactivate", "ci"), 0);
    int64_t events = run_events();
    cr_assert_eq(run("account", "deactivate", "ci", "--json"), 0);
    json_t *list = run_json();
    cr_assert(json_is_false(json_object_get(json_array_get(list, 0), "changed")));
    json_decref(list);
    cr_assert_eq(run("account", "edit", "ci", "--owner", "ops"), 0);
    cr_assert_eq(run_events(), events);
    cr_assert_eq(run("account", "activate", "ci"), 0);
    cr_assert_eq(run_events(), events + 1);
}

Test(account, several_are_changed_all_or_none)
{
    cr_assert_eq(run("account", "create", "a"), 0);
    cr_assert_eq(run("account", "create", "b"), 0);
    int64_t events = run_events();
    cr_assert_eq(run("account", "deactivate", "a", "b", "nobody"), 3);
    cr_assert_str_empty(run_out);
    cr_assert_eq(count_listed("--inactive", NULL), 0);
    cr_assert_eq(run_events(), events);
    cr_assert_eq(run("account", "deactivate", "a", "b"), 0);
    cr_assert_str_eq(run_out, "sa::a deactivated · no working token\n"
                              "sa::b deactivated · no working token\n");
    cr_assert_eq(count_listed("--inactive", NULL), 2);
}

Test(account, deleting_more_than_one_needs_yes)
{
    cr_assert_eq(run("account", "create", "a"), 0);
    cr_assert_eq(run("account", "create", "b"), 0);
    cr_assert_eq(run("account", "create", "c"), 0);
    cr_assert_eq(run("account", "delete", "a", "b"), 2);
    cr_assert(strstr(run_err, "--yes"), "%s", run_err);
    cr_assert_eq(count_listed("--filter", ""), 3);
    cr_assert_eq(run("account", "delete", "a", "nobody", "--yes"), 3);
    cr_assert_eq(count_listed("--filter", ""), 3);
    cr_assert_eq(run("account", "delete", "a", "b", "--yes"), 0, "%s", run_err);
    cr_assert_eq(run("account", "delete", "c"), 0, "%s", run_err);
    cr_assert_eq(count_listed("--filter", ""), 0);
    cr_assert_eq(run("account", "list", "--json"), 0);
    cr_assert_str_eq(run_out, "[]\n");
}

Test(account, the_list_is_filtered_and_sorted)
{
    cr_assert_eq(run("account", "create", "ci-a", "--description", "red fish"), 0);
    cr_assert_eq(run("account", "create", "ci-b", "--owner", "ops"), 0);
    cr_assert_eq(run("account", "create", "web"), 0);
    cr_assert_eq(run("account", "deactivate", "ci-b"), 0);
    run_generate("web", "x");
    cr_assert_eq(count_listed("--filter", "CI-"), 2);
    cr_assert_eq(count_listed("--filter", "d:red"), 1);
    cr_assert_eq(count_listed("--filter", "o:ops"), 1);
    cr_assert_eq(count_listed("--active", NULL), 2);
    cr_assert_eq(run("account", "list", "--json", "--sort", "-tokens"), 0);
    json_t *list = run_json();
    run_expect_text(json_array_get(list, 0), "id", "sa::web");
    json_decref(list);
    cr_assert_eq(run("account", "list", "--sort", "colour"), 2);
}

Test(account, a_list_longer_than_a_page_is_complete)
{
    char name[16];
    struct act act = run_act();
    cr_assert_eq(store_begin(act.store), OK);
    for (int i = 0; i < 450; i++) {
        snprintf(name, sizeof name, "n%04d", i);
        struct stmt *insert =
            store_prepare(act.store, "INSERT INTO account (name, created) VALUES (:name, 0)");
        bind_text(insert, ":name", name);
        cr_assert_eq(stmt_run(insert), OK);
    }
    cr_assert_eq(store_end(act.store, OK), OK);
    store_close(act.store);
    cr_assert_eq(count_listed("--sort", "id"), 450);
    cr_assert_eq(count_listed("--sort", "-created"), 450);
}
