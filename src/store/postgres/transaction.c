/* Transactions. A writer takes one lock of the database first, so that writes come one after
 * another, as their events do. Each of its statements sees what was committed before (READ
 * COMMITTED): a snapshot would be older than the wait for the lock. A reader has one snapshot. */
#include "postgres.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define NUMBER_OF(number) #number
#define TEXT_OF(number)   NUMBER_OF(number)
/* A database may have several of ours, each in a schema: each has a lock. */
#define THE_LOCK TEXT_OF(STORE_APPLICATION_ID_DECIMAL) ", hashtext(current_schema())"
/* The hexadecimal form is no literal of SQL. */
#define STORE_APPLICATION_ID_DECIMAL 1735682097
_Static_assert(STORE_APPLICATION_ID_DECIMAL == STORE_APPLICATION_ID, "the same number");

#define VERSION "SELECT version FROM gatehouse"

enum error postgres_read_version(struct store *store, int64_t *version)
{
    return postgres_ask(postgres_of(store), VERSION, version);
}

enum error postgres_set_version(struct store *store, int version)
{
    char sql[64];
    snprintf(sql, sizeof sql, "UPDATE gatehouse SET version = %d", version);
    return postgres_run(store, sql);
}

enum error postgres_back_up(struct store *store, int version)
{
    (void)store, (void)version;
    return OK; /* a migration is one transaction, and pg_dump is the way to make a backup */
}

const char *postgres_script(const struct migration *migration)
{
    return migration->postgres;
}

bool postgres_is_writing(const struct store *store)
{
    return ((const struct postgres *)store)->writing;
}

uint64_t postgres_state(const struct store *base)
{
    const struct postgres *store = (const struct postgres *)base;
    return store->in_transaction ? store->state : 0;
}

enum error postgres_check_version(struct postgres *store, int64_t version)
{
    if (version == store->base.schema_version) return OK;
    return fail(ERR_STORE, "a newer Gatehouse has changed %s: restart this one", store->name);
}

/* If it fails, that must not hide why we rolled back. */
static void roll_back(struct postgres *store)
{
    enum error ignored = postgres_settle(store, NULL);
    store->failed = OK;
    if (postgres_is_connected(store) && PQtransactionStatus(store->connection) != PQTRANS_IDLE)
        ignored = postgres_ask(store, "ROLLBACK", NULL);
    (void)ignored;
    store->in_transaction = store->writing = false;
}

/* Whether the lock is ours is the answer to the first, the version to the second. */
static enum error begin_lazy(struct postgres *store)
{
    int64_t locked = 0, version = 0;
    enum error e = postgres_ask(
        store,
        "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL "
        "synchronous_commit TO off; SELECT pg_try_advisory_xact_lock(" THE_LOCK ")::integer",
        &locked);
    if (!e && !locked)
        e = fail(ERR_BUSY, "another process is writing: try again in a moment (%s)", store->name);
    if (!e) e = postgres_ask(store, VERSION, &version);
    return e ? e : postgres_check_version(store, version);
}

static enum error begin(struct postgres *store, enum driver_begin how)
{
    int64_t version = 0;
    enum error e = OK;
    switch (how) {
    case BEGIN_LAZY:
        return begin_lazy(store);
    case BEGIN_WRITE:
        e = postgres_ask(
            store,
            "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(" THE_LOCK
            "); " VERSION,
            &version);
        return e ? e : postgres_check_version(store, version);
    case BEGIN_MIGRATION:
        return postgres_ask(store,
                            "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout TO "
                            "'10min'; SELECT pg_advisory_xact_lock(" THE_LOCK ")",
                            NULL);
    case BEGIN_FRESH:
        store->begins = POSTGRES_FRESH;
        return OK;
    case BEGIN_READ:
        break;
    }
    store->begins = POSTGRES_READ;
    return OK;
}

static enum error begin_now(struct postgres *store, enum driver_begin how)
{
    enum error e = postgres_check_standby(store);
    if (e) return e;
    store->is_beginning = true;
    store->gave_up = false;
    e = begin(store, how);
    store->is_beginning = false;
    return e;
}

enum error postgres_begin(struct store *base, enum driver_begin how)
{
    struct postgres *store = postgres_of(base);
    bool writes = how != BEGIN_READ && how != BEGIN_FRESH;
    if (writes && base->read_only)
        return fail(ERR_STORE, "the database is open for reading only: start without --read-only");
    enum error e = postgres_connect_again(store, PATIENCE_MS);
    if (!e) e = begin_now(store, how);
    /* It may have been lost long ago, and nothing was done yet. */
    if (e && !postgres_is_connected(store) && !store->gave_up && !store_is_interrupted(base)) {
        e = postgres_connect_again(store, PATIENCE_MS);
        if (!e) e = begin_now(store, how);
    }
    if (e) {
        roll_back(store);
        return e;
    }
    memset(store->numbers, 0, sizeof store->numbers);
    store->state = 0;
    store->in_transaction = true;
    store->writing = writes;
    return OK;
}

/* The number of commits tells other connections that there is something new (listen.c). A
 * transaction in which a statement failed is rolled back by COMMIT, which is no error to it. */
static enum error commit(struct postgres *store)
{
    int64_t commits = store->commits;
    store->is_committing = true;
    store->warned = false;
    enum error e = postgres_ask(store,
                                "SELECT pg_notify(" POSTGRES_CHANNEL ", ''); UPDATE gatehouse SET "
                                "commits = commits + 1 RETURNING commits; COMMIT",
                                &commits);
    store->is_committing = false;
    if (!e && commits == store->commits + 1) store->commits = commits;
    return e;
}

/* The server may still be committing for the connection that was lost: it has the lock until then.
 * What is found may not be on a standby yet that it should be on: the commit of this one waits for
 * both. */
static enum error look_for_proof(struct postgres *store, bool *found)
{
    struct store *base = &store->base;
    enum error e = postgres_begin(base, BEGIN_WRITE);
    if (e) return e;
    e = base->find(base, base->proof_number, base->proof, found);
    if (!e && *found) e = commit(store);
    if (!e && *found && store->warned) e = ERR_SYSTEM;
    roll_back(store);
    return e;
}

/* The connection was lost during COMMIT, or nobody waited for the standby. */
static enum error find_out(struct postgres *store)
{
    enum { TRIES = 5 };
    bool found = false;
    enum error e = ERR_SYSTEM;
    for (int i = 0; i < TRIES && e && !store->gave_up && store->base.find; i++) {
        const struct timespec pause = {.tv_sec = i > 0};
        nanosleep(&pause, NULL);
        e = look_for_proof(store, &found);
    }
    if (e)
        return fail(ERR_SYSTEM,
                    "the connection to %s was lost during the change: look whether it "
                    "was made",
                    store->name);
    if (found) return OK;
    return fail(ERR_SYSTEM, "the connection to %s was lost: nothing was changed", store->name);
}

static enum error settle_and_commit(struct postgres *store)
{
    if (store->hung_up) return postgres_lost(store);
    enum error e = postgres_settle(store, NULL);
    if (e) return e;
    if (PQtransactionStatus(store->connection) == PQTRANS_INERROR)
        return fail(ERR_STORE, "the database refused part of the change: nothing was changed");
    return commit(store);
}

/* Nobody waits for that. It rolls back where a statement failed. */
static enum error end_read(struct postgres *store)
{
    const bool begun = !store->begins;
    store->begins = POSTGRES_BEGUN;
    store->in_transaction = false;
    if (!postgres_is_connected(store)) return postgres_lost(store);
    if (!begun) return OK;
    enum error e = postgres_send(store, "COMMIT");
    return e ? e : postgres_queue_commit(store);
}

enum error postgres_end(struct store *base, bool commits)
{
    struct postgres *store = postgres_of(base);
    if (!store->writing) {
        enum error ended = end_read(store);
        return commits ? ended : OK;
    }
    enum error e = commits ? settle_and_commit(store) : OK;
    const bool open = e ? !postgres_is_connected(store) : commits && store->warned;
    roll_back(store);
    return open ? find_out(store) : e;
}
