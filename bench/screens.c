/* Measured at the real binary in a pseudo-terminal: starting, idling, and the sessions. */
#include "session.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>

static struct console *start_console(const struct bench *bench, double *first_ms)
{
    char *argv[] = {(char *)bench->program, "--db", (char *)bench->database, NULL};
    return console_start(argv, "sa::", first_ms);
}

static struct console *start_bare(const struct bench *bench, double *first_ms)
{
    char path[BENCH_PATH];
    snprintf(path, sizeof path, "%s/bench/bare-screen", bench->build);
    return console_start((char *[]){path, NULL}, "row 18", first_ms);
}

static struct console *start_rows(const struct bench *bench, double *first_ms)
{
    char path[BENCH_PATH];
    snprintf(path, sizeof path, "%s/bench/bare-rows", bench->build);
    return console_start((char *[]){path, (char *)bench->database, NULL}, "18 rows", first_ms);
}

static void add_start(struct samples *samples, struct console *console, double ms)
{
    if (!console) bench_die("a program did not draw its first frame");
    console_stop(console);
    samples_add(samples, ms);
}

/* The first start of each is not counted: it reads the program from disk. */
void bench_start(const struct bench *bench)
{
    struct samples ours = {0}, bare = {0}, rows = {0}, uncounted = {0};
    for (int i = 0; i <= bench->repeats * 5; i++) {
        double ms = 0;
        struct console *console = start_bare(bench, &ms);
        add_start(i ? &bare : &uncounted, console, ms);
        console = start_rows(bench, &ms);
        add_start(i ? &rows : &uncounted, console, ms);
        console = start_console(bench, &ms);
        add_start(i ? &ours : &uncounted, console, ms);
    }
    figure_beside("start to the first rows, warm", "ms", &ours, &bare, "1.75 x floor");
    figure_beside("the same of bare ncurses with bare SQLite", "ms", &rows, &bare, "");
}

void session_open(struct session *session, const struct bench *bench)
{
    double ms;
    *session = (struct session){
        .bench = bench, .console = start_console(bench, &ms), .bare = start_bare(bench, &ms)};
    if (!session->console || !session->bare) bench_die("a program did not open");
    console_send(session->console, "", 1500);
    session_weigh(session);
}

void session_close(struct session *session)
{
    console_stop(session->console);
    console_stop(session->bare);
}

void session_weigh(struct session *session)
{
    double mb = console_memory_mb(session->console);
    if (mb > session->most_mb) session->most_mb = mb;
}

void session_add(struct samples *samples, const struct reaction *reaction, enum console_part part)
{
    if (reaction->bytes) samples_add(samples, reaction->right_ms[part]);
}

/* A key pressed during a long search must be seen at once. */
static void echo(struct session *session)
{
    struct samples echo = {0}, bare = {0};
    for (int i = 0; i < session->bench->repeats * 3; i++) {
        console_send(session->bare, "/", BARE_QUIET_MS);
        struct reaction least = console_send(session->bare, "q", BARE_QUIET_MS);
        session_add(&bare, &least, PART_FILTER);
        console_send(session->bare, "\033", BARE_QUIET_MS);
        console_send(session->console, "/", 60);
        console_interrupt(session->console, "d:zzzz", 8);
        /* If the search is already over, there is nothing to measure. */
        if (console_counts(session->console)) {
            struct reaction reaction = console_send(session->console, "q", 100);
            session_add(&echo, &reaction, PART_FILTER);
        }
        session_weigh(session);
        console_send(session->console, "\033", 200);
    }
    figure_beside("a letter while a long search runs: seen", "ms", &echo, &bare, "5 ms");
}

/* What waking up that often costs by itself, doing nothing. */
static double bare_wakes(int ms)
{
    enum { EVERY_MS = 250 };
    struct timespec before, after;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    for (; ms > 0; ms -= EVERY_MS)
        poll(NULL, 0, EVERY_MS);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    return (double)(after.tv_sec - before.tv_sec) * 1e3 +
           (double)(after.tv_nsec - before.tv_nsec) / 1e6;
}

static void idle(struct session *session)
{
    enum { IDLE_MS = 3000 };
    struct samples bytes = {0}, cpu = {0}, bare = {0};
    /* Until what the last change set off has been counted: it rests for twenty times as long as
     * that takes. */
    console_send(session->console, "", 15000);
    for (int i = 0; i < bench_few(session->bench); i++) {
        double before = console_cpu_ms(session->console);
        samples_add(&bytes, (double)console_send(session->console, "", IDLE_MS).bytes);
        double used = console_cpu_ms(session->console) - before;
        if (!isnan(used)) samples_add(&cpu, used);
        samples_add(&bare, bare_wakes(IDLE_MS));
    }
    figure("idle for 3 s: bytes", "bytes", &bytes, 0, "0");
    figure_beside("idle for 3 s: processor", "ms", &cpu, &bare, "none to measure");
}

void bench_screens(const struct bench *bench)
{
    struct session session;
    struct samples memory = {0};
    session_open(&session, bench);
    session_move(&session);
    session_filter(&session);
    echo(&session);
    session_sort_accounts(&session);
    session_open_and_toggle(&session);
    idle(&session);
    session_weigh(&session);
    samples_add(&memory, session.most_mb);
    figure("memory of its own, the most in the session", "MB", &memory, 0, "64 MB");
    session_close(&session);
}
