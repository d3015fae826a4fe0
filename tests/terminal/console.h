/* For suites that need one console in a prepared home: what opens and closes it, and
 * shortcuts to use it. */
#ifndef GATEHOUSE_TESTS_TERMINAL_CONSOLE_H
#define GATEHOUSE_TESTS_TERMINAL_CONSOLE_H

#include "prepared.h"

#include <criterion/criterion.h>

static struct terminal *home, *console;

static inline void open_console_of(int rows, int columns)
{
    home = prepared_home();
    console = prepared_console(home, rows, columns, "", "");
}

static inline void close_console(void)
{
    terminal_free(console);
    terminal_free(home);
}

static inline void step(const char *keys, const char *text)
{
    terminal_send(console, keys);
    terminal_wait(console, text);
}

/* Beside the console, by whoever runs the tests. */
static inline void command(const char *words)
{
    char out[1024];
    cr_assert_eq(terminal_command(home, words, out, sizeof out), 0, "%s: %s", words, out);
}

#endif
