/* Whole copies of a database. */
#include "sqlite.h"
#include "trust.h"

#include <errno.h>
#include <gatehouse/beside.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum error cannot_copy(sqlite3 *target, int code, const char *path)
{
    const char *why = target ? sqlite3_errmsg(target) : sqlite3_errstr(code);
    return fail(ERR_STORE, "cannot write the copy %s: %s", path, why);
}

/* A copy that does not have its final name yet needs no journal: it is synced when it gets it. */
static int copy_pages(sqlite3 *from, sqlite3 *target)
{
    sqlite3_exec(target, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", NULL, NULL, NULL);
    sqlite3_backup *backup = sqlite3_backup_init(target, "main", from, "main");
    if (!backup) return sqlite3_errcode(target);
    int code = sqlite3_backup_step(backup, -1), finished = sqlite3_backup_finish(backup);
    return code == SQLITE_DONE ? finished : code;
}

/* The header says that the database has a write-ahead log. Without one it can be read where nothing
 * can be written, and whoever opens it to write brings the log back. */
static enum error without_log(const struct beside *copy)
{
    enum { VERSIONS_AT = 18 };
    static const char rollback[] = {1, 1};
    if (pwrite(copy->fd, rollback, sizeof rollback, VERSIONS_AT) == sizeof rollback) return OK;
    return fail(ERR_SYSTEM, "cannot write the copy %s: %s", copy->name, strerror(errno));
}

static enum error copy_into(sqlite3 *from, const char *path)
{
    sqlite3 *target = NULL;
    int code = sqlite3_open_v2(path, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK) code = copy_pages(from, target);
    enum error e = code == SQLITE_OK ? OK : cannot_copy(target, code, path);
    sqlite3_close(target);
    return e;
}

/* SQLite copies nothing from a connection that is writing, so another one reads what is committed.
 */
static enum error copy_committed(struct sqlite *store, const char *path)
{
    sqlite3 *reader = NULL;
    if (!sqlite_is_writing(&store->base)) return copy_into(store->db, path);
    enum error e = sqlite_open_beside(store, &reader);
    if (!e) e = copy_into(reader, path);
    sqlite3_close(reader);
    return e;
}

enum error sqlite_copy(struct store *base, const char *path,
                       enum error (*check)(const char *copy, void *arg), void *arg)
{
    char canonical[PATH_MAX];
    struct beside new;
    enum error e = trust_nobody(path, canonical);
    if (!e) e = beside_begin(canonical, &new);
    if (e) return e;
    e = copy_committed(sqlite_of(base), new.path);
    if (!e) e = without_log(&new);
    if (!e && check) e = check(new.path, arg);
    if (!e) return beside_finish(&new);
    beside_drop(&new);
    return e;
}

struct sqlite_replacement {
    struct replacement base;
    sqlite3_backup *backup;
    sqlite3 *target;
};

/* A step of no pages takes the lock for writing, and keeps it. */
enum error sqlite_replace_begin(struct store *present, struct store *with, struct replacement **out)
{
    struct sqlite_replacement *new = calloc(1, sizeof *new);
    if (!new) return fail_memory();
    new->base.present = present;
    enum error e = sqlite_open_beside(sqlite_of(present), &new->target);
    if (!e) {
        new->backup = sqlite3_backup_init(new->target, "main", sqlite_of(with)->db, "main");
        int code = new->backup ? sqlite3_backup_step(new->backup, 0) : sqlite3_errcode(new->target);
        if (code != SQLITE_OK && code != SQLITE_DONE) e = sqlite_fail(sqlite_of(present), code);
    }
    if (e)
        sqlite_replace_drop(&new->base);
    else
        *out = &new->base;
    return e;
}

enum error sqlite_replace_finish(struct replacement *base)
{
    struct sqlite_replacement *replacement = (struct sqlite_replacement *)base;
    struct store *present = base->present;
    int code = sqlite3_backup_step(replacement->backup, -1);
    int finished = sqlite3_backup_finish(replacement->backup);
    if (code == SQLITE_DONE) code = finished;
    replacement->backup = NULL;
    enum error e = code == SQLITE_OK ? OK : sqlite_fail(sqlite_of(present), code);
    sqlite_replace_drop(base);
    if (!e) sqlite_truncate_log(present);
    return e;
}

void sqlite_replace_drop(struct replacement *base)
{
    struct sqlite_replacement *replacement = (struct sqlite_replacement *)base;
    sqlite3_backup_finish(replacement->backup);
    sqlite3_close(replacement->target);
    free(replacement);
}
