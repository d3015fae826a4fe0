/* One change to many accounts, including its events, compared with the bare change of the rows: of
 * grants, which are small, with their events written bare, too. */
#include "bare.h"
#include "figures.h"
#include "model.h"

#include <gatehouse/bulk.h>
#include <gatehouse/permission.h>
#include <stdio.h>

enum { MANY = 100000 };

struct kind {
    const char *what;
    enum bulk_kind kind;
    const char *bare;  /* ?1: the account, ?2: the permission, if there is one */
    const char *event; /* the kind of the event that is written for each row; NULL: none */
    const char *budget;
};

static sqlite3_stmt *prepare_event(sqlite3 *db, const char *kind)
{
    sqlite3_stmt *stmt = bare_prepare(
        db, "INSERT INTO event (sequence, at, uid, username, login_uid, login, claim, host, "
            "terminal, kind, subject, account, token, before, after, hash) VALUES (?2, 1700000000, "
            "0, 'root', NULL, '', '', 'host', 'pts/0', ?3, 'sa::ingest-eu-west-prod-000001', ?1, "
            "NULL, NULL, '{\"permission\":\"alerts_management\"}', randomblob(32))");
    sqlite3_bind_text(stmt, 3, kind, -1, SQLITE_STATIC);
    return stmt;
}

/* Takes the bare events away again: they are not part of the chain. */
static void remove_events(sqlite3 *db, int64_t head)
{
    sqlite3_stmt *stmt = bare_prepare(db, "DELETE FROM event WHERE sequence > ?1");
    sqlite3_bind_int64(stmt, 1, head);
    bare_finish(stmt);
    sqlite3_finalize(stmt);
}

/* Changes each row with one statement, in one transaction that is on disk at the end. */
static double change_bare(const char *path, const struct kind *kind, int64_t permission,
                          const struct id_set *rows)
{
    sqlite3 *db = bare_open(path);
    sqlite3_stmt *stmt = bare_prepare(db, kind->bare);
    sqlite3_stmt *event = kind->event ? prepare_event(db, kind->event) : NULL;
    const int64_t head = bare_int(db, "SELECT max(sequence) FROM event");
    double begun = now_ms();
    bare_run(db, "BEGIN IMMEDIATE");
    if (sqlite3_bind_parameter_count(stmt) > 1) sqlite3_bind_int64(stmt, 2, permission);
    for (size_t i = 0; i < rows->count; i++) {
        sqlite3_bind_int64(stmt, 1, rows->ids[i]);
        bare_finish(stmt);
        if (!event) continue;
        sqlite3_bind_int64(event, 1, rows->ids[i]);
        sqlite3_bind_int64(event, 2, head + 1 + (int64_t)i);
        bare_finish(event);
    }
    bare_run(db, "COMMIT");
    double took = now_ms() - begun;
    if (event) remove_events(db, head);
    sqlite3_finalize(event);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return took;
}

static double change(const struct act *act, enum bulk_kind kind, int64_t permission,
                     const struct id_set *rows)
{
    struct bulk_result result;
    const struct bulk bulk = {.kind = kind, .target = permission};
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
                         "account FROM account_grant) AND (?1 <= ?2 OR number % (?1 / ?2) = 0)");
    sqlite3_bind_int64(stmt, 1, bench->accounts * 8 / 10);
    sqlite3_bind_int64(stmt, 2, MANY);
    while (sqlite3_step(stmt) == SQLITE_ROW && rows->count < MANY)
        if (id_set_add(rows, sqlite3_column_int64(stmt, 0))) bench_die("numbers");
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

static const struct kind changes[] = {
    {"deactivate 100,000 accounts (or most there are)", BULK_DEACTIVATE,
     "UPDATE account SET active = 0 WHERE number = ?1", NULL, "2 x floor"},
    {"undo it: activate them", BULK_ACTIVATE, "UPDATE account SET active = 1 WHERE number = ?1",
     NULL, ""},
    {"grant them a permission", BULK_GRANT,
     "INSERT INTO account_grant (account, permission) VALUES (?1, ?2)", "account.grant",
     "2 x floor"},
    {"undo it: take it back", BULK_UNGRANT,
     "DELETE FROM account_grant WHERE account = ?1 AND permission = ?2", "account.revoke", ""},
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
            samples_add(&bare[i], change_bare(bench->database, &changes[i], permission, &rows));
        for (int i = 0; i < CHANGES; i++)
            samples_add(&ours[i], change(act, changes[i].kind, permission, &rows));
    }
    for (int i = 0; i < CHANGES; i++)
        figure_beside(changes[i].what, "ms", &ours[i], &bare[i], changes[i].budget);
    id_set_free(&rows);
}
