#include <gatehouse/permission.h>
#include <gatehouse/token.h>
#include <gatehouse/when.h>

enum { TOUCH_INTERVAL = 60 };

struct found {
    bool suspended, dead, deleted, active;
};

static enum error look_up(struct store *store, const void *bytes, size_t size,
                          struct token_pass *pass, struct found *found)
{
    uint8_t digest[TOKEN_DIGEST_SIZE];
    token_digest(bytes, size, digest);
    struct stmt *stmt = store_prepare(
        store, "SELECT d.token, d.account, d.expires, d.suspended, d.dead, coalesce(a.active, 0) "
               "AS active, a.name FROM digest d LEFT JOIN account a ON a.number = d.account WHERE "
               "d.digest = :digest");
    bind_blob(stmt, ":digest", digest, sizeof digest);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return ERR_NOT_FOUND;
    *pass = (struct token_pass){.token = column_int(stmt, "token"),
                                .account = column_int(stmt, "account"),
                                .expires = column_time(stmt, "expires")};
    column_copy(stmt, "name", pass->account_name, sizeof pass->account_name);
    *found = (struct found){.suspended = column_int(stmt, "suspended"),
                            .dead = column_int(stmt, "dead"),
                            .deleted = column_is_null(stmt, "name"),
                            .active = column_int(stmt, "active")};
    stmt_reset(stmt);
    return OK;
}

/* Why a known token does not pass; NULL when it does. */
static const char *reason_of(const struct token_pass *pass, const struct found *found, int64_t now)
{
    if (found->deleted) return "the account was deleted";
    if (found->dead) return "revoked";
    if (pass->expires != WHEN_NEVER && now >= pass->expires) return "expired";
    if (found->suspended) return "suspended";
    return found->active ? NULL : "the account is inactive";
}

static enum error check(struct store *store, int64_t now, const void *bytes, size_t size,
                        int64_t permission, struct token_pass *out, const char **reason)
{
    struct found found;
    *reason = NULL;
    /* Other forms than ours may have been imported, but nothing weaker than an import takes. */
    if (token_value_flaw(bytes, size)) {
        *reason = "not a token: a typo, or cut off";
        return OK;
    }
    enum error e = look_up(store, bytes, size, out, &found);
    if (e == ERR_NOT_FOUND) *reason = "unknown";
    if (e) return e == ERR_NOT_FOUND ? OK : e;
    *reason = reason_of(out, &found, now);
    if (*reason || permission == 0) return OK;
    bool holds;
    e = permission_holds(store, out->account, permission, &holds);
    if (!e && !holds) *reason = "the account does not hold the permission";
    return e;
}

enum error token_check(struct store *store, int64_t now, const void *bytes, size_t size,
                       int64_t permission, struct token_pass *out, const char **reason)
{
    const char *found_reason = NULL;
    /* One view of the database: a change in the middle must not mix two states. */
    enum error e = store_begin_read(store);
    if (!e) e = store_end(store, check(store, now, bytes, size, permission, out, &found_reason));
    if (reason) *reason = found_reason;
    if (e) return e;
    return found_reason ? fail(ERR_NOT_FOUND, "the token is not good for this") : OK;
}

static enum error touch(struct store *store, int64_t now, const struct token_pass *pass)
{
    struct stmt *stmt =
        store_prepare(store, "UPDATE token SET last_used = :now WHERE number = :token AND "
                             "(last_used IS NULL OR last_used <= :before)");
    bind_int(stmt, ":now", now);
    bind_int(stmt, ":token", pass->token);
    bind_int(stmt, ":before", now - TOUCH_INTERVAL);
    enum error e = stmt_run(stmt);
    if (e || store_changes(store) == 0) return e;
    stmt = store_prepare(store, "UPDATE account SET last_used = max(coalesce(last_used, 0), :now) "
                                "WHERE number = :account");
    bind_int(stmt, ":now", now);
    bind_int(stmt, ":account", pass->account);
    return stmt_run(stmt);
}

/* Asked before the lock is: most checks of a busy token have nothing to write. */
static bool is_due(struct store *store, int64_t now, const struct token_pass *pass)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT last_used IS NULL OR last_used <= :before FROM token WHERE number = :token");
    bind_int(stmt, ":before", now - TOUCH_INTERVAL);
    bind_int(stmt, ":token", pass->token);
    int64_t due = 0;
    return !stmt_int(stmt, &due) && due;
}

void token_touch(struct store *store, int64_t now, const struct token_pass *pass)
{
    if (!is_due(store, now, pass)) return;
    enum error e = store_begin_lazy(store);
    if (!e) e = store_end(store, touch(store, now, pass));
    /* A use that could not be recorded must not fail the check that it belongs to. */
    (void)e;
}
