#include "store.h"

#include <gatehouse/memory.h>

/* Another Gatehouse may have migrated the file since it was opened. */
static enum error check_version(struct store *store)
{
    int64_t version = 0;
    enum error e = stmt_int(store_prepare(store, "PRAGMA user_version"), &version);
    if (e || version == store->schema_version) return e;
    return fail(ERR_STORE, "a newer Gatehouse has changed %s: restart this one", store->path);
}

static enum error begin(struct store *store, const char *sql, bool writes)
{
    if (store->depth > 0) {
        store->depth++;
        return OK;
    }
    if (writes && store->no_room)
        return fail(ERR_STORE, "the disk is full, and only reading works: free some space (%s)",
                    store->path);
    if (writes && store->read_only)
        return fail(ERR_STORE, "the database is open for reading only: start without --read-only");
    store_let_go(store);
    store->keeps = false;
    enum error e = writes ? store_check_place(store) : OK;
    if (!e) e = stmt_run(store_prepare(store, sql));
    if (e) return e;
    store->depth = 1;
    store->doomed = false;
    store->memory_failures = memory_failures();
    if (writes) e = check_version(store);
    return e ? store_end(store, e) : OK;
}

enum error store_begin(struct store *store)
{
    return begin(store, "BEGIN IMMEDIATE", true);
}

enum error store_begin_read(struct store *store)
{
    return begin(store, "BEGIN", false);
}

static enum error begin_fresh(struct store *store)
{
    if (store_resume(store)) {
        store->depth = 1;
        store->doomed = false;
        return OK;
    }
    enum error e = begin(store, "BEGIN", false);
    if (e) return e;
    store_note_snapshot(store);
    return check_version(store); /* reads, and so fixes the state that is seen */
}

enum error store_begin_fresh(struct store *store)
{
    if (store->depth > 0) return begin(store, "BEGIN", false);
    enum error e = begin_fresh(store);
    if (!e) e = store_recheck_place(store);
    if (!e || !store->depth) return e;
    store->keeps = false;
    return store_end(store, e);
}

bool store_is_writing(const struct store *store)
{
    return sqlite3_txn_state(store->db, "main") == SQLITE_TXN_WRITE;
}

enum error store_begin_lazy(struct store *store)
{
    if (store->depth > 0) return begin(store, "BEGIN IMMEDIATE", true);
    sqlite3_busy_timeout(store->db, 0);
    enum error e = store_run(store, "PRAGMA synchronous = NORMAL");
    if (!e) e = begin(store, "BEGIN IMMEDIATE", true);
    store->lazy = !e;
    if (e) {
        enum error ignored = store_run(store, "PRAGMA synchronous = FULL");
        (void)ignored;
        store_restore_wait(store);
    }
    return e;
}

/* Commits or rolls back; a failed commit (on a full disk, say) must leave no open transaction. */
static enum error finish(struct store *store, enum error result)
{
    bool commit = result == OK && !store->doomed;
    if (result == OK && store->doomed) result = fail(ERR_CONFLICT, "part of it failed");
    if (store_keep(store)) return result;
    if (store_is_writing(store)) store->log_is_empty = false;
    if (commit && store_is_writing(store) && memory_failures() != store->memory_failures) {
        result = fail_memory(); /* part of an event may be missing */
        commit = false;
    }
    if (commit) result = stmt_run(store_prepare(store, "COMMIT"));
    if (result && !sqlite3_get_autocommit(store->db)) {
        /* If it fails, that must not hide why we rolled back. */
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return result;
}

void store_truncate_after_commit(struct store *store)
{
    store->clears = true;
}

void store_after_commit(struct store *store,
                        void (*done)(struct store *store, int64_t first, int64_t last),
                        int64_t number)
{
    if (!store->after_commit) store->after_first = number;
    store->after_commit = done;
    store->after_last = number;
}

static void tell(struct store *store, enum error result)
{
    void (*done)(struct store *, int64_t, int64_t) = store->after_commit;
    store->after_commit = NULL;
    if (!done || result) return;
    store->committed_first = store->after_first;
    store->committed_last = store->after_last;
    done(store, store->after_first, store->after_last);
}

void store_last_commit(const struct store *store, int64_t *first, int64_t *last)
{
    *first = store->committed_first;
    *last = store->committed_last;
}

enum error store_end(struct store *store, enum error result)
{
    if (store->depth > 1) {
        store->depth--;
        if (result) store->doomed = true;
        return result;
    }
    store->depth = 0;
    result = finish(store, result);
    if (store->lazy) {
        store->lazy = false;
        sqlite3_exec(store->db, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
        store_restore_wait(store);
    }
    if (store->clears && !result) store_truncate_log(store);
    store->clears = false;
    tell(store, result);
    return result;
}
