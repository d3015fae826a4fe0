/* Statements are sent without waiting for the one before (libpq's pipeline mode): in a transaction
 * that writes, until somebody needs to know what came of them. What fails is said then: the
 * transaction cannot be committed any more in any case. */
#include "postgres.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Results that wait to be read take memory, here and on the server. */
enum { QUEUE_MAX = 1000 };

enum error postgres_queue_begin(struct postgres *store)
{
    if (store->failed) return fail(store->failed, "%s", store->why);
    if (store->queued || store->is_ending || PQenterPipelineMode(store->connection)) return OK;
    return postgres_fail(store, NULL);
}

enum error postgres_queue_add(struct postgres *store, bool sent)
{
    if (!sent) return postgres_fail(store, NULL);
    store->queued++;
    return OK;
}

/* The first error counts: what was sent after it was not run. */
static enum error look_at(struct postgres *store, const PGresult *result, enum error e)
{
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_PIPELINE_ABORTED:
    case PGRES_PIPELINE_SYNC:
        return e;
    default:
        return e ? e : postgres_fail(store, result);
    }
}

static int64_t read_number(const PGresult *result, int column)
{
    uint64_t bytes;
    if (PQgetlength(result, 0, column) != sizeof bytes) return -1;
    memcpy(&bytes, PQgetvalue(result, 0, column), sizeof bytes);
    return (int64_t)be64toh(bytes);
}

/* The first row of a transaction that asks for it says which schema there is, and which state of
 * the database: a number that each commit raises. */
static void read_beginning(struct postgres *store, const PGresult *result)
{
    if (store->begins != POSTGRES_FRESH || PQresultStatus(result) != PGRES_TUPLES_OK) return;
    const bool found = PQntuples(result) == 1;
    store->begins = POSTGRES_BEGUN;
    store->version = found ? read_number(result, 0) : -1;
    store->state = found ? (uint64_t)store->connected << 40 | (uint64_t)read_number(result, 1) : 0;
}

/* Each statement has results, which end with a NULL; the last one is that of the Sync. *last is the
 * caller's. */
static enum error read_results(struct postgres *store, PGresult **last)
{
    enum error e = OK;
    bool done = false;
    *last = NULL;
    while (!done) {
        PGresult *result = postgres_wait(store);
        if (!result && !postgres_is_connected(store)) return e ? e : postgres_lost(store);
        if (!result) continue;
        done = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        e = look_at(store, result, e);
        read_beginning(store, result);
        if (done) {
            PQclear(result);
        } else {
            PQclear(*last);
            *last = result;
        }
    }
    return e;
}

/* What came of the COMMIT of a transaction that has only read matters to nobody. */
static enum error finish_ending(struct postgres *store)
{
    PGresult *last = NULL;
    if (!store->is_ending) return OK;
    store->is_ending = false;
    enum error e = read_results(store, &last);
    PQclear(last);
    return postgres_is_connected(store) ? OK : e;
}

enum error postgres_queue_commit(struct postgres *store)
{
    store->queued = 0;
    store->is_ending = true;
    return PQpipelineSync(store->connection) ? OK : postgres_fail(store, NULL);
}

static enum error run_queue(struct postgres *store, PGresult **last)
{
    if (!PQpipelineSync(store->connection)) return postgres_fail(store, NULL);
    enum error e = finish_ending(store);
    return e ? e : read_results(store, last);
}

enum error postgres_settle(struct postgres *store, PGresult **out)
{
    PGresult *last = NULL;
    if (!store->queued && store->is_ending) {
        enum error e = finish_ending(store);
        if (postgres_is_connected(store)) PQexitPipelineMode(store->connection);
        if (e) return e;
    }
    if (!store->queued) return store->failed ? fail(store->failed, "%s", store->why) : OK;
    enum error e = run_queue(store, &last);
    if (postgres_is_connected(store)) PQexitPipelineMode(store->connection);
    store->queued = 0;
    store->changes = e ? 0 : strtoll(PQcmdTuples(last), NULL, 10);
    if (e) store->failures++;
    if (!e && out)
        *out = last;
    else
        PQclear(last);
    return e;
}

enum error postgres_queue_end(struct postgres *store)
{
    return store->queued < QUEUE_MAX ? OK : postgres_settle(store, NULL);
}

int64_t postgres_changes(struct store *base)
{
    struct postgres *store = postgres_of(base);
    enum error e = postgres_settle(store, NULL);
    if (e && store->in_transaction && !store->failed) {
        store->failed = e;
        snprintf(store->why, sizeof store->why, "%s", error_message());
    }
    return e ? 0 : store->changes;
}
