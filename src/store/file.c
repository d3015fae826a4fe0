/* What only a database that is a file has: a log of its own, a mapping, copies. Elsewhere there is
 * nothing to do. */
#include "driver.h"

enum error store_unmap(struct store *store)
{
    const struct driver_file *file = store->driver->file;
    return file ? file->unmap(store) : OK;
}

void store_expect_many(struct store *store)
{
    const struct driver_file *file = store->driver->file;
    if (file) file->expect_many(store);
}

void store_keep_reads(struct store *store)
{
    const struct driver_file *file = store->driver->file;
    if (file) file->keep_reads(store);
}

void store_let_go(struct store *store)
{
    const struct driver_file *file = store->driver->file;
    if (file) file->let_go(store);
}

bool store_wants_truncate(struct store *store)
{
    const struct driver_file *file = store->driver->file;
    return file && file->wants_truncate(store);
}

void store_truncate_log(struct store *store)
{
    const struct driver_file *file = store->driver->file;
    if (file) file->truncate_log(store);
}

void store_hold_checkpoints(struct store *store)
{
    const struct driver_file *file = store->driver->file;
    if (file) file->hold_checkpoints(store);
}

bool store_wants_checkpoint(struct store *store)
{
    const struct driver_file *file = store->driver->file;
    return file && file->wants_checkpoint(store);
}

enum error store_checkpoint(struct store *store)
{
    const struct driver_file *file = store->driver->file;
    return file ? file->checkpoint(store) : OK;
}

enum error store_leave_log(struct store *store)
{
    const struct driver_file *file = store->driver->file;
    return file ? file->leave_log(store) : OK;
}

enum error store_copy(struct store *store, const char *path,
                      enum error (*check)(const char *copy, void *arg), void *arg)
{
    const struct driver_file *file = store->driver->file;
    if (file) return file->copy(store, path, check, arg);
    return fail(ERR_CONFLICT,
                "PostgreSQL has a command for this: pg_dump --format=custom --file='%s' '%s'", path,
                store->driver->name(store));
}

enum error store_replace_begin(struct store *present, struct store *with, struct replacement **out)
{
    const struct driver_file *file = present->driver->file;
    if (file) return file->replace_begin(present, with, out);
    return fail(
        ERR_CONFLICT,
        "PostgreSQL has a command for this: pg_restore --clean --if-exists --dbname='%s' FILE",
        present->driver->name(present));
}

enum error store_replace_finish(struct replacement *replacement)
{
    return replacement->present->driver->file->replace_finish(replacement);
}

void store_replace_drop(struct replacement *replacement)
{
    if (replacement) replacement->present->driver->file->replace_drop(replacement);
}
