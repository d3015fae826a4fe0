#include <gatehouse/when.h>

#include "sqlite.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

/* NULL when that is not what the system said. */
static const char *name_lack_of_room(int reason)
{
    return reason == ENOSPC   ? "the disk is full"
           : reason == EDQUOT ? "the disk quota is used up"
           : reason == EFBIG  ? "a file reached the size limit of this process"
                              : NULL;
}

bool store_lacks_room(const struct store *store)
{
    return name_lack_of_room(sqlite3_system_errno(store->db)) != NULL;
}

bool store_is_on_read_only_disk(const struct store *store)
{
    struct statvfs disk;
    return statvfs(store->path, &disk) == 0 && (disk.f_flag & ST_RDONLY);
}

/* SQLite tried more than one way, and keeps the reason of the last. */
static enum error cannot_open(const struct store *store, int reason)
{
    if (store_is_on_read_only_disk(store))
        return fail(ERR_SYSTEM, "the disk is read-only: add --read-only (%s)", store->path);
    bool denied = reason == EACCES || reason == EPERM;
    return fail(ERR_SYSTEM, "cannot open %s: %s%s", store->path, strerror(reason),
                denied ? "; where nothing can be written, add --read-only" : "");
}

/* The end of a sentence may be cut on the screen: what happened comes first, the path last. */
enum error store_fail(struct store *store, int code)
{
    int reason = sqlite3_system_errno(store->db);
    const char *room = name_lack_of_room(reason);
    bool failed = (code & 0xFF) == SQLITE_IOERR || (code & 0xFF) == SQLITE_CANTOPEN;
    if (failed && room) code = SQLITE_FULL;
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        if (store->gave_up) {
            store->gave_up = false;
            return fail(ERR_BUSY, "stopped waiting for another writer: nothing was changed");
        }
        return fail(ERR_BUSY, "another process is writing: try again in a moment (%s)",
                    store->path);
    case SQLITE_FULL:
        return fail(ERR_SYSTEM, "%s: nothing was changed; free some space and try again (%s)",
                    room ? room : "the disk is full", store->path);
    case SQLITE_READONLY:
        return fail(ERR_STORE, "the database cannot be written: check owner, mode and disk of %s",
                    store->path);
    case SQLITE_CORRUPT:
        return fail(ERR_STORE, "%s is damaged: restore a backup (%s)", store->path,
                    sqlite3_errmsg(store->db));
    case SQLITE_NOTADB:
        return fail(ERR_STORE, "%s is not a database: name a Gatehouse database", store->path);
    case SQLITE_INTERRUPT:
        return fail(ERR_STOPPED, "stopped; nothing was changed");
    case SQLITE_CANTOPEN:
        return cannot_open(store, reason);
    case SQLITE_NOMEM:
        return fail_memory();
    case SQLITE_IOERR:
        return fail(ERR_SYSTEM,
                    "the disk failed while reading or writing (%s): check the disk of %s",
                    reason ? strerror(reason) : sqlite3_errmsg(store->db), store->path);
    default:
        return fail(ERR_STORE, "the database refused: %s", sqlite3_errmsg(store->db));
    }
}

enum error store_run(struct store *store, const char *sql)
{
    int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : store_fail(store, code);
}

/* A bug in a query is found by the first test that runs it. */
static _Noreturn void bug(const struct stmt *stmt, const char *what, const char *name)
{
    fprintf(stderr, "gatehouse: %s %s in: %s\n", what, name, stmt->sql);
    abort();
}

static struct stmt *find(struct store *store, const char *sql, struct stmt ***bucket)
{
    *bucket = &store->statements[((uintptr_t)sql >> 3) % STATEMENT_BUCKETS];
    for (struct stmt *stmt = **bucket; stmt; stmt = stmt->next)
        if (stmt->sql == sql) return stmt;
    return NULL;
}

struct stmt *store_prepare(struct store *store, const char *sql)
{
    static struct stmt no_memory = {.broken = ERR_SYSTEM};
    struct stmt **bucket;
    if (!sql) return &no_memory;
    struct stmt *stmt = find(store, sql, &bucket);
    if (!stmt) {
        stmt = calloc(1, sizeof *stmt);
        if (!stmt) return &no_memory;
        *stmt = (struct stmt){.store = store, .sql = sql, .next = *bucket};
        *bucket = stmt;
    }
    stmt->broken = OK;
    if (stmt->handle) {
        sqlite3_reset(stmt->handle);
        sqlite3_clear_bindings(stmt->handle);
        return stmt;
    }
    int code =
        sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt->handle, NULL);
    if (code != SQLITE_OK) stmt->broken = store_fail(store, code);
    return stmt;
}

void store_free_statements(struct store *store)
{
    for (size_t i = 0; i < STATEMENT_BUCKETS; i++) {
        while (store->statements[i]) {
            struct stmt *stmt = store->statements[i];
            store->statements[i] = stmt->next;
            sqlite3_finalize(stmt->handle);
            free(stmt->parameters.items);
            free(stmt->columns.items);
            free(stmt);
        }
    }
}

/* Names are requested in the same order every time, so the next one is likely to match. */
static int recall(struct names *names, const char *text)
{
    for (size_t tried = 0; tried < names->count; tried++) {
        if (names->next >= names->count) names->next = 0;
        const struct name *name = &names->items[names->next++];
        if (name->text == text) return name->index;
    }
    return -1;
}

/* Without memory for it, the name is simply looked up again next time. */
static void remember(struct names *names, const char *text, int index)
{
    struct name *larger = realloc(names->items, (names->count + 1) * sizeof *larger);
    if (!larger) return;
    larger[names->count++] = (struct name){text, index};
    names->items = larger;
    names->next = names->count;
}

static int parameter(struct stmt *stmt, const char *name)
{
    if (!stmt->handle) return 0;
    int index = recall(&stmt->parameters, name);
    if (index < 0) {
        index = sqlite3_bind_parameter_index(stmt->handle, name);
        if (index == 0) bug(stmt, "no parameter", name);
        remember(&stmt->parameters, name, index);
    }
    assert(strcmp(sqlite3_bind_parameter_name(stmt->handle, index), name) == 0);
    return index;
}

static void note(struct stmt *stmt, int code)
{
    if (stmt->handle && code != SQLITE_OK && !stmt->broken)
        stmt->broken = store_fail(stmt->store, code);
}

void bind_int(struct stmt *stmt, const char *name, int64_t value)
{
    note(stmt, sqlite3_bind_int64(stmt->handle, parameter(stmt, name), value));
}

void bind_text(struct stmt *stmt, const char *name, const char *value)
{
    note(stmt, sqlite3_bind_text(stmt->handle, parameter(stmt, name), value, -1, SQLITE_TRANSIENT));
}

void bind_blob(struct stmt *stmt, const char *name, const void *value, size_t size)
{
    note(stmt,
         sqlite3_bind_blob64(stmt->handle, parameter(stmt, name), value, size, SQLITE_TRANSIENT));
}

static void bind_null(struct stmt *stmt, const char *name)
{
    note(stmt, sqlite3_bind_null(stmt->handle, parameter(stmt, name)));
}

void bind_time(struct stmt *stmt, const char *name, int64_t time)
{
    if (time == WHEN_NEVER)
        bind_null(stmt, name);
    else
        bind_int(stmt, name, time);
}

enum error stmt_step(struct stmt *stmt, bool *row)
{
    *row = false;
    if (!stmt->handle && stmt->broken == ERR_SYSTEM) return fail_memory();
    if (stmt->broken) return stmt->broken;
    int code = sqlite3_step(stmt->handle);
    if (code == SQLITE_ROW) {
        *row = true;
        return OK;
    }
    enum error e = code == SQLITE_DONE ? OK : store_fail(stmt->store, code);
    sqlite3_reset(stmt->handle);
    return e;
}

bool stmt_next(struct stmt *stmt, enum error *e)
{
    bool row = false;
    if (!*e) *e = stmt_step(stmt, &row);
    if (!row) stmt_reset(stmt);
    return row;
}

enum error stmt_run(struct stmt *stmt)
{
    bool row = true;
    enum error e = OK;
    while (!e && row)
        e = stmt_step(stmt, &row);
    return e;
}

enum error stmt_int(struct stmt *stmt, int64_t *value)
{
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return ERR_NOT_FOUND;
    *value = sqlite3_column_int64(stmt->handle, 0);
    stmt_reset(stmt);
    return OK;
}

void stmt_reset(struct stmt *stmt)
{
    if (stmt->handle) sqlite3_reset(stmt->handle);
}

static int find_column(const struct stmt *stmt, const char *name)
{
    int count = sqlite3_column_count(stmt->handle);
    for (int i = 0; i < count; i++)
        if (strcmp(sqlite3_column_name(stmt->handle, i), name) == 0) return i;
    bug(stmt, "no column", name);
}

static int column(struct stmt *stmt, const char *name)
{
    int index = recall(&stmt->columns, name);
    if (index < 0) {
        index = find_column(stmt, name);
        remember(&stmt->columns, name, index);
    }
    assert(strcmp(sqlite3_column_name(stmt->handle, index), name) == 0);
    return index;
}

int64_t column_int(struct stmt *stmt, const char *name)
{
    return sqlite3_column_int64(stmt->handle, column(stmt, name));
}

const char *column_text(struct stmt *stmt, const char *name)
{
    const unsigned char *text = sqlite3_column_text(stmt->handle, column(stmt, name));
    return text ? (const char *)text : "";
}

const void *column_blob(struct stmt *stmt, const char *name, size_t *size)
{
    int index = column(stmt, name);
    const void *bytes = sqlite3_column_blob(stmt->handle, index);
    *size = (size_t)sqlite3_column_bytes(stmt->handle, index);
    return bytes;
}

bool column_is_null(struct stmt *stmt, const char *name)
{
    return sqlite3_column_type(stmt->handle, column(stmt, name)) == SQLITE_NULL;
}

int64_t column_time(struct stmt *stmt, const char *name)
{
    int index = column(stmt, name);
    return sqlite3_column_type(stmt->handle, index) == SQLITE_NULL
               ? WHEN_NEVER
               : sqlite3_column_int64(stmt->handle, index);
}

void column_copy(struct stmt *stmt, const char *name, char *out, size_t out_size)
{
    const char *text = column_text(stmt, name);
    size_t size = strnlen(text, out_size);
    if (size == out_size) {
        size--;
        /* The analyser does not know that strnlen() has read this far.
         * NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
        while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80)
            size--;
    }
    memcpy(out, text, size);
    out[size] = 0;
}

int64_t store_last_id(struct store *store)
{
    return sqlite3_last_insert_rowid(store->db);
}

int64_t store_changes(struct store *store)
{
    return sqlite3_changes64(store->db);
}
