/* The line of numbers under the title, and the keys that reach what they count. */
#include "console.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static void open_console(void)
{
    open_console_of(24, 80);
}

TestSuite(overview, .init = open_console, .fini = close_console, .timeout = 300);

static void expect_row(int row, const char *text)
{
    cr_expect_str_eq(terminal_row(console, row), text);
}

Test(overview, each_tab_shows_the_numbers_and_the_letter_of_each_facet_stands_out)
{
    static const char numbers[] =
        " 30 accounts · 26 active │ 40 tokens · 34 live ·  5 end in 14 d ·  3 unused 30 d";
    for (const char *tab = "12345"; *tab; tab++) {
        terminal_send(console, (char[]){*tab, 0});
        terminal_wait(console, "3 unused 30 d");
        cr_assert(terminal_wait_idle(console));
        expect_row(2, numbers);
    }
    static const struct {
        int column;
        char letter;
    } keys[] = {{18, 'a'}, {42, 'l'}, {54, 'd'}, {69, 'u'}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct terminal_cell cell = terminal_cell(console, 2, keys[i].column);
        cr_expect_eq(cell.character, (uint32_t)keys[i].letter);
        cr_expect(cell.bold);
    }
    cr_expect_not(terminal_cell(console, 2, 5).bold);
}

Test(overview, one_key_reaches_what_each_number_counts_from_every_tab)
{
    static const struct {
        const char *key, *shows, *title;
    } facets[] = {{"a", "26 of 30 · active", "Service Accounts"},
                  {"l", "34 of 40 · Live, and working", "API Tokens"},
                  {"d", " 5 of 40 · Ending within 14 days", "API Tokens"},
                  {"u", " 3 of 40 · Unused for 30 days or more", "API Tokens"},
                  {"1", "of 30 accounts", "Service Accounts"},
                  {"2", "of 40 tokens", "API Tokens"}};
    for (const char *tab = "12345"; *tab; tab++)
        for (size_t i = 0; i < sizeof facets / sizeof *facets; i++) {
            terminal_send(console, (char[]){*tab, 0});
            step(facets[i].key, facets[i].title);
            bool all = i >= 4;
            if (all && !terminal_shows(console, facets[i].shows)) /* the facet of before is left */
                terminal_send(console, facets[i].key);
            terminal_wait(console, facets[i].shows);
        }
}

Test(overview, the_same_key_again_and_esc_take_the_facet_away)
{
    step("l", "34 of 40");
    step("l", "of 40 tokens");
    step("a", "26 of 30");
    step("\033", "of 30 accounts");
}

Test(overview, a_facet_shows_all_that_its_number_counts_though_a_filter_was_typed)
{
    step("/ci-\r", "7 of 30");
    step("a", "26 of 30 · active");
    step("2/berlin\r", "2 of 40");
    step("1", "26 of 30 · active");
    step("l", "34 of 40");
}

Test(overview, a_facet_of_accounts_is_searched_and_marked_like_any_other)
{
    step("a", "26 of 30");
    step("/ci-\r", "6 of 30 · active");
    step("*", "6 marked");
    step("A", "Deactivate 6");
    step("\033", "6 marked");
    step("/\025zzz\r", "0 of 30");
}

Test(overview, marks_that_are_hidden_are_not_lost_without_a_word)
{
    step("  ", "2 marked");
    step("/ci-\r", "2 marked, 2 hidden");
    step("*", "Earlier marks dropped");
    terminal_wait(console, "7 marked");
    step("/\025\r", "7 marked");
    step("*", "Earlier marks dropped");
    step("U", "7 marked");
    step("*", "30 marked");
    terminal_send(console, "*");
    terminal_wait_gone(console, "marked");
}

Test(overview, what_others_change_is_counted_again)
{
    terminal_wait(console, "34 live");
    command("account deactivate agent-berlin");
    terminal_wait(console, "25 active");
    terminal_wait(console, "32 live");
}

Test(overview, the_title_row_ends_with_the_database_the_user_and_the_vault)
{
    enum { RED = 160 };
    terminal_resize(console, 24, 130);
    terminal_wait(console, "gatehouse · ");
    terminal_wait(console, " · vault locked");
    command("setting set database.name prod");
    command("setting set database.colour red");
    terminal_wait(console, " prod  · ");
    const char *row = terminal_row(console, 0);
    int before = (int)(strstr(row, " prod ") - row);
    for (int column = before; column < before + 6; column++)
        cr_expect_eq(terminal_cell(console, 0, column).background, RED, "column %d", column);
    cr_expect_neq(terminal_cell(console, 0, before + 6).background, RED);
    terminal_resize(console, 10, 40);
    terminal_wait_gone(console, "vault locked");
    terminal_wait(console, " prod");
    cr_assert_not(terminal_shows(console, "locked"));
}

Test(overview, an_open_vault_shows_where_the_name_must_be_cut_for_it)
{
    step("2", "API Tokens");
    step("y", "Unlock the vault");
    step("gatehouse demo\r", "gat… · open");
    step("L", "The vault is locked");
    terminal_wait_gone(console, "· open");
    terminal_wait(console, " gatehouse");
}

Test(overview, at_less_columns_it_says_less_and_on_a_very_low_screen_nothing)
{
    terminal_wait(console, "3 unused 30 d");
    terminal_resize(console, 24, 79);
    terminal_wait(console, "34 live ·  5 ending ·  3 unused");
    terminal_resize(console, 10, 40);
    terminal_wait_gone(console, "30 accounts ·");
    cr_assert(terminal_wait_idle(console));
    expect_row(2, " 26 active │ 34 live ·  5 ending");
    terminal_resize(console, 10, 20);
    cr_assert(terminal_wait_idle(console));
    expect_row(2, " 26 active │ 34 live");
    terminal_resize(console, 5, 20);
    terminal_wait_gone(console, "26 active");
}

static void delete_one(const char *name)
{
    char command[128], out[256];
    snprintf(command, sizeof command, "account delete %s --yes", name);
    cr_assert_eq(terminal_command(home, command, out, sizeof out), 0, "%s", out);
}

Test(overview, one_account_is_not_called_accounts)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    char names[40][80];
    int count = 0;
    cr_assert_eq(sqlite3_open(prepared_database(home), &db), SQLITE_OK);
    cr_assert_eq(sqlite3_prepare_v2(db, "SELECT name FROM account WHERE name <> 'ci-deploy'", -1,
                                    &stmt, NULL),
                 SQLITE_OK);
    while (count < 40 && sqlite3_step(stmt) == SQLITE_ROW)
        snprintf(names[count++], sizeof names[0], "%s", (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    while (count > 0)
        delete_one(names[--count]);
    terminal_wait(console, " 1 account · 1 active │");
}
