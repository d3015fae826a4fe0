/* The configuration file, as the console and the command line follow it. */
#include "prepared.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct terminal *home, *console;

static void start(void)
{
    home = prepared_home();
}

static void stop(void)
{
    terminal_free(console);
    terminal_free(home);
}
TestSuite(config, .init = start, .fini = stop);

static void configure(const char *text)
{
    prepared_configure(home, text);
    console = prepared_console(home, 24, 80, "", "");
}

Test(config, footer_menu_help_and_palette_follow_the_keys)
{
    configure("key account.toggle = X\nkey account.edit = none\nkey account.delete = none\n");
    terminal_wait(console, "X on/off");
    cr_assert_not(terminal_shows(console, "Enter edit"));
    terminal_send(console, ".");
    terminal_wait(console, "X      Deactivate");
    cr_assert_not(terminal_shows(console, "D      Delete"));
    terminal_wait(console, "Delete…");
    terminal_send(console, "X");
    terminal_wait(console, "deactivated");
    terminal_send(console, "A");
    terminal_send(console, "?");
    terminal_wait(console, "X                 activates or deactivates");
    terminal_send(console, "q:account toggle");
    terminal_wait(console, "account toggle         X");
}

Test(config, a_letter_of_another_script_can_be_a_key)
{
    configure("key account.toggle = ф Ф\n");
    terminal_wait(console, "ф on/off");
    terminal_send(console, "ф");
    terminal_wait(console, "sa::agent-berlin deactivated");
    terminal_send(console, ".");
    terminal_wait(console, "ф      Activate");
    terminal_send(console, "\033?");
    terminal_wait(console, "ф Ф               activates or deactivates");
}

Test(config, the_first_problem_is_said_at_the_start)
{
    configure("theme = light\ncolour = red\nkey account.toggle = T\n");
    terminal_wait(console, "Configuration (and 1 more): line 2: there is no “colour”");
    terminal_send(console, "j");
    terminal_wait_gone(console, "Configuration");
}

/* The database says 300 and 45 seconds. */
Test(config, a_shorter_time_counts_and_a_longer_one_does_not)
{
    configure("vault.idle = 20\nclipboard.clear = 80000\n");
    terminal_send(console, "\r");
    terminal_wait(console, "Edit Service Account");
    terminal_send(console, "y");
    terminal_wait(console, "20 seconds without use");
    terminal_send(console, "gatehouse demo\r");
    terminal_wait(console, "clipboard of your terminal");
    terminal_set_clock(home, TERMINAL_EPOCH, 21000);
    terminal_wait(console, "has locked itself");
    terminal_set_clock(home, TERMINAL_EPOCH, 46000);
    size_t size;
    while (!strstr(terminal_output(console, &size), "]52;c;\a"))
        cr_assert(terminal_listen(console, 5000), "the clipboard is not cleared");
}

Test(config, sentences_name_the_keys_as_they_are_bound)
{
    configure("key undo = Z\nkey lock = X\nkey secret.copy = c\nkey token.generate = G\n"
              "key group.add = a\nkey permission.grant = g\nkey down = d\nkey up = u\n"
              "key back = b\n");
    terminal_resize(console, 24, 130);
    terminal_send(console, "A");
    terminal_wait(console, "· Z undo");
    terminal_send(console, "Z");
    terminal_wait(console, "Undone");
    terminal_send(console, "*");
    terminal_wait(console, "marked");
    terminal_send(console, "\033");
    terminal_wait(console, "dropped · Z restores");
    terminal_send(console, "?");
    terminal_wait(console, "d down  u up");
    terminal_wait(console, "b back");
    terminal_send(console, "b\r");
    terminal_wait(console, "remaining · G new");
    terminal_wait(console, "a add");
    terminal_send(console, "y");
    terminal_wait(console, "5 minutes without use, or with X.");
    terminal_send(console, "\033");
    terminal_wait_gone(console, "Unlock the vault");
    terminal_send(console, "G");
    terminal_wait(console, "New token");
    terminal_send(console, "\r");
    terminal_wait(console, "c copy  w write");
}

Test(config, a_sentence_about_a_command_without_a_key_says_what_to_type)
{
    configure("key undo = none\n");
    terminal_resize(console, 24, 130);
    terminal_send(console, "A");
    terminal_wait(console, "· :undo undo");
    terminal_send(console, ":undo\r");
    terminal_wait(console, "Undone");
}

Test(config, an_empty_list_names_the_key_that_fills_it)
{
    configure("key account.add = a\n");
    terminal_send(console, "4");
    terminal_wait(console, "EFFECTIVE");
    terminal_send(console, "\r");
    terminal_wait(console, "Nobody has this permission. Press a on an account to grant it.");
}
