/* Measured in process, beside the same work done by bare SQLite and bare libsodium. */
#include "bench.h"
#include "figures.h"

#include <gatehouse/ambient.h>
#include <gatehouse/bulk.h>
#include <gatehouse/database.h>
#include <gatehouse/permission.h>
#include <gatehouse/token.h>
#include <gatehouse/token_query.h>
#include <gatehouse/when.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHECKS = 20000, KNOWN = 400 };

static void die(const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", what, error_message());
    exit(1);
}

/* Tokens of the database whose text is known, and their digests. */
static struct secret *known[KNOWN];
static uint8_t digests[KNOWN][TOKEN_DIGEST_SIZE];

static void make_known(const struct act *act, int64_t accounts)
{
    const struct token_plan plan = {.name = "bench", .expires = WHEN_NEVER};
    for (int i = 0; i < KNOWN; i++) {
        int64_t number;
        if (token_generate(act, 1 + i * (accounts / KNOWN), &plan, &number, &known[i]))
            die("generating");
        token_digest(known[i]->bytes, known[i]->size, digests[i]);
    }
}

static double bare_lookups(const char *path)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL)) return 0;
    sqlite3_exec(db, "PRAGMA mmap_size = 268435456", NULL, NULL, NULL);
    sqlite3_prepare_v2(db, "SELECT token, account, expires, suspended, dead FROM digest WHERE "
                           "digest = ?",
                       -1, &stmt, NULL);
    double begun = now_ms();
    for (int i = 0; i < CHECKS; i++) {
        sqlite3_bind_blob(stmt, 1, digests[i % KNOWN], TOKEN_DIGEST_SIZE, SQLITE_STATIC);
        if (sqlite3_step(stmt) != SQLITE_ROW) break;
        sqlite3_reset(stmt);
    }
    double rate = CHECKS / (now_ms() - begun) * 1000;
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return rate;
}

enum check { CHECK_PLAIN, CHECK_KNOWN, CHECK_NEW, CHECK_KINDS };

/* Of CHECK_NEW no account has been asked about before: a checker sees each known token once. */
static double run_checks(struct store *store, enum check kind,
                         const struct token_question *question)
{
    struct token_checker *checker = NULL;
    double begun = now_ms();
    for (int i = 0; i < CHECKS; i++) {
        struct token_pass pass;
        const struct secret *text = known[i % KNOWN];
        if (i == 0 || (kind == CHECK_NEW && i % KNOWN == 0)) {
            token_checker_free(checker);
            if (token_checker_new(store, &checker)) die("a checker");
        }
        enum error e =
            token_check(checker, ambient_now(), text->bytes, text->size, question, &pass, NULL);
        if (e && e != ERR_NOT_FOUND) die("checking");
    }
    token_checker_free(checker);
    return CHECKS / (now_ms() - begun) * 1000;
}

static void check(const struct bench *bench, struct store *store)
{
    struct samples bare = {0}, ours[CHECK_KINDS] = {0};
    struct token_question question = {0};
    if (permission_find(store, "ingestion", &question.permission)) die("the catalogue");
    for (int r = 0; r < bench->repeats; r++) {
        samples_add(&bare, bare_lookups(bench->database));
        for (enum check kind = 0; kind < CHECK_KINDS; kind++)
            samples_add(&ours[kind],
                        run_checks(store, kind, kind == CHECK_PLAIN ? NULL : &question));
    }
    double floor = samples_median(&bare);
    figure("check a token, in process", "checks/s", &ours[CHECK_PLAIN], floor, "");
    figure("check a token and a permission, in process", "checks/s", &ours[CHECK_KNOWN], floor,
           "0.45 x floor");
    figure("the same, of accounts not in memory yet", "checks/s", &ours[CHECK_NEW], floor, "");
}

/* The rows that a new token is, written by bare SQLite, each durable. */
static double bare_issues(const char *path, int count)
{
    sqlite3 *db;
    sqlite3_stmt *one, *two, *three;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL)) return 0;
    sqlite3_exec(db,
                 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                 "CREATE TABLE t (n INTEGER PRIMARY KEY, a, b, c, d, e);"
                 "CREATE TABLE g (d BLOB PRIMARY KEY, t, a) WITHOUT ROWID;"
                 "CREATE TABLE e (n INTEGER PRIMARY KEY, a, b, c, d, h)",
                 NULL, NULL, NULL);
    sqlite3_prepare_v2(db, "INSERT INTO t VALUES (NULL, 1, 'name', 'four', 2, zeroblob(105))", -1,
                       &one, NULL);
    sqlite3_prepare_v2(db, "INSERT INTO g VALUES (randomblob(32), 1, 2)", -1, &two, NULL);
    sqlite3_prepare_v2(db, "INSERT INTO e VALUES (NULL, 1, 'token.generate', 'sa::x', '{}', "
                           "zeroblob(32))",
                       -1, &three, NULL);
    sqlite3_stmt *const all[] = {one, two, three};
    double begun = now_ms();
    for (int i = 0; i < count; i++) {
        sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        for (int k = 0; k < 3; k++) {
            sqlite3_step(all[k]);
            sqlite3_reset(all[k]);
        }
        sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    }
    double rate = count / (now_ms() - begun) * 1000;
    for (int k = 0; k < 3; k++)
        sqlite3_finalize(all[k]);
    sqlite3_close(db);
    return rate;
}

static void issue(const struct bench *bench, const struct act *act)
{
    enum { ISSUES = 300 };
    struct samples ours = {0}, bare = {0};
    const struct token_plan plan = {.name = "bench", .expires = WHEN_NEVER};
    for (int r = 0; r < bench->repeats; r++) {
        char path[4200];
        snprintf(path, sizeof path, "%s/bare-%d.db", bench->folder, r);
        samples_add(&bare, bare_issues(path, ISSUES));
        unlink(path);
        double begun = now_ms();
        for (int i = 0; i < ISSUES; i++) {
            int64_t number;
            struct secret *text;
            if (token_generate(act, 1 + (r * ISSUES + i) % bench->accounts, &plan, &number, &text))
                die("generating");
            secret_free(text);
        }
        samples_add(&ours, ISSUES / (now_ms() - begun) * 1000);
    }
    figure("issue a token, durable, unsealed", "tokens/s", &ours, samples_median(&bare),
           "0.6 x floor");
}

static double bare_updates(const char *path, const struct id_set *rows)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL)) return 0;
    sqlite3_prepare_v2(db, "UPDATE account SET active = 0 WHERE number = ?", -1, &stmt, NULL);
    double begun = now_ms();
    sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    for (size_t i = 0; i < rows->count; i++) {
        sqlite3_bind_int64(stmt, 1, rows->ids[i]);
        sqlite3_step(stmt);
        sqlite3_reset(stmt);
    }
    double took = now_ms() - begun;
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return took;
}

static double run_bulk(const struct act *act, enum bulk_kind kind, int64_t target,
                       const struct id_set *rows)
{
    struct bulk_result result;
    const struct bulk bulk = {.kind = kind, .target = target};
    double begun = now_ms();
    if (bulk_run(act, &bulk, rows, NULL, &result)) die("a bulk change");
    id_set_free(&result.changed);
    return now_ms() - begun;
}

static void bulk(const struct bench *bench, const struct act *act)
{
    struct id_set rows = {0};
    struct samples off = {0}, on = {0}, grant = {0}, ungrant = {0}, bare = {0};
    int64_t permission, count = bench->accounts < 100000 ? bench->accounts : 100000;
    char what[96];
    if (permission_find(act->store, "alerts_management", &permission)) die("the catalogue");
    for (int64_t i = 0; i < count; i++)
        if (id_set_add(&rows, 1 + i * (bench->accounts / count))) die("numbers");
    for (int r = 0; r < (bench->repeats + 1) / 2; r++) {
        samples_add(&bare, bare_updates(bench->database, &rows));
        samples_add(&off, run_bulk(act, BULK_DEACTIVATE, 0, &rows));
        samples_add(&on, run_bulk(act, BULK_ACTIVATE, 0, &rows));
        samples_add(&grant, run_bulk(act, BULK_GRANT, permission, &rows));
        samples_add(&ungrant, run_bulk(act, BULK_UNGRANT, permission, &rows));
    }
    snprintf(what, sizeof what, "deactivate %lld scattered accounts", (long long)count);
    figure(what, "ms", &off, samples_median(&bare), "3 x floor");
    figure("undo it", "ms", &on, samples_median(&bare), "");
    figure("grant a permission to them", "ms", &grant, samples_median(&bare), "");
    figure("undo that", "ms", &ungrant, samples_median(&bare), "");
    id_set_free(&rows);
}

static void token_pages(const struct bench *bench, struct store *store)
{
    static const enum token_facet facets[] = {TOKENS_ENDING, TOKENS_UNUSED, TOKENS_OF_INACTIVE};
    for (size_t i = 0; i < sizeof facets / sizeof *facets; i++) {
        struct samples samples = {0};
        char what[96];
        for (int r = 0; r < bench->repeats; r++) {
            struct token_item rows[20];
            size_t count;
            const struct token_query query = {
                .filter = "", .facet = facets[i], .now = INT64_C(1800000000)};
            double begun = now_ms();
            if (token_page(store, &query, NULL, false, false, rows, 20, &count)) die("tokens");
            samples_add(&samples, now_ms() - begun);
        }
        snprintf(what, sizeof what, "tokens, %s: first page", token_facets[facets[i]].label);
        figure(what, "ms", &samples, 0, "100 ms");
    }
}

void bench_model(const struct bench *bench)
{
    struct actor actor;
    struct store *store;
    actor_current(&actor);
    if (database_open(bench->database, STORE_OPEN, &store)) die(bench->database);
    const struct act act = {.store = store, .actor = &actor, .now = ambient_now()};
    make_known(&act, bench->accounts);
    check(bench, store);
    issue(bench, &act);
    token_pages(bench, store);
    bulk(bench, &act);
    for (int i = 0; i < KNOWN; i++)
        secret_free(known[i]);
    store_close(store);
}
