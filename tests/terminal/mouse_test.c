/* The mouse, once it is on: whatever looks like something to click can be clicked. */
#include "box.h"
#include "prepared.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 30, COLUMNS = 110 };
static struct terminal *home, *console;

static void start(void)
{
    home = prepared_home();
    console = prepared_console(home, ROWS, COLUMNS, "", "");
    terminal_send(console, "%");
    terminal_wait(console, "Mouse on");
}

static void stop(void)
{
    terminal_free(console);
    terminal_free(home);
}
TestSuite(mouse, .init = start, .fini = stop, .timeout = 300);

static void click_at(int row, int column)
{
    char report[64];
    snprintf(report, sizeof report, "\033[<0;%d;%dM\033[<0;%d;%dm", column + 1, row + 1, column + 1,
             row + 1);
    terminal_write(console, report, strlen(report));
}

/* Clicks the second letter of a text, in the lowest row that has it. */
static void click(const char *text)
{
    terminal_wait(console, text);
    cr_assert(terminal_wait_idle(console));
    for (int row = ROWS - 1; row >= 0; row--) {
        int column = box_column(console, row, COLUMNS, text);
        if (column < 0) continue;
        click_at(row, column + 1);
        return;
    }
    cr_assert(false, "“%s” is not in one row", text);
}

static void step(const char *text, const char *then)
{
    click(text);
    terminal_wait(console, then);
}

Test(mouse, presses_the_keys_in_the_footer)
{
    step("/ filter", "Enter keep");
    terminal_send(console, "ci");
    step("Enter keep", "Esc clear filter");
    step("Esc clear filter", "30 accounts");
    step("n new", "New Service Account");
    step("Esc back", "30 accounts");
    step("? help", "/ search");
    step("/ search", "Enter keep");
    step("Esc cancel", "q back");
    step("q back", "30 accounts");
    click("q quit");
    cr_assert_eq(terminal_wait_exit(console), 0);
}

Test(mouse, presses_the_buttons_of_forms_and_questions)
{
    terminal_send(console, "\r");
    terminal_wait(console, "remaining");
    terminal_send(console, "\033[Z!");
    terminal_wait(console, "changed");
    step("[ Cancel ]", "Unsaved changes");
    step("[ Stay ]", "changed");
    step("[ Update ]", "Updated sa::agent-berlin");
    terminal_send(console, "  A");
    terminal_wait(console, "Deactivate 2");
    step("[ Cancel ]", "2 marked");
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM account WHERE name = 'agent-berlin' AND "
                                    "owner LIKE '%!'"),
                 1);
}

Test(mouse, sorts_by_the_head_that_is_clicked)
{
    step("TOKENS", "TOKENS▲");
    step("TOKENS", "TOKENS▼");
    step("ACCOUNT ID", "ACCOUNT ID ▲");
}

Test(mouse, opens_the_menu_of_a_token_in_a_form_at_its_dots)
{
    terminal_send(console, "\r");
    terminal_wait(console, "remaining");
    cr_assert(terminal_wait_idle(console));
    for (int row = 0; row < ROWS; row++)
        for (int column = 0; strstr(terminal_row(console, row), "ber2") && column < COLUMNS;
             column++)
            if (terminal_cell(console, row, column).character == L'⋮') click_at(row, column);
    terminal_wait(console, "╭ ber2");
    step("Suspend", "ber2 suspended");
}

Test(mouse, picks_a_facet_a_command_and_a_choice)
{
    terminal_send(console, "2");
    terminal_wait(console, "40 tokens");
    step("f facets", "Ending within 14 days");
    step("Never used", "Never used");
    terminal_wait(console, " of 40");
    terminal_send(console, "\033");
    terminal_wait(console, "40 tokens");
    terminal_send(console, ":settings");
    terminal_wait(console, "▌ settings");
    step("shows limits", "token.limit");
}

/* Off again, a click is nothing at all. */
Test(mouse, does_nothing_when_it_is_off)
{
    terminal_send(console, "%");
    terminal_wait(console, "Mouse off");
    click("q quit");
    cr_assert(terminal_wait_idle(console));
    cr_assert(terminal_shows(console, "30 accounts"));
}
