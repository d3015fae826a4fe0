/* A log of many years: 2,000,000 events in a database of its own. */
#include "bench.h"
#include "console.h"
#include "figures.h"
#include "process.h"

#include <gatehouse/audit.h>
#include <gatehouse/database.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { EVENTS = 2000000, CHUNK = 50000, ACCOUNTS = 1000, QUIET_MS = 30, STEPS = 50 };

/* One a minute, as those of an account that is switched off and on. */
static enum error write_events(struct act *act, int64_t count)
{
    enum error e = store_begin(act->store);
    for (int64_t i = 0; i < count && !e; i++) {
        char subject[32];
        act->now += 60;
        snprintf(subject, sizeof subject, "sa::account-%03d", (int)(i * 7 % ACCOUNTS));
        const struct audit_entry entry = {.kind = i % 2 ? "account.activate" : "account.deactivate",
                                          .subject = subject,
                                          .account = 1 + i * 7 % ACCOUNTS};
        e = audit_write(act, &entry);
    }
    return e ? e : store_end(act->store, OK);
}

static void make(const char *path)
{
    struct actor actor;
    struct act act = {.actor = &actor, .now = 1600000000};
    actor_current(&actor);
    if (database_open(path, STORE_CREATE, &act.store)) bench_die(path);
    for (int64_t done = 0; done < EVENTS; done += CHUNK)
        if (write_events(&act, CHUNK)) bench_die("events");
    store_close(act.store);
}

static struct console *start(const struct bench *bench, char *path, double *ms)
{
    char program[BENCH_PATH];
    snprintf(program, sizeof program, "%s", bench->program);
    char *const argv[] = {program, "--db", path, NULL};
    struct console *console = console_start(argv, "Service Accounts", ms);
    if (!console) bench_die("the console on a log of many years");
    console_send(console, "", 500);
    return console;
}

static void press(struct console *console, const char *what, const char *key, int times,
                  const char *budget)
{
    struct samples right = {0};
    for (int i = 0; i < times; i++) {
        struct reaction reaction = console_send(console, key, QUIET_MS);
        if (reaction.bytes) samples_add(&right, reaction.right_ms[PART_ROWS]);
    }
    figure(what, "ms", &right, 0, budget);
}

static void use_tab(const struct bench *bench, char *path)
{
    double ms;
    struct samples shown = {0}, memory = {0};
    for (int r = 0; r < bench->repeats; r++) {
        struct console *console = start(bench, path, &ms);
        struct reaction reaction = console_send(console, "5", QUIET_MS);
        samples_add(&shown, reaction.right_ms[PART_ROWS]);
        console_stop(console);
    }
    figure("2,000,000 events: the tab Audit, rows right", "ms", &shown, 0, "100 ms");
    struct console *console = start(bench, path, &ms);
    console_send(console, "5", 500);
    press(console, "2,000,000 events: one down, rows right", "j", STEPS, "5 ms");
    press(console, "2,000,000 events: a page down, rows right", "\033[6~", STEPS, "5 ms");
    press(console, "2,000,000 events: to the oldest and back, rows right", "Gg", bench->repeats,
          "100 ms");
    console_send(console, "/", QUIET_MS);
    press(console, "2,000,000 events: a letter in the filter, rows right", "a", 1, "100 ms");
    samples_add(&memory, console_memory_mb(console));
    figure("2,000,000 events: memory of its own", "MB", &memory, 0, "64 MB");
    console_stop(console);
}

static void run_commands(const struct bench *bench, const char *path)
{
    struct samples verify = {0}, doctor = {0}, bare = {0};
    const double events = EVENTS * 1000.0;
    for (int r = 0; r < bench_few(bench); r++) {
        samples_add(&bare, events / process_run("exec '%s/bench/bare-store' events '%s'",
                                                bench->build, path));
        samples_add(&verify,
                    events / process_run("exec '%s' --db '%s' audit verify", bench->program, path));
        samples_add(&doctor,
                    events / process_run("exec '%s' --db '%s' doctor", bench->program, path));
    }
    figure_beside("2,000,000 events: audit verify", "events/s", &verify, &bare, "");
    figure_beside("2,000,000 events: doctor", "events/s", &doctor, &bare, "");
}

void bench_years(const struct bench *bench)
{
    char path[BENCH_PATH + 16];
    snprintf(path, sizeof path, "%s/years.db", bench->folder);
    make(path);
    use_tab(bench, path);
    run_commands(bench, path);
    unlink(path);
}
