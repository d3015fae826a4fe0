/* The form of an account on a wide terminal: permissions beside the tokens, its history below. */
#include "console.h"

#include <stdio.h>
#include <string.h>

enum { ROWS = 40, COLUMNS = 130 };

static void open_console(void)
{
    open_console_of(ROWS, COLUMNS);
}

TestSuite(wide, .init = open_console, .fini = close_console, .timeout = 300);

static void open_form(void)
{
    step("/ci-deploy\r", "1 of 30");
    step("\r", "Edit Service Account");
    terminal_wait(console, "account.create");
}

static void resize(int columns)
{
    terminal_resize(console, ROWS, columns);
    cr_assert(terminal_wait_idle(console));
}

/* The row that the text is in; -1: none. */
static int row_of(const char *text)
{
    for (int row = 0; row < ROWS; row++)
        if (strstr(terminal_row(console, row), text)) return row;
    return -1;
}

/* Where the text is in its row, in columns. */
static int column_of(const char *text)
{
    int row = row_of(text), columns = 0;
    cr_assert_geq(row, 0, "%s", text);
    const char *line = terminal_row(console, row), *found = strstr(line, text);
    for (; line < found; line++)
        columns += (*line & 0xC0) != 0x80;
    return columns;
}

static void expect_cursor_in(const char *text)
{
    int row, column;
    terminal_wait_idle(console);
    terminal_cursor(console, &row, &column);
    cr_assert(strstr(terminal_row(console, row), text), "the cursor is not in “%s” but in “%s”",
              text, terminal_row(console, row));
}

Test(wide, permissions_stand_beside_the_tokens_from_120_columns)
{
    static const struct {
        int columns;
        bool beside;
    } sizes[] = {{119, false}, {120, true}, {130, true}, {160, true}, {200, true}, {80, false}};
    open_form();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        resize(sizes[i].columns);
        cr_assert_eq(row_of("── Tokens") == row_of("── Permissions"), sizes[i].beside, "%d columns",
                     sizes[i].columns);
        cr_assert_eq(row_of("── History") > row_of("── Groups"), sizes[i].beside, "%d columns",
                     sizes[i].columns);
    }
}

Test(wide, no_name_is_cut)
{
    static const char *const names[] = {
        "Batch Query Priority", "Direct Data Ingestion", "SAML IdP Admin", "Derived Metrics",
        "gitlab-mirror",        "◐ suspended",           "LAST USED",      "214 d ago   ⋮"};
    open_form();
    for (int columns = 119; columns <= 200; columns += 9) {
        resize(columns);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            cr_assert(terminal_shows(console, names[i]), "%s at %d columns", names[i], columns);
    }
}

Test(wide, columns_of_the_tokens_end_with_their_texts)
{
    open_form();
    int menu = column_of("⋮"), used = column_of("LAST USED");
    for (int columns = 119; columns <= 200; columns += 27) {
        resize(columns);
        cr_assert_eq(column_of("⋮"), menu, "%d columns", columns);
        cr_assert_eq(column_of("LAST USED"), used, "%d columns", columns);
    }
}

Test(wide, a_name_too_long_for_two_parts_stands_whole_above_the_permissions)
{
    prepared_run(home, "UPDATE token SET name = 'the-mirror-of-the-repository-in-the-other-"
                       "data-centre' WHERE name = 'gitlab-mirror'");
    open_form();
    terminal_wait(console, "the-mirror-of-the-repository-in-the-other-data-centre");
    cr_assert_lt(row_of("── Tokens"), row_of("── Permissions"));
    cr_assert_lt(row_of("── Permissions"), row_of("── History"));
    resize(160);
    cr_assert(terminal_shows(console, "the-mirror-of-the-repository-in-the-other-data-centre"));
    cr_assert_eq(row_of("── Tokens"), row_of("── Permissions"));
}

Test(wide, as_many_columns_of_permissions_as_fit)
{
    open_form();
    cr_assert_eq(row_of("] Accounts"), row_of("] Alerts"));
    resize(120);
    cr_assert_eq(row_of("] Accounts") + 1, row_of("] Alerts"));
    resize(160);
    cr_assert_eq(row_of("] Accounts"), row_of("] Applications"));
}

Test(wide, tab_goes_through_groups_permissions_and_history)
{
    open_form();
    expect_cursor_in("github-main");
    terminal_send(console, "\t");
    expect_cursor_in("Everyone");
    terminal_send(console, "\t");
    expect_cursor_in("[ ] Accounts");
    terminal_send(console, "\t");
    expect_cursor_in("token.suspend");
    terminal_send(console, "j");
    expect_cursor_in("token.revoke");
    terminal_send(console, "G");
    expect_cursor_in("account.create");
    step("\r", "Event");
    terminal_wait(console, "owner");
    step("\033", "── History");
    expect_cursor_in("account.create");
    terminal_send(console, "\t");
    expect_cursor_in("[ Update ]");
}

Test(wide, history_follows_what_others_do_and_keeps_its_cursor)
{
    open_form();
    step("\t\t\tj", "Enter show");
    expect_cursor_in("token.revoke");
    command("account deactivate ci-deploy");
    terminal_wait(console, "account.deactivate");
    expect_cursor_in("token.revoke");
    cr_assert_lt(row_of("account.deactivate"), row_of("token.suspend"));
}

Test(wide, history_shows_the_last_ten_events)
{
    open_form();
    for (int i = 0; i < 6; i++) {
        command("account deactivate ci-deploy");
        command("account activate ci-deploy");
    }
    terminal_wait_gone(console, "account.create");
    terminal_wait_gone(console, "token.suspend");
    cr_assert(terminal_wait_idle(console));
    int first = row_of("── History") + 1;
    for (int row = first; row < first + 10; row++)
        cr_assert(strstr(terminal_row(console, row), "activate"), "%s", terminal_row(console, row));
    cr_assert_str_eq(terminal_row(console, first + 10), "");
}

Test(wide, a_terminal_that_narrows_takes_the_focus_out_of_the_history)
{
    open_form();
    step("\t\t\t", "Enter show");
    resize(119);
    expect_cursor_in("[ ] Accounts");
    step(" ", "[x] Accounts");
}

Test(wide, a_staged_change_survives_the_history_and_the_discard_question_comes)
{
    open_form();
    step("\t\t ", "[x] Accounts");
    command("account deactivate ci-deploy");
    terminal_wait(console, "account.deactivate");
    cr_assert(terminal_shows(console, "[x] Accounts"));
    step("\t\033", "You have unsaved changes");
    step("\033", "Enter show");
}
