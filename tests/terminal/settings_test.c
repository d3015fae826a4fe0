/* The settings on the screen. */
#include "prepared.h"

#include <criterion/criterion.h>
#include <string.h>

static struct terminal *home, *console;

static void start(void)
{
    home = prepared_home();
    console = prepared_console(home, 24, 80, "", "");
    terminal_send(console, ":settings\r");
    terminal_wait(console, "of this database");
}

static void stop(void)
{
    terminal_free(console);
    terminal_free(home);
}
TestSuite(settings, .init = start, .fini = stop);

Test(settings, one_is_changed_and_the_change_is_an_event)
{
    int64_t events = prepared_events(home);
    terminal_wait(console, "20 tokens");
    terminal_send(console, "\r");
    terminal_wait(console, "How many live");
    terminal_send(console, "\025"
                           "5\r");
    terminal_wait(console, "token.limit is 5 tokens");
    cr_assert_eq(prepared_events(home), events + 1);
    cr_assert_eq(prepared_ask(home, "SELECT value FROM setting WHERE name = 'token.limit'"), 5);
    terminal_send(console, "q");
    terminal_wait(console, "Service Accounts");
}

Test(settings, the_database_gets_a_name_and_a_colour)
{
    int64_t events = prepared_events(home);
    terminal_send(console, "Gk\r");
    terminal_wait(console, "None, or at most 24 printable characters");
    terminal_send(console, "prod\r");
    terminal_wait(console, "database.name is prod");
    terminal_send(console, "j\r");
    terminal_wait(console, "None, red, yellow, green or blue.");
    terminal_send(console, "\025pink\r");
    terminal_wait(console, "database.colour is none, red, yellow, green or blue");
    terminal_send(console, "\025red\r");
    terminal_wait(console, "database.colour is red");
    cr_assert_eq(prepared_events(home), events + 2);
    terminal_send(console, "q");
    terminal_wait(console, "Service Accounts");
    cr_assert_not_null(strstr(terminal_row(console, 0), " prod"));
    terminal_send(console, "U");
    terminal_wait(console, "database.colour was changed");
    terminal_send(console, "Y");
    terminal_wait(console, "Undone");
    cr_assert_eq(prepared_ask(home, "SELECT value FROM setting WHERE name = 'database.colour'"), 0);
}

Test(settings, what_is_wrong_is_said_in_the_dialog)
{
    int64_t events = prepared_events(home);
    terminal_send(console, "j\r");
    terminal_wait(console, "On or off");
    terminal_send(console, "\025perhaps\r");
    terminal_wait(console, "token.keep is on or off");
    terminal_send(console, "\033");
    terminal_wait_gone(console, "On or off");
    cr_assert_eq(prepared_events(home), events);
}

Test(settings, a_change_made_elsewhere_shows)
{
    char out[256];
    terminal_wait(console, "45 seconds");
    cr_assert_eq(terminal_command(home, "setting set clipboard.clear 30", out, sizeof out), 0, "%s",
                 out);
    terminal_wait(console, "30 seconds");
}
