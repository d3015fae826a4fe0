#include "driver.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef GATEHOUSE_POSTGRES_MODULE
#define GATEHOUSE_POSTGRES_MODULE "" /* this build has none */
#endif

static const struct driver *postgres; /* NULL: the module cannot be loaded */
static char why_not[300];

/* Beside the program in the build tree, and where `make install` puts it. */
static void load_postgres(void)
{
    char path[PATH_MAX + 32] = "";
    ssize_t size = readlink("/proc/self/exe", path, PATH_MAX);
    char *slash = size > 0 ? strrchr(path, '/') : NULL;
    if (!GATEHOUSE_POSTGRES_MODULE[0]) return;
    if (slash) strcpy(slash + 1, "gatehouse-postgres.so");
    if (!slash || access(path, R_OK) != 0) {
        snprintf(path, sizeof path, "%s", GATEHOUSE_POSTGRES_MODULE);
        if (access(path, F_OK) != 0) return;
    }
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    postgres = module ? dlsym(module, DRIVER_SYMBOL) : NULL;
    if (!postgres) snprintf(why_not, sizeof why_not, "%s", dlerror());
}

bool store_is_address(const char *path)
{
    return strncmp(path, "postgresql://", 13) == 0 || strncmp(path, "postgres://", 11) == 0;
}

static enum error choose(const char *path, const struct driver **out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    *out = &sqlite_driver;
    if (!store_is_address(path)) return OK;
    pthread_once(&once, load_postgres);
    *out = postgres;
    if (postgres) return OK;
    if (why_not[0])
        return fail(ERR_SYSTEM, "the module for PostgreSQL cannot be loaded: %s", why_not);
    return fail(
        ERR_SYSTEM,
        "this installation cannot use PostgreSQL: install the package gatehouse-postgresql, "
        "or build Gatehouse with libpq and -DGATEHOUSE_POSTGRES=ON");
}

enum error store_open(const char *path, enum store_mode mode, const struct schema *schema,
                      struct store **out)
{
    const struct driver *driver;
    enum error e = choose(path, &driver);
    return e ? e : driver->open(path, mode, schema, out);
}

enum error store_create(const char *path, const struct schema *schema,
                        enum error (*fill)(struct store *store, void *arg), void *arg)
{
    const struct driver *driver;
    enum error e = choose(path, &driver);
    return e ? e : driver->create(path, schema, fill, arg);
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

bool store_is_superuser(const struct store *store)
{
    return store->driver->is_superuser && store->driver->is_superuser(store);
}

bool store_hang_up(struct store *store)
{
    store->depth = 0;
    return store->driver->hang_up && store->driver->hang_up(store);
}

unsigned store_connections(const struct store *store)
{
    return store->driver->connections ? store->driver->connections(store) : 0;
}

uint64_t store_state(const struct store *store)
{
    return store->driver->state(store);
}

enum error store_check(struct store *store)
{
    return store->driver->check(store);
}

enum error store_changed(struct store *store, bool *changed)
{
    return store->driver->changed(store, changed);
}

int store_wake_descriptor(const struct store *store)
{
    return store->driver->wake_descriptor ? store->driver->wake_descriptor(store) : -1;
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
