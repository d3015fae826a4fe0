#include <gatehouse/token_change.h>
#include <gatehouse/token_return.h>
#include <gatehouse/when.h>

#include "counter.h"

const char *return_reason_text(enum return_reason reason)
{
    static const char *const texts[] = {
        [RETURN_DEAD] = "revoked or deleted since: it stays dead",
        [RETURN_SUSPENDED] = "suspended now: it works again",
        [RETURN_EXPIRED] = "expired now: it works again",
        [RETURN_INACTIVE] = "its account is inactive now: it works again",
        [RETURN_UNKNOWN] = "not known to the present database: it works",
    };
    return texts[reason];
}

/* Whether a digest works in the present database; if not, *reason says why. */
static enum error works(struct store *present, int64_t now, const void *digest, size_t size,
                        bool *works, enum return_reason *reason)
{
    struct stmt *stmt = store_prepare(
        present, "SELECT d.dead, d.suspended, d.expires, coalesce(a.active, 0) AS active FROM "
                 "digest d LEFT JOIN account a ON a.number = d.account WHERE d.digest = :digest");
    bind_blob(stmt, ":digest", digest, size);
    bool row;
    enum error e = stmt_step(stmt, &row);
    *works = false;
    *reason = RETURN_UNKNOWN;
    if (e || !row) return e;
    int64_t expires = column_time(stmt, "expires");
    bool expired = expires != WHEN_NEVER && expires <= now;
    bool off = !column_int(stmt, "active");
    *reason = column_int(stmt, "dead")        ? RETURN_DEAD
              : expired                       ? RETURN_EXPIRED
              : column_int(stmt, "suspended") ? RETURN_SUSPENDED
                                              : RETURN_INACTIVE;
    *works = *reason == RETURN_INACTIVE && !off;
    stmt_reset(stmt);
    return OK;
}

enum error token_returns(struct store *older, struct store *present, int64_t now,
                         enum error (*each)(const struct token_return *found, void *arg), void *arg)
{
    struct stmt *stmt = store_prepare(
        older,
        "SELECT t.number, t.name, a.name AS account_name, d.digest FROM token t JOIN account a ON "
        "a.number = t.account JOIN digest d ON d.token = t.number WHERE d.dead = 0 AND t.suspended "
        "= 0 AND a.active = 1 AND t.canary = 0 AND (t.expires IS NULL OR t.expires > :now)");
    bind_int(stmt, ":now", now);
    enum error e = OK;
    while (stmt_next(stmt, &e)) {
        struct token_return found = {.token = column_int(stmt, "number")};
        bool works_there;
        size_t size;
        const void *digest = column_blob(stmt, "digest", &size);
        column_copy(stmt, "name", found.name, sizeof found.name);
        column_copy(stmt, "account_name", found.account_name, sizeof found.account_name);
        e = works(present, now, digest, size, &works_there, &found.reason);
        if (!e && !works_there) e = each(&found, arg);
    }
    return e;
}

static enum error find_token(struct store *store, const void *digest, size_t size, int64_t *token)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT t.number FROM digest d JOIN token t ON t.number = d.token WHERE d.digest = "
               ":digest AND d.dead = 0");
    bind_blob(stmt, ":digest", digest, size);
    enum error e = stmt_int(stmt, token);
    if (e == ERR_NOT_FOUND) *token = 0;
    return e == ERR_NOT_FOUND ? OK : e;
}

/* A row for a digest that this database does not know, so that no import can revive it. */
static enum error insert_dead(struct store *store, const void *digest, size_t size)
{
    struct stmt *stmt = store_prepare(
        store, "INSERT INTO digest (digest, token, account, dead) VALUES (:digest, 0, 0, 1) ON "
               "CONFLICT (digest) DO UPDATE SET dead = 1");
    bind_blob(stmt, ":digest", digest, size);
    return stmt_run(stmt);
}

static enum error make_dead(const struct act *act, const void *digest, size_t size,
                            int64_t *stopped)
{
    int64_t token;
    enum error e = find_token(act->store, digest, size, &token);
    if (e || !token) return e ? e : insert_dead(act->store, digest, size);
    ++*stopped;
    return token_revoke(act, token, NULL);
}

enum error token_return_prevent(const struct act *act, struct store *present, int64_t *stopped)
{
    struct stmt *stmt = store_prepare(present, "SELECT digest FROM digest WHERE dead = 1");
    enum error e = OK;
    *stopped = 0;
    while (stmt_next(stmt, &e)) {
        size_t size;
        const void *digest = column_blob(stmt, "digest", &size);
        e = make_dead(act, digest, size, stopped);
    }
    return e ? e : generation_bump(act->store);
}
