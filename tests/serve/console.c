/* What is done in the console is in force for the next request. */
#include "tests/serve/service.h"
#include "tests/terminal/terminal.h"

#include <stdio.h>

static struct terminal *home, *console;

static void start(void)
{
    static const char *const version[] = {"--version", NULL};
    service_setup();
    service_start(NULL);
    const char *const argv[] = {"gatehouse", "--db", run_database, NULL};
    home = terminal_start(3, 40, version, NULL);
    console = terminal_start_beside(home, 24, 80, argv);
    terminal_wait(console, "sa::ci");
}

static void stop(void)
{
    terminal_free(console);
    terminal_free(home);
    service_teardown();
}

TestSuite(console, .init = start, .fini = stop, .timeout = 300);

static void step(const char *keys, const char *text)
{
    terminal_send(console, keys);
    terminal_wait(console, text);
}

Test(console, the_next_request_of_an_account_that_is_deactivated_there_is_refused)
{
    cr_assert_eq(service_check("/verify", "").status, 200);
    step("A", "sa::ci deactivated");
    cr_assert_eq(service_check("/verify", "").status, 401);
    step("A", "sa::ci activated");
    cr_assert_eq(service_check("/verify", "").status, 200);
}

Test(console, the_next_request_with_a_token_that_is_revoked_there_is_refused)
{
    cr_assert_eq(service_check("/verify", "").status, 200);
    step("2", "TOKEN");
    step("D", "stops working immediately");
    cr_assert_eq(service_check("/verify", "").status, 200, "it was only asked");
    step("Y", "revoked: it never works again");
    cr_assert_eq(service_check("/verify", "").status, 401);
}
