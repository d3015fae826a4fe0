/* The clipboard of a real terminal: xterm on an invisible screen. */
#include "prepared.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* xterm sets the selection only if it is allowed to. It logs what it was sent, which tells the
 * script when the next key may be sent. $0 is the program under test. */
static const char script[] =
    "cd \"$HOME\"\n"
    "await() { until eval \"$1\" >/dev/null 2>&1; do sleep 0.1; done; }\n"
    "allowed='XTerm*disallowedWindowOps: 20,21,SetXprop'\n"
    "xterm -xrm \"$allowed\" -u8 -l -lf log -e \"$0\" 2>/dev/null & xterm=$!\n"
    "await 'grep -q sa::agent-berlin log'\n"
    "await 'xdotool search --class xterm windowfocus'\n"
    "xdotool key shift+t; await 'grep -q \"New token of\" log'\n"
    "xdotool type made; xdotool key Return\n"
    "await 'grep -q \"Token generated\" log'\n"
    "await 'xclip -o -selection clipboard | grep -q ^gth_'\n"
    "xclip -o -selection clipboard | wc -c\n"
    "xclip -o -selection clipboard | \"$0\" verify >/dev/null; echo \"verify says $?\"\n"
    "echo '1795435200 46000' >clock.next; mv clock.next clock\n"
    "await '! xclip -o -selection clipboard | grep -q .'\n"
    "echo taken back\n"
    "kill $xterm; wait\n";

Test(xterm, shows_the_token_in_its_clipboard_and_takes_it_back, .timeout = 300)
{
    static const char *const needed[] = {"xvfb-run", "xterm", "xclip", "xdotool"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        char command[64];
        snprintf(command, sizeof command, "command -v %s >/dev/null", needed[i]);
        if (system(command)) cr_skip("%s is not installed", needed[i]);
    }
    struct terminal *home = prepared_home();
    const char *const argv[] = {"xvfb-run", "-a",   "timeout",          "15", "sh",
                                "-c",       script, terminal_program(), NULL};
    struct terminal *terminal = terminal_start_beside(home, 24, 80, argv);
    cr_assert_eq(terminal_wait_exit(terminal), 0, "%s%s", terminal_row(terminal, 0),
                 terminal_row(terminal, 1));
    cr_assert_str_eq(terminal_row(terminal, 0), "40");
    cr_assert_str_eq(terminal_row(terminal, 1), "verify says 0");
    cr_assert_str_eq(terminal_row(terminal, 2), "taken back");
    terminal_free(terminal);
    terminal_free(home);
}
