/* Hostile text on the screen. The model refuses most of it; a database from elsewhere may contain
 * it all the same. */
#include "box.h"
#include "prepared.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

enum { ROWS = 50, COLUMNS = 180 };

/* In hexadecimal, each for one number modulo NASTIES: escape sequences that clear, colour and copy;
 * a direction override; broken UTF-8 (stray, overlong, surrogate, truncated); an 8-bit control
 * character; CJK; a pile of combining marks; a combining mark with no base character; line breaks;
 * invisible characters. */
#define NASTY(modulo, hex) " WHEN " #modulo " THEN CAST(x'" hex "' AS TEXT)"
#define TEN(hex)           hex hex hex hex hex hex hex hex hex hex
#define TEXTS                                                                                      \
    "CASE number % 14" NASTY(0, "1b5b324a1b5b33313b376d484f5354494c45")                            \
        NASTY(1, "1b5d35323b633b534539540741") NASTY(2, "e280ae6c6976652065766f6c6c69")            \
            NASTY(3, "fffec32880") NASTY(4, "c0afeda080e282") NASTY(5, "c29b33316dc285c290")       \
                NASTY(6, TEN("e6bca2") TEN("e5ad97") TEN("e6bca2") TEN("e5ad97") TEN("e6bca2")     \
                             TEN("e5ad97")) NASTY(7, "65" TEN("cc81") TEN("cc81") "78")            \
                    NASTY(8, "cc81cc82") NASTY(9, "610d0a620963")                                  \
                        NASTY(10, "e2808be2808de2808fefbbbfe281a6")                                \
                            NASTY(11, TEN("57") TEN("57") TEN("57") TEN("57") TEN("57")            \
                                          TEN("57") "57575757")                                    \
                                NASTY(12, "e6bca2" TEN("58e5ad97")                                 \
                                              TEN("58e5ad97")) " ELSE 'plain ' || number END "

static struct terminal *home, *terminal;

static void open_home(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    home = prepared_home();
    prepared_run(home, "UPDATE account SET owner = " TEXTS ", description = " TEXTS);
    prepared_run(home, "UPDATE account_group SET name = " TEXTS "WHERE system = 0");
    prepared_run(home, "UPDATE token SET name = " TEXTS ", revoked = NULL, account = "
                       "(SELECT number FROM account WHERE name = 'agent-berlin')");
    prepared_run(home, "INSERT OR IGNORE INTO membership (account_group, account) SELECT "
                       "account_group.number, account.number FROM account_group, account "
                       "WHERE system = 0");
    terminal = prepared_console(home, ROWS, COLUMNS, "", "");
}

static void expect_clean(const char *output, size_t size)
{
    mbstate_t state = {0};
    for (size_t i = 0; i < size;) {
        size_t step = mbrlen(output + i, size - i, &state);
        cr_assert_lt(step, (size_t)-2, "invalid UTF-8 at byte %zu: %02x", i,
                     (unsigned char)output[i]);
        i += step ? step : 1;
    }
    static const char *const never[] = {"\033[2J\033[31", "\033[31;7m", "\033]52", "\a",
                                        "\u202e",         "\xc2\x9b",   "\u200b",  "\u200d",
                                        "\u200f",         "\ufeff",     "\u2066",  "\xc2\x85"};
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        cr_assert_not(strstr(output, never[i]), "no. %zu reached the terminal", i);
}

/* Called at the end of each test: a failure in a .fini would fail nothing. */
static void expect_clean_end(void)
{
    size_t size;
    terminal_signal(terminal, SIGTERM);
    cr_assert_eq(terminal_wait_exit(terminal), 0);
    const char *output = terminal_output(terminal, &size);
    expect_clean(output, size);
}

static void close_home(void)
{
    terminal_free(terminal);
    terminal_free(home);
}

TestSuite(hostile, .init = open_home, .fini = close_home, .timeout = 300);

static int row_of(const char *heading)
{
    for (int row = 0; row < ROWS; row++)
        if (box_column(terminal, row, COLUMNS, heading) >= 0) return row;
    cr_assert_fail("no %s on the screen", heading);
    return -1;
}

/* In so many rows below the heading, `begins` is exactly below the heading. `aside`: a row that is
 * none of the list's. */
static void expect_column(const char *heading, const char *begins, int count, int aside)
{
    int top = row_of(heading), column = box_column(terminal, top, COLUMNS, heading);
    for (int row = top + 1; row <= top + count; row++)
        for (int i = 0; begins[i] && row != aside; i++)
            cr_assert_eq(terminal_cell(terminal, row, column + i).character,
                         (unsigned char)begins[i], "%s: row %d is out of line: %s", heading, row,
                         terminal_row(terminal, row));
}

/* The line below the token under the cursor, which says more about it. */
static int row_of_detail(void)
{
    int row, column;
    terminal_cursor(terminal, &row, &column);
    return row + 1;
}

Test(hostile, the_columns_of_the_list_stand)
{
    terminal_wait(terminal, "plain");
    int top = row_of("ACCOUNT ID");
    for (int row = top; row < ROWS - 2; row++)
        cr_assert_eq(terminal_cell(terminal, row, COLUMNS - COLUMNS / 3).character, L'│',
                     "row %d: %s", row, terminal_row(terminal, row));
    terminal_send(terminal, "i");
    terminal_wait(terminal, "CREATED");
    expect_column("CREATED", "20", 30, -1);
    expect_clean_end();
}

Test(hostile, the_columns_of_the_tokens_stand)
{
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Edit Service Account");
    int count = (int)prepared_ask(home, "SELECT count(*) FROM token");
    int room = ROWS - 3 - row_of("NAME");
    if (count > room) count = room;
    cr_assert_gt(count, 14);
    expect_column("TOKEN", "gth_", count, row_of_detail());
    expect_column("CREATED", "20", count, row_of_detail());
    for (int i = 0; i < count; i++)
        terminal_send(terminal, "j");
    terminal_send(terminal, "\t\t");
    terminal_wait(terminal, "+ add");
    expect_clean_end();
}

Test(hostile, dialogs_about_them_keep_their_borders)
{
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Edit Service Account");
    for (int i = 0; i < 14; i++) {
        terminal_send(terminal, "D");
        terminal_wait(terminal, "Revoke the token");
        cr_assert(box_is_whole(terminal, "Revoke the token", ROWS, COLUMNS));
        terminal_send(terminal, "\033");
        terminal_wait_gone(terminal, "Revoke the token");
        terminal_send(terminal, ".");
        terminal_wait(terminal, "Revoke");
        cr_assert(box_is_whole(terminal, "", ROWS, COLUMNS));
        terminal_send(terminal, "\033");
        terminal_wait_gone(terminal, "╭");
        terminal_send(terminal, "j");
    }
    terminal_send(terminal, "\t-+");
    terminal_wait(terminal, "Add to a group");
    cr_assert(box_is_whole(terminal, "Add to a group", ROWS, COLUMNS));
    terminal_send(terminal, "\033");
    terminal_wait_gone(terminal, "╭");
    expect_clean_end();
}

/* Text in a field goes through the same checks. */
Test(hostile, a_field_shows_them_harmlessly)
{
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Edit Service Account");
    for (int i = 0; i < 14; i++) {
        terminal_send(terminal, "r\001\033[C\033[C\177");
        terminal_listen(terminal, 60);
        expect_column("TOKEN", "gth_", 20, row_of_detail());
        terminal_send(terminal, "\033");
        terminal_listen(terminal, 60);
        terminal_send(terminal, "j");
    }
    terminal_send(terminal, "\033[Z\033[Zx");
    terminal_wait(terminal, "changed");
    expect_clean_end();
}

Test(hostile, a_narrow_terminal_shows_them_harmlessly)
{
    for (int columns = 120; columns >= 20; columns -= 7) {
        terminal_resize(terminal, 24, columns);
        terminal_listen(terminal, 60);
    }
    terminal_send(terminal, "\r");
    for (int columns = 20; columns <= 120; columns += 7) {
        terminal_resize(terminal, 24, columns);
        terminal_listen(terminal, 60);
    }
    terminal_wait(terminal, "Edit Service Account");
    expect_clean_end();
}
