#include "driver.h"

enum error store_open(const char *path, enum store_mode mode, const struct schema *schema,
                      struct store **out)
{
    return sqlite_driver.open(path, mode, schema, out);
}

enum error store_create(const char *path, const struct schema *schema,
                        enum error (*fill)(struct store *store, void *arg), void *arg)
{
    return sqlite_driver.create(path, schema, fill, arg);
}

void store_close(struct store *store)
{
    if (!store) return;
    store_free_statements(store);
    store->driver->close(store);
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
    return store->driver->check(store);
}

enum error store_changed(struct store *store, bool *changed)
{
    return store->driver->changed(store, changed);
}

void store_set_interrupt(struct store *store, bool (*stop)(void *arg), void *arg)
{
    store->stop = stop;
    store->stop_arg = arg;
    store->driver->set_interrupt(store);
}

bool store_is_interrupted(const struct store *store)
{
    return store->stop && store->stop(store->stop_arg);
}

void store_set_wait(struct store *store, bool (*give_up)(void *arg, int64_t waited_ms), void *arg)
{
    store->give_up = give_up;
    store->give_up_arg = arg;
    store->driver->set_wait(store);
}
