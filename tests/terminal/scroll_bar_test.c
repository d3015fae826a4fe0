/* The bar beside the rows, and what a step costs if the list scrolls. */
#include "prepared.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_ROW = 4, LAST_ROW = 21, COLUMN = 79, ROWS = LAST_ROW - FIRST_ROW + 1 };
enum { THUMB = 0x2503, MANY = 500, PATIENCE = 100 };

static struct terminal *home, *console;

static void open_home(void)
{
    home = prepared_home();
}

static void close_home(void)
{
    terminal_free(console);
    terminal_free(home);
}

TestSuite(scroll_bar, .init = open_home, .fini = close_home, .timeout = 300);

/* They come after those of the demo, and no two look alike. */
static void add_many(void)
{
    prepared_run(home,
                 "WITH RECURSIVE n (n) AS (SELECT 500 UNION ALL SELECT n + 1 FROM n WHERE n < 999) "
                 "INSERT INTO account (name, description, created, last_used) SELECT 'zz-' || n || "
                 "lower(hex(n * 7919 * 104729)), hex(n * 15485863), n, n FROM n");
    prepared_run(home, "UPDATE counter SET value = value + 500 WHERE name = 'accounts'");
}

static void open_many(void)
{
    add_many();
    console = prepared_console(home, 24, 80, "", "");
}

static void open_with_room_for_names(int columns)
{
    prepared_run(home,
                 "WITH RECURSIVE n (n) AS (SELECT 500 UNION ALL SELECT n + 1 FROM n WHERE n < 599) "
                 "INSERT INTO account (name, created) SELECT CASE n WHEN 599 THEN "
                 "'zz-last-of-all-accounts' ELSE 'zy-' || n END, n FROM n");
    prepared_run(home, "UPDATE counter SET value = value + 100 WHERE name = 'accounts'");
    prepared_run(home, "UPDATE account SET description = ''");
    console = prepared_console(home, 24, columns, "", "");
}

static long status_column(void)
{
    const char *heads = terminal_row(console, 3), *status = strstr(heads, "STATUS");
    cr_assert(status);
    return status - heads;
}

/* Neither the first rows nor those on the screen have a name like it. The room for it is what
 * the descriptions do not need. */
Test(scroll_bar, the_columns_are_wide_enough_for_the_last_names_before_they_are_seen)
{
    open_with_room_for_names(80);
    const long column = status_column();
    terminal_send(console, "G");
    terminal_wait(console, "sa::zz-last-of-all-accounts");
    cr_assert_eq(status_column(), column);
}

Test(scroll_bar, the_columns_become_wide_enough_for_a_name_that_comes_from_elsewhere)
{
    static const char name[] = "aaa-with-the-longest-name-of-all";
    char command[128], out[256];
    open_with_room_for_names(110);
    const long column = status_column();
    snprintf(command, sizeof command, "account create %s", name);
    cr_assert_eq(terminal_command(home, command, out, sizeof out), 0, "%s", out);
    terminal_wait(console, name);
    const long wider = status_column();
    cr_assert_gt(wider, column);
    terminal_send(console, "G");
    terminal_wait(console, "sa::zz-last-of-all-accounts");
    cr_assert_eq(status_column(), wider);
}

static bool is_thumb(int row, int column)
{
    return terminal_cell(console, row, column).character == THUMB;
}

/* The first row of the thumb in a column, counted from the first row of the list; -1: none. */
static int thumb_first(int column)
{
    for (int row = 0; row < ROWS; row++)
        if (is_thumb(FIRST_ROW + row, column)) return row;
    return -1;
}

static int thumb_length(int column)
{
    int length = 0;
    for (int row = FIRST_ROW; row <= LAST_ROW; row++)
        length += is_thumb(row, column);
    return length;
}

/* Until the first row of the thumb is within these limits. */
static void wait_thumb(int least, int most)
{
    int first = -1;
    for (int i = 0; i < PATIENCE; i++) {
        first = thumb_first(COLUMN);
        if (first >= least && first <= most) return;
        terminal_listen(console, 20);
    }
    cr_assert_fail("the thumb begins at %d, not at %d to %d", first, least, most);
}

static void wait_thumb_at_the_end(void)
{
    for (int i = 0; i < PATIENCE && !is_thumb(LAST_ROW, COLUMN); i++)
        terminal_listen(console, 20);
    cr_assert(is_thumb(LAST_ROW, COLUMN));
}

Test(scroll_bar, is_not_there_where_all_rows_fit)
{
    console = prepared_console(home, 60, 80, "", "");
    terminal_listen(console, 200);
    cr_assert_eq(thumb_length(COLUMN), 0);
    terminal_resize(console, 24, 80);
    wait_thumb(0, 0);
    cr_assert_gt(thumb_length(COLUMN), 1);
}

Test(scroll_bar, stands_at_an_end_exactly_when_the_list_does)
{
    open_many();
    wait_thumb(0, 0);
    cr_assert_eq(thumb_length(COLUMN), 1);
    for (int i = 1; i < ROWS; i++)
        terminal_send(console, "j");
    terminal_listen(console, 100);
    wait_thumb(0, 0);
    terminal_send(console, "j");
    wait_thumb(1, 1);
    terminal_send(console, "G");
    wait_thumb(ROWS - 1, ROWS - 1);
    for (int i = 1; i < ROWS; i++)
        terminal_send(console, "k");
    terminal_listen(console, 100);
    wait_thumb(ROWS - 1, ROWS - 1);
    terminal_send(console, "k");
    wait_thumb(ROWS - 2, ROWS - 2);
    terminal_send(console, "g");
    wait_thumb(0, 0);
}

/* Filtering for a row in the middle and back, then another order: the rows above are not
 * counted. */
Test(scroll_bar, is_about_right_where_a_list_was_opened_in_its_middle)
{
    open_many();
    terminal_send(console, "/zz-750\r");
    terminal_wait(console, "1 of");
    cr_assert_eq(thumb_first(COLUMN), -1);
    terminal_send(console, "\033");
    wait_thumb(7, 11);
    terminal_send(console, "sc");
    wait_thumb(6, 10);
    terminal_send(console, "sc");
    wait_thumb(6, 10);
    terminal_send(console, "G");
    wait_thumb(ROWS - 1, ROWS - 1);
}

/* An estimate is checked: the last page is reached step by step. */
Test(scroll_bar, finds_the_end_from_a_guess)
{
    open_many();
    terminal_send(console, "/zz-97\r");
    terminal_wait(console, "10 of");
    terminal_send(console, "\033");
    wait_thumb(12, ROWS - 2);
    for (int i = 0; i < 29; i++)
        terminal_send(console, "j");
    terminal_wait(console, "sa::zz-999");
    wait_thumb(ROWS - 1, ROWS - 1);
}

Test(scroll_bar, is_there_on_the_other_tabs)
{
    console = prepared_console(home, 24, 80, "", "");
    terminal_send(console, "2");
    terminal_wait(console, "40 tokens");
    wait_thumb(0, 0);
    int length = thumb_length(COLUMN);
    cr_assert(length > 6 && length < 10, "%d", length);
    terminal_send(console, "G");
    wait_thumb(ROWS - length, ROWS - length);
    terminal_send(console, "st");
    wait_thumb(0, ROWS - length);
    terminal_send(console, "5");
    terminal_wait(console, "SUBJECT");
    wait_thumb(0, 0);
    terminal_send(console, "G");
    wait_thumb_at_the_end();
}

Test(scroll_bar, stands_between_the_list_and_the_side_pane)
{
    console = prepared_console(home, 24, 130, "", "");
    terminal_wait(console, "PERMISSIONS");
    cr_assert_eq(thumb_first(130 - 43 - 1), 0);
    cr_assert_eq(thumb_first(129), -1);
}

Test(scroll_bar, is_plain_in_ascii)
{
    console = prepared_console(home, 24, 80, "", "--ascii");
    terminal_listen(console, 100);
    cr_assert_eq(terminal_cell(console, FIRST_ROW, COLUMN).character, '|');
    cr_assert_eq(terminal_cell(console, LAST_ROW, COLUMN).character, 0);
}

/* If the list scrolls: the new row, which is lit, the one before it, and the thumb. */
Test(scroll_bar, a_step_costs_no_more_than_300_bytes)
{
    open_many();
    terminal_send(console, "/zz-750\r");
    terminal_wait(console, "1 of");
    terminal_send(console, "\033");
    wait_thumb(7, 11);
    for (int i = 0; i < 2 * ROWS; i++) {
        terminal_send(console, "j");
        size_t bytes = terminal_listen(console, 60);
        cr_assert_gt(bytes, 20);
        cr_assert_leq(bytes, 300);
    }
}
