/* Measured at the command line: whole processes that only read. */
#include "bare.h"
#include "bench.h"
#include "figures.h"
#include "process.h"

#include <fcntl.h>
#include <gatehouse/ambient.h>
#include <gatehouse/database.h>
#include <gatehouse/token.h>
#include <gatehouse/when.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void list(const struct bench *bench)
{
    struct samples rate = {0}, memory = {0}, bare = {0};
    double rows = (double)bench->accounts * 1000;
    for (int r = 0; r < bench->repeats; r++) {
        samples_add(&bare, rows / process_run("exec '%s/bench/bare-store' list '%s'", bench->build,
                                              bench->database));
        samples_add(&rate, rows / process_run("exec '%s' --db '%s' account list --json",
                                              bench->program, bench->database));
        samples_add(&memory, process_memory_mb("exec '%s' --db '%s' account list --json",
                                               bench->program, bench->database));
    }
    figure_beside("account list --json of everything", "rows/s", &rate, &bare, "");
    figure("account list --json: memory of its own", "MB", &memory, 0, "flat");
}

/* A new live token for each check: a use is recorded at most once a minute per token. */
static void make_token(const struct act *act, int64_t account, const char *path,
                       char hex[static 2 * TOKEN_DIGEST_SIZE + 1])
{
    const struct token_plan plan = {.name = "verified", .expires = WHEN_NEVER};
    uint8_t digest[TOKEN_DIGEST_SIZE];
    struct secret *text;
    int64_t number;
    unlink(path);
    if (token_generate(act, account, &plan, &number, &text) || secret_write_file(text, path))
        bench_die("a token to be verified");
    token_digest(text->bytes, text->size, digest);
    sodium_bin2hex(hex, 2 * TOKEN_DIGEST_SIZE + 1, digest, sizeof digest);
    secret_free(text);
}

static int64_t an_active_account(const struct bench *bench, int turn)
{
    char sql[128];
    sqlite3 *db = bare_open(bench->database);
    snprintf(sql, sizeof sql, "SELECT number FROM account WHERE active = 1 AND number >= %lld",
             1 + (long long)(bench->accounts / 2) + turn * 7);
    int64_t number = bare_int(db, sql);
    sqlite3_close(db);
    return number;
}

static void verify_as_command(const struct bench *bench, const struct act *act)
{
    static const char format[] = "exec '%s' --db '%s' verify < '%s'";
    struct samples live = {0}, unknown = {0}, bare = {0};
    char path[BENCH_PATH], no_token[BENCH_PATH], hex[2 * TOKEN_DIGEST_SIZE + 1];
    snprintf(path, sizeof path, "%s/token", bench->folder);
    snprintf(no_token, sizeof no_token, "%s/no-token", bench->folder);
    process_run("echo gth_0123456789abcdefghijABCDEFGHIJ05DYyq > '%s'", no_token);
    for (int r = 0; r < bench->repeats * 4; r++) {
        make_token(act, an_active_account(bench, r), path, hex);
        samples_add(&bare, process_run("exec '%s/bench/bare-store' lookup '%s' %s", bench->build,
                                       bench->database, hex));
        samples_add(&live, process_run(format, bench->program, bench->database, path));
        samples_add(&unknown, process_run(format, bench->program, bench->database, no_token));
    }
    figure_beside("verify as a command, a live token", "ms", &live, &bare, "");
    figure_beside("verify as a command, an unknown token", "ms", &unknown, &bare, "");
}

static void verify(const struct bench *bench)
{
    struct actor actor;
    struct act act = {.actor = &actor, .now = ambient_now()};
    actor_current(&actor);
    if (database_open(bench->database, STORE_OPEN, &act.store)) bench_die(bench->database);
    verify_as_command(bench, &act);
    store_close(act.store);
}

/* The part of a file that is still in the system's cache. */
static double share_held(int fd)
{
    unsigned char pages[4096];
    struct stat stat;
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), window = sizeof pages * page;
    size_t held = 0, all = 0;
    if (fstat(fd, &stat) || stat.st_size == 0) return 0;
    for (off_t at = 0; at < stat.st_size; at += (off_t)window) {
        size_t size = (size_t)(stat.st_size - at) < window ? (size_t)(stat.st_size - at) : window;
        size_t count = (size + page - 1) / page;
        void *mapped = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, at);
        if (mapped == MAP_FAILED || mincore(mapped, size, pages)) return 1;
        for (size_t i = 0; i < count; i++)
            held += pages[i] & 1;
        all += count;
        munmap(mapped, size);
    }
    return (double)held / (double)all;
}

/* Tells the system to drop a file from its cache; returns whether it did. */
static bool drop(const char *path)
{
    int fd = open(path, O_RDONLY);
    if (fd < 0) return true;
    fsync(fd);
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    double held = share_held(fd);
    close(fd);
    if (held > 0.01) fprintf(stderr, "bench: %.0f%% of %s stays in memory\n", held * 100, path);
    return held <= 0.01;
}

static bool drop_database(const struct bench *bench)
{
    char log[BENCH_PATH];
    snprintf(log, sizeof log, "%s-wal", bench->database);
    return drop(bench->database) && drop(log);
}

/* Not measured if the system does not drop the file. */
static void cold(const struct bench *bench)
{
    struct samples cold = {0}, bare = {0};
    for (int r = 0; r < bench->repeats * 2; r++) {
        if (!drop_database(bench)) return;
        samples_add(&bare, process_run("exec '%s/bench/bare-store' row '%s'", bench->build,
                                       bench->database));
        if (!drop_database(bench)) return;
        samples_add(&cold, process_run("exec '%s' --db '%s' setting get token.limit",
                                       bench->program, bench->database));
    }
    figure_beside("open the database with a cold cache, read one row", "ms", &cold, &bare, "");
}

void bench_commands(const struct bench *bench)
{
    verify(bench);
    list(bench);
    cold(bench);
}
