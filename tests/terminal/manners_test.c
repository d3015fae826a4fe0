/* How the console behaves towards the terminal. */
#include "terminal.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const demo[] = {"demo", NULL};

static struct terminal *open_demo(int rows, int columns)
{
    struct terminal *terminal = terminal_start(rows, columns, demo, NULL);
    terminal_leave_tour(terminal);
    terminal_wait(terminal, "sa::agent-berlin");
    return terminal;
}

static size_t count_demos(const struct terminal *terminal)
{
    char pattern[300];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/gatehouse-demo-*", terminal_home(terminal));
    size_t count = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
    globfree(&found);
    return count;
}

Test(manners, the_database_of_the_demo_is_removed_however_it_ends)
{
    static const int signals[] = {0, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct terminal *terminal = open_demo(24, 80);
        cr_assert_eq(count_demos(terminal), 1);
        if (signals[i])
            terminal_signal(terminal, signals[i]);
        else
            terminal_send(terminal, "q");
        terminal_wait_exit(terminal);
        cr_assert_eq(count_demos(terminal), 0, "signal %d", signals[i]);
        terminal_free(terminal);
    }
}

#if !defined(__SANITIZE_ADDRESS__) /* which must be loaded first */
static off_t size_of(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 ? file.st_size : 0;
}

/* Over SSH each write is a packet, and half a frame may be seen. */
Test(manners, a_frame_is_one_write)
{
    static const char *const keys[] = {"j", "\004", "G", "g", "2", "1", "\r", "\033"};
    char path[] = "/tmp/gatehouse-writes-XXXXXX", variable[64];
    int fd = mkstemp(path);
    cr_assert(fd >= 0);
    close(fd);
    snprintf(variable, sizeof variable, "GATEHOUSE_WRITES=%s", path);
    const char *const variables[] = {"LD_PRELOAD=" WRITES_LIBRARY, variable, NULL};
    struct terminal *terminal = terminal_start(24, 80, demo, variables);
    terminal_leave_tour(terminal);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        cr_assert(terminal_wait_idle(terminal));
        off_t before = size_of(path);
        terminal_send(terminal, keys[i]);
        cr_assert(terminal_wait_idle(terminal));
        cr_assert_gt(size_of(path), before, "key %zu", i);
        /* A tab is drawn before its rows have been read. */
        cr_assert_leq(size_of(path), before + 2, "key %zu", i);
    }
    terminal_free(terminal);
    unlink(path);
}
#endif

Test(manners, nothing_is_written_while_nothing_happens)
{
    struct terminal *terminal = open_demo(24, 80);
    terminal_listen(terminal, 500);
    cr_assert_eq(terminal_listen(terminal, 1500), 0);
    terminal_free(terminal);
}

Test(manners, the_filter_narrows_while_it_is_typed)
{
    struct terminal *terminal = open_demo(24, 80);
    terminal_send(terminal, "/ci-");
    terminal_wait_gone(terminal, "sa::agent-berlin");
    terminal_wait(terminal, "7 of 30");
    terminal_send(terminal, "\033");
    terminal_wait(terminal, "sa::agent-berlin");
    terminal_free(terminal);
}

Test(manners, a_slow_arrow_key_changes_nothing)
{
    static const int pauses[] = {40, 120};
    for (size_t i = 0; i < 2; i++) {
        struct terminal *terminal = open_demo(24, 80);
        terminal_send_slowly(terminal, "\033OA", pauses[i]);
        terminal_send_slowly(terminal, "\033[A", pauses[i]);
        terminal_send_slowly(terminal, "\033[1;5A", pauses[i]);
        terminal_listen(terminal, 300);
        cr_assert_not(terminal_shows(terminal, "deactivated"));
        cr_assert(strstr(terminal_row(terminal, 4), "● active"));
        terminal_free(terminal);
    }
}

Test(manners, home_end_and_the_keypad_work_as_putty_sends_them)
{
    struct terminal *terminal = open_demo(24, 80);
    terminal_send(terminal, "\033[4~");
    terminal_wait_gone(terminal, "sa::agent-berlin");
    terminal_send(terminal, "\033[1~");
    terminal_wait(terminal, "▌   sa::agent-berlin");
    terminal_send(terminal, "\033Os"); /* 3 */
    terminal_wait(terminal, "collectors");
    terminal_free(terminal);
}

Test(manners, a_paste_outside_a_field_is_dropped)
{
    struct terminal *terminal = open_demo(24, 80);
    terminal_send(terminal, "\033[200~AD\rY\033[201~");
    terminal_listen(terminal, 500);
    cr_assert_not(terminal_shows(terminal, "deactivated"));
    cr_assert_not(terminal_shows(terminal, "Type its name"));
    terminal_free(terminal);
}

Test(manners, a_small_terminal_still_shows_rows_and_a_tiny_one_says_so)
{
    struct terminal *terminal = open_demo(10, 40);
    cr_assert(terminal_shows(terminal, "ACCOUNT ID"));
    terminal_resize(terminal, 4, 18);
    terminal_wait_gone(terminal, "ACCOUNT ID");
    terminal_resize(terminal, 24, 80);
    terminal_wait(terminal, "sa::agent-berlin");
    terminal_free(terminal);
}

Test(manners, every_dialog_survives_a_resize)
{
    static const char *const opening[] = {".", "?", ":", "s", "D", "T", "n", "\r"};
    for (size_t i = 0; i < sizeof opening / sizeof *opening; i++) {
        struct terminal *terminal = open_demo(24, 80);
        terminal_send(terminal, opening[i]);
        terminal_listen(terminal, 300);
        terminal_resize(terminal, 10, 40);
        terminal_listen(terminal, 200);
        terminal_resize(terminal, 4, 18);
        terminal_listen(terminal, 200);
        terminal_resize(terminal, 40, 130);
        terminal_listen(terminal, 300);
        terminal_signal(terminal, SIGTERM);
        cr_assert_eq(terminal_wait_exit(terminal), 0, "after “%s”", opening[i]);
        terminal_free(terminal);
    }
}

Test(manners, the_terminal_is_left_whole_after_a_signal)
{
    size_t size;
    struct terminal *terminal = open_demo(24, 80);
    terminal_signal(terminal, SIGHUP);
    terminal_wait_exit(terminal);
    const char *output = terminal_output(terminal, &size);
    cr_assert(strstr(output, "\033[?1049l"), "the alternate screen was not left");
    cr_assert(strstr(output, "\033[?2004l"), "bracketed paste was left on");
    terminal_free(terminal);
}

Test(manners, a_change_made_elsewhere_shows_by_itself)
{
    static const char *const none[] = {"--ascii", NULL};
    char out[1024];
    struct terminal *terminal = terminal_start(24, 80, none, NULL);
    terminal_wait(terminal, "Welcome");
    terminal_send(terminal, "s\r");
    terminal_wait(terminal, "Service Accounts");
    cr_assert_eq(terminal_command(terminal, "account create made-elsewhere", out, sizeof out), 0,
                 "%s", out);
    terminal_wait(terminal, "sa::made-elsewhere");
    terminal_free(terminal);
}

Test(manners, ascii_mode_writes_nothing_else)
{
    static const char *const ascii[] = {"--ascii", "demo", NULL};
    size_t size;
    struct terminal *terminal = terminal_start(24, 80, ascii, NULL);
    terminal_leave_tour(terminal);
    terminal_wait(terminal, "sa::agent-berlin");
    terminal_send(terminal, ".");
    terminal_wait(terminal, "Generate token");
    const char *output = terminal_output(terminal, &size);
    for (size_t i = 0; i < size; i++)
        cr_assert((unsigned char)output[i] < 128);
    terminal_free(terminal);
}

Test(manners, the_demo_says_what_to_try_until_escape)
{
    struct terminal *terminal = terminal_start(24, 80, demo, NULL);
    terminal_wait(terminal, "Things to try");
    terminal_wait(terminal, "n creates an account");
    terminal_send(terminal, "\033");
    terminal_wait_gone(terminal, "n creates an account");
    terminal_wait(terminal, "sa::agent-berlin");
    terminal_send(terminal, "q");
    cr_assert_eq(terminal_wait_exit(terminal), 0);
    terminal_free(terminal);
}
