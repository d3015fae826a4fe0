/* One change to many accounts, including its events, compared with the bare change of the rows. */
#include "bare.h"
#include "figures.h"
#include "model.h"

#include <gatehouse/bulk.h>
#include <gatehouse/permission.h>
#include <stdio.h>

enum { MANY = 100000 };

/* Changes each row with one statement, in one transaction that is on disk at the end. */
static double change_bare(const char *path, const char *sql, int64_t target,
                          const struct id_set *rows)
{
    sqlite3 *db = bare_open(path);
    sqlite3_stmt *stmt = bare_prepare(db, sql);
    double begun = now_ms();
    bare_run(db, "BEGIN IMMEDIATE");
    if (target) sqlite3_bind_int64(stmt, 2, target);
    for (size_t i = 0; i < rows->count; i++) {
        sqlite3_bind_int64(stmt, 1, rows->ids[i]);
        bare_finish(stmt);
    }
    bare_run(db, "COMMIT");
    double took = now_ms() - begun;
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return took;
}

static double change(const struct act *act, enum bulk_kind kind, int64_t target,
                     const struct id_set *rows)
{
    struct bulk_result result;
    const struct bulk bulk = {.kind = kind, .target = target};
    double begun = now_ms();
    if (bulk_run(act, &bulk, rows, NULL, &result)) bench_die("a bulk change");
    double took = now_ms() - begun;
    if (result.changed.count != rows->count) bench_die("a bulk change left rows out");
    id_set_free(&result.changed);
    return took;
}

/* Active accounts without an explicit permission, spread over the table: every change and its undo
 * alters each of them. */
static void choose(const struct bench *bench, struct id_set *rows)
{
    sqlite3 *db = bare_open(bench->database);
    sqlite3_stmt *stmt =
        bare_prepare(db, "SELECT number FROM account WHERE active = 1 AND number NOT IN (SELECT "
                         "account FROM account_grant) AND (?1 <= ?2 OR number % (?1 / ?2) = 1)");
    sqlite3_bind_int64(stmt, 1, bench->accounts * 8 / 10);
    sqlite3_bind_int64(stmt, 2, MANY);
    while (sqlite3_step(stmt) == SQLITE_ROW && rows->count < MANY)
        if (id_set_add(rows, sqlite3_column_int64(stmt, 0))) bench_die("numbers");
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

static const struct {
    const char *what;
    enum bulk_kind kind;
    bool targets;
    const char *bare, *budget;
} changes[] = {
    {"deactivate 100,000 accounts (or most there are)", BULK_DEACTIVATE, false,
     "UPDATE account SET active = 0 WHERE number = ?1", "3 x floor"},
    {"undo it: activate them", BULK_ACTIVATE, false,
     "UPDATE account SET active = 1 WHERE number = ?1", ""},
    {"grant them a permission", BULK_GRANT, true,
     "INSERT INTO account_grant (account, permission) VALUES (?1, ?2)", ""},
    {"undo it: take it back", BULK_UNGRANT, true,
     "DELETE FROM account_grant WHERE account = ?1 AND permission = ?2", ""},
};
enum { CHANGES = sizeof changes / sizeof *changes };

void model_bulk(const struct bench *bench, const struct act *act)
{
    struct id_set rows = {0};
    struct samples ours[CHANGES] = {0}, bare[CHANGES] = {0};
    int64_t permission;
    if (permission_find(act->store, "alerts_management", &permission)) bench_die("the catalogue");
    choose(bench, &rows);
    for (int r = 0; r < bench_few(bench); r++) {
        for (int i = 0; i < CHANGES; i++)
            samples_add(&bare[i], change_bare(bench->database, changes[i].bare,
                                              changes[i].targets ? permission : 0, &rows));
        for (int i = 0; i < CHANGES; i++)
            samples_add(&ours[i],
                        change(act, changes[i].kind, changes[i].targets ? permission : 0, &rows));
    }
    for (int i = 0; i < CHANGES; i++)
        figure_beside(changes[i].what, "ms", &ours[i], &bare[i], changes[i].budget);
    id_set_free(&rows);
}
