/* Measured in process, compared with the same work done by bare SQLite and bare libsodium. */
#include "model.h"
#include "bare.h"
#include "figures.h"

#include <gatehouse/ambient.h>
#include <gatehouse/database.h>
#include <gatehouse/permission.h>
#include <gatehouse/token.h>
#include <gatehouse/token_check.h>
#include <gatehouse/when.h>
#include <sqlite3.h>

enum { CHECKS = 20000, KNOWN = 400 };

/* Tokens of the database whose text is known, and their digests. */
static struct secret *known[KNOWN];
static uint8_t digests[KNOWN][TOKEN_DIGEST_SIZE];

static void make_known(const struct act *act, int64_t accounts)
{
    const struct token_plan plan = {.name = "bench", .expires = WHEN_NEVER};
    for (int i = 0; i < KNOWN; i++) {
        int64_t number;
        if (token_generate(act, 1 + i * (accounts / KNOWN), &plan, &number, &known[i]))
            bench_die("generating");
        token_digest(known[i]->bytes, known[i]->size, digests[i]);
    }
}

static double bare_lookups(const char *path)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL)) return 0;
    sqlite3_exec(db, BARE_MAP, NULL, NULL, NULL);
    sqlite3_prepare_v2(db,
                       "SELECT token, account, expires, suspended, dead FROM digest WHERE "
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

enum check { CHECK_PLAIN, CHECK_KNOWN, CHECK_NEW, CHECK_ALONE, CHECK_KINDS };

/* In CHECK_NEW no account has been asked about before: a checker sees each known token once. In
 * CHECK_ALONE each check has a read transaction of its own, as has each look-up of the floor; in
 * the others it is kept, as that of the check service is. */
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
            if (token_checker_new(store, &checker)) bench_die("a checker");
        }
        enum error e = kind == CHECK_ALONE ? store_begin_read(store) : store_begin_fresh(store);
        if (e) bench_die("reading");
        e = store_end(store, token_check(checker, ambient_now(), text->bytes, text->size, question,
                                         &pass, NULL));
        if (e && e != ERR_NOT_FOUND) bench_die("checking");
    }
    store_let_go(store);
    token_checker_free(checker);
    return CHECKS / (now_ms() - begun) * 1000;
}

static void check(const struct bench *bench, struct store *store)
{
    struct samples bare = {0}, ours[CHECK_KINDS] = {0};
    struct token_question question = {0};
    if (permission_find(store, "ingestion", &question.permission)) bench_die("the catalogue");
    store_keep_reads(store);
    for (int r = 0; r < bench->repeats; r++) {
        samples_add(&bare, bare_lookups(bench->database));
        for (enum check kind = 0; kind < CHECK_KINDS; kind++)
            samples_add(&ours[kind],
                        run_checks(store, kind, kind == CHECK_PLAIN ? NULL : &question));
    }
    figure_beside("check a token, in process", "checks/s", &ours[CHECK_PLAIN], &bare, "");
    figure_beside("check a token and a permission, in process", "checks/s", &ours[CHECK_KNOWN],
                  &bare, "0.7 x floor");
    figure_beside("the same, of accounts not in memory yet", "checks/s", &ours[CHECK_NEW], &bare,
                  "");
    figure_beside("the same, each in a transaction of its own", "checks/s", &ours[CHECK_ALONE],
                  &bare, "");
}

void bench_model(const struct bench *bench)
{
    struct actor actor;
    struct store *store;
    actor_current(&actor);
    if (database_open(bench->database, STORE_OPEN, &store)) bench_die(bench->database);
    const struct act act = {.store = store, .actor = &actor, .now = ambient_now()};
    make_known(&act, bench->accounts);
    check(bench, store);
    model_issue(bench, &act);
    model_bulk(bench, &act);
    for (int i = 0; i < KNOWN; i++)
        secret_free(known[i]);
    store_close(store);
}
