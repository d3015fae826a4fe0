/* A wait that never fails would prove nothing: this one must. CTest checks for the message. */
#include "terminal.h"

#include <criterion/criterion.h>

static struct terminal *terminal;

static void close_terminal(void)
{
    terminal_free(terminal);
}

Test(can_fail, a_wait_for_what_never_comes, .fini = close_terminal)
{
    static const char *const version[] = {"--version", NULL};
    terminal = terminal_start(3, 40, version, NULL);
    terminal_wait(terminal, "never");
}
