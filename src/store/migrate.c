#include "driver.h"

static enum error apply(struct store *store, const struct schema *schema, int index)
{
    const struct migration *migration = &schema->migrations[index];
    const char *sql = store->driver->script(migration);
    enum error e = sql ? store->driver->run(store, sql) : OK;
    if (!e && migration->after) e = migration->after(store, schema->arg);
    if (!e) e = store->driver->set_version(store, index + 1);
    return e;
}

enum error store_check_range(const struct store *store, const struct schema *schema,
                             int64_t version)
{
    const char *name = store->driver->name(store);
    if (version < 0)
        return fail(ERR_STORE, "%s is damaged: it says its schema is %lld; restore a backup", name,
                    (long long)version);
    if (version > schema->count)
        return fail(ERR_STORE,
                    "%s was written by a newer Gatehouse (schema %lld, this one knows %d): install "
                    "the newer one",
                    name, (long long)version, schema->count);
    return OK;
}

/* Under the lock: another process may have done it since we looked. */
static enum error migrate_locked(struct store *store, const struct schema *schema, bool fresh)
{
    int64_t version = 0;
    enum error e = store->driver->read_version(store, &version);
    if (!e) e = store_check_range(store, schema, version);
    if (!e && !fresh && version < schema->count) e = store->driver->back_up(store, (int)version);
    for (; !e && version < schema->count; version++)
        e = apply(store, schema, (int)version);
    return e;
}

/* Many programs may start at once with an older database: the lock decides which one migrates it,
 * and the others wait for as long as that takes. Token checks by the older program continue. */
enum error store_migrate(struct store *store, const struct schema *schema, bool fresh)
{
    if (store->schema_version >= schema->count) return OK;
    enum error e = store_begin_as(store, BEGIN_MIGRATION);
    if (e) return e;
    e = store_end(store, migrate_locked(store, schema, fresh));
    if (!e) store->schema_version = schema->count;
    return e;
}
