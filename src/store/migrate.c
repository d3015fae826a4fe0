#include "store.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

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

/* Two programs may start at once: only the lock says who migrates. */
static enum error migrate_once(struct store *store, const struct schema *schema, bool *done)
{
    enum error e = store_run(store, "BEGIN IMMEDIATE");
    if (e) return e;
    store->depth = 1;
    store->doomed = false;
    int64_t version = 0;
    e = store_pragma(store, "PRAGMA user_version", &version);
    if (!e && version < schema->count) {
        e = apply(store, schema, (int)version);
        version++;
    }
    *done = version >= schema->count;
    e = store_end(store, e);
    if (!e) store->schema_version = (int)version;
    return e;
}

/* A backup of an earlier try is left alone: the next gets a number. */
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

enum error store_migrate(struct store *store, const struct schema *schema)
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
