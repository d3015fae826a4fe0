#include "account_row.h"

#include <gatehouse/text.h>
#include <stdlib.h>
#include <string.h>

void account_details_free(struct account_details *details)
{
    free(details->description);
    free(details->owner);
    id_set_free(&details->groups);
    id_set_free(&details->permissions);
    *details = (struct account_details){0};
}

static enum error load_set(struct stmt *stmt, int64_t number, struct id_set *out)
{
    bind_int(stmt, ":number", number);
    bool row = true;
    enum error e = OK;
    while (!e && !(e = stmt_step(stmt, &row)) && row)
        e = id_set_add(out, column_int(stmt, "id"));
    stmt_reset(stmt);
    return e;
}

static enum error load(struct store *store, int64_t number, struct account_details *out,
                       int64_t *version)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT description, owner, version FROM account WHERE number = :number");
    bind_int(stmt, ":number", number);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that account is gone: it was deleted");
    out->description = strdup(column_text(stmt, "description"));
    out->owner = strdup(column_text(stmt, "owner"));
    *version = column_int(stmt, "version");
    stmt_reset(stmt);
    if (!out->description || !out->owner) return fail(ERR_SYSTEM, "out of memory");
    e = load_set(store_prepare(store, "SELECT account_group AS id FROM membership WHERE account = "
                                      ":number ORDER BY account_group"),
                 number, &out->groups);
    if (e) return e;
    return load_set(store_prepare(store, "SELECT permission AS id FROM account_grant WHERE account "
                                         "= :number ORDER BY permission"),
                    number, &out->permissions);
}

enum error account_details_load(struct store *store, int64_t number, struct account_details *out,
                                int64_t *version)
{
    *out = (struct account_details){0};
    enum error e = store_begin_read(store);
    if (e) return e;
    e = store_end(store, load(store, number, out, version));
    if (e) account_details_free(out);
    return e;
}

static const char *text_or_empty(const char *text)
{
    return text ? text : "";
}

int account_details_diff(const struct account_details *a, const struct account_details *b)
{
    int diff = 0;
    if (strcmp(text_or_empty(a->description), text_or_empty(b->description)) != 0)
        diff |= DIFF_DESCRIPTION;
    if (strcmp(text_or_empty(a->owner), text_or_empty(b->owner)) != 0) diff |= DIFF_OWNER;
    if (!id_set_equal(&a->groups, &b->groups)) diff |= DIFF_GROUPS;
    if (!id_set_equal(&a->permissions, &b->permissions)) diff |= DIFF_PERMISSIONS;
    return diff;
}

enum error account_check_details(const struct account_details *details)
{
    const char *description = text_or_empty(details->description);
    const char *owner = text_or_empty(details->owner);
    if (!text_is_printable(description, true))
        return fail(ERR_INVALID, "the description has characters that cannot be shown: use "
                                 "printable text and line breaks");
    if (text_length(description) > ACCOUNT_DESCRIPTION_MAX)
        return fail(ERR_INVALID, "the description is too long: at most %d characters",
                    ACCOUNT_DESCRIPTION_MAX);
    if (!text_is_printable(owner, false))
        return fail(ERR_INVALID, "the owner has characters that cannot be shown: use printable "
                                 "text");
    if (text_length(owner) > ACCOUNT_OWNER_MAX)
        return fail(ERR_INVALID, "the owner is too long: at most %d characters", ACCOUNT_OWNER_MAX);
    return OK;
}

static enum error write_membership(struct store *store, int64_t account, int64_t group, bool in)
{
    struct stmt *stmt =
        in ? store_prepare(store, "INSERT INTO membership (account_group, account) VALUES (:id, "
                                  ":account)")
           : store_prepare(store, "DELETE FROM membership WHERE account_group = :id AND account = "
                                  ":account");
    bind_int(stmt, ":id", group);
    bind_int(stmt, ":account", account);
    enum error e = stmt_run(stmt);
    if (e) return e;
    stmt =
        store_prepare(store, "UPDATE account_group SET members = members + :by WHERE number = :id");
    bind_int(stmt, ":id", group);
    bind_int(stmt, ":by", in ? 1 : -1);
    e = stmt_run(stmt);
    if (!e && store_changes(store) != 1)
        e = fail(ERR_CONFLICT, "a group of this account was deleted meanwhile: take it out");
    return e;
}

static enum error write_grant(struct store *store, int64_t account, int64_t permission, bool in)
{
    struct stmt *stmt =
        in ? store_prepare(store, "INSERT INTO account_grant (account, permission) VALUES "
                                  "(:account, :id)")
           : store_prepare(store, "DELETE FROM account_grant WHERE account = :account AND "
                                  "permission = :id");
    bind_int(stmt, ":id", permission);
    bind_int(stmt, ":account", account);
    enum error e = stmt_run(stmt);
    if (e) return e;
    stmt =
        store_prepare(store, "UPDATE permission SET accounts = accounts + :by WHERE number = :id");
    bind_int(stmt, ":by", in ? 1 : -1);
    bind_int(stmt, ":id", permission);
    return stmt_run(stmt);
}

typedef enum error set_writer(struct store *store, int64_t account, int64_t id, bool in);

static enum error write_set(struct store *store, int64_t account, const struct id_set *from,
                            const struct id_set *to, set_writer *writer)
{
    enum error e = OK;
    for (size_t i = 0; !e && i < from->count; i++)
        if (!id_set_has(to, from->ids[i])) e = writer(store, account, from->ids[i], false);
    for (size_t i = 0; !e && i < to->count; i++)
        if (!id_set_has(from, to->ids[i])) e = writer(store, account, to->ids[i], true);
    return e;
}

enum error account_write_sets(struct store *store, int64_t number,
                              const struct account_details *from, const struct account_details *to)
{
    enum error e = write_set(store, number, &from->groups, &to->groups, write_membership);
    if (e) return e;
    return write_set(store, number, &from->permissions, &to->permissions, write_grant);
}
