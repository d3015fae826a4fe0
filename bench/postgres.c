/* A database on PostgreSQL: on this machine, and with half a millisecond more each way. */
#include "bare_postgres.h"
#include "console.h"
#include "far.h"
#include "figures.h"
#include "fill.h"
#include "process.h"

#include <gatehouse/ambient.h>
#include <gatehouse/bulk.h>
#include <gatehouse/database.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FAR_US = 500 };

/* The same database, near and far. */
struct place {
    const struct bench *bench;
    char link[BENCH_PATH], near[BENCH_PATH], far[BENCH_PATH];
};

static void address_of(const char *folder, char out[static BENCH_PATH])
{
    snprintf(out, BENCH_PATH, "postgresql:///postgres?host=%.2000s&user=postgres", folder);
}

/* The server of the tests: it does not wait for the disk, neither for us nor for the floor. It ends
 * with this process. */
static void start(struct place *place)
{
    char folder[BENCH_PATH];
    if (!realpath(place->bench->folder, folder)) bench_die(place->bench->folder);
    snprintf(place->link, sizeof place->link, "%.2000s/postgres", folder);
    process_run("exec tests/postgres/server start '%s' %d", place->link, (int)getpid());
    ssize_t size = readlink(place->link, folder, sizeof folder - 1);
    if (size <= 0) bench_die("a PostgreSQL");
    folder[(size_t)size] = 0;
    address_of(folder, place->near);
    address_of(far_start(folder, FAR_US), place->far);
}

static void clear(const struct place *place)
{
    PGconn *connection = pg_connect(place->near);
    pg_run(connection, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    PQfinish(connection);
}

static double copy_bare(const struct place *place)
{
    PGconn *connection = pg_connect(place->near);
    double took = pg_copy_ms(connection);
    PQfinish(connection);
    return took;
}

/* Beside SQLite's import and the same rows by COPY. Leaves the last database there. */
static void import(const struct place *place)
{
    static const char format[] = "exec '%s' --db '%s' import '%s'";
    const struct bench *bench = place->bench;
    struct samples ours = {0}, floor = {0}, far = {0};
    char accounts[BENCH_PATH], path[BENCH_PATH];
    snprintf(accounts, sizeof accounts, "%.2000s/accounts.json", bench->folder);
    snprintf(path, sizeof path, "%.2000s/filled.db", bench->folder);
    fill_write_accounts(accounts, fill_most(bench));
    for (int r = 0; r < 2 * bench_few(bench); r++) {
        bool is_far = r % 2 == 0;
        clear(place);
        process_run("exec '%s' --db '%s' init --show-once", bench->program, place->near);
        samples_add(
            is_far ? &far : &ours,
            process_run(format, bench->program, is_far ? place->far : place->near, accounts));
        if (is_far) continue;
        fill_create(bench, path);
        double sqlite = process_run(format, bench->program, path, accounts);
        samples_add(&floor, sqlite + copy_bare(place));
    }
    figure_beside("PostgreSQL: import 100,000 accounts (or as many as there are), a token each",
                  "ms", &ours, &floor, "2 x floor");
    figure("the same, 0.5 ms farther each way", "ms", &far, 0, "");
}

static double set_active(const char *address, const struct id_set *rows, bool active)
{
    struct actor actor;
    struct bulk_result result;
    struct act act = {.actor = &actor, .now = ambient_now()};
    const struct bulk bulk = {.kind = active ? BULK_ACTIVATE : BULK_DEACTIVATE};
    actor_current(&actor);
    if (database_open(address, STORE_OPEN, &act.store)) bench_die(address);
    double begun = now_ms();
    if (bulk_run(&act, &bulk, rows, NULL, &result)) bench_die("a bulk change");
    double took = now_ms() - begun;
    if (result.changed.count != rows->count) bench_die("a bulk change left rows out");
    id_set_free(&result.changed);
    store_close(act.store);
    return took;
}

static double set_active_bare(const char *address, const struct id_set *rows, bool active)
{
    PGconn *connection = pg_connect(address);
    double took = pg_set_active_ms(connection, (int64_t)rows->count, active);
    PQfinish(connection);
    return took;
}

/* The server of the tests does not do it by itself. */
static void vacuum(const struct place *place)
{
    PGconn *connection = pg_connect(place->near);
    pg_run(connection, "VACUUM ANALYZE");
    PQfinish(connection);
}

/* All accounts of the import, whose numbers are 1 to `count`. */
static void deactivate(const struct place *place)
{
    struct id_set rows = {0};
    struct samples near = {0}, far = {0}, bare_near = {0}, bare_far = {0};
    for (int64_t i = 1; i <= fill_most(place->bench); i++)
        if (id_set_add(&rows, i)) bench_die("numbers");
    vacuum(place);
    for (int r = 0; r < bench_few(place->bench); r++) {
        samples_add(&bare_near, set_active_bare(place->near, &rows, false));
        samples_add(&bare_far, set_active_bare(place->far, &rows, true));
        samples_add(&near, set_active(place->near, &rows, false));
        samples_add(&far, set_active(place->far, &rows, true));
    }
    figure_beside("PostgreSQL: deactivate 100,000 accounts (or as many), events included", "ms",
                  &near, &bare_near, "");
    figure_beside("activate them, 0.5 ms farther each way", "ms", &far, &bare_far, "60 s");
    id_set_free(&rows);
}

static void press(struct console *console, const char *key, int times, struct samples *samples)
{
    for (int i = 0; i < times; i++) {
        struct reaction reaction = console_send(console, key, 60);
        if (reaction.bytes) samples_add(samples, reaction.first_ms);
    }
}

/* On the large database, so that it is in the middle of many pages. */
static void keys(const struct place *place)
{
    enum { STEPS = 100, PAGES = 40, JUMPS = 12 };
    struct samples steps = {0}, pages = {0}, jumps = {0}, floor = {0};
    char *argv[] = {(char *)place->bench->program, "--db", (char *)place->far, NULL};
    double first_ms;
    PGconn *connection = pg_connect(place->far);
    struct console *console = console_start(argv, "sa::", &first_ms);
    if (!console) bench_die("the console");
    samples_add(&floor, 1 + 2 * pg_round_trip_ms(connection));
    console_send(console, "", 2000);
    press(console, "j", STEPS, &steps);
    press(console, "\033[6~", PAGES, &pages);
    for (int i = 0; i < JUMPS; i++)
        press(console, i % 2 ? "g" : "G", 1, &jumps);
    console_stop(console);
    PQfinish(connection);
    figure_beside("PostgreSQL, 0.5 ms farther each way: one down, first byte", "ms", &steps, &floor,
                  "1 x floor");
    figure_beside("page down, first byte", "ms", &pages, &floor, "1 x floor");
    figure_beside("jump to either end, first byte", "ms", &jumps, &floor, "1 x floor");
}

static void copy_large(const struct place *place)
{
    clear(place);
    process_run("exec '%s' copy --from '%s' --to '%s'", place->bench->program,
                place->bench->database, place->near);
    vacuum(place);
}

/* Through the service, which resolves the permission, beside the bare look-up of the digest. */
static void checks(const struct place *place)
{
    struct samples ours = {0}, bare = {0};
    struct bench bench = *place->bench;
    bench.database = place->near;
    for (int r = 0; r < bench_few(&bench); r++) {
        PGconn *connection = pg_connect(place->near);
        samples_add(&bare, pg_lookup_rate(connection));
        PQfinish(connection);
    }
    serve_rates(&bench, &ours);
    figure_beside("PostgreSQL: check a token and a permission through serve, 16 connections",
                  "checks/s", &ours, &bare, "0.5 x floor");
}

void bench_postgres(const struct bench *bench)
{
    struct place place = {.bench = bench};
    start(&place);
    import(&place);
    deactivate(&place);
    copy_large(&place);
    keys(&place);
    checks(&place);
    process_run("exec tests/postgres/server stop '%s'", place.link);
}
