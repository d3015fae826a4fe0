/* Another process holds the write lock: what is waited for is said, Esc gives up, and a refusal is
 * there until it was seen. */
#include "prepared.h"

#include <criterion/criterion.h>
#include <gatehouse/database.h>
#include <signal.h>
#include <string.h>

static struct terminal *home, *console;
static struct store *other;

static void open_console(void)
{
    home = prepared_home();
    console = prepared_console(home, 24, 80, "", "");
    cr_assert_eq(database_open(prepared_database(home), STORE_OPEN, &other), OK);
}

static void close_console(void)
{
    store_close(other);
    terminal_free(console);
    terminal_free(home);
}

TestSuite(wait, .init = open_console, .fini = close_console, .timeout = 300);

static void hold(void)
{
    cr_assert_eq(store_begin(other), OK, "%s", error_message());
}

static void let_go(void)
{
    cr_assert_eq(store_end(other, OK), OK);
}

static bool is_active(void)
{
    return prepared_ask(home, "SELECT active FROM account WHERE name = 'agent-berlin'") == 1;
}

Test(wait, for_another_writer_is_said_and_ends_with_its_lock)
{
    hold();
    terminal_send(console, "A");
    terminal_wait(console, "Waiting for another writer… · Esc gives up");
    let_go();
    terminal_wait(console, "sa::agent-berlin deactivated · U undo");
    cr_assert_not(is_active());
}

Test(wait, is_given_up_with_esc)
{
    hold();
    terminal_send(console, "A");
    terminal_wait(console, "Waiting for another writer");
    terminal_send(console, "\033");
    terminal_wait(console, "stopped waiting for another writer: nothing was changed");
    let_go();
    terminal_send(console, "A");
    terminal_wait(console, "sa::agent-berlin deactivated");
}

/* Keys typed meanwhile neither clear the refusal nor act. */
Test(wait, that_ends_in_a_refusal_shows_it_whatever_was_typed)
{
    hold();
    terminal_send(console, "A");
    terminal_wait(console, "Waiting for another writer");
    terminal_send(console, "jjA");
    terminal_wait(console, "another process is writing: try again in a moment");
    let_go();
    terminal_wait_idle(console);
    cr_assert(terminal_shows(console, "another process is writing"));
    cr_assert(is_active());
    terminal_send(console, "j");
    terminal_wait_gone(console, "another process is writing");
}

static void wait_for_row(int row, const char *text)
{
    for (int i = 0; i < 100 && !strstr(terminal_row(console, row), text); i++)
        terminal_listen(console, 20);
    cr_assert(strstr(terminal_row(console, row), text), "row %d: “%s”", row + 1,
              terminal_row(console, row));
}

Test(wait, follows_the_size_of_the_terminal)
{
    hold();
    terminal_send(console, "A");
    terminal_wait(console, "Waiting for another writer");
    terminal_resize(console, 40, 100);
    wait_for_row(38, "Waiting for another writer… · Esc gives up");
    terminal_resize(console, 10, 40);
    wait_for_row(9, "Waiting for another writer…");
    let_go();
    terminal_wait(console, "deactivated · U undo");
}

Test(wait, ends_when_the_console_is_told_to_end)
{
    hold();
    terminal_send(console, "A");
    terminal_wait(console, "Waiting for another writer");
    int64_t since = terminal_now();
    terminal_signal(console, SIGTERM);
    terminal_wait_exit(console);
    cr_assert_lt(terminal_now() - since, 2000);
    let_go();
    cr_assert(is_active());
}

/* Revoked tokens are due, and what deletes them after the start has nothing to say of it. */
Test(wait, that_ends_in_silence_takes_its_sentence_away)
{
    enum { DAY = 86400, MINUTE = 60 };
    static const char revoked[] = "SELECT count(*) FROM token WHERE revoked IS NOT NULL";
    prepared_run(home, "INSERT INTO setting (name, value) VALUES ('token.drop', 1)");
    terminal_free(console);
    terminal_set_clock(home, TERMINAL_EPOCH + DAY * 2, 0);
    console = prepared_console(home, 24, 80, "", "");
    terminal_wait_idle(console);
    terminal_free(console);
    terminal_set_clock(home, TERMINAL_EPOCH + DAY * 2 + MINUTE, 0);
    hold();
    console = prepared_line(home, 24, 80, "exec", "");
    terminal_wait(console, "Waiting for another writer");
    cr_assert(terminal_shows(console, "sa::agent-berlin"), "the rows are there before");
    cr_assert_gt(prepared_ask(home, revoked), 0);
    let_go();
    terminal_wait_gone(console, "Waiting for another writer");
    cr_assert_eq(prepared_ask(home, revoked), 0);
}
