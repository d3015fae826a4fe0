/* The database file: checking its path, opening, migrating, copying and verifying it. */
#include "store.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum error no_database(const char *path)
{
    return fail(ERR_STORE, "there is no database at %s: create one with gatehouse init", path);
}

static enum error check_folder(const char *path, enum store_mode mode)
{
    char copy[PATH_MAX];
    if (strlen(path) >= sizeof copy)
        return fail(ERR_SYSTEM, "the path of the database is too long");
    strcpy(copy, path);
    const char *folder = dirname(copy);
    struct stat info;
    if (stat(folder, &info) != 0) {
        if (errno == ENOENT && mode != STORE_CREATE) return no_database(path);
        return fail(ERR_SYSTEM, "cannot read the folder %s: %s", folder, strerror(errno));
    }
    if ((info.st_mode & (S_IWGRP | S_IWOTH)) && !(info.st_mode & S_ISVTX))
        return fail(ERR_STORE, "others can write the folder %s: run chmod go-w %s", folder, folder);
    return OK;
}

static enum error check_file(const char *path)
{
    struct stat info;
    if (lstat(path, &info) != 0) {
        if (errno == ENOENT) return no_database(path);
        return fail(ERR_SYSTEM, "cannot open %s: %s", path, strerror(errno));
    }
    if (!S_ISREG(info.st_mode))
        return fail(ERR_STORE, "%s is not a regular file: name the database itself", path);
    uid_t self = geteuid();
    if (info.st_uid != self && self != 0)
        return fail(ERR_STORE,
                    "%s belongs to another user: run gatehouse as its owner (sudo -u '#%u' "
                    "gatehouse)",
                    path, (unsigned)info.st_uid);
    if (info.st_mode & (S_IWGRP | S_IWOTH))
        return fail(ERR_STORE, "others can write %s: run chmod go-w %s", path, path);
    return OK;
}

static enum error make_file(const char *path)
{
    int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno == EEXIST)
        return fail(ERR_CONFLICT, "%s exists already: choose another path, or open it", path);
    if (fd < 0) return fail(ERR_SYSTEM, "cannot create %s: %s", path, strerror(errno));
    close(fd);
    return OK;
}

static enum error check_path(const char *path, enum store_mode mode)
{
    enum error e = check_folder(path, mode);
    if (e) return e;
    return mode == STORE_CREATE ? make_file(path) : check_file(path);
}

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

/* Two programs may start at the same time: whoever gets the lock migrates. */
static enum error migrate_once(struct store *store, const struct schema *schema, bool *done)
{
    enum error e = store_run(store, "BEGIN IMMEDIATE");
    if (e) return e;
    store->depth = 1;
    store->doomed = false;
    int64_t version = 0;
    e = read_pragma(store, "PRAGMA user_version", &version);
    if (!e && version < schema->count) {
        e = apply(store, schema, (int)version);
        version++;
    }
    *done = version >= schema->count;
    e = store_end(store, e);
    if (!e) store->schema_version = (int)version;
    return e;
}

/* A backup of an earlier attempt is not overwritten: the next one gets a number. */
static enum error back_up(struct store *store)
{
    char path[PATH_MAX], again[16] = "";
    for (int i = 2;; i++) {
        int size =
            snprintf(path, sizeof path, "%s.v%d%s.bak", store->path, store->schema_version, again);
        if (size < 0 || (size_t)size >= sizeof path)
            return fail(ERR_SYSTEM, "the path of the backup is too long");
        if (access(path, F_OK) != 0 || i > 99) return store_copy(store, path);
        snprintf(again, sizeof again, "-%d", i);
    }
}

static enum error migrate(struct store *store, const struct schema *schema)
{
    if (store->schema_version > 0 && store->schema_version < schema->count) {
        enum error e = back_up(store);
        if (e) return e;
    }
    bool done = store->schema_version >= schema->count;
    while (!done) {
        enum error e = migrate_once(store, schema, &done);
        if (e) return e;
    }
    return OK;
}

static enum error configure(struct store *store)
{
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, STORE_BUSY_WAIT_MS);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return store_run(store, "PRAGMA foreign_keys = ON;"
                            "PRAGMA synchronous = FULL;"
                            "PRAGMA secure_delete = ON;"
                            "PRAGMA temp_store = MEMORY;"
                            "PRAGMA mmap_size = 2147418112;" /* the most SQLite allows */);
}

/* Whose file is it? Reading the header also detects a file that is not a database. */
static enum error check_identity(struct store *store, bool fresh)
{
    int64_t id = 0, version = 0;
    enum error e = read_pragma(store, "PRAGMA application_id", &id);
    if (!e) e = read_pragma(store, "PRAGMA user_version", &version);
    if (e) return e;
    if (!fresh && id != STORE_APPLICATION_ID)
        return fail(ERR_STORE, "%s is a database of another program: name a Gatehouse database",
                    store->path);
    store->schema_version = (int)version;
    return OK;
}

static enum error prepare_schema(struct store *store, enum store_mode mode,
                                 const struct schema *schema)
{
    enum error e = check_identity(store, mode == STORE_CREATE);
    if (e) return e;
    if (store->schema_version > schema->count)
        return fail(ERR_STORE,
                    "%s was written by a newer Gatehouse (schema %d, this one knows %d): install "
                    "the newer one",
                    store->path, store->schema_version, schema->count);
    if (mode == STORE_READ_ONLY) {
        if (store->schema_version < schema->count)
            return fail(ERR_STORE, "%s has an older schema: open it once without --read-only",
                        store->path);
        return OK;
    }
    e = store_run(store, "PRAGMA journal_mode = WAL;");
    return e ? e : migrate(store, schema);
}

static enum error open_handle(struct store *store, const char *path, int flags)
{
    int code = sqlite3_open_v2(path, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK) return store_fail(store, code);
    return configure(store);
}

static enum error new_store(const char *path, bool read_only, struct store **out)
{
    struct store *store = calloc(1, sizeof *store);
    char *copy = strdup(path);
    if (!store || !copy) {
        free(store);
        free(copy);
        return fail_memory();
    }
    store->path = copy;
    store->read_only = read_only;
    *out = store;
    return OK;
}

enum error store_open(const char *path, enum store_mode mode, const struct schema *schema,
                      struct store **out)
{
    enum error e = check_path(path, mode);
    if (e) return e;
    struct store *store = NULL;
    e = new_store(path, mode == STORE_READ_ONLY, &store);
    if (e) return e;
    int flags = mode == STORE_READ_ONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    e = open_handle(store, path, flags);
    if (!e) e = prepare_schema(store, mode, schema);
    if (!e) {
        bool ignored;
        e = store_changed(store, &ignored);
    }
    if (e) {
        store_close(store);
        if (mode == STORE_CREATE) unlink(path);
        return e;
    }
    *out = store;
    return OK;
}

enum error store_open_memory(const struct schema *schema, struct store **out)
{
    struct store *store = NULL;
    enum error e = new_store(":memory:", false, &store);
    if (e) return e;
    e = open_handle(store, ":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (!e) e = migrate(store, schema);
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
    if (store->wants_truncate) store_truncate_log(store);
    sqlite3_close(store->db);
    free(store->path);
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
