/* Searches run in the background: whatever is typed meanwhile is neither lost nor applied to the
 * wrong rows. */
#include "console.h"

#include <stdio.h>
#include <string.h>

static void open_console(void)
{
    open_console_of(24, 80);
}

TestSuite(search, .init = open_console, .fini = close_console, .timeout = 300);

/* So many that no search is over before the next key is read. */
static void open_many(void)
{
    prepared_run(home, "WITH RECURSIVE n (n) AS (SELECT 100000 UNION ALL SELECT n + 1 FROM n WHERE "
                       "n < 249999) INSERT INTO account (name, description, created) SELECT "
                       "'load-' || n, 'Fills up', 0 FROM n");
    prepared_run(home, "UPDATE account SET description = 'artefacts' WHERE name = 'ci-artifacts'");
    prepared_run(home, "UPDATE counter SET value = value + 150000 WHERE name = 'accounts'");
    terminal_wait(console, "150,030 accounts");
}

static int64_t inactive(const char *name)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM account WHERE active = 0 AND name = '%s'",
             name);
    return prepared_ask(home, sql);
}

Test(search, what_is_done_to_a_row_waits_for_the_rows_that_were_typed_for)
{
    open_many();
    terminal_send(console, "/d:artefacts\rA");
    terminal_wait(console, "sa::ci-artifacts deactivated");
    cr_assert_eq(inactive("ci-artifacts"), 1);
    cr_assert_eq(inactive("agent-berlin"), 0, "the first row of what was shown before");
}

/* A list without rows disables the commands for rows. */
Test(search, nothing_is_refused_for_want_of_rows_that_are_still_to_come)
{
    open_many();
    terminal_send(console, "/d:zz");
    terminal_wait(console, "Nothing matches");
    terminal_send(console, "\177\177artefacts\rA");
    terminal_wait(console, "sa::ci-artifacts deactivated");
}

Test(search, moves_wait_for_the_rows_too)
{
    open_many();
    terminal_send(console, "/agent\033OB\033OB\rA");
    terminal_wait(console, "sa::agent-oslo deactivated");
    cr_assert_eq(inactive("agent-berlin") + inactive("agent-dublin"), 0);
    terminal_send(console, "gjA");
    terminal_wait(console, "sa::agent-dublin deactivated");
}

Test(search, a_page_further_on_is_looked_for_and_keys_wait_for_it)
{
    open_many();
    terminal_send(console, "/d:fills\r");
    terminal_wait(console, "150,000 of 150,030");
    terminal_wait(console, "▌   sa::load-100000");
    terminal_send(console, "GkkA");
    terminal_wait(console, "sa::load-249997 deactivated");
    terminal_send(console, "g\004\004kjA");
    terminal_wait(console, "sa::load-100034 deactivated");
    cr_assert_eq(inactive("load-249997") + inactive("load-100034"), 2);
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM account WHERE active = 0 AND "
                                    "description = 'Fills up'"),
                 2);
}

Test(search, esc_ends_it_and_the_list_is_as_it_was)
{
    open_many();
    terminal_send(console, "jj");
    terminal_wait(console, "▌   sa::agent-oslo");
    terminal_send(console, "/d:telegraf");
    terminal_wait(console, "/ d:telegraf");
    terminal_send(console, "\033");
    terminal_wait(console, "150,030 accounts");
    terminal_wait(console, "▌   sa::agent-oslo");
    terminal_send(console, "j");
    terminal_wait(console, "▌   sa::alert-mirror");
}

/* The row of before does not match "d", but matches what is typed in the end. */
Test(search, a_slow_typist_finds_the_cursor_where_a_fast_one_does)
{
    terminal_send(console, "jj");
    terminal_wait(console, "▌   sa::agent-oslo");
    terminal_send(console, "/d");
    terminal_wait(console, "▌   sa::agent-dublin");
    terminal_send(console, ":telegraf");
    terminal_wait(console, "3 of 30");
    terminal_wait(console, "▌   sa::agent-oslo");
    terminal_send(console, "\033");
    terminal_wait(console, "30 accounts");
    terminal_wait(console, "▌   sa::agent-oslo");
}

Test(search, what_found_nothing_leaves_the_cursor_where_it_was)
{
    terminal_send(console, "jj");
    terminal_wait(console, "▌   sa::agent-oslo");
    terminal_send(console, "/d:zzzz");
    terminal_wait(console, "Nothing matches");
    terminal_send(console, "\033");
    terminal_wait(console, "30 accounts");
    terminal_wait(console, "▌   sa::agent-oslo");
    terminal_send(console, "/\"");
    terminal_wait(console, "0 of 30");
    terminal_send(console, "\033");
    terminal_wait(console, "▌   sa::agent-oslo");
}

Test(search, what_letters_on_the_way_to_nothing_found_does_not_move_the_cursor)
{
    static const char *const ways_out[] = {"\033", "\r\033"};
    terminal_send(console, "jj");
    for (size_t i = 0; i < sizeof ways_out / sizeof *ways_out; i++) {
        terminal_wait(console, "▌   sa::agent-oslo");
        terminal_send(console, "/ci-");
        terminal_wait(console, "▌   sa::ci-artifacts");
        terminal_send(console, "zz");
        terminal_wait(console, "Nothing matches");
        terminal_send(console, ways_out[i]);
        terminal_wait(console, "30 accounts");
        terminal_wait(console, "▌   sa::agent-oslo");
    }
}

Test(search, what_comes_to_a_filter_that_found_nothing_keeps_the_cursor_when_sorted)
{
    terminal_send(console, "/zzz\r");
    terminal_wait(console, "Nothing matches");
    command("account create zzz-1");
    command("account create zzz-2");
    terminal_wait(console, "sa::zzz-2");
    terminal_wait(console, "▌   sa::zzz-1");
    terminal_send(console, "si");
    terminal_wait(console, "ACCOUNT ID ▼");
    terminal_wait(console, "▌   sa::zzz-1");
}

/* Another letter, the sort, another tab and back, the way out: each in the middle of a search. */
Test(search, it_is_left_in_any_way)
{
    open_many();
    terminal_send(console, "/d:nowhere\177\177\177\177\177\177\177artefacts");
    terminal_wait(console, "     1 of 150,030");
    terminal_wait(console, "sa::ci-artifacts");
    terminal_send(console, "\033");
    terminal_wait(console, "150,030 accounts");
    terminal_send(console, "/d:nowhere\rst");
    terminal_wait(console, "Nothing matches");
    terminal_wait(console, "TOKENS▲");
    terminal_send(console, "\033/d:nowhere\r31");
    terminal_wait(console, "Service Accounts  ");
    terminal_wait(console, "     0 of 150,030");
    terminal_send(console, "/x\rQ");
    cr_assert_eq(terminal_wait_exit(console), 0);
}

Test(search, what_is_chosen_is_what_was_typed)
{
    open_many();
    terminal_send(console, "2");
    terminal_wait(console, "API Tokens");
    terminal_send(console, "nd:artefacts\r");
    terminal_wait(console, "New token of sa::ci-artifacts");
}

Test(search, a_change_made_elsewhere_shows_among_what_was_found)
{
    char out[256];
    terminal_send(console, "/ci-\rj");
    terminal_wait(console, "▌   sa::ci-deploy");
    cr_assert_eq(terminal_command(home, "account create ci-aaa", out, sizeof out), 0);
    terminal_wait(console, "    sa::ci-aaa");
    terminal_wait(console, "▌   sa::ci-deploy");
    cr_assert_eq(terminal_command(home, "account delete --yes ci-deploy", out, sizeof out), 0);
    terminal_send(console, "\022");
    terminal_wait_gone(console, "sa::ci-deploy");
}

Test(search, an_unknown_prefix_is_named_and_the_known_ones_with_it)
{
    terminal_send(console, "/team:sre");
    terminal_wait(console, "there is no filter “team:”: use words of the ID · o:owner");
    terminal_send(console, "\025sa:");
    terminal_wait(console, "30 of 30");
    terminal_send(console, ":ci-d");
    terminal_wait(console, " 2 of 30");
}

Test(search, that_finds_nothing_says_what_would)
{
    terminal_send(console, "/team-platform");
    terminal_wait(console, "Nothing matches");
    terminal_wait(console, "by owner: o:team-platform");
    terminal_send(console, "\025o:agent");
    terminal_wait(console, "by ID: agent");
    terminal_send(console, "\025zzzz");
    terminal_wait(console, "words of the ID · o:owner · d:description · is:inactive");
    terminal_send(console, "\033");
    terminal_wait(console, "30 accounts");
    terminal_send(console, "2/teamless");
    terminal_wait(console, "words of account, name, last four · o:owner · d:description");
}

Test(search, names_the_words_of_each_tab_while_typing)
{
    static const struct {
        const char *tab, *words;
    } tabs[] = {{"1", "words of the ID · o:owner · d:description · is:inactive"},
                {"2", "words of account, name, last four · o:owner · d:description · is:inactive"},
                {"3", "words of the name · d:description"},
                {"4", "words of name or ID · d:description"},
                {"5", "words · by:mara · a:ci-deploy · kind:token · since:7d · until:2026-01-31"}};
    for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++) {
        terminal_send(console, tabs[i].tab);
        terminal_wait(console, "Tokens");
        terminal_send(console, "/");
        terminal_wait(console, tabs[i].words);
        terminal_send(console, "\033");
        terminal_wait_gone(console, tabs[i].words);
    }
}

Test(search, says_what_the_word_being_typed_finds)
{
    terminal_send(console, "/o");
    terminal_wait(console, "words of the ID");
    terminal_send(console, ":");
    terminal_wait(console, "o: accounts whose owner contains the word");
    terminal_send(console, "platform ");
    terminal_wait(console, "words of the ID");
    terminal_send(console, "is:in");
    terminal_wait(console, "is: active or inactive accounts");
    terminal_send(console, "\r2/is:sus");
    terminal_wait(console, "is: live suspended expired revoked");
    terminal_wait(console, "suspended");
}

/* The line may be cut only between words. */
Test(search, names_as_many_words_as_have_room)
{
    terminal_resize(console, 24, 40);
    terminal_send(console, "/");
    terminal_wait(console, "words of the ID · o:owner");
    cr_assert_not(terminal_shows(console, "d:desc"));
    terminal_resize(console, 10, 40);
    terminal_wait(console, "/   words of the ID");
    terminal_send(console, "o:platform");
    terminal_wait_gone(console, "words of the ID");
}
