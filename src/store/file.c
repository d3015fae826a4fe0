/* What only a database that is a file has: a log of its own, a mapping, copies. */
#include "driver.h"

enum error store_unmap(struct store *store)
{
    return store->driver->file->unmap(store);
}

bool store_wants_truncate(struct store *store)
{
    return store->driver->file->wants_truncate(store);
}

void store_truncate_log(struct store *store)
{
    store->driver->file->truncate_log(store);
}

void store_hold_checkpoints(struct store *store)
{
    store->driver->file->hold_checkpoints(store);
}

bool store_wants_checkpoint(struct store *store)
{
    return store->driver->file->wants_checkpoint(store);
}

enum error store_checkpoint(struct store *store)
{
    return store->driver->file->checkpoint(store);
}

enum error store_leave_log(struct store *store)
{
    return store->driver->file->leave_log(store);
}

enum error store_copy(struct store *store, const char *path,
                      enum error (*check)(const char *copy, void *arg), void *arg)
{
    return store->driver->file->copy(store, path, check, arg);
}

enum error store_replace_begin(struct store *present, struct store *with, struct replacement **out)
{
    return present->driver->file->replace_begin(present, with, out);
}

enum error store_replace_finish(struct replacement *replacement)
{
    return replacement->present->driver->file->replace_finish(replacement);
}

void store_replace_drop(struct replacement *replacement)
{
    if (replacement) replacement->present->driver->file->replace_drop(replacement);
}
