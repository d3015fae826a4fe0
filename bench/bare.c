#include "bare.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMES = 40 };

static _Noreturn void die(sqlite3 *db, const char *sql)
{
    fprintf(stderr, "bench: bare SQLite: %s: %s\n", sqlite3_errmsg(db), sql);
    exit(2);
}

sqlite3 *bare_open(const char *path)
{
    sqlite3 *db;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &db, flags, NULL)) die(db, path);
    sqlite3_busy_timeout(db, 5000);
    bare_run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; " BARE_MAP);
    return db;
}

void bare_run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL)) die(db, sql);
}

sqlite3_stmt *bare_prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL)) die(db, sql);
    return stmt;
}

int64_t bare_finish(sqlite3_stmt *stmt)
{
    int64_t rows = 0;
    while (sqlite3_step(stmt) == SQLITE_ROW)
        rows++;
    if (sqlite3_reset(stmt)) die(sqlite3_db_handle(stmt), sqlite3_sql(stmt));
    return rows;
}

int64_t bare_int(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = bare_prepare(db, sql);
    int64_t value = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_finalize(stmt);
    return value;
}

/* Runs statements, each with one number bound, for accounts spread over the table; a first round,
 * which is not counted, warms the cache. It rests before each. */
static double time_numbers(sqlite3 *db, sqlite3_stmt *const *stmts, int count, int rest_ms)
{
    struct samples samples = {0};
    int64_t accounts = bare_int(db, "SELECT max(number) FROM account");
    for (int i = 0; i < 2 * TIMES; i++) {
        poll(NULL, 0, rest_ms);
        double begun = now_ms();
        for (int k = 0; k < count; k++) {
            sqlite3_bind_int64(stmts[k], 1, 1 + accounts * (i % TIMES) / TIMES);
            bare_finish(stmts[k]);
        }
        if (i >= TIMES) samples_add(&samples, now_ms() - begun);
    }
    for (int k = 0; k < count; k++)
        sqlite3_finalize(stmts[k]);
    return samples_median(&samples);
}

enum { PAGE = 50 };

/* The rest of the rows with the same key, then the rows after them. Written as one condition, (key,
 * ties) > (?1, ?2), the index would be searched by the key alone, because ties are broken by the
 * row number. */
static double time_page(sqlite3_stmt *place, sqlite3_stmt *const *parts)
{
    double begun = now_ms();
    int64_t rows = 0;
    for (int k = 0; k < 2 && rows < PAGE; k++) {
        sqlite3_bind_value(parts[k], 1, sqlite3_column_value(place, 0));
        if (k == 0) sqlite3_bind_value(parts[k], 2, sqlite3_column_value(place, 1));
        sqlite3_bind_int64(parts[k], 3, PAGE - rows);
        rows += bare_finish(parts[k]);
    }
    return now_ms() - begun;
}

/* The place of each page is looked up before the clock starts. */
double bare_page(sqlite3 *db, const char *table, const char *key, const char *ties)
{
    struct samples samples = {0};
    char sql[512];
    snprintf(sql, sizeof sql, "SELECT max(number) FROM %s", table);
    int64_t rows = bare_int(db, sql);
    snprintf(sql, sizeof sql, "SELECT %s, %s FROM %s WHERE number >= ?1", key, ties, table);
    sqlite3_stmt *place = bare_prepare(db, sql), *parts[2];
    snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE %s = ?1 AND %s > ?2 ORDER BY %s LIMIT ?3",
             table, key, ties, ties);
    parts[0] = bare_prepare(db, sql);
    snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE %s > ?1 ORDER BY %s, %s LIMIT ?3", table, key,
             key, ties);
    parts[1] = bare_prepare(db, sql);
    for (int i = 0; i < 2 * TIMES; i++) {
        sqlite3_bind_int64(place, 1, 1 + rows * (i % TIMES) / TIMES);
        sqlite3_step(place);
        double took = time_page(place, parts);
        if (i >= TIMES) samples_add(&samples, took);
        sqlite3_reset(place);
    }
    sqlite3_finalize(place);
    for (int k = 0; k < 2; k++)
        sqlite3_finalize(parts[k]);
    return samples_median(&samples);
}

double bare_account(sqlite3 *db)
{
    sqlite3_stmt *const stmts[] = {
        bare_prepare(db, "SELECT * FROM account WHERE number = ?1"),
        bare_prepare(db, "SELECT * FROM token WHERE account = ?1 ORDER BY number"),
        bare_prepare(db, "SELECT permission, 0 FROM account_grant WHERE account = ?1 UNION ALL "
                         "SELECT permission, account_group FROM group_grant WHERE account_group = "
                         "1 OR account_group IN (SELECT account_group FROM membership WHERE "
                         "account = ?1) ORDER BY 1, 2"),
    };
    return time_numbers(db, stmts, sizeof stmts / sizeof *stmts, 0);
}

double bare_toggle(sqlite3 *db, int rest_ms)
{
    sqlite3_stmt *stmt =
        bare_prepare(db, "UPDATE account SET active = NOT active WHERE number = ?1");
    return time_numbers(db, &stmt, 1, rest_ms);
}

static double time_search(sqlite3 *db, const char *sql, const char *pattern)
{
    sqlite3_stmt *stmt = bare_prepare(db, sql);
    if (*pattern) sqlite3_bind_text(stmt, 1, pattern, -1, SQLITE_STATIC);
    double begun = now_ms();
    bare_finish(stmt);
    double took = now_ms() - begun;
    sqlite3_finalize(stmt);
    return took;
}

struct bare_times bare_search(sqlite3 *db, const struct bare_search *search, const char *text)
{
    char sql[1024], pattern[64] = "";
    struct bare_times times;
    if (text) snprintf(pattern, sizeof pattern, "%%%s%%", text);
    snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY %s LIMIT 18", search->rows, search->order);
    times.page_ms = time_search(db, sql, pattern);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", search->rows);
    times.count_ms = time_search(db, sql, pattern);
    return times;
}
