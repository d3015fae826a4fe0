/* A standby may answer checks only while the primary waits for it before it says that a change was
 * made: otherwise a token that was revoked would go on working there for a while. A standby cannot
 * know that. The primary is asked, once a second, on a connection of its own. */
#include "postgres.h"

#include <gatehouse/ascii.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    PROOF_MS = 1000,   /* how long a proof is good */
    REPLAY_TRIES = 25, /* until it has replayed what the primary has written */
    REPLAY_STEP_US = 2000,
    NAME_SIZE = 64,
};

static enum error refuse(const struct postgres *store, const char *why)
{
    return fail(ERR_STORE, "%s is a standby that may lag behind, and is not answered from: %s",
                store->name, why);
}

/* The name under which the primary knows it. Only members of pg_read_all_stats see it. */
static enum error ask_name(struct postgres *store, char name[static NAME_SIZE])
{
    static const char sql[] =
        "SELECT coalesce(substring(conninfo from '(?:^| )application_name=([^ ]+)'), "
        "substring(conninfo from 'fallback_application_name=([^ ]+)')) FROM pg_stat_wal_receiver "
        "WHERE status = 'streaming'";
    PGresult *result = NULL, *next;
    bool ok = PQsendQuery(store->connection, sql);
    while (ok && (next = postgres_wait(store))) {
        PQclear(result);
        result = next;
    }
    *name = 0;
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
        snprintf(name, NAME_SIZE, "%s", PQgetvalue(result, 0, 0));
    enum error e = PQresultStatus(result) == PGRES_TUPLES_OK ? OK : postgres_fail(store, result);
    PQclear(result);
    return e;
}

/* It becomes part of a statement. */
static bool is_plain(const char *name)
{
    for (const char *at = name; *at; at++)
        if (!ascii_is_alnum(*at) && !strchr("_-.", *at)) return false;
    return *name;
}

/* *written: how far the log of the primary reaches; as numbers below 0, what speaks against it. */
static enum error ask_primary(struct postgres *store, const char *name, int64_t *written)
{
    char sql[1200];
    snprintf(
        sql, sizeof sql,
        "SELECT CASE WHEN current_setting('synchronous_commit') <> 'remote_apply' OR EXISTS "
        "(SELECT 1 FROM pg_db_role_setting, unnest(setconfig) AS one WHERE one LIKE "
        "'synchronous_commit=%%' AND one <> 'synchronous_commit=remote_apply') THEN -1 WHEN "
        "(SELECT count(*) FROM pg_stat_replication WHERE application_name = '%s') <> 1 OR NOT "
        "EXISTS (SELECT 1 FROM pg_stat_replication WHERE application_name = '%s' AND state = "
        "'streaming' AND sync_state = 'sync') THEN -2 ELSE CAST(pg_current_wal_lsn() - '0/0' AS "
        "bigint) END",
        name, name);
    enum error e = postgres_ask(store->primary, sql, written);
    if (!e && *written == -1)
        return refuse(store, "synchronous_commit is not remote_apply for everybody on the primary");
    if (!e && *written == -2)
        return refuse(store, "the primary does not wait for it (pg_stat_replication.sync_state)");
    return e;
}

/* With a connection of its own, which is made in the same way. */
static enum error reach_primary(struct postgres *store)
{
    struct postgres *primary = store->primary;
    if (primary) {
        primary->base.stop = store->base.stop;
        primary->base.stop_arg = store->base.stop_arg;
        return postgres_connect_again(primary, 0);
    }
    primary = store->primary = calloc(1, sizeof *primary);
    if (!primary) return fail_memory();
    primary->base.driver = &postgres_driver;
    primary->base.read_only = primary->answers = primary->is_asked = true;
    return postgres_connect(primary, store->address);
}

static enum error wait_for_replay(struct postgres *store, int64_t written)
{
    const struct timespec step = {.tv_nsec = REPLAY_STEP_US * 1000L};
    for (int i = 0; i < REPLAY_TRIES; i++) {
        int64_t replayed = 0;
        enum error e = postgres_ask(
            store, "SELECT CAST(pg_last_wal_replay_lsn() - '0/0' AS bigint)", &replayed);
        if (e || replayed >= written) return e;
        nanosleep(&step, NULL);
    }
    return refuse(store, "it has not replayed what the primary has written");
}

static enum error prove(struct postgres *store)
{
    char name[NAME_SIZE];
    int64_t written = 0;
    enum error e = ask_name(store, name);
    if (e) return e;
    if (!is_plain(name))
        return refuse(store, "it gets nothing from a primary, or this role must not see it");
    e = reach_primary(store);
    if (!e) e = ask_primary(store, name, &written);
    return e ? e : wait_for_replay(store, written);
}

/* Once it was a primary, it stays one until it is restarted. */
enum error postgres_check_standby(struct postgres *store)
{
    int64_t is_standby = 0;
    const int64_t now = postgres_clock_ms();
    if (!store->answers || store->is_asked || store->proven == INT64_MAX) return OK;
    if (store->proven && now - store->proven < PROOF_MS) return OK;
    store->proven = 0;
    enum error e = postgres_ask(store, "SELECT CAST(pg_is_in_recovery() AS integer)", &is_standby);
    if (!e && is_standby) e = prove(store);
    if (!e) store->proven = is_standby ? now : INT64_MAX;
    return e;
}
