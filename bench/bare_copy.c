#include "bare_copy.h"

#include "bare.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SQL_SIZE = 4096 };

/* Calls `each` with the first column of each row that a query of the old database returns. */
static void for_each(sqlite3 *from, sqlite3 *to, const char *sql,
                     void (*each)(sqlite3 *from, sqlite3 *to, const char *text))
{
    sqlite3_stmt *stmt = bare_prepare(from, sql);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        each(from, to, (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
}

static void run_there(sqlite3 *from, sqlite3 *to, const char *sql)
{
    (void)from;
    bare_run(to, sql);
}

/* table_info does not list generated columns, so they are not written. */
static int columns_of(sqlite3 *from, const char *table, char out[static SQL_SIZE])
{
    char sql[128];
    int count = 0;
    snprintf(sql, sizeof sql, "PRAGMA table_info(%s)", table);
    sqlite3_stmt *stmt = bare_prepare(from, sql);
    *out = 0;
    for (; sqlite3_step(stmt) == SQLITE_ROW; count++)
        snprintf(out + strlen(out), SQL_SIZE - strlen(out), "%s\"%s\"", count ? ", " : "",
                 (const char *)sqlite3_column_text(stmt, 1));
    sqlite3_finalize(stmt);
    return count;
}

/* Without a database to write to, the rows are only read. */
static void copy_table(sqlite3 *from, sqlite3 *to, const char *table)
{
    char columns[SQL_SIZE], sql[2 * SQL_SIZE];
    int count = columns_of(from, table, columns);
    snprintf(sql, sizeof sql, "SELECT %s FROM %s", columns, table);
    sqlite3_stmt *rows = bare_prepare(from, sql), *insert = NULL;
    snprintf(sql, sizeof sql, "INSERT INTO %s (%s) VALUES (?", table, columns);
    for (int i = 1; i < count; i++)
        strcat(sql, ", ?");
    strcat(sql, ")");
    if (to) insert = bare_prepare(to, sql);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        for (int i = 0; i < count; i++)
            sqlite3_bind_value(insert, i + 1, sqlite3_column_value(rows, i));
        if (insert) bare_finish(insert);
    }
    sqlite3_finalize(rows);
    sqlite3_finalize(insert);
}

static const char tables[] = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT "
                             "LIKE 'sqlite\\_%' ESCAPE '\\'";
static const char make_tables[] =
    "SELECT sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
static const char make_indices[] =
    "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL";

static sqlite3 *open_new(const char *path, enum bare_copy how)
{
    unlink(path);
    sqlite3 *to = bare_open(path);
    if (how == COPY_IN_BULK)
        bare_run(to, "PRAGMA journal_mode = DELETE; PRAGMA cache_size = -400000; PRAGMA "
                     "synchronous = OFF; PRAGMA journal_mode = MEMORY");
    return to;
}

double bare_copy(const char *from_path, const char *to_path, enum bare_copy how)
{
    sqlite3 *from = bare_open(from_path), *to = open_new(to_path, how);
    double begun = now_ms();
    for_each(from, NULL, tables, copy_table);
    double reading = now_ms() - begun;
    for_each(from, to, make_tables, run_there);
    if (how == COPY_IN_PLACE) for_each(from, to, make_indices, run_there);
    begun = now_ms();
    bare_run(to, "BEGIN IMMEDIATE");
    for_each(from, to, tables, copy_table);
    if (how == COPY_IN_BULK) for_each(from, to, make_indices, run_there);
    bare_run(to, "COMMIT");
    double took = now_ms() - begun;
    sqlite3_close(to);
    sqlite3_close(from);
    return took - reading;
}
