/* The line about long work, with a clock that stands still. */
#include "src/cli/progress.h"

#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(progress, .init = run_setup, .fini = run_teardown);

static int terminal, standard_error;

static void set_ticks(int ticks)
{
    char text[64];
    snprintf(text, sizeof text, "1800000000 0 %d", ticks);
    setenv("GATEHOUSE_TEST_CLOCK", run_file("ticks", text, 0600), 1);
}

/* Standard error becomes a terminal until `restore`. */
static void begin(struct cli_progress *progress, const char *noun)
{
    int end;
    cr_assert_eq(openpty(&terminal, &end, NULL, NULL, NULL), 0);
    cr_assert_eq(fcntl(terminal, F_SETFL, O_NONBLOCK), 0);
    standard_error = dup(STDERR_FILENO);
    dup2(end, STDERR_FILENO);
    close(end);
    set_ticks(1000);
    cli_progress_begin(progress, noun);
}

static void restore(void)
{
    dup2(standard_error, STDERR_FILENO);
    close(standard_error);
    close(terminal);
}

static bool step(struct cli_progress *progress, int ticks, size_t done, size_t total)
{
    set_ticks(ticks);
    return progress->progress.step(progress->progress.arg, done, total);
}

/* What the terminal got since the last call. */
static const char *shown(void)
{
    static char text[300];
    ssize_t got = read(terminal, text, sizeof text - 1);
    text[got > 0 ? got : 0] = 0;
    return text;
}

Test(progress, it_is_quiet_at_first_and_then_not_drawn_too_often)
{
    struct cli_progress progress;
    begin(&progress, "rows");
    cr_expect(!step(&progress, 1200, 10, 0));
    cr_expect_str_eq(shown(), "");
    cr_expect(!step(&progress, 1201, 201, 0));
    cr_expect_str_eq(shown(), "\r201 rows, 1000/s, Ctrl-C stops \033[K");
    step(&progress, 1301, 300, 0);
    cr_expect_str_eq(shown(), "");
    step(&progress, 1302, 151, 0);
    cr_expect_str_eq(shown(), "\r151 rows, 500/s, Ctrl-C stops \033[K");
    cli_progress_end(&progress);
    cr_expect_str_eq(shown(), "\r\033[K");
    restore();
}

Test(progress, what_has_an_end_says_how_long_until_then)
{
    struct cli_progress progress;
    begin(&progress, "tokens");
    step(&progress, 3000, 100, 5000);
    cr_expect_str_eq(shown(), "\r100 of 5000 tokens, 50/s, 99 s left, Ctrl-C stops \033[K");
    step(&progress, 4000, 0, 5000);
    cr_expect_str_eq(shown(), "\r0 of 5000 tokens, 0/s, Ctrl-C stops \033[K");
    restore();
}

Test(progress, what_was_quick_leaves_nothing_on_the_terminal)
{
    struct cli_progress progress;
    begin(&progress, "rows");
    step(&progress, 1010, 1, 2);
    cli_progress_end(&progress);
    cr_expect_str_eq(shown(), "");
    restore();
}

Test(progress, without_a_terminal_nothing_is_drawn)
{
    struct cli_progress progress;
    begin(&progress, "rows");
    int null = open("/dev/null", O_WRONLY);
    dup2(null, STDERR_FILENO);
    cli_progress_begin(&progress, "rows");
    step(&progress, 9000, 1, 2);
    cr_expect(!progress.shown);
    close(null);
    restore();
}

Test(progress, an_interrupt_stops_until_the_end_and_ends_the_program_then)
{
    struct cli_progress progress;
    begin(&progress, "rows");
    cr_expect(!step(&progress, 1001, 1, 2));
    raise(SIGINT);
    cr_expect(step(&progress, 1002, 1, 2));
    cli_progress_end(&progress);
    restore();
    struct sigaction now;
    cr_assert_eq(sigaction(SIGINT, NULL, &now), 0);
    cr_expect(now.sa_handler == SIG_DFL);
}
