/* The detail pane of the tabs. */
#include "console.h"

#include <stdlib.h>
#include <string.h>

static void open_console(void)
{
    open_console_of(30, 120);
}

TestSuite(detail, .init = open_console, .fini = close_console, .timeout = 300);

enum { LIST_COLUMNS = 84 };

/* The part of a row of the screen that is the pane, without its border. */
static const char *pane_row(int row)
{
    static const char border[] = "│ ";
    const char *text = strstr(terminal_row(console, row), border);
    for (const char *next; text && (next = strstr(text + 1, border));)
        text = next;
    return text ? text + strlen(border) : "";
}

static void expect_in_pane(const char *text)
{
    terminal_wait(console, text);
    bool found = false;
    for (int row = 3; row < 28 && !found; row++)
        found = strstr(pane_row(row), text);
    cr_expect(found, "“%s” is not in the pane", text);
}

Test(detail, of_an_account_all_its_rights_tokens_and_latest_events)
{
    step("/ci-deploy\r", "1 of 30");
    terminal_wait(console, "│ sa::ci-deploy");
    expect_in_pane("Deploys main to production");
    expect_in_pane("state    ● active");
    expect_in_pane("owner    team-platform");
    expect_in_pane("groups   Everyone, build, deploy");
    expect_in_pane("github-main");
    expect_in_pane("explicit, deploy");
    expect_in_pane("token.generate");
    struct terminal_cell title = terminal_cell(console, 3, LIST_COLUMNS + 2);
    cr_expect(title.bold);
    command("account edit ci-deploy --owner team-else");
    expect_in_pane("owner    team-else");
}

Test(detail, of_a_token_its_account_limits_life_and_use)
{
    char generated[200];
    step("2/github-main\r", "1 of 40");
    expect_in_pane("account    sa::ci-deploy");
    expect_in_pane("active");
    expect_in_pane("allows     all that the account");
    expect_in_pane("expires    in 12 d,");
    expect_in_pane("generated  2026-05-0");
    expect_in_pane("last used  1 h ago from");
    cr_assert_eq(terminal_command(home,
                                  "token generate ci-docs --name narrow --only alerts_management "
                                  "--from 10.0.0.0/8",
                                  generated, sizeof generated),
                 0, "%s", generated);
    step("/\025narrow\r", "1 of 41");
    expect_in_pane("           inactive");
    expect_in_pane("only Alerts; from");
}

Test(detail, of_a_rotated_token_what_replaces_it_and_of_the_other_what_it_replaces)
{
    command("token rotate ci-docs/pages --grace 1d");
    step("2/pages\r", "2 of 41");
    terminal_wait(console, "replace");
    terminal_send(console, "gj");
    expect_in_pane("replaces   ");
    terminal_send(console, "k");
    terminal_wait(console, "replaced by");
}

Test(detail, of_a_group_its_members_and_permissions)
{
    step("3j", "│ build");
    expect_in_pane("Derived Metrics");
    expect_in_pane("sa::ci-docs        inactive");
    step("k", "│ Every account is in it, always.");
    expect_in_pane("+ 18 more");
}

Test(detail, of_a_permission_its_sentence_and_holders)
{
    step("4/source\r", "1 of 16");
    expect_in_pane("Manage sources and source tags.");
    expect_in_pane("sa::ingest-lambda  collectors");
}

Test(detail, of_an_event_before_and_after_in_columns)
{
    command("account edit ci-docs --owner somebody");
    step("5", "│ CHANGE");
    expect_in_pane("before");
    int before = -1, after = -1;
    for (int row = 3; row < 20; row++) {
        const char *text = pane_row(row);
        if (strstr(text, "before")) before = (int)(strstr(text, "before") - text);
        if (strstr(text, "after")) after = (int)(strstr(text, "after") - text);
        if (!strstr(text, "somebody")) continue;
        cr_expect_eq(strstr(text, "somebody") - text, after);
        cr_expect_eq(strspn(text, "owner "), (size_t)before);
    }
    cr_expect_gt(after, before);
}

Test(detail, it_is_filled_when_keys_have_rested)
{
    terminal_wait(console, "│ sa::agent-berlin");
    terminal_hold_clock(home, TERMINAL_EPOCH, 0);
    step("j", "2 of 30");
    cr_assert(terminal_wait_idle(console));
    cr_expect(terminal_shows(console, "│ sa::agent-berlin"));
    terminal_hold_clock(home, TERMINAL_EPOCH, 1000);
    terminal_send(console, "\033[99;99~");
    terminal_wait(console, "│ sa::agent-dublin");
}

Test(detail, a_key_switches_it_on_all_tabs_and_the_list_takes_the_room)
{
    step("/ci-lint\r", "│ sa::ci-lint");
    terminal_send(console, "i");
    terminal_wait_gone(console, "│ sa::ci-lint");
    step("2", "API Tokens");
    cr_assert(terminal_wait_idle(console));
    cr_expect_not(terminal_shows(console, "│ sa"));
    step("i", "account    sa::agent-berlin");
    step("1", "│ sa::ci-lint");
}

Test(detail, below_120_columns_it_stands_in_the_lower_third)
{
    terminal_wait(console, "│ sa::agent-berlin");
    terminal_resize(console, 24, 80);
    terminal_wait_gone(console, "│ sa::agent-berlin");
    step("G", "30 of 30");
    step("i", "── sa::weekly-digest ──");
    cr_assert(terminal_wait_idle(console));
    cr_expect_eq(strncmp(terminal_row(console, 14), "── sa::weekly-digest ─", 20), 0);
    cr_expect(terminal_shows(console, "▌   sa::weekly-digest"));
    step("gg", "── sa::agent-berlin ──");
    terminal_resize(console, 10, 40);
    terminal_wait(console, "── sa::agent-berlin ──");
    cr_expect(terminal_shows(console, "▌  sa::agent-berlin"));
    terminal_resize(console, 5, 20);
    terminal_wait_gone(console, "── sa::agent-berlin ──");
    cr_expect(terminal_shows(console, "▌"));
}

Test(detail, where_there_is_no_room_its_key_says_so)
{
    terminal_resize(console, 9, 80);
    terminal_wait_gone(console, "end in 14 d");
    step("i", "There is no room here for details");
}

Test(detail, a_list_without_rows_has_an_empty_one)
{
    terminal_wait(console, "│ sa::agent-berlin");
    step("/zzz", "0 of 30");
    terminal_wait_gone(console, "│ sa::agent-berlin");
}
