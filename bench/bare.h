/* The same work done by bare SQLite, in process, for comparison. Nothing here uses the program's
 * own code. A failure ends the run. */
#ifndef GATEHOUSE_BENCH_BARE_H
#define GATEHOUSE_BENCH_BARE_H

#include "figures.h"

#include <sqlite3.h>

/* The file mapped as far as SQLite can, as the program does. */
#define BARE_MAP "PRAGMA mmap_size = 2147418112"

/* With a write-ahead log, commits that are on disk, and the file mapped. */
sqlite3 *bare_open(const char *path);
void bare_run(sqlite3 *db, const char *sql);
sqlite3_stmt *bare_prepare(sqlite3 *db, const char *sql);
/* Steps to the end and resets; returns how many rows there were. */
int64_t bare_finish(sqlite3_stmt *stmt);
int64_t bare_int(sqlite3 *db, const char *sql);

/* These return milliseconds, the median of several. */
/* 50 rows of a table from the middle of the order (key, ties). */
double bare_page(sqlite3 *db, const char *table, const char *key, const char *ties);
double bare_account(sqlite3 *db); /* its row, tokens and effective permissions */
/* Updates one row, on disk; each time after a rest, because a disk that has just written is faster.
 */
double bare_toggle(sqlite3 *db, int rest_ms);
/* The rows of a search: how long it takes to get the first 18 in its order, and to count them
 * all. */
struct bare_search {
    const char *rows, *order; /* "table WHERE …", "column, …" */
};
struct bare_times {
    double page_ms, count_ms;
};
/* `text` is what LIKE ?1 should find anywhere in the text; NULL if there is none. */
struct bare_times bare_search(sqlite3 *db, const struct bare_search *search, const char *text);

#endif
