#include <gatehouse/token_record.h>
#include <gatehouse/when.h>

#include "rows.h"
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
               "t.last_used, t.rotated, t.suspended, t.revoked, d.digest, "
               "s.digest AS successor_digest FROM token t JOIN digest d ON d.token = t.number LEFT "
               "JOIN digest s ON s.token = t.successor WHERE t.account = :account ORDER BY "
               "t.created, d.digest");
    bind_int(stmt, ":account", account);
    enum error e = rows_collect(stmt, sizeof(struct token_records), sizeof(struct token_record),
                                read_record, (void **)out);
    if (e) return e;
    for (size_t i = 0; !e && i < (*out)->count; i++)
        e = token_limits_load(store, (*out)->items[i].number, &(*out)->items[i].limits);
    if (e) token_records_free(*out);
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
    /* Whether a revoked one was suspended does not matter any more. */
    if (a->revoked != b->revoked || (!a->revoked && a->suspended != b->suspended))
        diff |= RECORD_STATE;
    if (a->limits.narrowed != b->limits.narrowed ||
        !id_set_equal(&a->limits.permissions, &b->limits.permissions))
        diff |= RECORD_PERMISSIONS;
    if (!same_networks(a, b)) diff |= RECORD_NETWORKS;
    if (a->limits.canary != b->limits.canary) diff |= RECORD_CANARY;
    if (a->rotated != b->rotated) diff |= RECORD_ROTATED;
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
    bool row = true;
    enum error e = OK;
    while (!e && !(e = stmt_step(stmt, &row)) && row)
        e = each(column_int(stmt, "number"), column_text(stmt, "account"),
                 column_text(stmt, "name"), arg);
    stmt_reset(stmt);
    return e;
}
