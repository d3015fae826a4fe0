#include <gatehouse/token.h>
#include <gatehouse/token_use.h>

#include "audit_internal.h"
#include "token_internal.h"
#include <stdio.h>

/* A time that is further ahead than this is one of a wrong clock, and does not count. */
enum { CLOCK_SLACK = 60 };
#define DUE(column) column " IS NULL OR " column " <= :before OR " column " > :after"

static void bind_due(struct stmt *stmt, int64_t at, int interval)
{
    bind_int(stmt, ":before", at - interval);
    bind_int(stmt, ":after", at + CLOCK_SLACK);
}

/* Checked before taking the lock: most checks of a busy token have nothing to write. */
static enum error find_due(struct store *store, const struct token_use *use, int interval,
                           bool *due)
{
    int64_t is_due = 0;
    struct stmt *stmt = store_prepare(
        store, use->denial ? "SELECT " DUE("denied") " FROM token WHERE number = :token"
                           : "SELECT " DUE("last_used") " FROM token WHERE number = :token");
    bind_due(stmt, use->at, interval);
    bind_int(stmt, ":token", use->token);
    enum error e = stmt_int(stmt, &is_due);
    *due = !e && is_due;
    return e == ERR_NOT_FOUND ? OK : e; /* deleted meanwhile */
}

static enum error write_account(struct store *store, const struct token_use *use)
{
    struct stmt *stmt = store_prepare(
        store, "UPDATE account SET last_used = CASE WHEN last_used > :after THEN :at WHEN "
               "last_used > :at THEN last_used ELSE :at END WHERE number = :account");
    bind_int(stmt, ":at", use->at);
    bind_int(stmt, ":after", use->at + CLOCK_SLACK);
    bind_int(stmt, ":account", use->account);
    return stmt_run(stmt);
}

static enum error write_use(struct store *store, const struct token_use *use, int interval)
{
    struct stmt *stmt = store_prepare(
        store, "UPDATE token SET last_used = :at, last_from = :from WHERE number = :token AND "
               "(" DUE("last_used") ")");
    bind_int(stmt, ":at", use->at);
    bind_text(stmt, ":from", use->from[0] ? use->from : NULL);
    bind_int(stmt, ":token", use->token);
    bind_due(stmt, use->at, interval);
    enum error e = stmt_run(stmt);
    return e || store_changes(store) == 0 ? e : write_account(store, use);
}

static enum error write_denial(struct store *store, const struct token_use *use, int interval)
{
    struct stmt *stmt = store_prepare(
        store, "UPDATE token SET denied = :at, denied_from = :from, denied_why = :why WHERE "
               "number = :token AND (" DUE("denied") ")");
    bind_int(stmt, ":at", use->at);
    bind_text(stmt, ":from", use->from[0] ? use->from : NULL);
    bind_int(stmt, ":why", use->denial);
    bind_int(stmt, ":token", use->token);
    bind_due(stmt, use->at, interval);
    return stmt_run(stmt);
}

static enum error write(struct store *store, const struct token_use *use, int interval)
{
    return use->denial ? write_denial(store, use, interval) : write_use(store, use, interval);
}

static enum error write_all(struct store *store, const struct token_use *uses, size_t count,
                            int interval)
{
    enum error e = OK;
    for (size_t i = 0; i < count && !e; i++)
        e = write(store, &uses[i], interval);
    return e;
}

enum error token_use_record(struct store *store, const struct token_use *uses, size_t count,
                            int interval)
{
    size_t first = 0;
    bool due = false;
    enum error e = OK;
    while (!e && first < count && !due)
        e = find_due(store, &uses[first++], interval, &due);
    if (e || !due) return e;
    first--;
    e = store_begin_lazy(store);
    return e ? e : store_end(store, write_all(store, uses + first, count - first, interval));
}

static struct token_use use_of(int64_t now, const struct token_pass *pass, const char *from)
{
    struct token_use use = {
        .token = pass->token, .account = pass->account, .at = now, .denial = pass->denial};
    snprintf(use.from, sizeof use.from, "%s", from ? from : "");
    return use;
}

void token_touch(struct store *store, int64_t now, const struct token_pass *pass, const char *from)
{
    enum { INTERVAL = 60 };
    const struct token_use use = use_of(now, pass, from);
    /* Failing to record must not fail the check. */
    enum error ignored = pass->token ? token_use_record(store, &use, 1, INTERVAL) : OK;
    (void)ignored;
}

static enum error alarm(const struct act *act, const struct token_pass *pass, const char *from)
{
    struct token_row row;
    struct token_use use = use_of(act->now, pass, from);
    use.denial = DENIAL_NONE; /* of a canary, any use counts as one */
    enum error e = token_get(act->store, act->now, pass->token, &row);
    if (!e) e = write_use(act->store, &use, CLOCK_SLACK);
    return e ? e
             : token_event(act, "token.alarm", &row, NULL,
                           json_pack("{s:o}", "from", from ? event_text(from) : json_null()));
}

enum error token_alarm(const struct act *act, const struct token_pass *pass, const char *from)
{
    enum error e = store_begin(act->store);
    return e ? e : store_end(act->store, alarm(act, pass, from));
}
