/* The console on PostgreSQL: what is its own there. Other suites run on it as they are. */
#include "console.h"

#include "tests/postgres/fresh.h"

#include <stdio.h>
#include <stdlib.h>

static void open_console(void)
{
    if (!fresh_is_postgres()) cr_skip_test("there is no PostgreSQL");
    open_console_of(24, 80);
}

TestSuite(postgres, .init = open_console, .fini = close_console, .timeout = 300);

/* Stops the server and starts it again. It refuses to run as root. */
static void server(const char *what)
{
    char line[600];
    const char *folder = getenv("GATEHOUSE_TEST_POSTGRES_FOLDER");
    snprintf(
        line, sizeof line,
        "as=; [ $(id -u) != 0 ] || as='setpriv --reuid=nobody --regid=nogroup --clear-groups'; "
        "$as pg_ctl -D %s/data -m immediate -w -l %s/log %s >/dev/null 2>&1",
        folder, folder, what);
    cr_assert_eq(system(line), 0, "%s", line);
}

Test(postgres, a_change_by_another_program_shows_by_itself)
{
    command("account create aaa-first");
    terminal_wait(console, "sa::aaa-first");
}

/* Only that the address is shown without its parts that are nobody's business. */
Test(postgres, the_name_of_the_database_is_shown_and_not_its_address)
{
    terminal_wait(console, "postgres");
    cr_assert(!terminal_shows(console, "search_path"));
}

Test(postgres, a_lost_connection_keeps_what_is_shown_says_since_when_and_comes_back)
{
    server("stop");
    terminal_wait(console, "there is no connection to postgresql:");
    step("\033[B", "Not up to date (since");
    cr_assert(terminal_shows(console, "sa::agent-berlin"));
    step("A", "there is no connection to postgresql:");
    server("start");
    terminal_wait_gone(console, "Not up to date");
    step("A", "deactivated");
}
