/* Making the connection, at first and again after it was lost. Nothing here waits for longer than
 * it is told to, except for a name server. */
#include "postgres.h"

#include <gatehouse/clock.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    STEP_MS = 10,
    HOST_MS = 5000,            /* until a server that does not answer is given up */
    HOST_OF_SEVERAL_MS = 2000, /* the same where there are others */
    RETRY_MS = 250,
    RETRY_MOST_MS = 5000,
    ANSWER_MS = 100, /* a check does not wait for longer, nor less long for the next try */
    ANSWER_RETRY_MOST_MS = 400,
    GREET_MS =
        300,      /* to ask a new connection what it is; on a busy machine it would never be made */
    WATCH_MS = 5, /* nor for one that is only watched */
};

/* One that checks read from: consoles show on which machines there are any. */
static bool is_of_service(const struct postgres *store)
{
    return store->answers && !store->is_watched && !store->is_asked;
}

/* A standby or a role may allow reading only; other settings come from the address. A check that
 * nobody waits for any more ends on the server, too. It looks up single rows; a plan that was made
 * while a table was small would go on to read all of it. */
static enum error configure(struct postgres *store)
{
    enum error e = postgres_check_server(store);
    if (!e)
        e = postgres_ask(store,
                         store->answers ? "SET lock_timeout TO '5s'; SET jit TO off; SET "
                                          "statement_timeout TO '1s'; SET enable_seqscan TO off"
                                        : "SET lock_timeout TO '5s'; SET jit TO off",
                         NULL);
    if (!e && is_of_service(store))
        e = postgres_ask(store,
                         "SELECT pg_advisory_lock_shared(" STORE_ANSWER_LOCK
                         ", hashtext(current_schema()))",
                         NULL);
    if (!e) e = postgres_check_writer(store);
    return e ? e : postgres_check_standby(store);
}

/* A commit that was told not to wait for the standby any more ends well, with a warning. */
static void note(void *arg, const PGresult *notice)
{
    struct postgres *store = arg;
    const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (store->is_committing && severity && strcmp(severity, "WARNING") == 0) store->warned = true;
}

/* The servers of the address, in the order in which they are tried; all NULL if there is one. */
static enum error read_hosts(struct postgres *store)
{
    PQconninfoOption *options = PQconninfo(store->connection);
    bool several = false, ok = options;
    for (const PQconninfoOption *at = options; ok && at->keyword; at++) {
        char **list = strcmp(at->keyword, "host") == 0       ? &store->hosts[0]
                      : strcmp(at->keyword, "hostaddr") == 0 ? &store->hosts[1]
                      : strcmp(at->keyword, "port") == 0     ? &store->hosts[2]
                                                             : NULL;
        if (!list || !at->val) continue;
        several |= list != &store->hosts[2] && strchr(at->val, ',');
        ok = (*list = strdup(at->val));
    }
    PQconninfoFree(options);
    store->has_several = several;
    return ok ? OK : fail_memory();
}

/* "a,b,c" becomes "b,c,a". */
static void turn(char *list)
{
    char *comma = list ? strchr(list, ',') : NULL;
    if (!comma) return;
    size_t first = (size_t)(comma - list), rest = strlen(comma + 1);
    char *copy = strndup(list, first);
    if (!copy) return;
    memmove(list, comma + 1, rest);
    list[rest] = ',';
    memcpy(list + rest + 1, copy, first);
    free(copy);
}

void postgres_turn_hosts(struct postgres *store)
{
    for (size_t i = 0; i < sizeof store->hosts / sizeof *store->hosts; i++)
        turn(store->hosts[i]);
}

size_t postgres_count_hosts(const struct postgres *store)
{
    size_t count = 1;
    const char *list = store->hosts[0] ? store->hosts[0] : store->hosts[1];
    for (; list && *list; list++)
        count += *list == ',';
    return count;
}

struct options {
    size_t count;
    const char *keys[16], *values[16]; /* each ended by NULL */
    char name[sizeof STORE_ANSWER_NAME + HOST_NAME_MAX];
};

static void add(struct options *options, const char *key, const char *value)
{
    if (!value) return;
    options->keys[options->count] = key;
    options->values[options->count++] = value;
}

/* What comes before dbname yields to what is in the address, and what comes after it does not. Of a
 * machine that has gone, nothing says so: what is not acknowledged for some seconds ends the
 * connection. Who writes needs the primary, whatever the address says. */
static void list_options(const struct postgres *store, struct options *options)
{
    const bool any = store->is_watched, writes = !store->base.read_only || store->is_asked;
    add(options, "application_name", "gatehouse");
    add(options, "tcp_user_timeout", "5000");
    add(options, "keepalives_idle", "5");
    add(options, "keepalives_interval", "2");
    add(options, "keepalives_count", "3");
    add(options, "target_session_attrs", store->answers ? "read-write" : "any");
    add(options, "dbname", store->address);
    add(options, "client_encoding", "UTF8");
    if (is_of_service(store)) {
        strcpy(options->name, STORE_ANSWER_NAME);
        gethostname(strchr(options->name, 0), HOST_NAME_MAX);
        add(options, "application_name", options->name);
    }
    if (writes) add(options, "target_session_attrs", any ? "any" : "read-write");
    if (!store->has_several) return;
    add(options, "host", store->hosts[0]);
    add(options, "hostaddr", store->hosts[1]);
    add(options, "port", store->hosts[2]);
}

static enum error start(struct postgres *store)
{
    struct options options = {0};
    list_options(store, &options);
    PGconn *made = PQconnectStartParams(options.keys, options.values, true);
    if (!made) return fail_memory();
    PQfinish(store->connection);
    store->connection = made;
    store->hung_up = store->is_deposed = false;
    store->queued = 0;
    store->is_ending = false;
    store->connecting = true;
    store->connecting_since = clock_ms();
    store->polling = PGRES_POLLING_WRITING;
    PQsetNoticeReceiver(made, note, store);
    return postgres_set_name(store);
}

static enum error give_up_for_now(struct postgres *store, enum error e)
{
    const int64_t first = store->answers ? ANSWER_MS : RETRY_MS;
    const int64_t most = store->answers ? ANSWER_RETRY_MOST_MS : RETRY_MOST_MS;
    store->connecting = false;
    store->hung_up = true;
    store->turns = 0;
    store->pause = !store->pause ? first : store->pause < most / 2 ? 2 * store->pause : most;
    store->next_try = clock_ms() + store->pause;
    return e;
}

/* libpq goes on to the next server when one refuses, but not when it does not answer, or when it is
 * us who refuse. */
static enum error try_others(struct postgres *store, enum error e)
{
    if (!store->has_several || ++store->turns >= postgres_count_hosts(store))
        return give_up_for_now(store, e);
    postgres_turn_hosts(store);
    return start(store);
}

static enum error time_out(struct postgres *store)
{
    return try_others(store, fail(ERR_SYSTEM, "%s does not answer", store->name));
}

static enum error greet(struct postgres *store)
{
    store->connecting = false;
    store->connected++;
    store->proven = 0;
    store->patient_until = clock_ms() + GREET_MS;
    enum error e = postgres_set_name(store);
    if (!e) e = configure(store);
    store->patient_until = 0;
    if (e && store->is_deposed) return try_others(store, e);
    if (e) return give_up_for_now(store, e);
    store->turns = 0;
    store->pause = 0;
    return OK;
}

/* One step, unless the socket is not ready for it within that time. */
static enum error step(struct postgres *store, int wait_ms)
{
    const int64_t most = store->has_several ? HOST_OF_SEVERAL_MS : HOST_MS;
    struct pollfd socket = {.fd = PQsocket(store->connection),
                            .events = store->polling == PGRES_POLLING_READING ? POLLIN : POLLOUT};
    if (PQstatus(store->connection) != CONNECTION_BAD && poll(&socket, 1, wait_ms) <= 0)
        return clock_ms() - store->connecting_since > most ? time_out(store) : OK;
    store->polling = PQconnectPoll(store->connection);
    if (store->polling == PGRES_POLLING_FAILED)
        return give_up_for_now(store, postgres_fail_to(store, "cannot connect to"));
    return store->polling == PGRES_POLLING_OK ? greet(store) : OK;
}

enum error postgres_connect(struct postgres *store, const char *address)
{
    store->address = strdup(address);
    if (!store->address) return fail_memory();
    enum error e = start(store);
    if (!e) e = read_hosts(store);
    while (!e && store->connecting)
        e = step(store, STEP_MS);
    return e;
}

/* Whoever finds a connection lost waits a moment for another one; those after that do not. */
static int64_t patience_of_answer(const struct postgres *store)
{
    if (store->is_watched && !store->was_tried) return ANSWER_MS;
    if (store->connecting) return 0;
    return store->is_watched ? WATCH_MS : ANSWER_MS;
}

enum error postgres_connect_again(struct postgres *store, int64_t patience_ms)
{
    const int64_t now = clock_ms();
    if (postgres_is_connected(store)) return OK;
    if (store->answers) patience_ms = patience_of_answer(store);
    if (!store->connecting && now < store->next_try && (store->answers || !patience_ms))
        return postgres_fail_to(store, "there is no connection to");
    enum error e = store->connecting ? OK : start(store);
    while (!e && store->connecting) {
        int64_t left = now + patience_ms - clock_ms();
        e = step(store, left > STEP_MS ? STEP_MS : left > 0 ? (int)left : 0);
        if (!e && store->connecting && (left <= 0 || store_is_interrupted(&store->base)))
            return fail(ERR_SYSTEM, "there is no connection to %s: still trying", store->name);
    }
    return e;
}
