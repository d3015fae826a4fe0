#include <gatehouse/when.h>

#include "counter.h"
#include "token_limits_write.h"
#include "token_record_row.h"
#include "token_row.h"
#include <string.h>

static enum error run(struct store *store, const char *sql, int64_t number)
{
    struct stmt *stmt = store_prepare(store, sql);
    bind_int(stmt, ":number", number);
    return stmt_run(stmt);
}

static void bind_fields(struct stmt *stmt, const struct token_record *record)
{
    bind_text(stmt, ":name", record->name);
    bind_int(stmt, ":created", record->created);
    bind_time(stmt, ":expires", record->expires);
    bind_int(stmt, ":suspended", record->suspended);
    bind_time(stmt, ":rotated", record->rotated);
}

static enum error insert_row(const struct act *act, const struct token_record *record,
                             int64_t *number)
{
    struct stmt *stmt = store_prepare(
        act->store,
        "INSERT INTO token (account, name, last_four, created, expires, suspended, revoked, "
        "last_used, rotated) VALUES (:account, :name, :last_four, :created, "
        ":expires, :suspended, :revoked, :last_used, :rotated)");
    bind_fields(stmt, record);
    bind_int(stmt, ":account", record->account);
    bind_text(stmt, ":last_four", record->last_four);
    bind_time(stmt, ":revoked", record->revoked ? act->now : WHEN_NEVER);
    bind_time(stmt, ":last_used", record->last_used);
    enum error e = stmt_run(stmt);
    *number = store_last_id(act->store);
    return e;
}

/* A dead digest whose row is gone may get a row again, but stays dead (rule 13). */
static enum error insert_digest(struct store *store, const struct token_record *record)
{
    struct digest_holder holder;
    enum error e = digest_find_holder(store, record->digest, &holder);
    if (e) return e;
    if (holder.known && (holder.token || !holder.dead || !record->revoked))
        return fail(ERR_CONFLICT, "this digest is known already");
    struct stmt *stmt = store_prepare(
        store, "INSERT INTO digest (digest, token, account, expires, suspended, dead) VALUES "
               "(:digest, :token, :account, :expires, :suspended, :dead) ON "
               "CONFLICT (digest) DO UPDATE SET token = excluded.token, account = "
               "excluded.account, expires = excluded.expires, suspended = excluded.suspended");
    bind_blob(stmt, ":digest", record->digest, sizeof record->digest);
    bind_int(stmt, ":token", record->number);
    bind_int(stmt, ":account", record->account);
    bind_time(stmt, ":expires", record->expires);
    bind_int(stmt, ":suspended", record->suspended);
    bind_int(stmt, ":dead", record->revoked);
    return stmt_run(stmt);
}

static enum error count_token(struct store *store, const struct token_record *record)
{
    struct stmt *stmt = store_prepare(
        store, "UPDATE account SET tokens = tokens + :more, last_used = CASE WHEN :used IS NULL "
               "THEN last_used ELSE max(coalesce(last_used, :used), :used) END WHERE number = "
               ":account");
    bind_int(stmt, ":more", !record->revoked);
    bind_time(stmt, ":used", record->last_used);
    bind_int(stmt, ":account", record->account);
    enum error e = stmt_run(stmt);
    return e ? e : counter_add(store, "tokens", 1);
}

static enum error create(const struct act *act, struct token_record *record,
                         const struct secret *value)
{
    int shown = RECORD_NAME | RECORD_CREATED | RECORD_EXPIRES | RECORD_STATE;
    if (record->limits.narrowed) shown |= RECORD_PERMISSIONS;
    if (record->limits.network_count) shown |= RECORD_NETWORKS;
    if (record->limits.canary) shown |= RECORD_CANARY;
    enum error e = insert_row(act, record, &record->number);
    if (!e) e = insert_digest(act->store, record);
    if (!e && shown & (RECORD_PERMISSIONS | RECORD_NETWORKS | RECORD_CANARY))
        e = token_limits_write(act->store, record->number, &record->limits);
    if (!e && value && !record->revoked)
        e = token_write_box(act->store, record->number, record->account, value);
    if (!e) e = count_token(act->store, record);
    if (!e) e = generation_bump(act->store);
    return e ? e
             : token_record_event(act, value ? "token.import" : "token.apply", record, NULL,
                                  token_record_json(act->store, record, shown));
}

enum error token_record_create(const struct act *act, const struct token_record *record,
                               const struct secret *value, int64_t *number)
{
    struct token_record row = *record;
    enum error e = store_begin(act->store);
    if (e) return e;
    e = store_end(act->store, create(act, &row, value));
    *number = row.number;
    return e;
}

static enum error refuse_final(const struct act *act, const struct token_record *before,
                               const struct token_record *after)
{
    if (before->revoked && !after->revoked)
        return fail(ERR_CONFLICT, "the token is revoked, which is final");
    bool was_expired = before->expires != WHEN_NEVER && before->expires <= act->now;
    if (was_expired && !after->revoked && after->expires != before->expires &&
        (after->expires == WHEN_NEVER || after->expires > act->now))
        return fail(ERR_CONFLICT, "the token is expired, which is final");
    return OK;
}

static enum error write_row(struct store *store, const struct token_record *record)
{
    struct stmt *stmt = store_prepare(
        store, "UPDATE token SET name = :name, created = :created, expires = :expires, suspended = "
               ":suspended, rotated = :rotated WHERE "
               "number = :number");
    bind_fields(stmt, record);
    bind_int(stmt, ":number", record->number);
    enum error e = stmt_run(stmt);
    if (e) return e;
    stmt = store_prepare(store, "UPDATE digest SET expires = :expires, suspended = :suspended "
                                "WHERE token = :number");
    bind_time(stmt, ":expires", record->expires);
    bind_int(stmt, ":suspended", record->suspended);
    bind_int(stmt, ":number", record->number);
    return stmt_run(stmt);
}

static enum error update(const struct act *act, const struct token_record *before,
                         const struct token_record *after)
{
    int diff = token_record_diff(before, after) & ~RECORD_SUCCESSOR;
    if (diff == 0) return OK;
    enum error e = refuse_final(act, before, after);
    /* Revoking has its own event. */
    if (!e && after->revoked && !before->revoked) {
        e = token_revoke(act, after->number, NULL);
        diff &= ~RECORD_STATE;
    }
    if (e || diff == 0) return e;
    json_t *was = token_record_json(act->store, before, diff);
    e = write_row(act->store, after);
    if (!e) e = token_limits_write(act->store, after->number, &after->limits);
    if (!e) e = generation_bump(act->store);
    if (!e)
        return token_record_event(act, "token.apply", after, was,
                                  token_record_json(act->store, after, diff));
    json_decref(was);
    return e;
}

enum error token_record_update(const struct act *act, const struct token_record *before,
                               const struct token_record *after)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, update(act, before, after));
}

static enum error delete_record(const struct act *act, const struct token_record *record)
{
    enum error e = token_record_event(
        act, "token.delete", record,
        token_record_json(act->store, record, RECORD_NAME | RECORD_EXPIRES | RECORD_STATE), NULL);
    if (!e) e = run(act->store, "UPDATE digest SET dead = 1 WHERE token = :number", record->number);
    if (!e) e = run(act->store, "DELETE FROM token WHERE number = :number", record->number);
    if (!e) e = counter_add(act->store, "tokens", -1);
    if (!e && !record->revoked)
        e = run(act->store, "UPDATE account SET tokens = tokens - 1 WHERE number = :number",
                record->account);
    return e ? e : generation_bump(act->store);
}

enum error token_record_delete(const struct act *act, const struct token_record *record)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, delete_record(act, record));
}

static enum error link_to(const struct act *act, const struct token_record *record,
                          const uint8_t *successor)
{
    struct digest_holder holder = {0};
    if (successor) {
        enum error e = digest_find_holder(act->store, successor, &holder);
        if (e) return e;
        if (!holder.token || holder.account != record->account)
            return fail(ERR_NOT_FOUND, "the successor is no token of this account");
    }
    struct stmt *stmt =
        store_prepare(act->store, "UPDATE token SET successor = :successor WHERE number = :number");
    if (holder.token) bind_int(stmt, ":successor", holder.token);
    bind_int(stmt, ":number", record->number);
    enum error e = stmt_run(stmt);
    return e ? e
             : token_record_event(
                   act, "token.apply", record, NULL,
                   json_pack("{s:o}", "successor",
                             holder.token ? json_integer(holder.token) : json_null()));
}

enum error token_record_link(const struct act *act, const struct token_record *record,
                             const uint8_t *successor)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, link_to(act, record, successor));
}
