/* The database file: checking its path, opening, migrating, copying and verifying it. */
#include "store.h"
#include "trust.h"

#include <gatehouse/beside.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    URI_SIZE = 3 * PATH_MAX + 32,
    MIGRATION_WAIT_MS = 600000, /* for another program that migrates a large database */
};

/* The integer that a pragma returns. */
static enum error read_pragma(struct store *store, const char *sql, int64_t *value)
{
    sqlite3_stmt *handle = NULL;
    int code = sqlite3_prepare_v2(store->db, sql, -1, &handle, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(handle);
    if (code == SQLITE_ROW) *value = sqlite3_column_int64(handle, 0);
    enum error e = code == SQLITE_ROW ? OK : store_fail(store, code);
    sqlite3_finalize(handle);
    return e;
}

static enum error set_version(struct store *store, int version)
{
    char sql[128];
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d",
             STORE_APPLICATION_ID, version);
    return store_run(store, sql);
}

static enum error apply(struct store *store, const struct schema *schema, int index)
{
    const struct migration *migration = &schema->migrations[index];
    enum error e = store_run(store, migration->sql);
    if (!e && migration->after) e = migration->after(store, schema->arg);
    if (!e) e = set_version(store, index + 1);
    return e;
}

/* The version in the file is not to be trusted: it is used as an index only between 0 and ours. */
static enum error check_range(const struct store *store, const struct schema *schema,
                              int64_t version)
{
    if (version < 0)
        return fail(ERR_STORE, "%s is damaged: it says its schema is %lld; restore a backup",
                    store->path, (long long)version);
    if (version > schema->count)
        return fail(ERR_STORE,
                    "%s was written by a newer Gatehouse (schema %lld, this one knows %d): install "
                    "the newer one",
                    store->path, (long long)version, schema->count);
    return OK;
}

static enum error apply_all(struct store *store, const struct schema *schema, int version)
{
    enum error e = OK;
    for (; version < schema->count && !e; version++)
        e = apply(store, schema, version);
    return e;
}

/* A backup of an earlier attempt is kept: the next one gets a number. */
static enum error back_up(struct store *store, int version)
{
    char path[PATH_MAX], again[16] = "";
    struct stat info;
    for (int i = 2;; i++) {
        int size = snprintf(path, sizeof path, "%s.v%d%s.bak", store->path, version, again);
        if (size < 0 || (size_t)size >= sizeof path)
            return fail(ERR_SYSTEM, "the path of the backup is too long");
        if (lstat(path, &info) != 0) return store_copy(store, path, NULL, NULL);
        snprintf(again, sizeof again, "-%d", i);
    }
}

/* Under the lock: another process may have done it since we looked. */
static enum error migrate_locked(struct store *store, const struct schema *schema, bool fresh)
{
    int64_t version = 0;
    enum error e = read_pragma(store, "PRAGMA user_version", &version);
    if (!e) e = check_range(store, schema, version);
    if (!e && !fresh && version < schema->count) e = back_up(store, (int)version);
    return e ? e : apply_all(store, schema, (int)version);
}

/* Many programs may start at once with an older database: the lock decides which one migrates it,
 * and the others wait for as long as that takes. Token checks by the older program continue. */
static enum error migrate(struct store *store, const struct schema *schema, bool fresh)
{
    if (store->schema_version >= schema->count) return OK;
    sqlite3_busy_timeout(store->db, MIGRATION_WAIT_MS);
    enum error e = store_run(store, "BEGIN IMMEDIATE");
    store_restore_wait(store);
    if (e) return e;
    store->depth = 1;
    store->doomed = false;
    e = store_end(store, migrate_locked(store, schema, fresh));
    if (!e) store->schema_version = schema->count;
    return e;
}

static void configure_handle(sqlite3 *db)
{
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, STORE_BUSY_WAIT_MS);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
}

static enum error configure(struct store *store)
{
    configure_handle(store->db);
    if (store->no_index) { /* before the first read, which would make the index of the log */
        enum error e = store_run(store, "PRAGMA locking_mode = EXCLUSIVE");
        if (e) return e;
    }
    return store_run(store, "PRAGMA foreign_keys = ON;"
                            "PRAGMA synchronous = FULL;"
                            "PRAGMA secure_delete = ON;"
                            "PRAGMA temp_store = MEMORY;"
                            "PRAGMA mmap_size = 2147418112;" /* the most SQLite allows */);
}

/* Whether the file is ours. Reading the header is also what detects a file that is not a database.
 */
static enum error check_identity(struct store *store, const struct schema *schema, bool fresh)
{
    int64_t id = 0, version = 0;
    enum error e = read_pragma(store, "PRAGMA application_id", &id);
    if (!e) e = read_pragma(store, "PRAGMA user_version", &version);
    if (e) return e;
    if (!fresh && id != STORE_APPLICATION_ID)
        return fail(ERR_STORE, "%s is a database of another program: name a Gatehouse database",
                    store->path);
    e = check_range(store, schema, version);
    if (!e && !fresh && version == 0) /* ours have one from the start */
        e = fail(ERR_STORE, "%s is damaged: it has no schema; restore a backup", store->path);
    if (!e) store->schema_version = (int)version;
    return e;
}

static enum error refuse_older(const struct store *store, const struct schema *schema)
{
    if (store->schema_version >= schema->count) return OK;
    return fail(ERR_STORE, "%s has an older schema: open it once without --read-only", store->path);
}

static enum error prepare_schema(struct store *store, enum store_mode mode,
                                 const struct schema *schema)
{
    enum error e = check_identity(store, schema, mode == STORE_CREATE);
    if (e) return e;
    if (store->read_only) return refuse_older(store, schema);
    e = store_run(store, "PRAGMA journal_mode = WAL;");
    return e ? e : migrate(store, schema, mode == STORE_CREATE);
}

/* `locks`: NULL for the usual ones, or the name of an SQLite VFS that does without. */
static enum error open_handle(struct store *store, const char *path, int flags, const char *locks)
{
    store_set_up();
    int code = sqlite3_open_v2(path, &store->db, flags | SQLITE_OPEN_NOMUTEX, locks);
    if (code != SQLITE_OK) return store_fail(store, code);
    return configure(store);
}

enum error store_open_beside(struct store *store, sqlite3 **out)
{
    enum { FLAGS = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW };
    int code = sqlite3_open_v2(store->path, out, FLAGS, NULL);
    if (code != SQLITE_OK) return store_fail(store, code);
    configure_handle(*out);
    return OK;
}

static enum error new_store(const char *path, bool read_only, struct store **out)
{
    struct store *store = calloc(1, sizeof *store);
    char *copy = strdup(path);
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : NULL;
    if (!store || !copy || (slash && !folder)) {
        free(store);
        free(copy);
        free(folder);
        return fail_memory();
    }
    store->path = copy;
    store->folder = folder;
    store->read_only = read_only;
    store->folder_fd = slash ? open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    *out = store;
    return OK;
}

/* SQLite opens by name: what it opened must be the file that was checked. */
static enum error check_opened(const struct store *store)
{
    int moved = 1;
    struct stat now;
    sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (moved || stat(store->path, &now) != 0 || !trust_is_same(&now, &store->file))
        return fail(ERR_STORE, "%s was replaced while it was opened: try again", store->path);
    return OK;
}

static enum error open_checked(struct store *store, enum store_mode mode,
                               const struct schema *schema)
{
    int flags = mode == STORE_READ_ONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    enum error e = open_handle(store, store->path, flags | SQLITE_OPEN_NOFOLLOW, NULL);
    if (!e) e = check_opened(store);
    if (!e) e = prepare_schema(store, mode, schema);
    if (e) return e;
    store_note_log(store);
    bool ignored;
    return store_changed(store, &ignored);
}

static enum error no_database(const char *path)
{
    return fail(ERR_STORE, "there is no database at %s: create one with gatehouse init", path);
}

/* A file name as a URI, so that options can follow it: all but plain characters are escaped. */
static void name_uri(const char *path, char out[static URI_SIZE])
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";
    size_t used = (size_t)snprintf(out, URI_SIZE, "file://");
    for (; *path; path++)
        used += (size_t)snprintf(out + used, URI_SIZE - used,
                                 strchr(plain, *path) ? "%c" : "%%%02X", (unsigned char)*path);
    snprintf(out + used, URI_SIZE - used, "?immutable=1");
}

/* Only the file itself: no other file is read or created. */
static enum error open_alone(struct store *store, const struct schema *schema)
{
    char uri[URI_SIZE];
    name_uri(store->path, uri);
    if (lstat(store->path, &store->file) != 0) return no_database(store->path);
    enum error e = open_handle(store, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
    return e ? e : prepare_schema(store, STORE_COPY, schema);
}

/* The log of the file; size 0 if there is none, or if it is empty. */
static void look_at_log(const struct store *store, struct stat *info)
{
    char log[PATH_MAX + 8];
    snprintf(log, sizeof log, "%s-wal", store->path);
    *info = (struct stat){0};
    if (stat(log, info) != 0 && errno != ENOENT) info->st_size = 1; /* there may be one */
}

bool store_has_same_log(const struct store *store)
{
    struct stat now;
    look_at_log(store, &now);
    return now.st_size == store->log.st_size &&
           (now.st_size == 0 || (now.st_mtim.tv_sec == store->log.st_mtim.tv_sec &&
                                 now.st_mtim.tv_nsec == store->log.st_mtim.tv_nsec));
}

bool store_has_log(const struct store *store)
{
    struct stat log;
    look_at_log(store, &log);
    return log.st_size > 0;
}

static void close_handle(struct store *store)
{
    store_free_statements(store);
    sqlite3_close(store->db);
    store->db = NULL;
}

/* With its log, whose index is kept in memory. A process that writes would have created an
 * index file: there is nobody to exclude, and nothing that could be locked. */
static enum error open_with_log(struct store *store, const struct schema *schema)
{
    store->no_index = true;
    enum error e =
        open_handle(store, store->path, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW, "unix-none");
    if (!e) e = check_opened(store);
    return e ? e : prepare_schema(store, STORE_READ_ONLY, schema);
}

/* Where the files that go with a log cannot be created. What is in a log is never ignored: it may
 * be a revocation. */
static enum error open_read_only_medium(struct store *store, const struct schema *schema)
{
    close_handle(store);
    look_at_log(store, &store->log);
    store->alone = true;
    return store->log.st_size > 0 ? open_with_log(store, schema) : open_alone(store, schema);
}

/* Nobody else may have it open: the index of the log is then kept in memory, and nothing is
 * written. */
static enum error open_by_itself(struct store *store, const struct schema *schema)
{
    store->read_only = store->no_room = store->no_index = true;
    enum error e =
        open_handle(store, store->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, NULL);
    if (!e) e = check_opened(store);
    return e ? e : prepare_schema(store, STORE_READ_ONLY, schema);
}

static enum error open_somehow(struct store *store, enum store_mode mode,
                               const struct schema *schema)
{
    enum error e = open_checked(store, mode, schema);
    if (e == ERR_SYSTEM && mode == STORE_BRIEF && store_lacks_room(store)) {
        close_handle(store);
        return open_by_itself(store, schema);
    }
    if (e == ERR_SYSTEM && mode == STORE_READ_ONLY &&
        (sqlite3_errcode(store->db) & 0xFF) == SQLITE_CANTOPEN && store_is_on_read_only_disk(store))
        return open_read_only_medium(store, schema);
    return e;
}

static enum error open_trusted(struct store *store, enum store_mode mode,
                               const struct schema *schema)
{
    int fd;
    enum error e = trust_file(store->path, &fd, &store->file);
    if (e == ERR_NOT_FOUND) return no_database(store->path);
    if (e) return e;
    if (mode != STORE_CREATE && store->file.st_size == 0)
        e = fail(ERR_STORE, "%s is empty: restore a backup, or remove it and run gatehouse init",
                 store->path); /* SQLite would remove the log next to it */
    if (!e) e = open_somehow(store, mode, schema);
    close(fd);
    return e;
}

static enum error open_copy(const char *path, const struct schema *schema, struct store **out)
{
    char canonical[PATH_MAX];
    struct store *store = NULL;
    enum error e = trust_nobody(path, canonical);
    if (!e) e = new_store(canonical, true, &store);
    if (!e) e = open_alone(store, schema);
    if (e)
        store_close(store);
    else
        *out = store;
    return e;
}

static enum error open_existing(const char *path, enum store_mode mode, const struct schema *schema,
                                struct store **out)
{
    char canonical[PATH_MAX];
    struct store *store = NULL;
    enum error e = trust_folder(path, canonical);
    if (e == ERR_NOT_FOUND) return no_database(path);
    if (!e && mode != STORE_READ_ONLY) beside_clean(canonical);
    if (!e) e = new_store(canonical, mode == STORE_READ_ONLY, &store);
    if (!e) e = open_trusted(store, mode, schema);
    if (e)
        store_close(store);
    else
        *out = store;
    return e;
}

enum error store_open(const char *path, enum store_mode mode, const struct schema *schema,
                      struct store **out)
{
    if (mode == STORE_COPY) return open_copy(path, schema, out);
    enum error e = mode == STORE_CREATE ? store_create(path, schema, NULL, NULL) : OK;
    if (mode == STORE_CREATE) mode = STORE_OPEN;
    return e ? e : open_existing(path, mode, schema, out);
}

static enum error fill_new(const char *path, const struct schema *schema,
                           enum error (*fill)(struct store *store, void *arg), void *arg)
{
    struct store *store = NULL;
    enum error e = new_store(path, false, &store);
    if (!e) e = open_trusted(store, STORE_CREATE, schema);
    if (!e && fill) e = fill(store, arg);
    if (!e) e = store_leave_log(store);
    store_close(store);
    return e;
}

static enum error refuse_taken(const char *path)
{
    if (beside_is_taken(path))
        return fail(ERR_CONFLICT, "%s already exists: choose another path, or open it", path);
    return trust_no_companions(path);
}

enum error store_create(const char *path, const struct schema *schema,
                        enum error (*fill)(struct store *store, void *arg), void *arg)
{
    char canonical[PATH_MAX];
    struct beside new;
    enum error e = trust_folder(path, canonical);
    if (e == ERR_NOT_FOUND) return fail(ERR_SYSTEM, "there is no folder for %s", path);
    if (!e) e = refuse_taken(canonical);
    if (!e) e = beside_begin(canonical, &new);
    if (e) return e;
    e = fill_new(new.path, schema, fill, arg);
    if (!e) return beside_finish(&new);
    beside_drop(&new);
    return e;
}

enum error store_open_memory(const struct schema *schema, struct store **out)
{
    struct store *store = NULL;
    enum error e = new_store(":memory:", false, &store);
    if (e) return e;
    e = open_handle(store, ":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (!e) e = migrate(store, schema, true);
    if (e) {
        store_close(store);
        return e;
    }
    *out = store;
    return OK;
}

void store_close(struct store *store)
{
    if (!store) return;
    store_free_statements(store);
    if (store->db && store_check_place(store))
        /* The log of this name belongs to another file by now, and SQLite would remove it. */
        sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    else if (store->db)
        store_truncate_at_close(store);
    sqlite3_close(store->db);
    if (store->folder_fd >= 0) close(store->folder_fd);
    free(store->path);
    free(store->folder);
    free(store);
}

enum error store_unmap(struct store *store)
{
    return store_run(store, "PRAGMA mmap_size = 0;");
}

bool store_is_read_only(const struct store *store)
{
    return store->read_only;
}

int store_schema_version(const struct store *store)
{
    return store->schema_version;
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
