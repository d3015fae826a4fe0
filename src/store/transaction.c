#include "driver.h"

#include <gatehouse/memory.h>
#include <string.h>

enum error store_begin_as(struct store *store, enum driver_begin how)
{
    if (store->depth > 0) {
        store->depth++;
        return OK;
    }
    enum error e = store->driver->begin(store, how);
    if (e) return e;
    store->depth = 1;
    store->doomed = false;
    store->memory_failures = memory_failures();
    return OK;
}

enum error store_begin(struct store *store)
{
    return store_begin_as(store, BEGIN_WRITE);
}

enum error store_begin_lazy(struct store *store)
{
    return store_begin_as(store, BEGIN_LAZY);
}

enum error store_begin_read(struct store *store)
{
    return store_begin_as(store, BEGIN_READ);
}

enum error store_begin_fresh(struct store *store)
{
    return store_begin_as(store, BEGIN_FRESH);
}

bool store_is_writing(const struct store *store)
{
    return store->driver->is_writing(store);
}

static enum error finish(struct store *store, enum error result)
{
    if (result == OK && store->doomed && store_is_writing(store))
        result = fail(ERR_CONFLICT, "part of it failed");
    for (struct store_pending *pending = store->pending; !result && pending;
         pending = pending->next)
        result = pending->write(store, pending);
    if (result == OK && store_is_writing(store) && memory_failures() != store->memory_failures)
        result = fail_memory(); /* part of an event may be missing */
    enum error ended = store->driver->end(store, result == OK);
    return result ? result : ended;
}

void store_truncate_after_commit(struct store *store)
{
    store->clears = true;
}

void store_after_commit(struct store *store,
                        void (*done)(struct store *store, int64_t first, int64_t last),
                        int64_t number)
{
    if (!store->after_commit) store->after_first = number;
    store->after_commit = done;
    store->after_last = number;
}

void store_set_proof(struct store *store,
                     enum error (*find)(struct store *store, int64_t number,
                                        const uint8_t proof[static STORE_PROOF_SIZE], bool *found),
                     int64_t number, const uint8_t proof[static STORE_PROOF_SIZE])
{
    store->find = find;
    store->proof_number = number;
    memcpy(store->proof, proof, STORE_PROOF_SIZE);
}

bool store_proof(const struct store *store, int64_t *number, uint8_t proof[static STORE_PROOF_SIZE])
{
    *number = store->proof_number;
    memcpy(proof, store->proof, STORE_PROOF_SIZE);
    return store->find != NULL;
}

void store_add_pending(struct store *store, struct store_pending *pending)
{
    pending->next = store->pending;
    store->pending = pending;
}

struct store_pending *store_find_pending(const struct store *store,
                                         enum error (*write)(struct store *store,
                                                             struct store_pending *pending))
{
    struct store_pending *pending = store->pending;
    while (pending && pending->write != write)
        pending = pending->next;
    return pending;
}

static void drop_pending(struct store *store)
{
    while (store->pending) {
        struct store_pending *pending = store->pending;
        store->pending = pending->next;
        pending->drop(pending);
    }
}

static void tell(struct store *store, enum error result)
{
    void (*done)(struct store *, int64_t, int64_t) = store->after_commit;
    store->after_commit = NULL;
    if (!done || result) return;
    store->committed_first = store->after_first;
    store->committed_last = store->after_last;
    done(store, store->after_first, store->after_last);
}

void store_last_commit(const struct store *store, int64_t *first, int64_t *last)
{
    *first = store->committed_first;
    *last = store->committed_last;
}

enum error store_end(struct store *store, enum error result)
{
    if (store->depth > 1) {
        store->depth--;
        if (result) store->doomed = true;
        return result;
    }
    store->depth = 0;
    result = finish(store, result);
    if (store->clears && !result) store_truncate_log(store);
    store->clears = false;
    store->find = NULL;
    drop_pending(store);
    tell(store, result);
    return result;
}
