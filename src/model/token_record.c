#include <gatehouse/keybox.h>
#include <gatehouse/token_change.h>
#include <gatehouse/token_record.h>
#include <gatehouse/when.h>

#include "account_internal.h"
#include "audit_internal.h"
#include "counter.h"
#include "sql.h"
#include "token_internal.h"
#include "token_limits_internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void token_record_free(struct token_record *record)
{
    token_limits_free(&record->limits);
}

void token_records_free(struct token_records *records)
{
    for (size_t i = 0; records && i < records->count; i++)
        token_record_free(&records->items[i]);
    free(records);
}

static bool copy_digest(struct stmt *stmt, const char *column, uint8_t *out)
{
    size_t size;
    const void *bytes = column_blob(stmt, column, &size);
    if (size != TOKEN_DIGEST_SIZE) return false;
    memcpy(out, bytes, size);
    return true;
}

static void read_record(struct stmt *stmt, void *item)
{
    struct token_record *record = item;
    *record = (struct token_record){.number = column_int(stmt, "number"),
                                    .account = column_int(stmt, "account"),
                                    .created = column_int(stmt, "created"),
                                    .expires = column_time(stmt, "expires"),
                                    .last_used = column_time(stmt, "last_used"),
                                    .rotated = column_time(stmt, "rotated"),
                                    .suspended = column_int(stmt, "suspended"),
                                    .imported = column_int(stmt, "imported"),
                                    .revoked = !column_is_null(stmt, "revoked")};
    column_copy(stmt, "name", record->name, sizeof record->name);
    column_copy(stmt, "last_four", record->last_four, sizeof record->last_four);
    copy_digest(stmt, "digest", record->digest);
    record->has_successor = copy_digest(stmt, "successor_digest", record->successor);
}

enum error token_records_load(struct store *store, int64_t account, struct token_records **out)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT t.number, t.account, t.name, t.last_four, t.created, t.expires, "
               "t.last_used, t.rotated, t.suspended, t.revoked, t.imported, d.digest, "
               "s.digest AS successor_digest FROM token t JOIN digest d ON d.token = t.number LEFT "
               "JOIN digest s ON s.token = t.successor WHERE t.account = :account ORDER BY "
               "t.created, d.digest");
    bind_int(stmt, ":account", account);
    enum error e = rows_collect(stmt, sizeof(struct token_records), sizeof(struct token_record),
                                read_record, (void **)out);
    if (e) return e;
    for (size_t i = 0; !e && i < (*out)->count; i++)
        e = token_limits_load(store, (*out)->items[i].number, &(*out)->items[i].limits);
    if (!e) return OK;
    token_records_free(*out);
    *out = NULL;
    return e;
}

static bool same_networks(const struct token_record *a, const struct token_record *b)
{
    return a->limits.network_count == b->limits.network_count &&
           (a->limits.network_count == 0 ||
            memcmp(a->limits.networks, b->limits.networks,
                   a->limits.network_count * sizeof *a->limits.networks) == 0);
}

int token_record_diff(const struct token_record *a, const struct token_record *b)
{
    int diff = 0;
    if (strcmp(a->name, b->name) != 0) diff |= RECORD_NAME;
    if (a->created != b->created) diff |= RECORD_CREATED;
    if (a->expires != b->expires) diff |= RECORD_EXPIRES;
    /* Whether a revoked token was suspended no longer matters. */
    if (a->revoked != b->revoked || (!a->revoked && a->suspended != b->suspended))
        diff |= RECORD_STATE;
    if (a->limits.narrowed != b->limits.narrowed ||
        !id_set_equal(&a->limits.permissions, &b->limits.permissions))
        diff |= RECORD_PERMISSIONS;
    if (!same_networks(a, b)) diff |= RECORD_NETWORKS;
    if (a->limits.canary != b->limits.canary) diff |= RECORD_CANARY;
    if (a->rotated != b->rotated) diff |= RECORD_ROTATED;
    if (!a->last_four[0] && b->last_four[0]) diff |= RECORD_LAST_FOUR;
    if (a->has_successor != b->has_successor ||
        (a->has_successor && memcmp(a->successor, b->successor, TOKEN_DIGEST_SIZE) != 0))
        diff |= RECORD_SUCCESSOR;
    return diff;
}

enum error digest_find_holder(struct store *store, const uint8_t digest[static TOKEN_DIGEST_SIZE],
                              struct digest_holder *out)
{
    *out = (struct digest_holder){0};
    struct stmt *stmt =
        store_prepare(store, "SELECT d.dead, coalesce(t.number, 0) AS token, d.account, a.name "
                             "FROM digest d LEFT JOIN token t ON t.number = d.token LEFT JOIN "
                             "account a ON a.number = d.account WHERE d.digest = :digest");
    bind_blob(stmt, ":digest", digest, TOKEN_DIGEST_SIZE);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e || !row) return e;
    out->known = true;
    out->dead = column_int(stmt, "dead");
    out->token = column_int(stmt, "token");
    out->account = column_int(stmt, "account");
    column_copy(stmt, "name", out->account_name, sizeof out->account_name);
    stmt_reset(stmt);
    return OK;
}

enum error digests_find(struct store *store, const uint8_t *const *digests, size_t count,
                        bool *known)
{
    uint8_t all[DIGESTS_MAX * TOKEN_DIGEST_SIZE];
    struct stmt *stmt = store_prepare(
        store, "WITH RECURSIVE place (nth) AS (VALUES (0) UNION ALL SELECT nth + 1 FROM place "
               "WHERE nth + 1 < :count) SELECT nth FROM place WHERE (SELECT count(*) FROM digest "
               "WHERE digest.digest = substr(:digests, nth * 32 + 1, 32)) > 0");
    _Static_assert(TOKEN_DIGEST_SIZE == 32, "the statement says so");
    for (size_t i = 0; i < count; i++)
        memcpy(all + i * TOKEN_DIGEST_SIZE, digests[i], TOKEN_DIGEST_SIZE);
    bind_blob(stmt, ":digests", all, count * TOKEN_DIGEST_SIZE);
    bind_int(stmt, ":count", (int64_t)count);
    memset(known, 0, count * sizeof *known);
    enum error e = OK;
    while (count && stmt_next(stmt, &e))
        known[column_int(stmt, "nth")] = true;
    return e;
}

enum error token_records_reached(
    struct store *store, int64_t now, int64_t group, int64_t permission,
    enum error (*each)(int64_t token, const char *account, const char *name, void *arg), void *arg)
{
    struct stmt *stmt = store_prepare(
        store,
        "SELECT t.number, t.name, a.name AS account FROM account a JOIN token t ON t.account = "
        "a.number WHERE a.active = 1 AND t.revoked IS NULL AND t.suspended = 0 AND t.canary = 0 "
        "AND (t.expires IS NULL OR t.expires > :now) AND (:group = 1 OR EXISTS (SELECT 1 FROM "
        "membership WHERE account_group = :group AND account = a.number)) AND (t.narrowed = 0 OR "
        "EXISTS (SELECT 1 FROM token_permission WHERE token = t.number AND permission = "
        ":permission)) AND NOT EXISTS (SELECT 1 FROM account_grant WHERE account = a.number AND "
        "permission = :permission) AND NOT EXISTS (SELECT 1 FROM group_grant WHERE permission = "
        ":permission AND (account_group = 1 OR account_group IN (SELECT account_group FROM "
        "membership WHERE account = a.number))) ORDER BY a.name, t.number");
    bind_int(stmt, ":now", now);
    bind_int(stmt, ":group", group);
    bind_int(stmt, ":permission", permission);
    enum error e = OK;
    while (stmt_next(stmt, &e))
        e = each(column_int(stmt, "number"), column_text(stmt, "account"),
                 column_text(stmt, "name"), arg);
    return e;
}

static json_t *time_json(int64_t time)
{
    char text[WHEN_SIZE];
    when_iso(text, time);
    return json_string(text);
}

static json_t *record_json(struct store *store, const struct token_record *record, int which)
{
    json_t *object = json_object();
    if (which & RECORD_NAME) json_object_set_new(object, "name", event_text(record->name));
    if (which & RECORD_CREATED) json_object_set_new(object, "created", time_json(record->created));
    if (which & RECORD_EXPIRES) json_object_set_new(object, "expires", time_json(record->expires));
    if (which & RECORD_ROTATED) json_object_set_new(object, "rotated", time_json(record->rotated));
    if (which & RECORD_STATE)
        json_object_set_new(object, "state",
                            json_string(record->revoked     ? "revoked"
                                        : record->suspended ? "suspended"
                                                            : "live"));
    if (which & RECORD_PERMISSIONS)
        json_object_set_new(object, "permissions",
                            token_limits_permissions_json(store, &record->limits));
    if (which & RECORD_NETWORKS)
        json_object_set_new(object, "networks", token_limits_networks_json(&record->limits));
    if (which & RECORD_LAST_FOUR)
        json_object_set_new(object, "last_four", event_text(record->last_four));
    if (which & RECORD_CANARY)
        json_object_set_new(object, "canary", json_boolean(record->limits.canary));
    return object;
}

static enum error write_event(const struct act *act, const char *kind,
                              const struct token_record *record, json_t *before, json_t *after)
{
    char subject[TOKEN_SUBJECT_SIZE];
    struct token_row row = {.number = record->number, .account = record->account};
    char id[ACCOUNT_ID_SIZE];
    enum error e = OK;
    snprintf(row.name, sizeof row.name, "%s", record->name);
    if (record->account_name)
        account_id_text(id, record->account_name);
    else
        e = account_read_id(act->store, record->account, id);
    if (!e) token_subject_of(id, &row, subject);
    if (!e)
        return audit_write_json(act, kind, subject, record->account, record->number, before, after);
    json_decref(before);
    json_decref(after);
    return e;
}

static enum error run(struct store *store, const char *sql, int64_t number)
{
    struct stmt *stmt = store_prepare(store, sql);
    bind_int(stmt, ":number", number);
    return stmt_run(stmt);
}

static void bind_fields(struct stmt *stmt, const struct token_record *record)
{
    bind_text(stmt, ":name", record->name);
    bind_text(stmt, ":last_four", record->last_four);
    bind_int(stmt, ":created", record->created);
    bind_time(stmt, ":expires", record->expires);
    bind_int(stmt, ":suspended", record->suspended);
    bind_time(stmt, ":rotated", record->rotated);
}

/* The number is part of what is sealed. */
static enum error insert_row(const struct act *act, struct token_record *record,
                             const struct secret *value)
{
    struct keybox box = {0};
    enum error e = store_take_number(act->store, "token", &record->number);
    if (!e && value && !record->revoked && record->seal_key)
        e = keybox_seal(record->seal_key, record->number, record->account, value, &box);
    if (e) return e;
    struct stmt *stmt = store_prepare(
        act->store,
        "INSERT INTO token (number, account, name, last_four, created, expires, suspended, "
        "revoked, last_used, rotated, imported, box) VALUES (:number, :account, :name, "
        ":last_four, :created, :expires, :suspended, :revoked, :last_used, :rotated, :imported, "
        ":box)");
    bind_blob(stmt, ":box", box.size ? box.bytes : NULL, box.size);
    bind_int(stmt, ":number", record->number);
    bind_int(stmt, ":imported", record->imported);
    bind_fields(stmt, record);
    bind_int(stmt, ":account", record->account);
    bind_time(stmt, ":revoked", record->revoked ? act->now : WHEN_NEVER);
    bind_time(stmt, ":last_used", record->last_used);
    return stmt_run_later(stmt, RANK_ACCOUNT);
}

/* A dead digest whose row was deleted may get a row again, but stays dead. */
static enum error insert_digest(struct store *store, const struct token_record *record)
{
    struct digest_holder holder = {0};
    enum error e = record->is_unknown ? OK : digest_find_holder(store, record->digest, &holder);
    if (e) return e;
    if (holder.known && (holder.token || !holder.dead || !record->revoked))
        return fail(ERR_CONFLICT, "this digest is already known");
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
    return stmt_run_later(stmt, RANK_TOKEN);
}

static enum error create(const struct act *act, struct token_record *record,
                         const struct secret *value)
{
    int shown = RECORD_NAME | RECORD_CREATED | RECORD_EXPIRES | RECORD_STATE;
    if (record->limits.narrowed) shown |= RECORD_PERMISSIONS;
    if (record->limits.network_count) shown |= RECORD_NETWORKS;
    if (record->limits.canary) shown |= RECORD_CANARY;
    if (record->last_four[0]) shown |= RECORD_LAST_FOUR;
    enum error e = insert_row(act, record, value);
    if (!e) e = insert_digest(act->store, record);
    if (!e && shown & (RECORD_PERMISSIONS | RECORD_NETWORKS | RECORD_CANARY))
        e = token_limits_write(act->store, record->number, &record->limits);
    if (!e) e = counter_add(act->store, "tokens", 1);
    if (!e) e = generation_bump(act->store);
    if (e || act->rehearses) return e; /* what an event would say need not be put together */
    return write_event(act, value ? "token.import" : "token.apply", record, NULL,
                       record_json(act->store, record, shown));
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

enum error token_records_count(struct store *store, int64_t account, int64_t more, int64_t used)
{
    if (!more && used == WHEN_NEVER) return OK;
    struct stmt *stmt = store_prepare(
        store, "UPDATE account SET tokens = tokens + :more, last_used = CASE WHEN :used IS NULL "
               "THEN last_used WHEN last_used > :used THEN last_used ELSE :used END WHERE number = "
               ":account");
    bind_int(stmt, ":more", more);
    bind_time(stmt, ":used", used);
    bind_int(stmt, ":account", account);
    return stmt_run_later(stmt, RANK_ACCOUNT);
}

static enum error refuse_final(const struct act *act, const struct token_record *before,
                               const struct token_record *after)
{
    if (before->revoked && !after->revoked) return fail(ERR_CONFLICT, "the token is revoked");
    if (before->limits.canary && !after->limits.canary)
        return fail(ERR_CONFLICT, "the token is a canary");
    bool was_expired = before->expires != WHEN_NEVER && before->expires <= act->now;
    if (was_expired && !after->revoked && after->expires != before->expires &&
        (after->expires == WHEN_NEVER || after->expires > act->now))
        return fail(ERR_CONFLICT, "the token has expired");
    return OK;
}

static enum error write_row(struct store *store, const struct token_record *record)
{
    struct stmt *stmt = store_prepare(
        store, "UPDATE token SET name = :name, created = :created, expires = :expires, suspended = "
               ":suspended, rotated = :rotated, last_four = CASE WHEN last_four = '' THEN "
               ":last_four ELSE last_four END WHERE number = :number");
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
    json_t *was = record_json(act->store, before, diff);
    e = write_row(act->store, after);
    if (!e) e = token_limits_write(act->store, after->number, &after->limits);
    if (!e) e = generation_bump(act->store);
    if (!e)
        return write_event(act, "token.apply", after, was, record_json(act->store, after, diff));
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
    enum error e = write_event(
        act, "token.delete", record,
        record_json(act->store, record, RECORD_NAME | RECORD_EXPIRES | RECORD_STATE), NULL);
    if (!e) e = run(act->store, "UPDATE digest SET dead = 1 WHERE token = :number", record->number);
    if (!e) e = run(act->store, "DELETE FROM token WHERE number = :number", record->number);
    store_truncate_after_commit(act->store);
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
            return fail(ERR_NOT_FOUND, "the successor is not a token of this account");
    }
    struct stmt *stmt =
        store_prepare(act->store, "UPDATE token SET successor = :successor WHERE number = :number");
    if (holder.token) bind_int(stmt, ":successor", holder.token);
    bind_int(stmt, ":number", record->number);
    enum error e = stmt_run(stmt);
    return e ? e
             : write_event(act, "token.apply", record, NULL,
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
