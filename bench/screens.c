/* Measured at the real binary in a pseudo-terminal. */
#include "bench.h"
#include "console.h"
#include "figures.h"

#include <stdio.h>
#include <string.h>

enum { QUIET_MS = 40, STEPS = 100, PAGES = 40 };

static struct console *open_console(const struct bench *bench, double *first_ms)
{
    char *argv[] = {(char *)bench->program, "--db", (char *)bench->database, NULL};
    return console_start(argv, "sa::", first_ms);
}

static void start(const struct bench *bench)
{
    struct samples ours = {0}, bare = {0};
    char *argv[] = {(char *)bench->bare_screen, NULL};
    for (int i = 0; i < bench->repeats * 3; i++) {
        double ms;
        struct console *console = console_start(argv, "row 23", &ms);
        if (!console) return;
        console_stop(console);
        samples_add(&bare, ms);
        console = open_console(bench, &ms);
        if (!console) return;
        console_stop(console);
        samples_add(&ours, ms);
    }
    figure("start to the first rows", "ms", &ours, samples_median(&bare), "3 x floor");
}

/* Presses a key many times; the first byte and the bytes of each. */
static void press(struct console *console, const char *where, const char *what, const char *keys,
                  int times)
{
    struct samples first = {0}, right = {0}, bytes = {0};
    char name[160];
    for (int i = 0; i < times; i++) {
        struct reaction reaction = console_send(console, keys, QUIET_MS);
        samples_add(&first, reaction.first_ms);
        samples_add(&right, reaction.last_ms);
        samples_add(&bytes, (double)reaction.bytes);
    }
    snprintf(name, sizeof name, "%s, %s: first byte", what, where);
    figure(name, "ms", &first, 0, "1 ms median, 5 ms worst");
    snprintf(name, sizeof name, "%s, %s: screen right", what, where);
    figure(name, "ms", &right, 0, "");
    snprintf(name, sizeof name, "%s, %s: bytes", what, where);
    figure(name, "bytes", &bytes, 0, strcmp(what, "one down") == 0 ? "200" : "");
}

static void move_about(struct console *console)
{
    press(console, "start", "one down", "j", STEPS);
    press(console, "start", "page down", "\004", PAGES);
    console_send(console, "G", 300);
    press(console, "end", "one up", "k", STEPS);
    press(console, "end", "page up", "\025", PAGES);
    struct samples ends = {0};
    for (int i = 0; i < PAGES; i++)
        samples_add(&ends, console_send(console, i % 2 ? "g" : "G", QUIET_MS).first_ms);
    figure("jump to either end: first byte", "ms", &ends, 0, "1 ms median, 5 ms worst");
    /* The middle is reached by a filter that begins there and is cleared again. */
    console_send(console, "g/gateway\r", 600);
    console_send(console, "\033", 600);
    press(console, "middle", "one down", "j", STEPS);
    press(console, "middle", "page down", "\004", PAGES);
    console_send(console, "g", 300);
}

static void type(struct console *console, const char *what, const char *pattern, int repeats)
{
    struct samples first = {0}, right = {0};
    char name[160], keys[2] = "";
    for (int i = 0; i < repeats; i++) {
        console_send(console, "/", 100);
        for (const char *c = pattern; *c; c++) {
            keys[0] = *c;
            struct reaction reaction = console_send(console, keys, 250);
            samples_add(&first, reaction.first_ms);
            samples_add(&right, reaction.last_ms);
        }
        console_send(console, "\033", 300);
    }
    snprintf(name, sizeof name, "filter, %s (%s), each key: first byte", what, pattern);
    figure(name, "ms", &first, 0, "5 ms");
    snprintf(name, sizeof name, "filter, %s (%s), each key: rows and count", what, pattern);
    figure(name, "ms", &right, 0, "20 ms");
}

/* A key that comes while a long search runs must be seen at once. */
static void echo(struct console *console, int repeats)
{
    struct samples echo = {0};
    for (int i = 0; i < repeats; i++) {
        console_send(console, "/d:", 300);
        console_send(console, "zzzz", 3);
        samples_add(&echo, console_send(console, "q", 500).first_ms);
        console_send(console, "\033", 1500);
    }
    figure("a key while a long search runs: echo", "ms", &echo, 0, "5 ms");
}

static void sorts(struct console *console, int repeats)
{
    static const struct {
        const char *name, *keys;
    } columns[] = {{"status", "ss"}, {"tokens", "st"}, {"last used", "sl"}, {"created", "sc"}};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        struct samples samples = {0};
        char name[96];
        for (int k = 0; k < repeats; k++) {
            console_send(console, "s", 60);
            samples_add(&samples, console_send(console, columns[i].keys + 1, 100).last_ms);
            console_send(console, "si", 200);
        }
        snprintf(name, sizeof name, "sort by %s: first page", columns[i].name);
        figure(name, "ms", &samples, 0, "5 ms");
    }
}

static void open_and_toggle(struct console *console, int repeats)
{
    struct samples open = {0}, toggle = {0};
    console_send(console, "g", 200);
    for (int i = 0; i < repeats * 4; i++) {
        samples_add(&open, console_until(console, "\r", "Edit Service Account").last_ms);
        console_send(console, "\033", 250);
        samples_add(&toggle, console_until(console, "A", "activated").last_ms);
        console_send(console, "A", 100);
    }
    figure("open an account", "ms", &open, 0, "5 ms");
    figure("toggle an account, durable", "ms", &toggle, 0, "");
}

static void idle(struct console *console)
{
    enum { IDLE_MS = 3000 };
    struct samples bytes = {0}, cpu = {0}, memory = {0};
    console_send(console, "", 500);
    double before = console_cpu_ms(console);
    samples_add(&bytes, (double)console_send(console, "", IDLE_MS).bytes);
    samples_add(&cpu, console_cpu_ms(console) - before);
    samples_add(&memory, console_memory_mb(console));
    figure("idle for 3 s: bytes", "bytes", &bytes, 0, "0");
    figure("idle for 3 s: processor", "ms", &cpu, 0, "none to measure");
    figure("private memory", "MB", &memory, 0, "64 MB");
}

void bench_screens(const struct bench *bench)
{
    double ms;
    start(bench);
    struct console *console = open_console(bench, &ms);
    if (!console) {
        fputs("bench: the console did not open\n", stderr);
        return;
    }
    console_send(console, "", 1500);
    move_about(console);
    type(console, "common", "prod", bench->repeats);
    type(console, "rare", "000777", bench->repeats);
    type(console, "absent", "zzqxyw", bench->repeats);
    type(console, "long", "ingest-eu-we", bench->repeats);
    echo(console, bench->repeats);
    sorts(console, bench->repeats);
    open_and_toggle(console, bench->repeats);
    idle(console);
    console_stop(console);
}
