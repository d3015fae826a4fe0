/* Whether the server that we are connected to may answer checks. Once a second others are asked,
 * each on a connection of its own.
 *
 * A standby may only while the primary waits for it before it says that a change was made:
 * otherwise a token that was revoked would go on working there for a while. A standby cannot know
 * that; the primary is asked.
 *
 * A primary may unless another server of the address has been promoted since (its timeline is
 * higher): what was changed there is missing here. One that cannot be reached does not count. */
#include "postgres.h"

#include <gatehouse/ascii.h>
#include <gatehouse/clock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    PROOF_MS = 1000, /* how long a proof is good */
    REPLAY_MS = 50,  /* until it has replayed what the primary has written; while nobody waits for
                        an answer yet, */
    REPLAY_FIRST_MS = 2000,
    REPLAY_STEP_MS = 2,
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

/* *written: how far the log of the primary reaches on its disk, where each change is before it is
 * said to be made; as numbers below 0, what speaks against it. */
static enum error ask_primary(struct postgres *store, const char *name, int64_t *written)
{
    char sql[1200];
    snprintf(sql, sizeof sql,
             "SELECT CASE WHEN current_setting('synchronous_commit') <> 'remote_apply' OR EXISTS "
             "(SELECT 1 FROM pg_db_role_setting, unnest(setconfig) AS one WHERE one LIKE "
             "'synchronous_commit=%%' AND one <> 'synchronous_commit=remote_apply') THEN -1 WHEN "
             "(SELECT count(*) FROM pg_stat_replication WHERE application_name = '%s') <> 1 OR NOT "
             "EXISTS (SELECT 1 FROM pg_stat_replication WHERE application_name = '%s' AND state = "
             "'streaming' AND sync_state = 'sync') THEN -2 ELSE CAST(pg_current_wal_flush_lsn() - "
             "'0/0' AS bigint) END",
             name, name);
    enum error e = postgres_ask(store->primary, sql, written);
    if (!e && *written == -1)
        return refuse(store, "synchronous_commit is not remote_apply for everybody on the primary");
    if (!e && *written == -2)
        return refuse(store, "the primary does not wait for it (pg_stat_replication.sync_state)");
    return e;
}

static struct postgres *new_asked(void)
{
    struct postgres *asked = calloc(1, sizeof *asked);
    if (!asked) return NULL;
    asked->base.driver = &postgres_driver;
    asked->base.read_only = asked->answers = asked->is_asked = true;
    return asked;
}

/* It waits no longer than what it is asked for. */
static enum error reach(struct postgres *store, struct postgres *asked)
{
    asked->base.stop = store->base.stop;
    asked->base.stop_arg = store->base.stop_arg;
    asked->patient_until = store->patient_until;
    return postgres_connect_again(asked, 0);
}

static enum error reach_primary(struct postgres *store)
{
    if (store->primary) return reach(store, store->primary);
    store->primary = new_asked();
    return store->primary ? postgres_connect(store->primary, store->address) : fail_memory();
}

static enum error wait_for_replay(struct postgres *store, int64_t written)
{
    const struct timespec step = {.tv_nsec = REPLAY_STEP_MS * 1000000L};
    const int most = store->base.stop ? REPLAY_MS : REPLAY_FIRST_MS;
    for (int waited = 0; waited < most; waited += REPLAY_STEP_MS) {
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

/* Copies the item of "a,b,c" with this index; of a list with one item, that one. */
static char *copy_item(const char *list, size_t index)
{
    if (!list) return NULL;
    for (const char *comma = strchr(list, ','); comma && index > 0; comma = strchr(list, ',')) {
        list = comma + 1;
        index--;
    }
    return strndup(list, strcspn(list, ","));
}

static bool is_connected_to(const struct postgres *store, const struct postgres *other)
{
    const char *host = other->hosts[0] ? other->hosts[0] : other->hosts[1];
    const char *port = other->hosts[2] ? other->hosts[2] : "";
    return host && strcmp(host, PQhost(store->connection)) == 0 &&
           (!*port || strcmp(port, PQport(store->connection)) == 0);
}

static enum error add_others(struct postgres *store)
{
    const size_t count = postgres_count_hosts(store);
    store->others = calloc(count, sizeof(struct postgres *));
    if (!store->others) return fail_memory();
    for (size_t i = 0; i < count; i++) {
        struct postgres *other = store->others[i] = new_asked();
        if (!other) return fail_memory();
        store->other_count = i + 1;
        other->address = strdup(store->address);
        if (!other->address) return fail_memory();
        for (size_t list = 0; list < sizeof other->hosts / sizeof *other->hosts; list++)
            other->hosts[list] = copy_item(store->hosts[list], i);
        other->has_several = other->is_watched = true; /* of the address, it is this one */
    }
    return OK;
}

/* 0: it is a standby, or cannot be asked. */
static int64_t ask_timeline(struct postgres *store)
{
    int64_t timeline = 0;
    enum error e =
        postgres_ask(store,
                     "SELECT CASE WHEN pg_is_in_recovery() THEN 0 ELSE CAST(('x' || "
                     "substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32) AS bigint) END",
                     &timeline);
    return e ? 0 : timeline;
}

/* False: it is not known yet whether it can be reached. Where nothing else limits the time, that is
 * waited for. */
static bool reach_other(struct postgres *store, struct postgres *other, bool *reached)
{
    do
        *reached = reach(store, other) == OK;
    while (!store->base.stop && !other->was_tried && other->connecting);
    other->was_tried |= !other->connecting;
    return other->was_tried;
}

static enum error look_at_others(struct postgres *store)
{
    const int64_t own = ask_timeline(store);
    enum error e = store->others || !store->has_several ? OK : add_others(store);
    for (size_t i = 0; !e && store->others && i < store->other_count; i++) {
        struct postgres *other = store->others[i];
        bool reached = false;
        if (is_connected_to(store, other)) continue;
        if (!reach_other(store, other, &reached))
            return fail(ERR_BUSY, "it is not known yet whether %s was promoted", other->name);
        if (!reached || ask_timeline(other) <= own) continue;
        store->is_deposed = true;
        e = fail(ERR_STORE, "%s is a primary no more, and is not answered from: %s was promoted",
                 store->name, other->name);
    }
    return e;
}

enum error postgres_check_standby(struct postgres *store)
{
    int64_t is_standby = 0;
    const int64_t now = clock_ms();
    if (store->is_asked || !store->answers) return OK;
    if (store->proven && now - store->proven < PROOF_MS) return OK;
    store->proven = 0;
    enum error e = postgres_ask(store, "SELECT CAST(pg_is_in_recovery() AS integer)", &is_standby);
    if (!e) e = is_standby ? prove(store) : look_at_others(store);
    if (!e) store->proven = is_standby || store->has_several ? now : INT64_MAX;
    return e;
}

enum error postgres_check_writer(struct postgres *store)
{
    if (store->base.read_only || store->is_asked || !store->has_several) return OK;
    enum error e = look_at_others(store);
    postgres_forget_others(store);
    return e;
}

void postgres_forget_others(struct postgres *store)
{
    if (store->primary) postgres_close(&store->primary->base);
    for (size_t i = 0; i < store->other_count; i++)
        postgres_close(&store->others[i]->base);
    free(store->others);
    store->primary = NULL;
    store->others = NULL;
    store->other_count = 0;
}
