/* Tab 5 as a story: the events of an act on many rows are one row, which unfolds. */
#include "console.h"

#include <stdio.h>
#include <string.h>

/* Three accounts are deactivated together, and the log is shown. */
static void open_console(void)
{
    open_console_of(24, 80);
    step("/agent", "3 of 30");
    step("\r*", "3 marked");
    step("A", "Deactivate");
    step("Y", "3 accounts deactivated");
    step("5", "▌");
    terminal_wait(console, "+ 3 accounts deactivated");
}

TestSuite(story, .init = open_console, .fini = close_console, .timeout = 300);

static int64_t events(void)
{
    return prepared_events(home);
}

static void expect_place(int64_t place)
{
    char text[64];
    snprintf(text, sizeof text, "%lld of %lld events", (long long)place, (long long)events());
    terminal_wait(console, text);
}

static bool is_on_row(int row, const char *text)
{
    return strstr(terminal_row(console, row), text) != NULL;
}

Test(story, an_act_is_one_row_that_unfolds_and_folds)
{
    expect_place(1);
    cr_assert(is_on_row(4, "▌"));
    cr_assert(is_on_row(4, "+ 3 accounts deactivated"));
    cr_assert_not(is_on_row(5, "sa::agent"));
    step("\r", "- 3 accounts deactivated");
    terminal_wait(console, "sa::agent-berlin");
    cr_assert(is_on_row(4, "▌"));
    for (int row = 5; row <= 7; row++) {
        cr_assert(is_on_row(row, "sa::agent-"), "%d", row);
        cr_assert(is_on_row(row, "│"), "%d", row);
    }
    cr_assert_not(is_on_row(8, "│"));
    terminal_send(console, "\r");
    terminal_wait_gone(console, "sa::agent-berlin");
    terminal_wait(console, "+ 3 accounts deactivated");
}

Test(story, the_place_counts_the_events_that_are_folded)
{
    expect_place(1);
    terminal_send(console, "j");
    expect_place(5);
    terminal_send(console, "k\r");
    terminal_wait(console, "- 3 accounts deactivated");
    terminal_send(console, "j");
    expect_place(2);
    terminal_send(console, "G");
    expect_place(events());
    terminal_send(console, "g");
    expect_place(1);
}

Test(story, each_event_and_the_act_itself_are_still_shown_whole)
{
    step("e", "accounts were deactivated together");
    terminal_send(console, "\033");
    terminal_wait_gone(console, "together");
    step("\r", "- 3 accounts deactivated");
    step("j\r", "the account was deactivated");
    step("\033", "▌");
    step("o", "Edit Service Account");
}

Test(story, a_filter_finds_what_is_folded)
{
    step("/a:agent-oslo", "account.deactivate");
    terminal_wait(console, "sa::agent-oslo");
    terminal_wait_gone(console, "3 accounts deactivated");
    step("\025kind:accounts", "+ 3 accounts deactivated");
    terminal_wait(console, "  1 of ");
    step("\025since:1h", "+ 3 accounts deactivated");
    step("\r\033", "events");
    expect_place(1);
}

Test(story, undoing_an_act_is_one_act_too)
{
    step("1", "ACCOUNT ID");
    step("U", "Undo an earlier");
    step("Y", "active again");
    step("5", "+ 3 accounts activated · undo");
    terminal_wait(console, "+ 3 accounts deactivated");
}

Test(story, what_others_do_meanwhile_comes_in_above)
{
    step("\r", "- 3 accounts deactivated");
    command("account create newcomer");
    terminal_wait(console, "sa::newcomer");
    cr_assert(is_on_row(4, "sa::newcomer"));
    terminal_wait(console, "▌");
    cr_assert(is_on_row(5, "- 3 accounts deactivated"));
    cr_assert(is_on_row(6, "sa::agent-"));
    expect_place(2);
}

Test(story, an_import_is_one_act)
{
    command("export > \"$HOME\"/one.json");
    command("account create newcomer");
    command("account create another");
    command("apply --prune --yes \"$HOME\"/one.json");
    terminal_wait(console, "+ one.json applied · 2 events");
}

Test(story, has_room_on_every_screen)
{
    terminal_resize(console, 10, 40);
    terminal_wait(console, "+ 3 accounts deactivated");
    terminal_resize(console, 5, 20);
    terminal_wait(console, "+ ");
    step("\r", "- ");
    terminal_resize(console, 40, 130);
    terminal_wait(console, "- 3 accounts deactivated");
    terminal_wait(console, "sa::agent-berlin");
}

/* Those that left for an archive are no longer counted. */
Test(story, the_place_counts_what_is_in_the_database)
{
    char words[200];
    int64_t before = events();
    snprintf(words, sizeof words, "audit archive --before 24h --unsigned %s/old.gz",
             terminal_home(home));
    command(words);
    cr_assert_lt(events(), before);
    terminal_wait(console, "database.archive");
    terminal_send(console, "g");
    expect_place(1);
    terminal_send(console, "G");
    expect_place(events());
}
