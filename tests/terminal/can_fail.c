/* A wait that never fails would prove nothing: this one must. CTest wants the complaint. */
#include "terminal.h"

#include <criterion/criterion.h>

Test(can_fail, a_wait_for_what_never_comes)
{
    static const char *const version[] = {"--version", NULL};
    struct terminal *terminal = terminal_start(3, 40, version, NULL);
    terminal_wait(terminal, "never");
}
