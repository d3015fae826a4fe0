/* Whether another connection has committed. Each commit counts itself, and says so (NOTIFY): who
 * gets to hear of it need not ask for the number all the time. A pooler may keep it from us, and
 * then that shows: there is a commit that nobody told of. Nothing but screens depends on it. */
#include "postgres.h"

#include <gatehouse/clock.h>

/* How long it is not asked for where we are told. */
enum { TRUSTED_MS = 2000 };

/* A standby cannot listen: then it is asked for. */
static void listen(struct postgres *store)
{
    if (store->listens == store->connected) return;
    store->listens = store->connected;
    store->is_told = false;
    enum error ignored = postgres_ask(
        store, "DO $$ BEGIN EXECUTE format('LISTEN %I', " POSTGRES_CHANNEL "); END $$", NULL);
    (void)ignored;
}

/* Whether somebody else has told of a commit. */
static bool take_news(struct postgres *store)
{
    bool news = false;
    if (!postgres_is_connected(store) || !PQconsumeInput(store->connection)) return false;
    for (PGnotify *one; (one = PQnotifies(store->connection)); PQfreemem(one))
        news |= one->be_pid != PQbackendPID(store->connection);
    return news;
}

/* After the connection was lost, all may have changed. */
enum error postgres_changed(struct store *base, bool *changed)
{
    struct postgres *store = postgres_of(base);
    int64_t commits = 0;
    *changed = false;
    if (store->in_transaction) return OK;
    const bool news = take_news(store);
    enum error e = postgres_connect_again(store, 0);
    if (e) return e;
    listen(store);
    const int64_t now = clock_ms();
    if (!news && store->is_told && now - store->asked < TRUSTED_MS) return OK;
    e = stmt_int(store_prepare(base, "SELECT commits FROM gatehouse"), &commits);
    if (e) return e;
    *changed = commits != store->commits || store->connected != store->seen;
    if (*changed) store->is_told = news && store->connected == store->seen;
    store->commits = commits;
    store->seen = store->connected;
    store->asked = now;
    return OK;
}

int postgres_wake_descriptor(const struct store *base)
{
    const struct postgres *store = (const struct postgres *)base;
    bool listens = store->listens == store->connected && postgres_is_connected(store);
    return listens ? PQsocket(store->connection) : -1;
}
