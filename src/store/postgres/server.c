/* Whether a server is one that Gatehouse can use. Others speak the same protocol, and some of them
 * accept an advisory lock without keeping it: two writers at once would break the chain of events.
 */
#include "postgres.h"

#include <stdio.h>

enum { OLDEST_SERVER = 140000 };
enum verdict { IS_POSTGRES, NAMES_ANOTHER, KEEPS_NO_LOCK };

/* Nobody waits for a lock of that number. "PostgreSQL 15.2-YB-2.25" is
 * another one; forks that are PostgreSQL inside name themselves after the version. */
static const char question[] =
    "SELECT pg_advisory_xact_lock_shared(pg_backend_pid()); SELECT CASE WHEN version() "
    "!~ '^PostgreSQL [0-9]+[0-9a-z.]*[ ,]' THEN 1 WHEN NOT EXISTS (SELECT 1 FROM pg_locks WHERE "
    "locktype = 'advisory' AND granted AND pid = pg_backend_pid()) THEN 2 ELSE 0 END";

static enum error refuse(const struct postgres *store, const char *why)
{
    return fail(ERR_STORE,
                "%s is another database that speaks PostgreSQL's protocol (%s): Gatehouse needs "
                "PostgreSQL itself, 14 or newer",
                store->name, why);
}

enum error postgres_check_server(struct postgres *store)
{
    int64_t verdict = NAMES_ANOTHER;
    char why[ERROR_MESSAGE_MAX];
    const char *version = PQparameterStatus(store->connection, "server_version");
    if (PQparameterStatus(store->connection, "crdb_version")) return refuse(store, "CockroachDB");
    enum error e = postgres_ask(store, question, &verdict);
    snprintf(why, sizeof why, "%s", error_message());
    if (e == ERR_STORE) return refuse(store, why); /* it does not understand the question */
    if (e) return e;
    if (verdict == NAMES_ANOTHER) return refuse(store, "it says so in version()");
    if (verdict == KEEPS_NO_LOCK) return refuse(store, "it keeps no advisory locks");
    if (PQserverVersion(store->connection) >= OLDEST_SERVER) return OK;
    return fail(ERR_STORE, "%s is PostgreSQL %s: Gatehouse needs 14 or newer", store->name,
                version ? version : "of an unknown version");
}
