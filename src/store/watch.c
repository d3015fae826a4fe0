#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* SQLite's virtual machine steps between two questions: a few thousand take well under a
 * millisecond. */
enum { STEPS_BETWEEN_QUESTIONS = 2000 };

enum error store_changed(struct store *store, bool *changed)
{
    int64_t version = 0;
    struct stmt *stmt = store_prepare(store, "PRAGMA data_version");
    enum error e = stmt_int(stmt, &version);
    *changed = !e && version != store->data_version;
    if (!e) store->data_version = version;
    if (store->wants_truncate) store_truncate_log(store);
    return e;
}

static int ask(void *arg)
{
    struct store *store = arg;
    return store->stop(store->stop_arg);
}

void store_set_interrupt(struct store *store, bool (*stop)(void *arg), void *arg)
{
    store->stop = stop;
    store->stop_arg = arg;
    sqlite3_progress_handler(store->db, stop ? STEPS_BETWEEN_QUESTIONS : 0, stop ? ask : NULL,
                             store);
}

bool store_is_interrupted(const struct store *store)
{
    return store->stop && store->stop(store->stop_arg);
}

void store_truncate_log(struct store *store)
{
    sqlite3_busy_timeout(store->db, 0);
    int code = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_busy_timeout(store->db, STORE_BUSY_WAIT_MS);
    store->wants_truncate = (code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_LOCKED;
    if (code == SQLITE_OK) store->log_pages = 0;
}

static int on_commit(void *arg, sqlite3 *db, const char *name, int pages)
{
    struct store *store = arg;
    (void)db, (void)name;
    store->log_pages = pages;
    return SQLITE_OK;
}

void store_hold_checkpoints(struct store *store)
{
    sqlite3_wal_hook(store->db, on_commit, store);
}

bool store_wants_checkpoint(struct store *store)
{
    bool wants = store->log_pages >= STORE_LOG_PAGES;
    if (wants) store->log_pages = 0;
    return wants;
}

enum error store_checkpoint(struct store *store)
{
    int code = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return code == SQLITE_OK || (code & 0xFF) == SQLITE_BUSY ? OK : store_fail(store, code);
}

enum error store_leave_log(struct store *store)
{
    store_free_statements(store);
    sqlite3_busy_timeout(store->db, 0);
    enum error e = store_run(store, "PRAGMA journal_mode = DELETE");
    sqlite3_busy_timeout(store->db, STORE_BUSY_WAIT_MS);
    if (e)
        return fail(ERR_BUSY, "%s is open elsewhere: close the consoles and services that use it",
                    store->path);
    return OK;
}

static enum error copy_into(struct store *store, const char *path)
{
    sqlite3 *target = NULL;
    int code = sqlite3_open_v2(path, &target, SQLITE_OPEN_READWRITE, NULL);
    sqlite3_backup *backup =
        code == SQLITE_OK ? sqlite3_backup_init(target, "main", store->db, "main") : NULL;
    if (backup) {
        code = sqlite3_backup_step(backup, -1);
        int finished = sqlite3_backup_finish(backup);
        if (code == SQLITE_DONE) code = finished;
    }
    enum error e = OK;
    if (!backup || code != SQLITE_OK)
        e = fail(ERR_STORE, "cannot write the copy %s: %s", path, sqlite3_errmsg(target));
    sqlite3_close(target);
    return e;
}

enum error store_copy(struct store *store, const char *path)
{
    int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return fail(ERR_SYSTEM, "cannot create the copy %s: %s", path, strerror(errno));
    enum error e = copy_into(store, path);
    if (!e && fsync(fd) != 0) e = fail(ERR_SYSTEM, "cannot sync %s: %s", path, strerror(errno));
    close(fd);
    if (e) unlink(path);
    return e;
}

enum error store_check(struct store *store)
{
    bool row;
    struct stmt *stmt = store_prepare(store, "PRAGMA integrity_check(1)");
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (row && strcmp(column_text(stmt, "integrity_check"), "ok") != 0)
        e = fail(ERR_STORE, "%s is damaged: %s; restore a backup", store->path,
                 column_text(stmt, "integrity_check"));
    stmt_reset(stmt);
    if (e) return e;
    stmt = store_prepare(store, "PRAGMA foreign_key_check");
    e = stmt_step(stmt, &row);
    if (!e && row)
        e = fail(ERR_STORE, "%s: a row of %s points to nothing; restore a backup", store->path,
                 column_text(stmt, "table"));
    stmt_reset(stmt);
    return e;
}
