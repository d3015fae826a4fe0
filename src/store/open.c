#include "store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
                            "PRAGMA mmap_size = 2147418112;" /* as much as SQLite can */);
}

/* Whose file is it? Reading the header is also what finds a file that is no database. */
static enum error check_identity(struct store *store, bool fresh)
{
    int64_t id = 0, version = 0;
    enum error e = store_pragma(store, "PRAGMA application_id", &id);
    if (!e) e = store_pragma(store, "PRAGMA user_version", &version);
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
    return e ? e : store_migrate(store, schema);
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
        return fail(ERR_SYSTEM, "out of memory");
    }
    store->path = copy;
    store->read_only = read_only;
    *out = store;
    return OK;
}

enum error store_open(const char *path, enum store_mode mode, const struct schema *schema,
                      struct store **out)
{
    enum error e = store_check_path(path, mode);
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
    if (!e) e = store_migrate(store, schema);
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
    sqlite3_close(store->db);
    free(store->path);
    free(store);
}

enum error store_unmap(struct store *store)
{
    return store_run(store, "PRAGMA mmap_size = 0;");
}

const char *store_path(const struct store *store)
{
    return store->path;
}

bool store_is_read_only(const struct store *store)
{
    return store->read_only;
}

int store_schema_version(const struct store *store)
{
    return store->schema_version;
}
