/* The clipboard through a real tmux with its default settings, and through GNU screen. */
#include "terminal.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_installed(const char *program)
{
    char command[64];
    snprintf(command, sizeof command, "command -v %s >/dev/null", program);
    return system(command) == 0;
}

/* Copies an account's ID inside a multiplexer that runs in a terminal of its own. */
static struct terminal *copy_inside(const struct terminal *home, const char *const *argv)
{
    struct terminal *terminal = terminal_start_beside(home, 24, 80, argv);
    terminal_wait(terminal, "sa::agent-berlin");
    terminal_send(terminal, "T");
    terminal_wait(terminal, "New token");
    terminal_send(terminal, "made\r");
    terminal_wait(terminal, "Token generated");
    terminal_wait(terminal, "Sent to the clipboard");
    return terminal;
}

Test(clipboard, a_real_tmux_with_default_settings_passes_the_token_on)
{
    if (!is_installed("tmux")) cr_skip("tmux is not installed");
    size_t size;
    char line[512], buffers[64] = "";
    static const char *const demo[] = {"demo", NULL};
    struct terminal *home = terminal_start(24, 80, demo, NULL);
    snprintf(line, sizeof line, "'%s' demo", terminal_program());
    const char *const argv[] = {
        "tmux",        "-f", "/dev/null", "-L", strrchr(terminal_home(home), '-'),
        "new-session", line, NULL};
    struct terminal *terminal = copy_inside(home, argv);
    terminal_listen(terminal, 300);
    cr_assert(strstr(terminal_output(terminal, &size), "]52;;Z3RoX"), "tmux sent no token on");
    snprintf(line, sizeof line, "tmux -L '%s' list-buffers; tmux -L '%s' kill-server", argv[4],
             argv[4]);
    FILE *out = popen(line, "r");
    cr_assert(out);
    size_t got = fread(buffers, 1, sizeof buffers - 1, out);
    pclose(out);
    cr_assert_eq(got, 0, "a buffer was left: %s", buffers);
    terminal_free(terminal);
    terminal_free(home);
}

Test(clipboard, gnu_screen_passes_the_token_on)
{
    if (!is_installed("screen")) cr_skip("screen is not installed");
    size_t size;
    char program[512], variable[128];
    static const char *const demo[] = {"demo", NULL};
    struct terminal *home = terminal_start(24, 80, demo, NULL);
    snprintf(program, sizeof program, "%s", terminal_program());
    snprintf(variable, sizeof variable, "SCREENDIR=%s/screens", terminal_home(home));
    const char *const argv[] = {"env", variable, "screen", "-c", "/dev/null",
                                "-U",  program,  "demo",   NULL};
    struct terminal *terminal = copy_inside(home, argv);
    terminal_listen(terminal, 300);
    cr_assert(strstr(terminal_output(terminal, &size), "]52;c;Z3RoX"), "screen sent no token on");
    /* The session outlives its terminal unless it is told to quit. */
    char quit[256];
    snprintf(quit, sizeof quit, "%s screen -X quit >/dev/null", variable);
    cr_assert_eq(system(quit), 0);
    terminal_free(terminal);
    terminal_free(home);
}
