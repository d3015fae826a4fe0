/* The database file: checking its path, opening, migrating, copying and verifying it. */
#include "sqlite.h"
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

enum { URI_SIZE = 3 * PATH_MAX + 32 };

/* The integer that a pragma returns. */
static enum error read_pragma(struct sqlite *store, const char *sql, int64_t *value)
{
    sqlite3_stmt *handle = NULL;
    int code = sqlite3_prepare_v2(store->db, sql, -1, &handle, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(handle);
    if (code == SQLITE_ROW) *value = sqlite3_column_int64(handle, 0);
    enum error e = code == SQLITE_ROW ? OK : sqlite_fail(store, code);
    sqlite3_finalize(handle);
    return e;
}

enum error sqlite_set_version(struct store *store, int version)
{
    char sql[128];
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d",
             STORE_APPLICATION_ID, version);
    return sqlite_run(store, sql);
}

enum error sqlite_read_version(struct store *store, int64_t *version)
{
    return stmt_int(store_prepare(store, "PRAGMA user_version"), version);
}

const char *sqlite_script(const struct migration *migration)
{
    return migration->sql;
}

/* A backup of an earlier attempt is kept: the next one gets a number. */
enum error sqlite_back_up(struct store *store, int version)
{
    char path[PATH_MAX], again[16] = "";
    struct stat info;
    for (int i = 2;; i++) {
        int size =
            snprintf(path, sizeof path, "%s.v%d%s.bak", sqlite_of(store)->path, version, again);
        if (size < 0 || (size_t)size >= sizeof path)
            return fail(ERR_SYSTEM, "the path of the backup is too long");
        if (lstat(path, &info) != 0) return sqlite_copy(store, path, NULL, NULL);
        snprintf(again, sizeof again, "-%d", i);
    }
}

static void configure_handle(sqlite3 *db)
{
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, STORE_BUSY_WAIT_MS);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
}

static enum error configure(struct sqlite *store)
{
    configure_handle(store->db);
    if (store->no_index) { /* before the first read, which would make the index of the log */
        enum error e = sqlite_run(&store->base, "PRAGMA locking_mode = EXCLUSIVE");
        if (e) return e;
    }
    return sqlite_run(&store->base, "PRAGMA foreign_keys = ON;"
                                    "PRAGMA synchronous = FULL;"
                                    "PRAGMA secure_delete = ON;"
                                    "PRAGMA temp_store = MEMORY;"
                                    "PRAGMA mmap_size = 2147418112;" /* the most SQLite allows */);
}

/* Whether the file is ours. Reading the header is also what detects a file that is not a database.
 */
static enum error check_identity(struct sqlite *store, const struct schema *schema, bool fresh)
{
    int64_t id = 0, version = 0;
    enum error e = read_pragma(store, "PRAGMA application_id", &id);
    if (!e) e = read_pragma(store, "PRAGMA user_version", &version);
    if (e) return e;
    if (!fresh && id != STORE_APPLICATION_ID)
        return fail(ERR_STORE, "%s is a database of another program: name a Gatehouse database",
                    store->path);
    e = store_check_range(&store->base, schema, version);
    if (!e && !fresh && version == 0) /* ours have one from the start */
        e = fail(ERR_STORE, "%s is damaged: it has no schema; restore a backup", store->path);
    if (!e) store->base.schema_version = (int)version;
    return e;
}

static enum error refuse_older(const struct sqlite *store, const struct schema *schema)
{
    if (store->base.schema_version >= schema->count) return OK;
    return fail(ERR_STORE, "%s has an older schema: open it once without --read-only", store->path);
}

static enum error prepare_schema(struct sqlite *store, enum store_mode mode,
                                 const struct schema *schema)
{
    enum error e = check_identity(store, schema, mode == STORE_CREATE);
    if (e) return e;
    if (store->base.read_only) return refuse_older(store, schema);
    e = sqlite_run(&store->base, "PRAGMA journal_mode = WAL;");
    return e ? e : store_migrate(&store->base, schema, mode == STORE_CREATE);
}

/* `locks`: NULL for the usual ones, or the name of an SQLite VFS that does without. */
static enum error open_handle(struct sqlite *store, const char *path, int flags, const char *locks)
{
    sqlite_set_up();
    int code = sqlite3_open_v2(path, &store->db, flags | SQLITE_OPEN_NOMUTEX, locks);
    if (code != SQLITE_OK) return sqlite_fail(store, code);
    return configure(store);
}

enum error sqlite_open_beside(struct sqlite *store, sqlite3 **out)
{
    enum { FLAGS = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW };
    int code = sqlite3_open_v2(store->path, out, FLAGS, NULL);
    if (code != SQLITE_OK) return sqlite_fail(store, code);
    configure_handle(*out);
    return OK;
}

static enum error new_store(const char *path, bool read_only, struct sqlite **out)
{
    struct sqlite *store = calloc(1, sizeof *store);
    char *copy = strdup(path);
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : NULL;
    if (!store || !copy || (slash && !folder)) {
        free(store);
        free(copy);
        free(folder);
        return fail_memory();
    }
    store->base.driver = &sqlite_driver;
    store->path = copy;
    store->folder = folder;
    store->folder_fd = slash ? open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    store->base.read_only = read_only;
    *out = store;
    return OK;
}

/* SQLite opens by name: what it opened must be the file that was checked. */
static enum error check_opened(const struct sqlite *store)
{
    int moved = 1;
    struct stat now;
    sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (moved || stat(store->path, &now) != 0 || !trust_is_same(&now, &store->file))
        return fail(ERR_STORE, "%s was replaced while it was opened: try again", store->path);
    return OK;
}

static enum error open_checked(struct sqlite *store, enum store_mode mode,
                               const struct schema *schema)
{
    int flags = mode == STORE_READ_ONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    enum error e = open_handle(store, store->path, flags | SQLITE_OPEN_NOFOLLOW, NULL);
    if (!e) e = check_opened(store);
    if (!e) e = prepare_schema(store, mode, schema);
    if (e) return e;
    sqlite_note_log(store);
    bool ignored;
    return sqlite_changed(&store->base, &ignored);
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
static enum error open_alone(struct sqlite *store, const struct schema *schema)
{
    char uri[URI_SIZE];
    name_uri(store->path, uri);
    if (lstat(store->path, &store->file) != 0) return no_database(store->path);
    enum error e = open_handle(store, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
    return e ? e : prepare_schema(store, STORE_COPY, schema);
}

/* The log of the file; size 0 if there is none, or if it is empty. */
static void look_at_log(const struct sqlite *store, struct stat *info)
{
    char log[PATH_MAX + 8];
    snprintf(log, sizeof log, "%s-wal", store->path);
    *info = (struct stat){0};
    if (stat(log, info) != 0 && errno != ENOENT) info->st_size = 1; /* there may be one */
}

bool sqlite_has_same_log(const struct sqlite *store)
{
    struct stat now;
    look_at_log(store, &now);
    return now.st_size == store->log.st_size &&
           (now.st_size == 0 || (now.st_mtim.tv_sec == store->log.st_mtim.tv_sec &&
                                 now.st_mtim.tv_nsec == store->log.st_mtim.tv_nsec));
}

bool sqlite_has_log(const struct sqlite *store)
{
    struct stat log;
    look_at_log(store, &log);
    return log.st_size > 0;
}

static void close_handle(struct sqlite *store)
{
    store_free_statements(&store->base);
    sqlite3_close(store->db);
    store->db = NULL;
}

/* With its log, whose index is kept in memory. A process that writes would have created an
 * index file: there is nobody to exclude, and nothing that could be locked. */
static enum error open_with_log(struct sqlite *store, const struct schema *schema)
{
    store->no_index = true;
    enum error e =
        open_handle(store, store->path, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW, "unix-none");
    if (!e) e = check_opened(store);
    return e ? e : prepare_schema(store, STORE_READ_ONLY, schema);
}

/* Where the files that go with a log cannot be created. What is in a log is never ignored: it may
 * be a revocation. */
static enum error open_read_only_medium(struct sqlite *store, const struct schema *schema)
{
    close_handle(store);
    look_at_log(store, &store->log);
    store->alone = true;
    return store->log.st_size > 0 ? open_with_log(store, schema) : open_alone(store, schema);
}

/* Nobody else may have it open: the index of the log is then kept in memory, and nothing is
 * written. */
static enum error open_by_itself(struct sqlite *store, const struct schema *schema)
{
    store->base.read_only = store->no_room = store->no_index = true;
    enum error e =
        open_handle(store, store->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, NULL);
    if (!e) e = check_opened(store);
    return e ? e : prepare_schema(store, STORE_READ_ONLY, schema);
}

static enum error open_somehow(struct sqlite *store, enum store_mode mode,
                               const struct schema *schema)
{
    enum error e = open_checked(store, mode, schema);
    if (e == ERR_SYSTEM && mode == STORE_BRIEF && sqlite_lacks_room(store)) {
        close_handle(store);
        return open_by_itself(store, schema);
    }
    if (e == ERR_SYSTEM && mode == STORE_READ_ONLY &&
        (sqlite3_errcode(store->db) & 0xFF) == SQLITE_CANTOPEN &&
        sqlite_is_on_read_only_disk(store))
        return open_read_only_medium(store, schema);
    return e;
}

static enum error open_trusted(struct sqlite *store, enum store_mode mode,
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

/* An opened store, or NULL, to the caller. */
static enum error give(struct sqlite *store, enum error e, struct store **out)
{
    if (!e)
        *out = &store->base;
    else if (store)
        store_close(&store->base);
    return e;
}

static enum error open_copy(const char *path, const struct schema *schema, struct store **out)
{
    char canonical[PATH_MAX];
    struct sqlite *store = NULL;
    enum error e = trust_nobody(path, canonical);
    if (!e) e = new_store(canonical, true, &store);
    if (!e) e = open_alone(store, schema);
    return give(store, e, out);
}

static enum error open_existing(const char *path, enum store_mode mode, const struct schema *schema,
                                struct store **out)
{
    char canonical[PATH_MAX];
    struct sqlite *store = NULL;
    enum error e = trust_folder(path, canonical);
    if (e == ERR_NOT_FOUND) return no_database(path);
    if (!e && mode != STORE_READ_ONLY) beside_clean(canonical);
    if (!e) e = new_store(canonical, mode == STORE_READ_ONLY, &store);
    if (!e) e = open_trusted(store, mode, schema);
    return give(store, e, out);
}

enum error sqlite_open(const char *path, enum store_mode mode, const struct schema *schema,
                       struct store **out)
{
    if (mode == STORE_COPY) return open_copy(path, schema, out);
    if (mode == STORE_ANSWER) mode = STORE_READ_ONLY;
    enum error e = mode == STORE_CREATE ? sqlite_create(path, schema, NULL, NULL) : OK;
    if (mode == STORE_CREATE) mode = STORE_OPEN;
    return e ? e : open_existing(path, mode, schema, out);
}

static enum error fill_new(const char *path, const struct schema *schema,
                           enum error (*fill)(struct store *store, void *arg), void *arg)
{
    struct sqlite *store = NULL;
    enum error e = new_store(path, false, &store);
    if (!e) e = open_trusted(store, STORE_CREATE, schema);
    if (!e && fill) e = fill(&store->base, arg);
    if (!e) e = sqlite_leave_log(&store->base);
    if (store) store_close(&store->base);
    return e;
}

static enum error refuse_taken(const char *path)
{
    if (beside_is_taken(path))
        return fail(ERR_CONFLICT, "%s already exists: choose another path, or open it", path);
    return trust_no_companions(path);
}

enum error sqlite_create(const char *path, const struct schema *schema,
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
    struct sqlite *store = NULL;
    enum error e = new_store(":memory:", false, &store);
    if (!e) e = open_handle(store, ":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (!e) e = store_migrate(&store->base, schema, true);
    return give(store, e, out);
}

void sqlite_close(struct store *base)
{
    struct sqlite *store = sqlite_of(base);
    if (store->db && sqlite_check_place(store))
        /* The log of this name belongs to another file by now, and SQLite would remove it. */
        sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    else if (store->db)
        sqlite_truncate_at_close(store);
    sqlite3_close(store->db);
    if (store->folder_fd >= 0) close(store->folder_fd);
    free(store->path);
    free(store->folder);
    free(store);
}

enum error sqlite_unmap(struct store *store)
{
    return sqlite_run(store, "PRAGMA mmap_size = 0;");
}

const char *sqlite_name(const struct store *store)
{
    return ((const struct sqlite *)store)->path;
}

enum error sqlite_check(struct store *store)
{
    bool row;
    struct stmt *stmt = store_prepare(store, "PRAGMA integrity_check(1)");
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (row && strcmp(column_text(stmt, "integrity_check"), "ok") != 0)
        e = fail(ERR_STORE, "%s is damaged: %s; restore a backup", sqlite_name(store),
                 column_text(stmt, "integrity_check"));
    stmt_reset(stmt);
    if (e) return e;
    stmt = store_prepare(store, "PRAGMA foreign_key_check");
    e = stmt_step(stmt, &row);
    if (!e && row)
        e = fail(ERR_STORE, "%s: a row of %s points to nothing; restore a backup",
                 sqlite_name(store), column_text(stmt, "table"));
    stmt_reset(stmt);
    return e;
}
