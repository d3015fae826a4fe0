/* The page of keys that ? opens: it lists all keys that work where it was opened. */
#include "prepared.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 120, COLUMNS = 120, HEADINGS = 7 };

/* Where `keys` lead, each of them having shown `shown`, and which headings are there, the most
 * specific first. */
static const struct {
    const char *keys[4];
    const char *shown;
    const char *headings[HEADINGS];
} places[] = {
    {{"1"}, "on/off", {"Service accounts", "Lists", "Lists with a filter", "Everywhere"}},
    {{"2"},
     "facets",
     {"Tokens of all accounts", "Tokens", "Lists", "Lists with a filter", "Everywhere"}},
    {{"3"}, "MEMBERS", {"Groups", "Lists", "Lists with a filter", "Everywhere"}},
    {{"4"}, "who", {"Permissions", "Lists", "Lists with a filter", "Everywhere"}},
    {{"4", "\r"},
     "THROUGH",
     {"Who holds a permission", "Lists", "Lists with a filter", "Everywhere"}},
    {{"5"}, "follow", {"Audit", "Lists", "Lists with a filter", "Everywhere"}},
    {{"\r"}, "peek", {"Tokens", "Lists", "Forms", "Everywhere"}},
    {{"\r", "\t"}, "+ add", {"Groups of an account", "Forms", "Everywhere"}},
    {{"\r", "\t\t"}, "explicit", {"Permissions of an account or a group", "Forms", "Everywhere"}},
    {{"\r", "\t\t\t"}, "Enter show", {"History of an account", "Lists", "Forms", "Everywhere"}},
    {{"\r", "\033[Z"}, "save", {"Text fields", "Forms", "Everywhere"}},
    {{"\r", "\033[Z\033[Z\033[Z"}, "on/off", {"The toggle", "Forms", "Everywhere"}},
    {{"3", "\r"}, "Edit Group", {"Members of a group", "Lists", "Forms", "Everywhere"}},
    {{"\r", "\t\t\t\t"}, "press", {"Buttons", "Forms", "Everywhere"}},
    {{"n", "\t\t\t\t\t"}, "yes/no", {"The first token of a new account", "Forms", "Everywhere"}},
    {{"n", "\t\t\t\t\t\t\t"}, "choose", {"Expiry of a new token", "Forms", "Everywhere"}},
    {{"T", "\t\t"}, "tick", {"Permissions of a new token", "Forms", "Dialogs"}},
    {{":vault\r"}, "change", {"Key slots of the vault", "Lists", "Everywhere"}},
    {{":settings\r"}, "change", {"Settings", "Lists", "Everywhere"}},
    {{"/"}, "clear", {"The filter", "Lists", "Everywhere"}},
    {{"."}, "choose", {"Menus", "Lists", "Dialogs"}},
    {{"D"}, "Type", {"Text fields", "Dialogs"}},
    {{" ", " ", "A"}, "Deactivate 2", {"Dialogs"}},
    {{"T"}, "New token", {"Text fields", "Forms", "Everywhere"}},
};
enum { PLACES = sizeof places / sizeof *places };

static struct terminal *home, *console;

static void start(void)
{
    home = prepared_home();
}

static void stop(void)
{
    terminal_free(home);
}
TestSuite(help, .init = start, .fini = stop);

/* Headings begin in the second column, commands further right. */
static size_t read_headings(char headings[HEADINGS][COLUMNS])
{
    size_t count = 0;
    for (int row = 1; row < ROWS - 2 && count < HEADINGS; row++) {
        const char *text = terminal_row(console, row);
        if (strlen(text) < 2 || text[1] == ' ') continue;
        snprintf(headings[count++], COLUMNS, "%s", text + 1);
    }
    return count;
}

static void check_place(size_t place)
{
    char headings[HEADINGS][COLUMNS];
    console = prepared_console(home, ROWS, COLUMNS, "", "");
    for (size_t i = 0; i < 4 && places[place].keys[i]; i++) {
        terminal_send(console, places[place].keys[i]);
        cr_assert(terminal_wait_idle(console));
    }
    terminal_wait(console, places[place].shown);
    terminal_send(console, "\033OP");
    terminal_wait(console, "/ search");
    size_t count = read_headings(headings);
    for (size_t i = 0; i < HEADINGS && places[place].headings[i]; i++)
        cr_assert(i < count && !strcmp(headings[i], places[place].headings[i]),
                  "place %zu, heading %zu: “%s”, not “%s”", place, i, i < count ? headings[i] : "",
                  places[place].headings[i]);
    cr_assert(!places[place].headings[count], "place %zu has %zu headings", place, count);
    terminal_free(console);
}

Test(help, has_the_keys_of_all_that_has_the_focus_the_most_special_first)
{
    for (size_t i = 0; i < PLACES; i++)
        check_place(i);
}

Test(help, of_the_tokens_begins_with_what_only_that_tab_has)
{
    console = prepared_console(home, 24, 80, "", "");
    terminal_send(console, "2");
    terminal_wait(console, "facets");
    terminal_send(console, "?");
    terminal_wait(console, "Tokens of all accounts");
    terminal_wait(console, "opens the account of the token");
    terminal_free(console);
}

static bool is_seen(const char *heading)
{
    /* Those where the key of help does something else. */
    static const char *const closed[] = {"A generated token", "Dialogs",
                                         "Help and other long texts"};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        if (strcmp(closed[i], heading) == 0) return true;
    for (size_t place = 0; place < PLACES; place++)
        for (size_t i = 0; i < HEADINGS && places[place].headings[i]; i++)
            if (strcmp(places[place].headings[i], heading) == 0) return true;
    return false;
}

/* So that no context is without a place above where its keys were looked for. */
Test(help, never_cuts_the_name_of_a_key)
{
    enum { PAGES = 16 };
    static const char *const to_the_grid[] = {"\r", "\t", "\t", "?"};
    console = prepared_console(home, 10, 40, "", "");
    for (size_t i = 0; i < sizeof to_the_grid / sizeof *to_the_grid; i++) {
        terminal_send(console, to_the_grid[i]);
        cr_assert(terminal_wait_idle(console));
    }
    for (int i = 0; i < PAGES; i++) {
        cr_assert_not(terminal_shows(console, "…"));
        terminal_send(console, "\033[6~");
        cr_assert(terminal_wait_idle(console));
    }
    cr_assert(terminal_shows(console, "shows the audit log"), "the end was not reached");
    terminal_free(console);
}

Test(help, has_been_tried_for_every_heading_of_the_tables)
{
    char line[400];
    size_t count = 0;
    FILE *tables = fopen(KEYS, "r");
    cr_assert(tables);
    while (fgets(line, sizeof line, tables)) {
        if (strncmp(line, "**", 2) != 0) continue;
        *strstr(line + 2, "**") = 0;
        cr_expect(is_seen(line + 2), "where does the page of keys show “%s”?", line + 2);
        count++;
    }
    fclose(tables);
    cr_assert_gt(count, 15);
}

/* Where the text is on the screen; fails if it is not. */
static void find(const char *text, int *row, int *column)
{
    for (*row = 1; *row < 24; ++*row) {
        const char *found = strstr(terminal_row(console, *row), text);
        *column = 0;
        for (const char *at = terminal_row(console, *row); found && at < found; at++)
            *column += (*at & 0xC0) != 0x80;
        if (found) return;
    }
    cr_assert_fail("“%s” is not on the screen", text);
}

static struct terminal_cell cell_of(const char *text)
{
    int row, column;
    find(text, &row, &column);
    return terminal_cell(console, row, column);
}

Test(help, goes_from_match_to_match_and_shows_which_one_is_the_present)
{
    int row, column, cursor_row, cursor_column;
    console = prepared_console(home, 24, 80, "", "");
    terminal_send(console, "?/palette");
    terminal_wait(console, "1 of 1");
    terminal_send(console, "\025account, or the marked");
    terminal_wait(console, "1 of 4");
    cr_assert(cell_of("account, or the marked ones").reverse);
    cr_assert(cell_of("account, or the marked ones, for good").underline);
    cr_assert_not(cell_of("account, or the marked ones, for good").reverse);
    terminal_send(console, "\rn");
    terminal_wait(console, "2 of 4");
    cr_assert(cell_of("account, or the marked ones, for good").reverse);
    find("account, or the marked ones, for good", &row, &column);
    terminal_cursor(console, &cursor_row, &cursor_column);
    cr_assert_eq(cursor_row, row);
    cr_assert_eq(cursor_column, column);
    terminal_send(console, "NN");
    terminal_wait(console, "4 of 4");
    terminal_send(console, "n");
    terminal_wait(console, "1 of 4");
    terminal_send(console, "\033");
    terminal_wait_gone(console, "1 of 4");
    terminal_wait(console, "/ search");
    terminal_free(console);
}

Test(help, long_texts_are_searched_the_same_way)
{
    console = prepared_console(home, 24, 80, "", "");
    terminal_send(console, "5\r");
    terminal_wait(console, "Hash");
    terminal_send(console, "/account");
    terminal_wait(console, "1 of ");
    cr_assert(cell_of("account.").reverse);
    terminal_send(console, "\rn");
    terminal_wait(console, "2 of ");
    cr_assert_not(cell_of("account.").reverse);
    cr_assert(cell_of("account.").underline);
    terminal_send(console, "\033");
    terminal_wait_gone(console, "2 of ");
    terminal_send(console, "\033");
    terminal_wait_gone(console, "Hash");
    terminal_free(console);
}

/* A dialog whose text is seen whole has no search; one that is cut has. */
Test(help, dialogs_with_more_text_than_room_can_be_searched)
{
    console = prepared_console(home, 24, 80, "", "");
    terminal_send(console, ":audit head\r");
    terminal_wait(console, "Head of the log");
    cr_assert_not(terminal_shows(console, "/ search"));
    terminal_resize(console, 7, 46);
    terminal_wait(console, "┃│");
    terminal_send(console, "/elsewhere");
    terminal_wait(console, "1 of 1");
    terminal_wait(console, "elsewhere: gatehouse");
    terminal_send(console, "\033\033");
    terminal_wait(console, "ACCOUNT ID");
    terminal_free(console);
}
