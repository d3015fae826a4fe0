/* Bursts of keys that nobody would type, while others change the database and the window is
 * resized: the console survives, and the screen shows what a redraw would show.
 *
 * Each seed is a test of its own. $GATEHOUSE_BURST_SEED and $GATEHOUSE_BURST_COUNT select
 * others. */
#include "burst.h"
#include "prepared.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SEED = 1, SEEDS = 6, SEEDS_MAX = 10000, BURSTS = 8, SECOND_MS = 1000 };

static struct terminal *home, *console;
static struct burst burst;
static int64_t seconds;
static bool done;

/* Whatever failed: the seed reproduces it. */
static void print_unless_done(void)
{
    if (!done) burst_print(&burst);
}

TestSuite(burst, .fini = print_unless_done, .timeout = 300);

static void hold_clock(void)
{
    terminal_hold_clock(home, TERMINAL_EPOCH + 60 * seconds, (1000 + seconds) * SECOND_MS);
}

/* Files whose names are typed into a prompt are created in the home. */
static void open_console(void)
{
    console = prepared_line(home, 24, 80, "cd \"$HOME\" && exec", "");
    terminal_wait(console, "Accounts");
}

static const char *last(const char *output, const char *sequence)
{
    const char *found = NULL;
    while ((output = strstr(output, sequence)))
        found = output++;
    return found;
}

/* `interrupted`: a ^C after the Q may come when the program has already given the terminal back. */
static void expect_good_end(bool interrupted)
{
    static const char *const modes[][2] = {{"\033[?1049h", "\033[?1049l"},
                                           {"\033[?2004h", "\033[?2004l"},
                                           {"\033[?1000h", "\033[?1000l"},
                                           {"\033[?25l", "\033[?25h"}};
    size_t size;
    int status = terminal_wait_exit(console);
    cr_assert(status == 0 || (interrupted && status == 128 + SIGINT), "it ended with status %d",
              status);
    const char *output = terminal_output(console, &size);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        const char *on = last(output, modes[i][0]), *off = last(output, modes[i][1]);
        cr_assert(!on || (off && off > on), "mode %zu was left on", i);
    }
    terminal_free(console);
}

/* A continued program redraws everything, without a key having been pressed. */
static bool redraw(void)
{
    terminal_signal(console, SIGCONT);
    return terminal_wait_idle(console);
}

static void expect_whole(const char *when)
{
    char *before = terminal_picture(console);
    cr_assert(redraw(), "it ended without a key");
    char *after = terminal_picture(console);
    bool same = !strcmp(before, after);
    if (!same) terminal_print_difference(after, before);
    free(before);
    free(after);
    cr_assert(same, "the screen was torn %s", when);
}

/* Timers stand still meanwhile, so that only keys and other processes cause drawing. */
static bool settles(void)
{
    if (!terminal_wait_idle(console)) return false;
    expect_whole("after the keys");
    seconds++;
    hold_clock();
    cr_assert(redraw(), "it ended without a key");
    expect_whole("a second later");
    return true;
}

static void resize(void)
{
    static const int sizes[][2] = {{24, 80}, {24, 80}, {40, 120}, {10, 40}, {5, 20}, {3, 10}};
    size_t i = burst_below(&burst, sizeof sizes / sizeof *sizes);
    burst_note(&burst, "<size>");
    terminal_resize(console, sizes[i][0], sizes[i][1]);
}

static void send(void)
{
    const char *keys = burst_keys(&burst);
    if (burst_below(&burst, 3))
        terminal_send(console, keys);
    else
        terminal_send_slowly(console, keys, (int)burst_below(&burst, 5));
}

/* Another process writes while keys are sent. */
static struct terminal *start_other(void)
{
    char name[32];
    const char *const lines[][6] = {{"gatehouse", "account", "create", name, NULL},
                                    {"gatehouse", "account", "delete", name, "--yes", NULL},
                                    {"gatehouse", "account", "deactivate", "agent-berlin", NULL},
                                    {"gatehouse", "account", "activate", "agent-berlin", NULL},
                                    {"gatehouse", "account", "delete", "ci-docs", "--yes", NULL}};
    snprintf(name, sizeof name, "a-burst-%d", (int)burst_below(&burst, 3));
    return terminal_start_beside(home, 3, 40, lines[burst_below(&burst, 5)]);
}

static void run_burst(void)
{
    struct terminal *other = burst_below(&burst, 2) ? start_other() : NULL;
    burst_begin(&burst);
    if (!burst_below(&burst, 3)) resize();
    send();
    if (!burst_below(&burst, 3)) {
        resize();
        send();
    }
    if (other) {
        int ignored = terminal_wait_exit(other); /* it may have nothing left to change */
        (void)ignored;
        terminal_free(other);
    }
    if (settles()) return;
    expect_good_end(true);
    open_console();
}

/* Leaves whatever is open, and then the program. */
static void quit(void)
{
    enum { DEEPEST = 10 };
    burst_note(&burst, "<quit>");
    terminal_resize(console, 24, 80);
    for (int i = 0; i < DEEPEST; i++) {
        bool asks = terminal_shows(console, "unsaved changes");
        terminal_send(console, asks ? "Y" : "\033");
        bool alive = terminal_wait_idle(console);
        cr_assert(alive || asks, "Esc ended it");
        if (!alive) return; /* a Q among the keys had asked */
    }
    terminal_send(console, "Q");
}

/* So many that names are searched in memory, and that the next key interrupts searches. */
static void add_many(void)
{
    prepared_run(home, "WITH RECURSIVE n (n) AS (SELECT 1000 UNION ALL SELECT n + 1 FROM n WHERE "
                       "n < 6199) INSERT INTO account (name, description, created) SELECT 'zz-' "
                       "|| n, 'proxy ' || n, 0 FROM n");
    prepared_run(home, "UPDATE counter SET value = value + 5200 WHERE name = 'accounts'");
}

ParameterizedTestParameters(burst, keys_of_all_kinds)
{
    static int seeds[SEEDS_MAX];
    const char *first = getenv("GATEHOUSE_BURST_SEED"), *count = getenv("GATEHOUSE_BURST_COUNT");
    size_t wanted = count ? strtoul(count, NULL, 10) : first ? 1 : SEEDS;
    if (wanted > SEEDS_MAX) wanted = SEEDS_MAX;
    for (size_t i = 0; i < wanted; i++)
        seeds[i] = (first ? (int)strtol(first, NULL, 10) : FIRST_SEED) + (int)i;
    return cr_make_param_array(int, seeds, wanted);
}

ParameterizedTest(const int *seed, burst, keys_of_all_kinds)
{
    burst_seed(&burst, *seed);
    home = prepared_home();
    if (*seed % 3 == 0) add_many();
    hold_clock();
    open_console();
    for (int i = 0; i < BURSTS; i++)
        run_burst();
    if (*seed % 2)
        quit();
    else
        terminal_signal(console, SIGTERM);
    expect_good_end(false);
    terminal_free(home);
    done = true;
}
