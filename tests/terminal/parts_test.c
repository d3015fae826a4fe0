/* The parts that screens share, as keys reach them: text fields, the palette, menus, pickers, the
 * page of keys, the side pane, questions. */
#include "box.h"
#include "console.h"

#include <stdio.h>
#include <string.h>

enum { ROWS = 30, COLUMNS = 100 };

static void open_console(void)
{
    open_console_of(ROWS, COLUMNS);
}

TestSuite(parts, .init = open_console, .fini = close_console, .timeout = 300);

#define LEFT  "\033[D"
#define RIGHT "\033[C"
#define UP    "\033[A"
#define DOWN  "\033[B"
#define HOME  "\033[H"
#define END   "\033[F"
#define DEL   "\033[3~"

/* Each begins with “one two three” in the filter, the cursor after it. */
static const struct edit {
    const char *keys, *result;
} edits[] = {
    {LEFT LEFT "X", "one two thrXee"},
    {LEFT LEFT RIGHT "X", "one two threXe"},
    {HOME "X", "Xone two three"},
    {HOME END "X", "one two threeX"},
    {"\001X", "Xone two three"},
    {"\001\005X", "one two threeX"},
    {"\177X", "one two threX"},
    {LEFT "\177X", "one two thrXe"},
    {HOME DEL "X", "Xne two three"},
    {END DEL "X", "one two threeX"},
    {"\027X", "one two X"},
    {"\027\027X", "one X"},
    {"\027\027\027\027X", "X"},
    {LEFT LEFT "\013X", "one two thrX"},
    {LEFT LEFT LEFT "\025X", "Xree"},
    {HOME "\177X", "Xone two three"},
    {HOME LEFT "X", "Xone two three"},
    {END RIGHT "X", "one two threeX"},
    {"ü\177X", "one two threeX"},
    {"üß" LEFT "X", "one two threeüXß"},
    {"ü" LEFT DEL "X", "one two threeX"},
    {"\033[200~a\tb\nc\033[201~X", "one two threea b cX"},
    {"\033[200~a\033[200~b\033[1;31mc\033[\033[201~X", "one two threeabcX"},
};

Test(parts, a_text_field_is_edited_as_everywhere)
{
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        char expected[80];
        snprintf(expected, sizeof expected, "/ %s", edits[i].result);
        step("/one two three", "/ one two three");
        terminal_send(console, edits[i].keys);
        terminal_wait_idle(console);
        cr_assert_str_eq(terminal_row(console, 2) + 1, expected, "%zu: %s", i,
                         terminal_row(console, 2));
        terminal_send(console, "\033");
        terminal_wait(console, "30 accounts");
    }
}

Test(parts, a_field_of_several_lines_moves_between_them)
{
    step("/ci-deploy\r", "1 of 30");
    step("\r", "remaining");
    terminal_send(console, "\033[Z\033[Z");
    step("\025one\rlonger line\rx", "longer line");
    step(UP "A", "lAonger line");
    step(UP "B", "onBe");
    step(DOWN DOWN "C", "xC");
    step(UP END "D", "lAonger lineD");
    step(HOME "E", "ElAonger line");
    step("\013", "E");
    terminal_wait_gone(console, "longer line");
    terminal_send(console, "\t\t\t\t\t\r");
    terminal_wait(console, "Updated sa::ci-deploy");
    cr_assert_eq(prepared_ask(home,
                              "SELECT description = 'onBe' || char(10) || 'E' || char(10) || 'xC' "
                              "FROM account WHERE name = 'ci-deploy'"),
                 1);
}

Test(parts, the_palette_completes_and_is_walked_through)
{
    step(":", "Command");
    step("vau", "▌ vault");
    step("\t", ": vault");
    step("\033", "30 accounts");
    terminal_wait_gone(console, "Command");
    step(":sor", "▌ sort");
    step("\r", "Sort");
    step("\033", "30 accounts");
    step(":", "▌ sort");
    step(DOWN, "▌ mark");
    step(UP UP, "▌ sort");
    step("zzz", ": zzz");
    terminal_wait_gone(console, "▌ sort");
    terminal_send(console, "\r");
    terminal_wait_idle(console);
    cr_assert(terminal_shows(console, ": zzz"), "there is nothing to run");
    step("\025quit", "▌ quit");
    terminal_send(console, "\r");
    cr_assert_eq(terminal_wait_exit(console), 0);
}

/* What the palette's line shows before the cursor. */
static const char *typed(void)
{
    static char text[120];
    int row, column, at = 0;
    terminal_cursor(console, &row, &column);
    int begin = box_column(console, row, COLUMNS, ": ") + 2;
    for (; begin + at < column; at++)
        text[at] = (char)terminal_cell(console, row, begin + at).character;
    text[at] = 0;
    return text;
}

Test(parts, tab_completes_to_what_all_matches_share)
{
    step(":acc", "▌ account edit");
    terminal_send(console, "\t");
    terminal_wait(console, ": account");
    terminal_wait_idle(console);
    cr_assert_str_eq(typed(), "account", "“%s”", typed());
    terminal_send(console, " tog\t");
    terminal_wait_idle(console);
    cr_assert_str_eq(typed(), "account toggle", "“%s”", typed());
}

Test(parts, a_menu_is_walked_through_and_says_why_not)
{
    step(".", "▌");
    terminal_wait(console, "Edit");
    step(DOWN DOWN UP UP UP, "Edit");
    step(".", "30 accounts");
    terminal_wait_gone(console, "▌Enter");
    step("3", "collectors");
    step(".", "Rename");
    step("D", "Cannot do that: Everyone always contains every account");
    step("q", "collectors");
}

Test(parts, the_page_of_keys_scrolls_and_closes)
{
    char first[300];
    step("?", "Service accounts");
    terminal_wait_idle(console);
    snprintf(first, sizeof first, "%s", terminal_row(console, 3));
    step("j", "");
    terminal_wait_idle(console);
    cr_assert_str_neq(terminal_row(console, 3), first);
    step("k", first + 1);
    terminal_wait_idle(console);
    cr_assert_str_eq(terminal_row(console, 3), first);
    step("k", first + 1);
    step("G", "");
    terminal_wait_idle(console);
    cr_assert_str_neq(terminal_row(console, 3), first);
    char last[300];
    snprintf(last, sizeof last, "%s", terminal_row(console, 3));
    step("j\004", "");
    terminal_wait_idle(console);
    cr_assert_str_eq(terminal_row(console, 3), last, "the end is the end");
    step("g", first + 1);
    terminal_wait_idle(console);
    cr_assert_str_eq(terminal_row(console, 3), first);
    step("\004\025", first + 1);
    terminal_wait_idle(console);
    cr_assert_str_eq(terminal_row(console, 3), first);
    step("?", "30 accounts");
    terminal_wait_gone(console, "/ search");
}

Test(parts, a_facet_is_picked_with_the_arrows_too)
{
    step("2", "API Tokens");
    step("f", "Ending within 14 days");
    step(DOWN DOWN UP "\r", "of 40 · ");
    step("\033", "40 tokens");
    step("f", "Ending within 14 days");
    terminal_send(console, "q");
    terminal_wait_gone(console, "Ending within 14 days");
}

Test(parts, a_chooser_is_filtered_and_walked_through)
{
    step("3", "collectors");
    step("j\r", "Edit Group");
    step("+", "Add an account");
    step("agent", "sa::agent-dublin");
    step(DOWN DOWN UP "\r", "sa::agent-dublin");
    terminal_wait(console, "joins");
    step("+", "Add an account");
    step("zzzz", "Nothing matches");
    terminal_send(console, "\r");
    terminal_wait_idle(console);
    cr_assert(terminal_shows(console, "Nothing matches"));
    step("\025ci-docs\t", "It is already in the group");
}

Test(parts, the_buttons_of_a_question_are_reached_with_tab_and_arrows)
{
    int64_t before = prepared_events(home);
    step("  A", "Deactivate 2");
    terminal_send(console, "\t\t\r");
    terminal_wait_gone(console, "Deactivate 2");
    cr_assert_eq(prepared_events(home), before, "twice round is Cancel again");
    step("A", "Deactivate 2");
    terminal_send(console, RIGHT LEFT LEFT "\r");
    terminal_wait(console, "2 accounts deactivated");
    cr_assert_eq(prepared_events(home), before + 3);
}

Test(parts, marked_accounts_of_both_kinds_ask_which_way)
{
    step("/ci-do", "1 of 30");
    step("\r ", "1 marked");
    step("\033", "1 marked");
    step("g A", "1 of 2 are active");
    terminal_wait(console, "V  Activate 1");
    step("Y", "1 account deactivated");
    terminal_wait(console, "U undo");
    step("U", "Undone");
    step("A", "1 of 2 are active");
    step("V", "1 account activated");
    cr_assert_eq(prepared_ask(home, "SELECT active FROM account WHERE name = 'ci-docs'"), 1);
}

Test(parts, the_tokens_of_an_account_are_all_suspended_and_resumed)
{
    const char *working =
        "SELECT count(*) FROM token t JOIN account a ON a.number = t.account WHERE "
        "a.name = 'agent-berlin' AND t.suspended = 0";
    cr_assert_eq(prepared_ask(home, working), 2);
    step("S", "Suspend all tokens of 1 account");
    terminal_wait(console, "2 tokens, last used 1 min ago from 10.20.3.11, stop working");
    step("Y", "2 tokens suspended");
    cr_assert_eq(prepared_ask(home, working), 0);
    step("U", "Undone");
    cr_assert_eq(prepared_ask(home, working), 2);
}

Test(parts, a_token_becomes_a_canary_after_a_question)
{
    step("2", "API Tokens");
    step("/ber1\r", "1 of 40");
    step(".", "anary");
    step("\033", "1 of 40");
    step(":token canary\r", "Make it a canary");
    step("\r", "1 of 40");
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM token WHERE canary = 1"), 0);
    step(":token canary\r", "Make it a canary");
    step("Y", "ber1 is now a canary: each use of it is an event");
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM token WHERE canary = 1"), 1);
}

Test(parts, a_wide_terminal_has_a_pane_that_says_more_of_the_row)
{
    terminal_free(console);
    console = prepared_console(home, 40, 130, "", "");
    step("/ci-deploy\r", "1 of 30");
    terminal_wait(console, "github-main");
    terminal_wait(console, "build");
}

/* Presses of a button in row 8, as SGR 1006 reports them: 0 left, 1 middle, 2 right. */
Test(parts, only_the_left_button_picks_a_row)
{
    step("%", "Mouse on");
    terminal_send(console, "\033[<2;10;8M\033[<2;10;8m\033[<1;10;9M\033[<1;10;9m");
    terminal_wait_idle(console);
    cr_assert(terminal_shows(console, "▌   sa::agent-berlin"));
    step("\033[<0;10;8M\033[<0;10;8m", "▌   sa::alert-mirror");
    step("\033[<64;10;8M", "▌   sa::agent-berlin");
}

Test(parts, the_mouse_picks_in_a_menu_and_closes_it_outside)
{
    step("%", "Mouse on");
    step(".", "Enter");
    terminal_wait_idle(console);
    terminal_send(console, "\033[<0;1;28M\033[<0;1;28m");
    terminal_wait_gone(console, "Delete");
    terminal_wait(console, "30 accounts");
}

Test(parts, a_list_without_rows_says_why_not)
{
    step("2", "API Tokens");
    step("/zzzz\r", "Nothing matches");
    step("y", "Cannot do that: there is no token");
    step("D", "Cannot do that: there is no token");
    step("\033", "40 tokens");
    step("3", "collectors");
    step("/zzzz\r", "Nothing matches");
    step("D", "Cannot do that: ");
    step("\033", "collectors");
    step("4", "EFFECTIVE");
    step("/zzzz\r", "Nothing matches");
    step("D", "Cannot do that: ");
    step("\033", "16 permissions");
    step("5", "96 events");
    step("/zzzz\r", "Nothing matches");
    step("\r", "Cannot do that: there is no event");
}

/* A then Y does the same for 6 of 7 as for 7 of 7: what can be done to most of them. */
Test(parts, y_does_to_the_marked_what_can_be_done_to_most)
{
    const char *active = "SELECT count(*) FROM account WHERE active = 1 AND name LIKE 'ci-%'";
    int64_t before = prepared_ask(home, active);
    cr_assert_neq(before,
                  prepared_ask(home, "SELECT count(*) FROM account WHERE name LIKE 'ci-%'"));
    step("/ci-\r*A", "V  Activate 1");
    step("Y", "accounts deactivated");
    cr_assert_eq(prepared_ask(home, active), 0);
    step("U", "Undone");
    cr_assert_eq(prepared_ask(home, active), before);
}

Test(parts, the_menu_and_the_footer_with_marks_are_about_the_marked)
{
    step("  ", "2 marked");
    terminal_wait(console, "- remove  S suspend  D delete");
    step(".", "╭ 2 marked accounts");
    cr_expect(terminal_shows(console, "D      Delete…"));
    cr_expect_not(terminal_shows(console, "Copy account ID"));
    step("\033\033", "2 marks dropped");
    step(" ", "1 marked");
    step(".", "╭ 1 marked account ─");
    step("\033", "Service Accounts");
    step("2", "40 tokens");
    step("  ", "2 marked");
    terminal_wait(console, "E expiry  D revoke");
    step(".", "╭ 2 marked tokens");
}

Test(parts, marks_dropped_before_they_are_counted_are_not_minus_one)
{
    terminal_send(console, "/deploy\r*\033\033");
    terminal_wait(console, "dropped · U restores");
    cr_expect_not(terminal_shows(console, "-1 mark"));
}

/* The first of the commands that the palette found. */
static void expect_first(const char *typed, const char *first)
{
    char here[80];
    snprintf(here, sizeof here, "▌ %s", first);
    step(":", "Command");
    step(typed, here);
    step("\033", "30 accounts");
    terminal_wait_gone(console, "Command");
}

Test(parts, the_palette_finds_names_labels_and_sentences_the_best_first)
{
    expect_first("au", "audit verify");
    expect_first("generate", "account token");
    expect_first("on/off", "mouse");
    expect_first("goes back", "escape");
    expect_first("hash newest", "audit head");
}

Test(parts, the_palette_says_where_a_command_of_another_screen_works)
{
    step(":token facets", "▌ token facets");
    terminal_wait(console, "only in: Tokens of all accounts");
    step("\r", "token facets cannot run now: only in: Tokens of all accounts");
    step("\033", "30 accounts");
}

Test(parts, a_key_without_a_use_says_so)
{
    step("z", "z does nothing here · ? shows the keys");
    step("\t", "Tab does nothing here");
    step("D", "Type its name");
    step("\t", "Tab does nothing here · F1 shows the keys");
}

Test(parts, the_page_of_keys_wraps_and_is_searched)
{
    terminal_resize(console, 24, 60);
    step("?", "/ search");
    step("/prefix", "no match");
    step("\025search", "of");
    step("\025description", "1 of 1");
    terminal_wait(console, "d:description");
    terminal_wait(console, "until:2026-01-31");
    step("\r", "n next");
    step("\033", "/ search");
    terminal_wait_gone(console, "1 of 1");
    step("/goes", "1 of");
    step("\r", "n next");
    step("n", "2 of");
    step("N", "1 of");
    step("q", "30 accounts");
}

Test(parts, a_proposal_is_replaced_by_what_is_typed)
{
    step("n", "New Service Account");
    terminal_send(console, "quiet\t\t\t\t\t\tfirst\r");
    step("ll", "[30d]");
    step("\023", "Token generated");
    terminal_wait(console, "sa::quiet · first · expires in 30 d");
    terminal_listen(console, 600);
    step("\r", "▌   sa::quiet");
    terminal_wait(console, "✓ Generated first for sa::quiet");
}

Test(parts, a_proposal_that_was_accepted_is_edited)
{
    step("n", "New Service Account");
    step("quiet\t\t\t\t\t\t\033[C-2", "default-2");
}

Test(parts, enter_in_the_name_of_the_first_token_goes_on)
{
    step("n", "New Service Account");
    terminal_send(console, "quiet\t\t\t\t\t\t\r");
    terminal_wait(console, "The last day on which it works");
    terminal_wait(console, "[x] first token");
}

static void expect_cursor_beside(const char *label)
{
    int row, column;
    terminal_wait_idle(console);
    terminal_cursor(console, &row, &column);
    cr_assert(strstr(terminal_row(console, row), label), "%s", terminal_row(console, row));
}

Test(parts, the_cursor_goes_to_the_field_that_is_wrong)
{
    step("T", "New token");
    step("main\th\tsoon\t\tnowhere\r", "✗");
    terminal_wait(console, "“soon” is not an expiry");
    expect_cursor_beside("Until");
    terminal_send(console, "\02530d\r");
    terminal_wait(console, "“nowhere” is not");
    expect_cursor_beside("From");
    step("\02510.1.2.3/8\033[Z \023", "Token generated");
    terminal_wait(console, "main · expires in 30 d");
    terminal_wait(console, "only Direct Data");
    terminal_wait(console, "from 10.0.0.0/8");
}
