#include "sqlite.h"

#include <string.h>

static struct sqlite_stmt *of(struct stmt *stmt)
{
    return (struct sqlite_stmt *)stmt;
}

static enum error note(struct stmt *stmt, int code)
{
    return code == SQLITE_OK ? OK : sqlite_fail(sqlite_of(stmt->store), code);
}

enum error sqlite_prepare(struct stmt *stmt)
{
    sqlite3 *db = sqlite_of(stmt->store)->db;
    return note(stmt, sqlite3_prepare_v3(db, stmt->sql, -1, SQLITE_PREPARE_PERSISTENT,
                                         &of(stmt)->handle, NULL));
}

void sqlite_clear(struct stmt *stmt)
{
    sqlite3_reset(of(stmt)->handle);
    sqlite3_clear_bindings(of(stmt)->handle);
}

void sqlite_free(struct stmt *stmt)
{
    sqlite3_finalize(of(stmt)->handle);
}

/* SQLite counts parameters from 1. */
int sqlite_parameter(struct stmt *stmt, const char *name)
{
    return sqlite3_bind_parameter_index(of(stmt)->handle, name) - 1;
}

enum error sqlite_bind_int(struct stmt *stmt, int index, int64_t value)
{
    return note(stmt, sqlite3_bind_int64(of(stmt)->handle, index + 1, value));
}

enum error sqlite_bind_text(struct stmt *stmt, int index, const char *value)
{
    return note(stmt, sqlite3_bind_text(of(stmt)->handle, index + 1, value, -1, SQLITE_TRANSIENT));
}

enum error sqlite_bind_blob(struct stmt *stmt, int index, const void *value, size_t size)
{
    return note(stmt, sqlite3_bind_blob64(of(stmt)->handle, index + 1, value, size, SQLITE_STATIC));
}

enum error sqlite_bind_no_number(struct stmt *stmt, int index)
{
    return note(stmt, sqlite3_bind_null(of(stmt)->handle, index + 1));
}

enum error sqlite_step(struct stmt *stmt, bool *row)
{
    int code = sqlite3_step(of(stmt)->handle);
    *row = code == SQLITE_ROW;
    if (*row) return OK;
    enum error e = code == SQLITE_DONE ? OK : sqlite_fail(sqlite_of(stmt->store), code);
    sqlite3_reset(of(stmt)->handle);
    return e;
}

void sqlite_reset(struct stmt *stmt)
{
    sqlite3_reset(of(stmt)->handle);
}

int sqlite_column(struct stmt *stmt, const char *name)
{
    int count = sqlite3_column_count(of(stmt)->handle);
    for (int i = 0; i < count; i++)
        if (strcmp(sqlite3_column_name(of(stmt)->handle, i), name) == 0) return i;
    return -1;
}

int64_t sqlite_column_int(struct stmt *stmt, int index)
{
    return sqlite3_column_int64(of(stmt)->handle, index);
}

const char *sqlite_column_text(struct stmt *stmt, int index)
{
    return (const char *)sqlite3_column_text(of(stmt)->handle, index);
}

const void *sqlite_column_blob(struct stmt *stmt, int index, size_t *size)
{
    const void *bytes = sqlite3_column_blob(of(stmt)->handle, index);
    *size = (size_t)sqlite3_column_bytes(of(stmt)->handle, index);
    return bytes;
}

bool sqlite_column_is_null(struct stmt *stmt, int index)
{
    return sqlite3_column_type(of(stmt)->handle, index) == SQLITE_NULL;
}

int64_t sqlite_changes(struct store *store)
{
    return sqlite3_changes64(sqlite_of(store)->db);
}

/* SQLite notes the numbers of AUTOINCREMENT there. */
enum error sqlite_last_number(struct store *store, const char *table, int64_t *number)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = :table");
    bind_text(stmt, ":table", table);
    return stmt_int(stmt, number);
}

/* Where more tables than expected take numbers, one is forgotten: its rows have noted them. */
static struct taken *find_taken(struct sqlite *store, const char *table)
{
    struct taken *taken = store->taken;
    for (; taken < store->taken + TAKEN_TABLES - 1; taken++)
        if (!taken->table || strcmp(taken->table, table) == 0) break;
    if (!taken->table || strcmp(taken->table, table) != 0) *taken = (struct taken){.table = table};
    return taken;
}

/* Inserting the row notes it. Only the first of a transaction is looked up. */
enum error sqlite_take_number(struct store *store, const char *table, int64_t *number)
{
    struct taken *taken = find_taken(sqlite_of(store), table);
    enum error e = taken->number ? OK : sqlite_last_number(store, table, &taken->number);
    if (!e && taken->number == INT64_MAX) e = fail(ERR_STORE, "the database is full");
    if (!e) *number = ++taken->number;
    return e;
}

enum error sqlite_raise_number(struct store *store, const char *table, int64_t number)
{
    find_taken(sqlite_of(store), table)->number = 0;
    struct stmt *stmt = store_prepare(
        store, "UPDATE sqlite_sequence SET seq = max(seq, :number) WHERE name = :table");
    bind_int(stmt, ":number", number);
    bind_text(stmt, ":table", table);
    enum error e = stmt_run(stmt);
    if (e || sqlite_changes(store)) return e;
    stmt = store_prepare(store, "INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :number)");
    bind_int(stmt, ":number", number);
    bind_text(stmt, ":table", table);
    return stmt_run(stmt);
}
