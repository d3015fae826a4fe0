#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <gatehouse/secret.h>
#include <gatehouse/setting.h>
#include <gatehouse/token.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(token, .init = run_setup_account, .fini = run_teardown);

static void expect_state(const char *ref, const char *state)
{
    cr_assert_eq(run("token", "list", "ci", "--json"), 0, "%s", run_err);
    json_t *list = run_json();
    bool found = false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *token = json_array_get(list, i);
        if (json_integer_value(json_object_get(token, "token")) != atoll(ref)) continue;
        run_expect_text(token, "state", state);
        found = true;
    }
    cr_assert(found);
    json_decref(list);
}

Test(token, generate_prints_the_secret_alone)
{
    cr_assert_eq(run("token", "generate", "ci"), 0, "%s", run_err);
    cr_assert_eq(strlen(run_out), TOKEN_TEXT_SIZE + 1);
    cr_assert(token_format_valid(run_out, TOKEN_TEXT_SIZE));
    cr_assert_eq(run_out[TOKEN_TEXT_SIZE], '\n');
    cr_assert_str_empty(run_err);
}

Test(token, json_of_generate_and_list_has_stable_fields)
{
    cr_assert_eq(run("token", "generate", "ci", "--name", "git\"hub", "--expires", "90d", "--json"),
                 0);
    json_t *token = run_json();
    run_expect_int(token, "token", 1);
    run_expect_text(token, "account", "sa::ci");
    run_expect_text(token, "name", "git\"hub");
    run_expect_text(token, "expires", "2027-04-15T08:00:00Z");
    char *secret = strdup(json_string_value(json_object_get(token, "secret")));
    json_decref(token);
    cr_assert_eq(run("token", "list", "--json"), 0);
    json_t *list = run_json();
    cr_assert_eq(json_array_size(list), 1);
    token = json_array_get(list, 0);
    run_expect_text(token, "account", "sa::ci");
    run_expect_text(token, "last_four", secret + TOKEN_TEXT_SIZE - 4);
    run_expect_text(token, "state", "live");
    run_expect_text(token, "created", "2027-01-15T08:00:00Z");
    cr_assert(json_is_null(json_object_get(token, "revoked")));
    cr_assert(json_is_null(json_object_get(token, "last_used")));
    cr_assert(json_is_true(json_object_get(token, "sealed")));
    cr_assert(!strstr(run_out, secret), "the list shows the secret");
    json_decref(list);
    free(secret);
}

Test(token, a_date_includes_its_last_second_and_the_past_is_refused)
{
    cr_assert_eq(run("token", "generate", "ci", "--expires", "2027-01-31", "--json"), 0);
    json_t *token = run_json();
    run_expect_text(token, "expires", "2027-02-01T00:00:00Z");
    json_decref(token);
    cr_assert_eq(run("token", "list"), 0);
    cr_assert(strstr(run_out, "2027-01-31") && !strstr(run_out, "2027-02-01"), "%s", run_out);
    cr_assert_eq(run("token", "generate", "ci", "--expires", "2020-01-01"), 3);
    cr_assert_eq(run("token", "generate", "ci", "--expires", "soon"), 3);
    cr_assert_eq(run("token", "generate", "nobody"), 3);
}

Test(token, the_limit_refuses_and_says_to_revoke)
{
    for (int i = 0; i < 20; i++)
        run_generate("ci", "");
    cr_assert_eq(run("token", "generate", "ci"), 3);
    cr_assert(strstr(run_err, "revoke"), "%s", run_err);
    cr_assert_str_empty(run_out);
    cr_assert_eq(run("token", "revoke", "1"), 0);
    cr_assert_eq(run("token", "generate", "ci"), 0);
}

Test(token, suspend_resume_and_revoke_change_the_state)
{
    run_generate("ci", "github");
    cr_assert_eq(run("token", "suspend", "ci/github"), 0, "%s", run_err);
    cr_assert_str_eq(run_out, "token 1 of sa::ci suspended · never used\n");
    expect_state("1", "suspended");
    cr_assert_eq(run("token", "resume", "1"), 0);
    expect_state("1", "live");
    cr_assert_eq(run("token", "revoke", "1"), 0);
    expect_state("1", "revoked");
    cr_assert_eq(run("token", "resume", "1"), 3, "%s", run_out);
}

Test(token, already_so_is_done_without_an_event)
{
    run_generate("ci", "github");
    cr_assert_eq(run("token", "suspend", "1"), 0);
    int64_t events = run_events();
    cr_assert_eq(run("token", "suspend", "1", "--json"), 0);
    json_t *list = run_json();
    cr_assert(json_is_false(json_object_get(json_array_get(list, 0), "changed")));
    json_decref(list);
    cr_assert_eq(run("token", "rename", "1", "github"), 0);
    cr_assert_eq(run_events(), events);
}

Test(token, several_are_changed_all_or_none_and_revoking_them_needs_yes)
{
    run_generate("ci", "a");
    run_generate("ci", "b");
    cr_assert_eq(run("token", "suspend", "1", "2", "99"), 3);
    expect_state("1", "live");
    cr_assert_eq(run("token", "revoke", "1", "2"), 2);
    expect_state("1", "live");
    cr_assert_eq(run("token", "revoke", "1", "ci/none", "--yes"), 3);
    expect_state("1", "live");
    cr_assert_eq(run("token", "revoke", "1", "ci/b", "--yes"), 0, "%s", run_err);
    expect_state("1", "revoked");
    expect_state("2", "revoked");
}

Test(token, rename_gives_another_name)
{
    run_generate("ci", "a");
    cr_assert_eq(run("token", "rename", "ci/a", "b", "--json"), 0, "%s", run_err);
    json_t *token = run_json();
    run_expect_text(token, "name", "b");
    json_decref(token);
    cr_assert_eq(run("token", "rename", "ci/a", "c"), 3);
    cr_assert_eq(run("token", "rename", "1"), 2);
}

Test(token, reveal_prints_what_generate_printed)
{
    run_generate("ci", "github");
    char *secret = strdup(run_out);
    int64_t events = run_events();
    cr_assert_eq(run("token", "reveal", "ci/github", "--passphrase-file", run_passphrase()), 0,
                 "%s", run_err);
    cr_assert_eq(strncmp(run_out, secret, TOKEN_TEXT_SIZE), 0);
    cr_assert_eq(strlen(run_out), TOKEN_TEXT_SIZE + 1);
    cr_assert_gt(run_events(), events);
    cr_assert_eq(run("token", "reveal", "1", "--json", "--passphrase-file", run_passphrase()), 0);
    json_t *token = run_json();
    run_expect_text(token, "account", "sa::ci");
    run_expect_text(token, "secret", secret);
    json_decref(token);
    free(secret);
}

Test(token, a_wrong_passphrase_fails_and_shows_nothing)
{
    run_generate("ci", "github");
    const char *wrong = run_file("wrong", "incorrect horse battery\n", 0600);
    cr_assert_eq(run("token", "reveal", "1", "--passphrase-file", wrong), 4);
    cr_assert_str_empty(run_out);
    cr_assert_eq(run("token", "reveal", "1", "--key-file", wrong), 4);
    cr_assert_eq(run("token", "reveal", "1"), 2, "no terminal to ask on: %s", run_err);
}

Test(token, the_passphrase_is_asked_for_on_the_terminal)
{
    run_generate("ci", "github");
    char *secret = strdup(run_out);
    static const struct answer answers[] = {
        {"Passphrase of the vault: ", "correct horse battery\n"}, {0}};
    int status = run_in_terminal(80, answers, (const char *const[]){"token", "reveal", "1", NULL});
    cr_assert_eq(status, 0, "%s", run_out);
    cr_assert(strstr(run_out, secret), "%s", run_out);
    cr_assert(!strstr(run_out, "horse"));
    free(secret);
}

Test(token, copy_goes_to_the_terminal_in_an_escape_sequence)
{
    run_generate("ci", "github");
    const char *const words[] = {"token", "copy", "1", "--passphrase-file", run_passphrase(), NULL};
    cr_assert_eq(run_in_terminal(80, NULL, words), 0, "%s", run_out);
    cr_assert(strstr(run_out, "\x1b]52;c;"), "%s", run_out);
    cr_assert(strstr(run_out, "is not cleared"), "%s", run_out);
}

Test(token, a_revoked_token_and_one_that_is_not_kept_cannot_be_revealed)
{
    run_generate("ci", "github");
    cr_assert_eq(run("token", "revoke", "1"), 0);
    cr_assert_eq(run("token", "reveal", "1", "--passphrase-file", run_passphrase()), 3);
    const char *once = run_path("once.db");
    cr_assert_eq(run("--db", once, "init", "--show-once"), 0);
    cr_assert_eq(run("--db", once, "account", "create", "ci", "--token", "a"), 0);
    cr_assert_eq(run("--db", once, "token", "reveal", "1"), 3, "%s", run_err);
}

Test(token, a_copy_without_a_terminal_is_wrong_usage_and_no_event)
{
    run_generate("ci", "a");
    int64_t events = run_events();
    cr_assert_eq(run("token", "copy", "1", "--passphrase-file", run_passphrase()), 2, "%s",
                 run_err);
    cr_expect(strstr(run_err, "no terminal to send to"), "%s", run_err);
    cr_expect_eq(run_events(), events, "the vault was opened for nothing");
}

Test(token, a_list_longer_than_a_page_is_complete_in_every_order)
{
    static const char *const sorts[] = {"account", "name",    "token",    "state",
                                        "created", "expires", "last-used"};
    char name[16];
    bool seen[451];
    cr_assert_eq(crypto_init(), OK);
    struct act act = run_act();
    cr_assert_eq(setting_set(&act, SETTING_TOKEN_LIMIT, 1000), OK);
    for (int i = 1; i <= 450; i++) {
        int64_t number;
        struct secret *text;
        snprintf(name, sizeof name, "n%d", i % 7);
        act.now = INT64_C(1800000000) - i % 11;
        cr_assert_eq(token_generate(&act, 1,
                                    &(struct token_plan){.name = name,
                                                         .expires = act.now + 86400 * (i % 5 + 1)},
                                    &number, &text),
                     OK, "%s", error_message());
        secret_free(text);
    }
    store_close(act.store);
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++) {
        memset(seen, 0, sizeof seen);
        cr_assert_eq(run("token", "list", "--json", "--sort", sorts[i]), 0, "%s", run_err);
        json_t *list = run_json();
        cr_assert_eq(json_array_size(list), 450, "%s", sorts[i]);
        for (size_t k = 0; k < 450; k++) {
            json_int_t number =
                json_integer_value(json_object_get(json_array_get(list, k), "token"));
            cr_assert(number >= 1 && number <= 450 && !seen[number], "%s: %d", sorts[i],
                      (int)number);
            seen[number] = true;
        }
        json_decref(list);
    }
    cr_assert_eq(run("token", "list"), 0);
    cr_assert(strstr(run_out, "\n   450  "), "%s", run_out);
}

Test(token, list_says_what_limits_a_token)
{
    cr_assert_eq(run("token", "generate", "ci", "--only", "ingestion,agent_management", "--from",
                     "10.1.2.3/8,2001:db8::/32"),
                 0, "%s", run_err);
    cr_assert_eq(run("token", "generate", "ci"), 0);
    cr_assert_eq(run("token", "list"), 0);
    cr_assert(
        strstr(run_out, "only Direct Data Ingestion, Proxies; from 10.0.0.0/8, 2001:db8::/32") ||
            strstr(run_out, "; from 10.0.0.0/8, 2001:db8::/32"),
        "%s", run_out);
    cr_assert_eq(run("token", "list", "--json"), 0);
    json_t *list = run_json(), *limits = json_object_get(json_array_get(list, 0), "limits");
    cr_assert_eq(json_array_size(json_object_get(limits, "permissions")), 2, "%s", run_out);
    cr_assert_str_eq(json_string_value(json_array_get(json_object_get(limits, "networks"), 1)),
                     "2001:db8::/32");
    limits = json_object_get(json_array_get(list, 1), "limits");
    cr_assert(json_is_null(json_object_get(limits, "permissions")));
    cr_assert_eq(json_array_size(json_object_get(limits, "networks")), 0);
    json_decref(list);
}

Test(token, an_imported_token_is_masked_by_its_own_form)
{
    cr_assert_eq(run("import", run_file("one.json",
                                        "[{\"identifier\": \"sa::old\", \"tokens\": "
                                        "[{\"tokenID\": "
                                        "\"5d0a1e9c-0a64-4a3e-9a5b-1f0c6f3b7a11\"}]}]",
                                        0600)),
                 0, "%s", run_err);
    cr_assert_eq(run("token", "list", "old"), 0);
    cr_assert(strstr(run_out, "…7a11") && !strstr(run_out, "gth_"), "%s", run_out);
    cr_assert_eq(run("token", "list", "old", "--json"), 0);
    cr_assert(strstr(run_out, "\"imported\": true"), "%s", run_out);
}
