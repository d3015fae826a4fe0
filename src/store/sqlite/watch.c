#include "sqlite.h"
#include "trust.h"

#include <gatehouse/clock.h>
#include <limits.h>
#include <stdio.h>
#include <time.h>

/* Steps of SQLite's virtual machine between two calls of `stop`: well under a millisecond. */
enum { STEPS_BETWEEN_QUESTIONS = 2000 };
/* Calls of sqlite_changed in a row without a commit, after which the log should be empty. */
enum { QUIET = 4 };
enum { CLOSE_WAIT_MS = 250 };
/* Mounting something over a file, or renaming a folder above its own, changes no time that is
 * looked at: it may go unnoticed for this long. */
enum { PLACE_MS = 100 };

/* 0: there is none. */
static ino_t inode_of(const struct sqlite *store, const char *end)
{
    char path[PATH_MAX + 8];
    struct stat info;
    snprintf(path, sizeof path, "%s%s", store->path, end);
    return lstat(path, &info) == 0 ? info.st_ino : 0;
}

void sqlite_note_log(struct sqlite *store)
{
    store->log_inode = inode_of(store, "-wal");
    store->index_inode = inode_of(store, "-shm");
}

/* SQLite keeps both as long as any process has the database open. Without them, our writes and
 * those of others would overwrite each other. */
static bool lacks_log(const struct sqlite *store)
{
    return (store->log_inode && inode_of(store, "-wal") != store->log_inode) ||
           (store->index_inode && inode_of(store, "-shm") != store->index_inode);
}

enum error sqlite_check_place(const struct sqlite *store)
{
    struct stat now;
    if (store->file.st_ino == 0) return OK; /* in memory */
    if (store->alone && !sqlite_has_same_log(store))
        return fail(ERR_STORE,
                    "somebody is writing to the database: restart to see what changes (%s)",
                    store->path);
    bool same = stat(store->path, &now) == 0 && trust_is_same(&now, &store->file);
    if (same && !lacks_log(store)) return OK;
    if (same)
        return fail(ERR_STORE,
                    "the log of the database was replaced or removed, and nothing more is written: "
                    "stop every program that has it open, and restart (%s)",
                    store->path);
    return fail(ERR_STORE,
                "the database was replaced or removed, and nothing more is written: restart (%s)",
                store->path);
}

/* Adding, removing or renaming a file changes the times of its folder, and renaming the folder
 * itself the second of them. Two changes within a tick of the clock may leave the same times, so
 * recent ones prove nothing; nor do those in the future. */
static bool is_settled(const struct stat *folder)
{
    enum { SECONDS = 3 };
    return time(NULL) > folder->st_ctim.tv_sec + SECONDS;
}

static bool is_unchanged(const struct stat *folder, const struct stat *was)
{
    return folder->st_ctim.tv_sec == was->st_ctim.tv_sec &&
           folder->st_ctim.tv_nsec == was->st_ctim.tv_nsec;
}

enum error sqlite_recheck_place(struct sqlite *store)
{
    struct stat folder;
    bool known = store->folder_fd >= 0 && !store->alone && fstat(store->folder_fd, &folder) == 0;
    int64_t now = clock_ms();
    if (known && now - store->place_checked < PLACE_MS && is_unchanged(&folder, &store->place))
        return OK;
    enum error e = sqlite_check_place(store);
    store->place_checked = now;
    store->place = !e && known && is_settled(&folder) ? folder : (struct stat){0};
    return e;
}

static void truncate_log(struct sqlite *store, int wait_ms)
{
    sqlite3_busy_timeout(store->db, wait_ms);
    int code = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite_restore_wait(store);
    store->wants_truncate = (code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_LOCKED;
    if (code == SQLITE_OK) store->log_pages = 0;
}

enum error sqlite_changed(struct store *base, bool *changed)
{
    struct sqlite *store = sqlite_of(base);
    int64_t version = 0;
    struct stmt *stmt = store_prepare(base, "PRAGMA data_version");
    enum error e = stmt_int(stmt, &version);
    *changed = !e && version != store->data_version;
    if (!e) store->data_version = version;
    if (*changed) store->log_is_empty = false;
    store->quiet = *changed ? 0 : store->quiet + 1;
    if (!e) e = sqlite_check_place(store);
    if (!e && store->wants_truncate) truncate_log(store, 0);
    return e;
}

static int ask(void *arg)
{
    return store_is_interrupted(arg);
}

void sqlite_set_interrupt(struct store *store)
{
    bool asks = store->stop != NULL;
    sqlite3_progress_handler(sqlite_of(store)->db, asks ? STEPS_BETWEEN_QUESTIONS : 0,
                             asks ? ask : NULL, store);
}

/* SQLite calls it until it returns 0. `count`: how often it has for this lock. */
static int on_busy(void *arg, int count)
{
    enum { STEP_MS = 10 };
    struct sqlite *store = arg;
    if (count == 0) store->waits_since = clock_ms();
    int64_t waited = clock_ms() - store->waits_since;
    store->gave_up =
        waited < STORE_BUSY_WAIT_MS && store->base.give_up(store->base.give_up_arg, waited);
    if (store->gave_up || waited >= STORE_BUSY_WAIT_MS) return 0;
    sqlite3_sleep(STEP_MS);
    return 1;
}

void sqlite_restore_wait(struct sqlite *store)
{
    if (store->base.give_up)
        sqlite3_busy_handler(store->db, on_busy, store);
    else
        sqlite3_busy_timeout(store->db, STORE_BUSY_WAIT_MS);
}

void sqlite_set_wait(struct store *store)
{
    sqlite_restore_wait(sqlite_of(store));
}

void sqlite_truncate_log(struct store *store)
{
    truncate_log(sqlite_of(store), 0);
}

void sqlite_truncate_at_close(struct sqlite *store)
{
    if (store->wants_truncate) truncate_log(store, CLOSE_WAIT_MS);
}

bool sqlite_wants_truncate(struct store *base)
{
    struct sqlite *store = sqlite_of(base);
    if (store->log_is_empty || store->base.read_only || store->quiet < QUIET) return false;
    store->quiet = 0;
    store->log_is_empty = !sqlite_has_log(store);
    return !store->log_is_empty;
}

static int on_commit(void *arg, sqlite3 *db, const char *name, int pages)
{
    struct sqlite *store = arg;
    (void)db, (void)name;
    store->log_pages = pages;
    return SQLITE_OK;
}

void sqlite_hold_checkpoints(struct store *base)
{
    struct sqlite *store = sqlite_of(base);
    sqlite3_wal_hook(store->db, on_commit, store);
}

bool sqlite_wants_checkpoint(struct store *base)
{
    struct sqlite *store = sqlite_of(base);
    bool wants = store->log_pages >= SQLITE_LOG_PAGES;
    if (wants) store->log_pages = 0;
    return wants;
}

enum error sqlite_checkpoint(struct store *base)
{
    struct sqlite *store = sqlite_of(base);
    int code = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return code == SQLITE_OK || (code & 0xFF) == SQLITE_BUSY ? OK : sqlite_fail(store, code);
}

enum error sqlite_leave_log(struct store *base)
{
    struct sqlite *store = sqlite_of(base);
    store_free_statements(base);
    sqlite3_busy_timeout(store->db, 0);
    enum error e = sqlite_run(base, "PRAGMA journal_mode = DELETE");
    sqlite_restore_wait(store);
    if (!e) sqlite_note_log(store);
    if (e)
        return fail(ERR_BUSY, "%s is open elsewhere: close the consoles and services that use it",
                    store->path);
    return OK;
}
