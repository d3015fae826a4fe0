/* The clipboard through a real tmux with its default settings, and through GNU screen. */
#include "terminal.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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
    terminal_leave_tour(terminal);
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

/* A tmux of the test's own, which does what `script` says; NULL: there is none. */
static void copy_with(const char *script, const char *says)
{
    char folder[] = "/tmp/gatehouse-tmux-XXXXXX", path[64], line[1024];
    static const char *const demo[] = {"demo", NULL};
    struct terminal *home = terminal_start(24, 80, demo, NULL);
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/tmux", folder);
    if (script) {
        FILE *file = fopen(path, "w");
        cr_assert(file);
        fprintf(file, "#!/bin/sh\n%s\n", script);
        fclose(file);
        cr_assert_eq(chmod(path, 0700), 0);
    }
    snprintf(line, sizeof line,
             "cd %s; PATH=%s%s TMUX=x,1,0; export PATH TMUX; "
             "exec /usr/bin/env --ignore-signal=CHLD '%s' demo",
             folder, folder, script ? ":/bin:/usr/bin" : "", terminal_program());
    const char *const argv[] = {"sh", "-c", line, NULL};
    struct terminal *terminal = terminal_start_beside(home, 24, 80, argv);
    terminal_leave_tour(terminal);
    terminal_wait(terminal, "sa::agent-berlin");
    terminal_send(terminal, "y");
    terminal_wait(terminal, says);
    terminal_free(terminal);
    terminal_free(home);
    snprintf(line, sizeof line, "rm -r %s", folder);
    cr_assert_eq(system(line), 0);
}

Test(clipboard, a_tmux_that_cannot_be_run_is_no_success)
{
    copy_with(NULL, "tmux cannot be run");
}

Test(clipboard, a_tmux_that_hangs_is_left_after_a_second, .timeout = 300)
{
    copy_with("sleep 60", "tmux does not answer");
    copy_with("case $1 in -V) echo tmux 3.4;; *) sleep 60;; esac", "tmux does not answer");
}

Test(clipboard, a_tmux_that_dies_is_no_success)
{
    copy_with("case $1 in -V) echo tmux 3.4;; display) echo clipboard;; *) kill -9 $$;; esac",
              "tmux refused the clipboard");
}

/* The console inherits that its parent ignores SIGCHLD. */
Test(clipboard, a_tmux_that_works_is_believed)
{
    copy_with("case $1 in -V) echo tmux 3.4;; display) echo clipboard;; *) cat >/dev/null;; esac",
              "to the clipboard");
    copy_with("case $1 in -V) echo tmux 3.4;; display) echo no;; esac",
              "tmux says its terminal takes no clipboard");
}
