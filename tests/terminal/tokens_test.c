/* The tab of all tokens: facets, marks, changes to one and to many, searches. */
#include "console.h"

#include <gatehouse/token_denial.h>
#include <stdio.h>
#include <string.h>

static void open_console(void)
{
    open_console_of(24, 80);
    terminal_send(console, "2");
    terminal_wait(console, "API Tokens");
}

TestSuite(tokens, .init = open_console, .fini = close_console, .timeout = 300);

static int64_t live(const char *name)
{
    char sql[200];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM token WHERE name = '%s' AND suspended = 0 AND revoked IS NULL",
             name);
    return prepared_ask(home, sql);
}

Test(tokens, a_facet_is_picked_by_its_letter_and_dropped_by_esc)
{
    step("f", "Ending within 14 days");
    terminal_wait(console, "All                                  40");
    step("s", "2 of 40 · Suspended");
    terminal_wait(console, "gitlab-mirror");
    cr_assert_not(terminal_shows(console, "agent-berlin"));
    step("\033", "40 tokens");
    terminal_wait(console, "agent-berlin");
}

Test(tokens, the_filter_finds_account_name_and_last_four)
{
    step("/mirror\r", "2 of 40");
    terminal_wait(console, "gitlab-mirror");
    step("/ deploy\r", "1 of 40");
    step("\r", "Edit Service Account");
    terminal_wait(console, "sa::ci-deploy");
}

Test(tokens, a_token_is_suspended_and_resumed)
{
    step("/github-main\r", "1 of 40");
    step("A", "github-main suspended · U undo · last used 1 h ago from");
    cr_assert_eq(live("github-main"), 0);
    step("U", "Undone");
    cr_assert_eq(live("github-main"), 1);
}

Test(tokens, a_rotation_shows_the_pair)
{
    step("/github-main\r", "1 of 40");
    step("R", "Grace");
    step("\025"
         "9x\r",
         "is not a length of time");
    step("\025"
         "7d\r",
         "Token generated");
    cr_assert_eq(live("github-main"), 2);
    /* Enter is ignored for the first half second. */
    terminal_listen(console, 600);
    terminal_send(console, "\r");
    terminal_wait_gone(console, "Token generated");
    terminal_wait(console, "2 of 41");
    terminal_wait(console, "✓ Rotated github-main of sa::ci-deploy");
    step("k", "no use since the rotation");
    step("D", "before its grace");
    step("Y", "revoked: it never works again");
    cr_assert_eq(live("github-main"), 1);
}

Test(tokens, an_expiry_is_set_and_taken_back)
{
    const char *ends = "SELECT count(*) FROM token WHERE name = 'ledger' AND expires IS NULL";
    step("/ledger\r", "1 of 40");
    step("E", "Expiry of ledger");
    step("\025never\r", "ledger expires never");
    cr_assert_eq(prepared_ask(home, ends), 1);
    step("U", "expires when it did before");
    cr_assert_eq(prepared_ask(home, ends), 0);
}

Test(tokens, a_secret_is_forgotten)
{
    const char *kept = "SELECT count(*) FROM token WHERE name = 'ledger' AND box IS NOT NULL";
    cr_assert_eq(prepared_ask(home, kept), 1);
    step("/ledger\r", "1 of 40");
    step("F", "can no longer be copied");
    step("\r", "last used");
    cr_assert_eq(prepared_ask(home, kept), 1, "Enter cancels");
    terminal_wait_gone(console, "can no longer be copied");
    step("F", "can no longer be copied");
    step("Y", "was forgotten");
    cr_assert_eq(prepared_ask(home, kept), 0);
    step("y", "its secret is not kept");
}

Test(tokens, what_was_done_elsewhere_in_the_meantime_is_no_success_of_ones_own)
{
    step("/ledger\r", "1 of 40");
    step("F", "can no longer be copied");
    command("token revoke billing-export/ledger");
    step("Y", "Nothing changed: the secret of ledger was not kept any more");
    step("/\025github-main\r", "1 of 40");
    step("D", "stops working immediately");
    command("token revoke ci-deploy/github-main");
    step("Y", "Nothing changed: github-main was revoked already");
    step("/\025agent-berlin\r", "2 of 40");
    step(":token canary\r", "reported by gatehouse check");
    command("token canary agent-berlin/ber1");
    step("Y", "Nothing changed: ber1 was a canary already");
    step(":token canary\r", "it is a canary");
}

Test(tokens, only_what_works_is_said_to_stop)
{
    step("/github-main\r", "1 of 40");
    step("A", "github-main suspended");
    step("D", "does not work now (suspended)");
    terminal_send(console, "\033");
    terminal_wait_gone(console, "Revoke the token");
    step("A", "github-main resumed");
    command("account deactivate ci-deploy");
    terminal_wait(console, "stopped");
    step("D", "does not work now (stopped)");
}

Test(tokens, a_name_is_changed_in_place)
{
    step("/ledger\r", "1 of 40");
    step("r", "ledger");
    step("-2\r", "ledger-2");
    cr_assert_eq(live("ledger-2"), 1);
    step("U", "called “ledger” again");
}

Test(tokens, many_are_suspended_by_a_rule_and_taken_back)
{
    const char *suspended = "SELECT count(*) FROM token WHERE suspended = 1";
    int64_t before = prepared_ask(home, suspended);
    step("/agent\r", "4 of 40");
    step("*", "4 marked");
    step("A", "4 tokens marked");
    step("Y", "4 tokens suspended");
    cr_assert_eq(prepared_ask(home, suspended), before + 4);
    step("U", "4 tokens are live again");
    cr_assert_eq(prepared_ask(home, suspended), before);
}

Test(tokens, many_are_revoked_only_after_the_number_is_typed)
{
    const char *revoked = "SELECT count(*) FROM token WHERE revoked IS NOT NULL";
    int64_t before = prepared_ask(home, revoked);
    step("/agent\r", "4 of 40");
    step("v", "agent");
    step("jj ", "3 marked");
    step("D", "Type 3 to revoke");
    step("4\r", "Type 3 to revoke");
    cr_assert_eq(prepared_ask(home, revoked), before);
    terminal_send(console, "\033");
    terminal_wait_gone(console, "Type 3");
    step("D", "Type 3 to revoke");
    step("3\r", "3 tokens revoked");
    cr_assert_eq(prepared_ask(home, revoked), before + 3);
}

Test(tokens, an_expiry_is_given_to_many)
{
    step("/agent\r", "4 of 40");
    step("*", "4 marked");
    step("E", "Expiry of 4 tokens");
    step("\025"
         "30d\r",
         "4 tokens will expire 2026-");
    terminal_wait(console, "10.20.3.11, work now.");
    step("Y", "4 tokens given the new expiry");
    cr_assert_eq(prepared_ask(home, "SELECT count(DISTINCT expires) FROM token t JOIN account a ON "
                                    "a.number = t.account WHERE a.name LIKE 'agent%'"),
                 1);
}

Test(tokens, the_search_that_is_deleted_is_the_one_that_was_shown)
{
    command("search save mine --filter x");
    step(":search delete\r", "Delete the search");
    terminal_wait(console, "mine");
    command("search save earlier --filter y");
    step("\r", "Deleted the search mine");
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM search WHERE name = 'earlier'"), 1);
}

Test(tokens, a_search_is_kept_and_found_in_the_palette)
{
    step("f", "Never used");
    step("d", "Ending within 14 days");
    step(":search save\r", "Save this search");
    step("soon\r", "Saved");
    step("1", "Service Accounts");
    step(":soon", "search soon");
    step("\r", "5 of 40 · Ending within 14 days");
    step(":search delete\r", "Delete the search");
    step("soon", "Ending within 14 days, no filter");
    step("\r", "Deleted the search soon");
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM search"), 0);
}

Test(tokens, a_new_one_asks_for_its_account_and_may_be_narrow)
{
    step("n", "New token of");
    step("oslo\r", "New token of sa::agent-oslo");
    step("tight\t\t ", "never expires · Direct Data Ingestion only · from anywhere");
    step("\t10.0.0/8\r", "is not a network");
    step("\02510.0.0.0/8", "from 10.0.0.0/8");
    step("\r", "Token generated");
    cr_assert_eq(prepared_ask(home, "SELECT checks FROM digest d JOIN token t ON t.number = "
                                    "d.token WHERE t.name = 'tight'"),
                 3);
}

static void deny(const char *name, const char *minutes, const char *from, int why)
{
    char sql[300];
    snprintf(sql, sizeof sql,
             "UPDATE token SET denied = (SELECT max(at) FROM event) - %s * 60 - 5, denied_from = "
             "'%s', denied_why = "
             "%d WHERE name = '%s'",
             minutes, from, why, name);
    prepared_run(home, sql);
}

Test(tokens, rule_15_what_still_knocks_shows_on_its_row_below_it_and_as_a_facet)
{
    step("/jenkins\r", "1 of 40");
    terminal_wait(console, "214 d ago !");
    terminal_wait(console, " still knocking: 12 min ago from 10.20.");
    step("\033", "40 tokens");
    step("f", "Denied in the last 7 days             1");
    step("y", "1 of 40 · Denied in the last 7 days");
    step("\033", "40 tokens");
    deny("first-try", "2", "10.0.0.5", DENIAL_REVOKED);
    prepared_run(home,
                 "UPDATE token SET revoked = (SELECT max(at) FROM event) - 3 * 86400 WHERE name = "
                 "'first-try'");
    step("/first-try\r", "1 of 40");
    terminal_wait(console, " revoked 3 d ago, still knocking: 2 min ago from 10.0.0.5");
    terminal_wait(console, "never !");
}

Test(tokens, the_questions_before_a_revocation_and_a_rotation_name_what_was_denied)
{
    deny("gitlab-mirror", "2", "10.0.0.5", DENIAL_SUSPENDED);
    step("/gitlab-mirror\r", "1 of 40");
    step("D", "Revoke the token");
    terminal_wait(console, "still knocking: 2 min ago from 10.0.0.5");
    terminal_send(console, "\033");
    terminal_wait_gone(console, "Revoke the token");
    step("\033", "40 tokens");
    deny("github-main", "3", "10.0.0.6", DENIAL_PERMISSION);
    step("/github-main\r", "1 of 40");
    terminal_wait(console, "denied 3 min ago from 10.0.0.6: the account does not hold the");
    step("R", "Grace");
    terminal_wait(console, "denied 3 min ago");
}

Test(tokens, what_is_said_of_an_account_counts_its_tokens_that_still_knock)
{
    deny("gitlab-mirror", "2", "10.0.0.5", DENIAL_SUSPENDED);
    deny("first-try", "2", "10.0.0.5", DENIAL_REVOKED);
    prepared_run(
        home,
        "UPDATE token SET revoked = (SELECT max(at) FROM event) - 86400 WHERE name = 'first-try'");
    step("1", "Service Accounts");
    step("/ci-legacy\r", "1 of 30");
    step("A", "sa::ci-legacy deactivated · U undo · no working token · 1 token still");
    step("\033", "30 accounts");
    step("/ci-deploy\r", "1 of 30");
    step("D", "Delete the account");
    terminal_wait(console, "2 tokens still knocking, last 2 min ago from 10.0.0.5");
    terminal_send(console, "\033");
    terminal_wait_gone(console, "Delete the account");
    step("\033", "30 accounts");
    step("/ci-\r", "of 30");
    step("*", "marked");
    step("A", "3 tokens still knocking, last 2 min ago");
}

Test(tokens, rule_18_a_token_of_an_inactive_account_shows_a_state_of_its_own)
{
    step("/pages\r", "1 of 40");
    terminal_wait(console, "○ stopped");
    cr_expect_not(terminal_shows(console, "● live"));
    step("f", "Live, and working");
    step("l", "0 of 40");
    step("1", "Service Accounts");
    step("/ci-docs\r", "1 of 30");
    step("\r", "Edit Service Account");
    terminal_wait(console, "○ stopped");
}
