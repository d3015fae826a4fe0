/* Opening a database, waiting for answers, and what its errors mean. */
#include "postgres.h"

#include <gatehouse/clock.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_MS = 10 }; /* between two calls of store->stop or store->give_up */

enum error postgres_fail_to(const struct postgres *store, const char *what)
{
    char why[800] = "";
    size_t size = 0;
    /* A line of each server that was tried; those that begin with a tab give advice. */
    for (const char *at = PQerrorMessage(store->connection); *at; at += strcspn(at, "\n")) {
        at += strspn(at, "\n");
        size_t length = strcspn(at, "\n");
        if (!length || *at == '\t' || size + length + sizeof "; " > sizeof why) continue;
        size += (size_t)sprintf(why + size, "%s%.*s", size ? "; " : "", (int)length, at);
    }
    return fail(ERR_SYSTEM, "%s %s%s%s", what, store->name, size ? ": " : "", why);
}

bool postgres_is_connected(const struct postgres *store)
{
    return !store->hung_up && PQstatus(store->connection) == CONNECTION_OK;
}

enum error postgres_lost(const struct postgres *store)
{
    if (store->hung_up) return fail(ERR_STOPPED, "%s did not answer in time", store->name);
    return postgres_fail_to(store, "there is no connection to");
}

static bool is_state(const char *state, const char *class)
{
    return strncmp(state, class, strlen(class)) == 0;
}

enum error postgres_fail(struct postgres *store, const PGresult *result)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (!postgres_is_connected(store)) return postgres_lost(store);
    if (!state) return postgres_fail_to(store, "there is no answer from");
    if (is_state(state, "55P03") || is_state(state, "40"))
        return fail(ERR_BUSY, "another process is writing: try again in a moment (%s)",
                    store->name);
    if (is_state(state, "57014") && store->gave_up)
        return fail(ERR_BUSY, "stopped waiting for another writer: nothing was changed");
    if (is_state(state, "57014")) return fail(ERR_STOPPED, "stopped; nothing was changed");
    if (is_state(state, "53100"))
        return fail(ERR_SYSTEM, "the disk of the database is full: nothing was changed (%s)",
                    store->name);
    if (is_state(state, "53") || is_state(state, "57P") || is_state(state, "08"))
        return fail(ERR_SYSTEM, "the database server stopped answering: %s (%s)", primary,
                    store->name);
    if (is_state(state, "25006"))
        return fail(ERR_STORE, "%s can only be read: it may be a standby", store->name);
    if (is_state(state, "26000") || is_state(state, "42P05"))
        return fail(ERR_STORE,
                    "%s is reached through a pooler that loses prepared statements: connect to the "
                    "server itself, or let the pooler keep a connection for each session",
                    store->name);
    if (is_state(state, "42501"))
        return fail(ERR_STORE, "%s does not allow this: %s", store->name, primary);
    return fail(ERR_STORE, "the database refused: %s", primary);
}

static void cancel(struct postgres *store)
{
    char ignored[256];
    PGcancel *handle = PQgetCancel(store->connection);
    if (handle) PQcancel(handle, ignored, sizeof ignored);
    PQfreeCancel(handle);
}

static void ask_whether_to_stop(struct postgres *store, int64_t waited)
{
    struct store *base = &store->base;
    if (clock_ms() < store->patient_until) return;
    if (store->is_beginning)
        store->gave_up = base->give_up && base->give_up(base->give_up_arg, waited);
    if (!(store->is_beginning ? store->gave_up : store_is_interrupted(base))) return;
    store->cancelled = true;
    if (store->answers) /* to cancel is to wait for the server again */
        store->hung_up = true;
    else
        cancel(store);
}

PGresult *postgres_wait(struct postgres *store)
{
    const struct store *base = &store->base;
    const int64_t since = clock_ms();
    store->cancelled = false;
    while (!store->hung_up && !store->is_committing && (base->stop || base->give_up) &&
           PQisBusy(store->connection)) {
        struct pollfd socket = {.fd = PQsocket(store->connection), .events = POLLIN};
        if (poll(&socket, 1, STEP_MS) > 0) {
            if (!PQconsumeInput(store->connection)) break;
        } else if (!store->cancelled) {
            ask_whether_to_stop(store, clock_ms() - since);
        }
    }
    return store->hung_up ? NULL : PQgetResult(store->connection);
}

bool postgres_hang_up(struct store *base)
{
    struct postgres *store = postgres_of(base);
    store->hung_up = true;
    store->in_transaction = store->writing = false;
    store->begins = POSTGRES_BEGUN;
    return true;
}

static bool is_good(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

enum error postgres_ask(struct postgres *store, const char *sql, int64_t *value)
{
    enum error e = OK;
    bool found = false;
    e = postgres_settle(store, NULL);
    if (e) return e;
    if (!PQsendQuery(store->connection, sql)) return postgres_fail(store, NULL);
    for (PGresult *result; (result = postgres_wait(store)); PQclear(result)) {
        if (!is_good(result) && !e) e = postgres_fail(store, result);
        if (!value || PQresultStatus(result) != PGRES_TUPLES_OK || !PQntuples(result)) continue;
        *value = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
        found = true;
    }
    if (!e && !postgres_is_connected(store)) e = postgres_lost(store);
    if (!e && value && !found) e = fail(ERR_STORE, "%s is damaged: restore a backup", store->name);
    return e;
}

enum error postgres_run(struct store *store, const char *sql)
{
    return postgres_ask(postgres_of(store), sql, NULL);
}

/* An address of the same database, without a password. */
enum error postgres_set_name(struct postgres *store)
{
    const char *host = PQhost(store->connection), *database = PQdb(store->connection);
    const char *user = PQuser(store->connection), *port = PQport(store->connection);
    char *name;
    if (!host) host = "";
    if (!database) database = "";
    if (!user) user = "";
    if (!port) port = "";
    int size = *host == '/' ? asprintf(&name, "postgresql:///%s?host=%s&port=%s&user=%s", database,
                                       host, port, user)
                            : asprintf(&name, "postgresql://%s@%s%s%s/%s", user, host,
                                       *port ? ":" : "", port, database);
    if (size < 0) return fail_memory();
    free(store->name);
    store->name = name;
    return OK;
}

static struct postgres *new_store(enum store_mode mode)
{
    struct postgres *store = calloc(1, sizeof *store);
    if (!store) return NULL;
    store->base.driver = &postgres_driver;
    store->answers = mode == STORE_ANSWER;
    store->base.read_only = store->answers || mode == STORE_READ_ONLY || mode == STORE_COPY;
    return store;
}

void postgres_close(struct store *base)
{
    struct postgres *store = postgres_of(base);
    postgres_forget_others(store);
    PQfinish(store->connection);
    for (size_t i = 0; i < sizeof store->hosts / sizeof *store->hosts; i++)
        free(store->hosts[i]);
    free(store->address);
    free(store->name);
    free(store);
}

static enum error count_tables(struct postgres *store, const char *which, int64_t *out)
{
    char sql[500];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = "
             "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())%s",
             which);
    return postgres_ask(store, sql, out);
}

/* A table of that name is not enough. */
#define IS_OURS                                                                                    \
    " AND (relname IN ('account', 'digest', 'event') OR relname = 'gatehouse' AND (SELECT "        \
    "count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND attname IN ('version', "            \
    "'commits')) = 2)"
enum { OURS = 4 };

static enum error check_identity(struct postgres *store, const struct schema *schema)
{
    int64_t tables = 0, ours = 0, version = 0;
    enum error e = count_tables(store, "", &tables);
    if (!e) e = count_tables(store, IS_OURS, &ours);
    if (!e && !tables)
        e = fail(ERR_STORE, "there is no Gatehouse in %s: create one with gatehouse init",
                 store->name);
    if (!e && ours != OURS)
        e = fail(ERR_STORE, "%s is a database of another program: name a Gatehouse database",
                 store->name);
    if (!e) e = postgres_read_version(&store->base, &version);
    if (!e) e = store_check_range(&store->base, schema, version);
    if (!e) store->base.schema_version = (int)version;
    return e;
}

static enum error open_connected(struct postgres *store, const struct schema *schema)
{
    enum error e = check_identity(store, schema);
    if (e) return e;
    if (store->base.read_only && store->base.schema_version < schema->count)
        return fail(ERR_STORE, "%s has an older schema: open it once without --read-only",
                    store->name);
    e = store_migrate(&store->base, schema, false);
    store->seen = store->connected;
    return e ? e : postgres_ask(store, "SELECT commits FROM gatehouse", &store->commits);
}

enum error postgres_open(const char *address, enum store_mode mode, const struct schema *schema,
                         struct store **out)
{
    enum error e = mode == STORE_CREATE ? postgres_create(address, schema, NULL, NULL) : OK;
    if (e) return e;
    struct postgres *store = new_store(mode);
    if (!store) return fail_memory();
    e = postgres_connect(store, address);
    if (!e) e = open_connected(store, schema);
    if (e)
        store_close(&store->base);
    else
        *out = &store->base;
    return e;
}

static enum error fill_new(struct postgres *store, const struct schema *schema,
                           enum error (*fill)(struct store *store, void *arg), void *arg)
{
    int64_t tables = 0;
    enum error e = count_tables(store, "", &tables);
    if (!e && tables)
        e = fail(ERR_CONFLICT, "%s has tables already: choose an empty database, or open it",
                 store->name);
    if (!e)
        e = postgres_run(&store->base, "CREATE TABLE gatehouse (version BIGINT NOT NULL, commits "
                                       "BIGINT NOT NULL); INSERT INTO gatehouse VALUES (0, 0)");
    if (!e) e = store_migrate(&store->base, schema, true);
    return e || !fill ? e : fill(&store->base, arg);
}

/* In one transaction: the database has all that it must have, or nothing. */
enum error postgres_create(const char *address, const struct schema *schema,
                           enum error (*fill)(struct store *store, void *arg), void *arg)
{
    struct postgres *store = new_store(STORE_CREATE);
    if (!store) return fail_memory();
    enum error e = postgres_connect(store, address);
    if (!e) e = store_begin_as(&store->base, BEGIN_MIGRATION);
    if (!e) e = store_end(&store->base, fill_new(store, schema, fill, arg));
    store_close(&store->base);
    return e;
}

void postgres_set_nothing(struct store *store)
{
    (void)store;
}

/* The server checks its files itself. */
enum error postgres_check(struct store *store)
{
    (void)store;
    return OK;
}

bool postgres_is_superuser(const struct store *store)
{
    const PGconn *connection = ((const struct postgres *)store)->connection;
    const char *is_superuser = PQparameterStatus(connection, "is_superuser");
    return is_superuser && strcmp(is_superuser, "on") == 0;
}

unsigned postgres_connections(const struct store *store)
{
    return ((const struct postgres *)store)->connected;
}

const char *postgres_name(const struct store *store)
{
    return ((const struct postgres *)store)->name;
}
