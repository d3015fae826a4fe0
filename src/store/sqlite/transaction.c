#include "sqlite.h"

#include <string.h>

/* Another Gatehouse may have migrated the file since it was opened. */
static enum error check_version(struct sqlite *store)
{
    int64_t version = 0;
    enum error e = sqlite_read_version(&store->base, &version);
    if (e || version == store->base.schema_version) return e;
    return fail(ERR_STORE, "a newer Gatehouse has changed %s: restart this one", store->path);
}

static void roll_back(struct sqlite *store)
{
    if (!sqlite3_get_autocommit(store->db))
        /* If it fails, that must not hide why we rolled back. */
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

static enum error begin_fresh(struct sqlite *store)
{
    enum error e = OK;
    bool was_checked = false;
    if (!sqlite_resume(store, &was_checked)) {
        e = stmt_run(store_prepare(&store->base, "BEGIN"));
        if (e) return e;
        sqlite_note_snapshot(store);
        e = check_version(store); /* reads, and so fixes the state that is seen */
    }
    store->kept = false;
    if (!e && !was_checked) e = sqlite_recheck_place(store);
    if (e) roll_back(store);
    return e;
}

static enum error begin_write(struct sqlite *store)
{
    if (store->no_room)
        return fail(ERR_STORE, "the disk is full, and only reading works: free some space (%s)",
                    store->path);
    if (store->base.read_only)
        return fail(ERR_STORE, "the database is open for reading only: start without --read-only");
    enum error e = sqlite_check_place(store);
    if (!e) e = stmt_run(store_prepare(&store->base, "BEGIN IMMEDIATE"));
    if (e) return e;
    e = check_version(store);
    if (e) roll_back(store);
    return e;
}

static void leave_lazy(struct sqlite *store)
{
    store->lazy = false;
    sqlite3_exec(store->db, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
    sqlite_restore_wait(store);
}

static enum error begin_lazy(struct sqlite *store)
{
    sqlite3_busy_timeout(store->db, 0);
    store->lazy = true;
    enum error e = sqlite_run(&store->base, "PRAGMA synchronous = NORMAL");
    if (!e) e = begin_write(store);
    if (e) leave_lazy(store);
    return e;
}

static enum error begin_migration(struct sqlite *store)
{
    enum { WAIT_MS = 600000 }; /* for another program that migrates a large database */
    sqlite3_busy_timeout(store->db, WAIT_MS);
    enum error e = sqlite_run(&store->base, "BEGIN IMMEDIATE");
    sqlite_restore_wait(store);
    return e;
}

enum error sqlite_begin(struct store *base, enum driver_begin how)
{
    struct sqlite *store = sqlite_of(base);
    if (how == BEGIN_FRESH) return begin_fresh(store);
    sqlite_let_go(base);
    store->keeps = false;
    switch (how) {
    case BEGIN_WRITE:
        return begin_write(store);
    case BEGIN_LAZY:
        return begin_lazy(store);
    case BEGIN_MIGRATION:
        return begin_migration(store);
    case BEGIN_READ:
    case BEGIN_FRESH:
        break;
    }
    return stmt_run(store_prepare(base, "BEGIN"));
}

/* SQLite's usual 2 MB overflow: changed pages are then written to the log and read back, again and
 * again. */
void sqlite_expect_many(struct store *base)
{
    struct sqlite *store = sqlite_of(base);
    store->many = true;
    sqlite3_exec(store->db, "PRAGMA cache_size = -65536", NULL, NULL, NULL);
}

static void leave_many(struct sqlite *store)
{
    store->many = false;
    sqlite3_exec(store->db, "PRAGMA cache_size = -2000", NULL, NULL, NULL);
}

bool sqlite_is_writing(const struct store *base)
{
    return sqlite3_txn_state(((const struct sqlite *)base)->db, "main") == SQLITE_TXN_WRITE;
}

/* A failed commit (on a full disk, say) must leave no open transaction. */
enum error sqlite_end(struct store *base, bool commit)
{
    struct sqlite *store = sqlite_of(base);
    store->kept = store->keeps; /* whether it is still current is seen when the next one begins */
    if (store->kept) return OK;
    if (sqlite_is_writing(base)) store->log_is_empty = false;
    enum error e = commit ? stmt_run(store_prepare(base, "COMMIT")) : OK;
    if (!commit || e) roll_back(store);
    if (store->lazy) leave_lazy(store);
    if (store->many) leave_many(store);
    memset(store->taken, 0, sizeof store->taken);
    return e;
}
