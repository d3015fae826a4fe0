/* U: it is offered for the act just done and for nothing else, and does what it says. */
#include "console.h"

#include <stdio.h>
#include <string.h>

static void open_console(void)
{
    open_console_of(24, 80);
}

TestSuite(undo, .init = open_console, .fini = close_console, .timeout = 300);

static bool is_active(const char *account)
{
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT active FROM account WHERE name = '%s'", account);
    return prepared_ask(home, sql) == 1;
}

/* Everything that can be taken back, in one number that changes with each of them. */
static int64_t state(void)
{
    return prepared_ask(
        home,
        "SELECT (SELECT total(active * number) FROM account) + 1e3 * (SELECT total((suspended + "
        "ifnull(expires, 7) + 31 * length(name)) * number) FROM token) + (SELECT "
        "total(length(name || description) * number) FROM account_group) * 17 + (SELECT "
        "total(account * account_group) FROM membership) * 11 + (SELECT total(account * "
        "permission) "
        "FROM account_grant) * 13 + (SELECT ifnull(max(value), 20) FROM setting WHERE name = "
        "'token.limit') + (SELECT total(length(name "
        "|| sentence) * number) FROM permission) * 19 + (SELECT total(length(owner)) FROM "
        "account)");
}

/* Every act that offers U: the keys that lead there, and the last ones, which change something. */
static const struct offer {
    const char *keys, *wait, *last, *said, *keys_after;
} offers[] = {
    {"", "30 accounts", "A", "sa::agent-berlin deactivated", ""},
    {"  A", "Deactivate 2", "Y", "2 accounts deactivated", "\033"},
    {"  S", "Suspend all tokens", "Y", "suspended", "\033"},
    {"+p", "Grant a permission", "logs\r", "", ""},
    {"2", "40 tokens", "A", "suspended", ""},
    {"2", "40 tokens", "rnew name\r", "Renamed ", ""},
    {"2", "40 tokens", "E\0250\b30d\r", "ber1 expires at", ""},
    {"3", "collectors", "jr-old\r", "Renamed the group to build-old", ""},
    {"4", "Alerts", "e-other\r", "Changed the permission", ""},
    {":settings\r", "token.limit", "\r\0259\r", "token.limit is", "\033"},
    {"3", "collectors", "j\r\033[Zx\023", "Updated the group", ""},
    {"/ci-deploy\r\r", "Edit Service Account", "\033[Zx\023", "Updated sa::ci-deploy", ""},
};

Test(undo, every_offer_is_kept)
{
    PREPARED_NEEDS_SQLITE();
    for (size_t i = 0; i < sizeof offers / sizeof *offers; i++) {
        const struct offer *offer = &offers[i];
        step("1g", "Service Accounts");
        step(offer->keys, offer->wait);
        terminal_wait_idle(console);
        int64_t before = state();
        step(offer->last, *offer->said ? offer->said : "gains it");
        if (!*offer->said) step("Y", "granted the permission");
        terminal_wait(console, "U undo");
        cr_expect_neq(state(), before, "%s", offer->said);
        step("U", "✓ Undone");
        cr_expect_eq(state(), before, "%s", offer->said);
        cr_expect_not(terminal_shows(console, "U undo"));
        terminal_send(console, offer->keys_after);
        terminal_wait_idle(console);
    }
}

/* An older act is waiting to be undone, and something else changes nothing. */
static void expect_no_offer(const char *keys, const char *said)
{
    int64_t events = prepared_events(home);
    step(keys, said);
    cr_expect_not(terminal_shows(console, "U undo"), "%s", said);
    cr_expect_eq(prepared_events(home), events);
    step("U", "sa::agent-berlin was deactivated");
    terminal_wait(console, "Undo that?");
    step("\r", "Service Accounts");
    cr_expect_eq(prepared_events(home), events, "Cancel has the focus");
}

Test(undo, saving_what_was_not_changed_says_so_and_offers_nothing)
{
    step("A", "U undo");
    step("j\r", "Edit Service Account");
    expect_no_offer("\023", "Nothing changed");
    cr_assert_not(is_active("agent-berlin"));
    step("U", "Undo that?");
    step("Y", "Undone: sa::agent-berlin is active again");
    cr_assert(is_active("agent-berlin"));
}

/* Nothing was written, so there is nothing to take back but the older act. */
Test(undo, a_name_that_stays_as_it_was_offers_nothing)
{
    step("A", "sa::agent-berlin deactivated · U undo");
    step("\r", "remaining");
    step("r", "Enter rename");
    step("\r", "Nothing changed");
    step("q", "30 accounts");
    step("U", "Undo an earlier change");
}

Test(undo, an_update_button_without_a_change_offers_nothing)
{
    step("A", "U undo");
    step("j\r", "Edit Service Account");
    expect_no_offer("\033[Z\033[Z\033[Z\033[Z\033[Z\r", "Nothing changed");
}

Test(undo, a_group_that_was_not_changed_offers_nothing)
{
    step("A", "U undo");
    step("3", "collectors");
    step("\r", "Edit Group");
    step("\023", "Nothing changed");
    step("U", "sa::agent-berlin was deactivated");
}

Test(undo, after_what_cannot_be_taken_back_an_older_act_is_named_first)
{
    step("A", "U undo");
    step("2", "40 tokens");
    step("D", "Revoke the token");
    step("Y", "revoked: it never works again");
    cr_expect_not(terminal_shows(console, "U undo"));
    step("U", "sa::agent-berlin was deactivated");
    cr_expect_not(is_active("agent-berlin"));
}

Test(undo, moving_does_not_take_the_offer_back)
{
    step("A", "U undo");
    step("jj", "▌   sa::agent-oslo");
    step("U", "Undone: sa::agent-berlin is active again");
}

Test(undo, rule_16_undo_leaves_what_others_decided)
{
    step("A", "U undo");
    command("account activate agent-berlin");
    command("account deactivate agent-berlin");
    step("U", "Not undone: sa::agent-berlin: the account was deactivated by");
    cr_assert_not(is_active("agent-berlin"));
    step("U", "Nothing to undo");
}

Test(undo, rule_16_undo_of_many_lists_what_it_left)
{
    step("   A", "Deactivate 3");
    step("Y", "3 accounts deactivated · U undo");
    command("account activate agent-dublin agent-berlin");
    command("account deactivate agent-dublin agent-berlin");
    step("U", "Undone, but not these 2");
    cr_expect(terminal_shows(console, "sa::agent-dublin: the account was deactivated"));
    cr_expect(terminal_shows(console, "sa::agent-berlin: the account was deactivated"));
    step("\r", "30 accounts");
    cr_assert_not(is_active("agent-dublin"));
    cr_assert(is_active("agent-oslo"));
}

Test(undo, older_acts_follow_one_by_one_each_named)
{
    step("A", "agent-berlin deactivated");
    step("jA", "agent-dublin deactivated");
    step("U", "Undone: sa::agent-dublin is active again");
    step("U", "sa::agent-berlin was deactivated");
    step("Y", "Undone: sa::agent-berlin is active again");
    step("U", "Nothing to undo");
}

Test(undo, toggling_twice_goes_back_all_the_way)
{
    step("A", "agent-berlin deactivated");
    step("A", "agent-berlin activated");
    step("U", "Undone: sa::agent-berlin is inactive again");
    step("U", "Undo that?");
    step("Y", "Undone: sa::agent-berlin is active again");
    cr_assert(is_active("agent-berlin"));
}

Test(undo, a_name_being_typed_is_written_before_the_form_is_saved)
{
    step("/ci-deploy\r", "1 of 30");
    step("\r", "Edit Service Account");
    step("r\025github-next", "github-next");
    step("\023", "to github-next · U undo");
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM token WHERE name = 'github-next'"), 1);
    step("U", "called “github-main” again");
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM token WHERE name = 'github-next'"), 0);
}

Test(undo, a_name_being_typed_is_not_lost_by_going_to_the_next_part)
{
    step("/ci-deploy\r", "1 of 30");
    step("\r", "Edit Service Account");
    step("r\025github-next", "github-next");
    step("\t", "to github-next · U undo");
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM token WHERE name = 'github-next'"), 1);
}

Test(undo, the_offer_is_seen_at_80_and_40_columns_however_long_the_name_is)
{
    struct terminal *narrow = prepared_console(home, 10, 40, "", "");
    command("account create a23456789-223456789-323456789-423456789-523456789-623456789-123");
    terminal_wait(console, "sa::a2");
    step("g", "▌   sa::a2");
    step("A", "deactivated · U undo");
    cr_expect(terminal_shows(console, "✓ sa::a2"));
    terminal_wait(narrow, "sa::a2");
    terminal_send(narrow, "gA");
    terminal_wait(narrow, "activated · U undo");
    terminal_free(narrow);
}
