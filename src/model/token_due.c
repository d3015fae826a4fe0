#include <gatehouse/token_due.h>

#include "audit_internal.h"
#include "counter.h"
#include "token_internal.h"

#include <gatehouse/setting.h>
#include <gatehouse/store.h>
#include <gatehouse/text.h>
#include <gatehouse/token_change.h>
#include <gatehouse/when.h>

enum error token_due_before(struct store *store, enum setting setting, int64_t now, int64_t *before)
{
    int64_t days;
    enum error e = setting_get(store, setting, &days);
    *before = e || !days ? 0 : now - days * DAY_SECONDS;
    return e;
}

/* A token of which something is due; 0: none. */
static enum error find(struct store *store, const char *sql, int64_t before, int64_t *number)
{
    struct stmt *stmt = store_prepare(store, sql);
    bind_int(stmt, ":before", before);
    enum error e = stmt_int(stmt, number);
    if (e == ERR_NOT_FOUND) *number = 0;
    return e == ERR_NOT_FOUND ? OK : e;
}

/* Its copy, as long as there is one, was made when the token was generated. */
static const char copy_sql[] =
    "SELECT number FROM token WHERE box IS NOT NULL AND created <= :before LIMIT 1";
static const char revoked_sql[] =
    "SELECT number FROM token WHERE revoked IS NOT NULL AND revoked <= :before LIMIT 1";

static enum error forget_all(const struct act *act, int64_t before, int64_t *count)
{
    int64_t number = 0;
    enum error e = find(act->store, copy_sql, before, &number);
    while (!e && number) {
        e = token_forget(act, number, NULL);
        ++*count;
        if (!e) e = find(act->store, copy_sql, before, &number);
    }
    return e;
}

static enum error run(struct store *store, const char *sql, int64_t before)
{
    struct stmt *stmt = store_prepare(store, sql);
    bind_int(stmt, ":before", before);
    bind_int(stmt, ":many", TOKEN_DUE_DROPS);
    return stmt_run(stmt);
}

#define DUE                                                                                        \
    "(SELECT number FROM token WHERE revoked IS NOT NULL AND revoked <= :before ORDER BY "         \
    "revoked, number LIMIT :many)"

static enum error write_drop(const struct act *act, int64_t before, int64_t count)
{
    char subject[TEXT_COUNT_SIZE], time[WHEN_SIZE];
    text_count(subject, count, "token");
    when_iso(time, before);
    return audit_write_json(
        act, "tokens.drop", subject, 0, 0, NULL,
        json_pack("{s:I, s:s}", "dropped", (json_int_t)count, "revoked_before", time));
}

/* What they were restricted to goes with them; their digests stay, dead. */
static enum error drop_all(const struct act *act, int64_t before, int64_t *count)
{
    struct stmt *stmt = store_prepare(act->store, "SELECT count(*) FROM " DUE " AS due");
    bind_int(stmt, ":before", before);
    bind_int(stmt, ":many", TOKEN_DUE_DROPS);
    enum error e = stmt_int(stmt, count);
    if (e || *count == 0) return e;
    e = run(act->store, "UPDATE token SET successor = NULL WHERE successor IN " DUE, before);
    if (!e) e = run(act->store, "DELETE FROM token WHERE number IN " DUE, before);
    if (!e) e = counter_add(act->store, "tokens", -*count);
    return e ? e : write_drop(act, before, *count);
}

static const struct policy {
    enum setting setting;
    const char *counter; /* when the last start that found something due ran; 0: none since the last
                            that found nothing */
    const char *sql;     /* finds something that is due */
    enum error (*run)(const struct act *act, int64_t before, int64_t *count);
} policies[] = {
    {SETTING_TOKEN_FORGET, "forget_due", copy_sql, forget_all},
    {SETTING_TOKEN_DROP, "drop_due", revoked_sql, drop_all},
};

static enum error read_seen(struct store *store, const struct policy *policy, int64_t *seen)
{
    struct stmt *stmt = store_prepare(store, "SELECT value FROM counter WHERE name = :name");
    bind_text(stmt, ":name", policy->counter);
    enum error e = stmt_int(stmt, seen);
    if (e == ERR_NOT_FOUND) *seen = 0;
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum error note_seen(struct store *store, const struct policy *policy, int64_t seen)
{
    struct stmt *stmt =
        store_prepare(store, "INSERT INTO counter (name, value) VALUES (:name, :seen) ON CONFLICT "
                             "(name) DO UPDATE SET value = excluded.value");
    bind_text(stmt, ":name", policy->counter);
    bind_int(stmt, ":seen", seen);
    return stmt_run(stmt);
}

/* Deletes what was due when `seen` was noted, if that is a minute ago, and notes whether more is
 * due now. A start whose clock is before `seen` disagrees: it begins again. */
static enum error run_agreed(const struct act *act, const struct policy *policy, int64_t seen,
                             int64_t *count)
{
    enum { APART = 60 };
    int64_t before, number = 0, next = seen;
    enum error e = OK;
    if (seen && act->now >= seen + APART) {
        e = token_due_before(act->store, policy->setting, seen, &before);
        if (!e && before) e = policy->run(act, before, count);
        next = 0;
    } else if (act->now < seen) {
        next = 0;
    }
    if (!e) e = token_due_before(act->store, policy->setting, act->now, &before);
    if (!e && before) e = find(act->store, policy->sql, before, &number);
    if (!e && next == 0 && number) next = act->now;
    return e || next == seen ? e : note_seen(act->store, policy, next);
}

static enum error run_policy(const struct act *act, const struct policy *policy, int64_t *count)
{
    int64_t before, number = 0, seen = 0;
    *count = 0;
    enum error e = token_due_before(act->store, policy->setting, act->now, &before);
    if (!e) e = read_seen(act->store, policy, &seen);
    if (!e && before) e = find(act->store, policy->sql, before, &number);
    if (e || (!number && !seen)) return e;
    e = store_begin(act->store);
    if (!e) e = read_seen(act->store, policy, &seen);
    if (!e) e = store_end(act->store, run_agreed(act, policy, seen, count));
    if (e) *count = 0;
    return e;
}

enum error token_due_run(const struct act *act, struct token_due *done)
{
    struct token_due due = {0};
    enum error e = run_policy(act, &policies[0], &due.forgotten);
    if (!e) e = run_policy(act, &policies[1], &due.dropped);
    if (done) *done = due;
    return e;
}
