/* Writes memberships, grants to accounts and grants to groups, with the counters, versions and
 * events that go with them. */
#include <gatehouse/group.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission.h>

#include "account_internal.h"
#include "audit_internal.h"
#include "counter.h"
#include <string.h>

/* Each row says that `:owner` has `:id`. */
struct link {
    const char *insert, *delete;
    const char *count; /* how many have `:id` */
};

static const struct link membership = {
    .insert = "INSERT INTO membership (account, account_group) VALUES (:owner, :id) ON CONFLICT DO "
              "NOTHING",
    .delete = "DELETE FROM membership WHERE account = :owner AND account_group = :id",
    .count = "UPDATE account_group SET members = members + :by WHERE number = :id",
};
static const struct link account_grant = {
    .insert = "INSERT INTO account_grant (account, permission) VALUES (:owner, :id) ON CONFLICT DO "
              "NOTHING",
    .delete = "DELETE FROM account_grant WHERE account = :owner AND permission = :id",
    .count = "UPDATE permission SET accounts = accounts + :by WHERE number = :id",
};
static const struct link group_grants = {
    .insert = "INSERT INTO group_grant (account_group, permission) VALUES (:owner, :id) ON "
              "CONFLICT DO NOTHING",
    .delete = "DELETE FROM group_grant WHERE account_group = :owner AND permission = :id",
    .count = "UPDATE permission SET groups = groups + :by WHERE number = :id",
};

/* Writes or deletes the row and updates the counter. *changed: it made a difference. */
static enum error write_link(struct store *store, const struct link *link, int64_t owner,
                             int64_t id, bool present, bool *changed)
{
    struct stmt *stmt = store_prepare(store, present ? link->insert : link->delete);
    bind_int(stmt, ":owner", owner);
    bind_int(stmt, ":id", id);
    enum error e = stmt_run(stmt);
    *changed = !e && store_changes(store) > 0;
    if (e || !*changed) return e;
    stmt = store_prepare(store, link->count);
    bind_int(stmt, ":by", present ? 1 : -1);
    bind_int(stmt, ":id", id);
    return stmt_run(stmt);
}

static enum error run(struct store *store, const char *sql, int64_t number)
{
    struct stmt *stmt = store_prepare(store, sql);
    bind_int(stmt, ":number", number);
    return stmt_run(stmt);
}

/* The event of one row: `what` was added, or was there before. */
static enum error write_event(const struct act *act, const char *kind, const char *subject,
                              int64_t account, bool present, json_t *what)
{
    return audit_write_json(act, kind, subject, account, 0, present ? NULL : what,
                            present ? what : NULL);
}

/* What follows the change of an account's row: version, generation, event. Frees `what`. */
static enum error finish_account(const struct act *act, int64_t account, const char *id,
                                 const char *kind, bool present, json_t *what)
{
    enum error e =
        run(act->store, "UPDATE account SET version = version + 1 WHERE number = :number", account);
    if (!e) e = generation_bump(act->store);
    if (!e) return write_event(act, kind, id, account, present, what);
    json_decref(what);
    return e;
}

/* The id of a permission to be granted or revoked; refuses to grant the reserved one. */
static enum error read_permission_id(struct store *store, int64_t permission, bool granted,
                                     char id[static PERMISSION_ID_MAX + 1])
{
    struct stmt *stmt = store_prepare(store, "SELECT id FROM permission WHERE number = :number");
    bind_int(stmt, ":number", permission);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that permission no longer exists");
    column_copy(stmt, "id", id, PERMISSION_ID_MAX + 1);
    stmt_reset(stmt);
    if (granted && strcmp(id, permission_reserved) == 0)
        return fail(ERR_CONFLICT, "%s is reserved: grant another permission", permission_reserved);
    return OK;
}

static enum error grant_account(const struct act *act, int64_t account, int64_t permission,
                                bool granted, bool *changed)
{
    char id[PERMISSION_ID_MAX + 1], name[ACCOUNT_ID_SIZE];
    enum error e = read_permission_id(act->store, permission, granted, id);
    if (!e) e = account_read_id(act->store, account, name);
    if (!e) e = write_link(act->store, &account_grant, account, permission, granted, changed);
    if (e || !*changed) return e;
    return finish_account(act, account, name, granted ? "account.grant" : "account.revoke", granted,
                          event_field("permission", id));
}

enum error permission_grant(const struct act *act, int64_t account, int64_t permission,
                            bool granted, bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(
        act->store, grant_account(act, account, permission, granted, changed ? changed : &ignored));
}

static enum error set_member(const struct act *act, int64_t number, int64_t account, bool in,
                             bool *changed)
{
    struct group group;
    char name[ACCOUNT_ID_SIZE];
    *changed = false;
    enum error e = group_get(act->store, number, &group);
    if (!e) e = account_read_id(act->store, account, name);
    if (!e && group.system && !in)
        e = fail(ERR_CONFLICT, "%s always contains every account: none can be removed", group.name);
    if (e || group.system) return e;
    e = write_link(act->store, &membership, account, number, in, changed);
    if (e || !*changed) return e;
    return finish_account(act, account, name, in ? "account.join" : "account.leave", in,
                          event_field("group", group.name));
}

enum error group_set_member(const struct act *act, int64_t group, int64_t account, bool in,
                            bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, set_member(act, group, account, in, changed ? changed : &ignored));
}

static enum error grant_group(const struct act *act, int64_t number, int64_t permission,
                              bool granted)
{
    struct group group;
    char id[PERMISSION_ID_MAX + 1];
    bool changed = false;
    enum error e = group_get(act->store, number, &group);
    if (!e) e = read_permission_id(act->store, permission, granted, id);
    if (!e) e = write_link(act->store, &group_grants, number, permission, granted, &changed);
    if (e || !changed) return e;
    e = run(act->store, "UPDATE account_group SET version = version + 1 WHERE number = :number",
            number);
    if (!e) e = generation_bump(act->store);
    return e ? e
             : write_event(act, granted ? "group.grant" : "group.revoke", group.name, 0, granted,
                           event_field("permission", id));
}

enum error group_grant(const struct act *act, int64_t number, int64_t permission, bool granted)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, grant_group(act, number, permission, granted));
}

static enum error write_set(struct store *store, const struct link *link, int64_t account,
                            const struct id_set *from, const struct id_set *to)
{
    bool ignored;
    enum error e = OK;
    for (size_t i = 0; !e && i < from->count; i++)
        if (!id_set_has(to, from->ids[i]))
            e = write_link(store, link, account, from->ids[i], false, &ignored);
    for (size_t i = 0; !e && i < to->count; i++)
        if (!id_set_has(from, to->ids[i]))
            e = write_link(store, link, account, to->ids[i], true, &ignored);
    return e;
}

enum error membership_write_sets(struct store *store, int64_t account,
                                 const struct account_details *from,
                                 const struct account_details *to)
{
    enum error e = write_set(store, &membership, account, &from->groups, &to->groups);
    return e ? e : write_set(store, &account_grant, account, &from->permissions, &to->permissions);
}

enum error membership_end_account(struct store *store, int64_t account)
{
    enum error e = run(store,
                       "UPDATE account_group SET members = members - 1 WHERE number IN (SELECT "
                       "account_group FROM membership WHERE account = :number)",
                       account);
    return e ? e
             : run(store,
                   "UPDATE permission SET accounts = accounts - 1 WHERE number IN (SELECT "
                   "permission FROM account_grant WHERE account = :number)",
                   account);
}

enum error membership_end_group(struct store *store, int64_t group)
{
    enum error e = run(store,
                       "UPDATE account SET version = version + 1 WHERE number IN (SELECT account "
                       "FROM membership WHERE account_group = :number)",
                       group);
    return e ? e
             : run(store,
                   "UPDATE permission SET groups = groups - 1 WHERE number IN (SELECT permission "
                   "FROM group_grant WHERE account_group = :number)",
                   group);
}

enum error membership_end_permission(struct store *store, int64_t permission)
{
    enum error e = run(store,
                       "UPDATE account SET version = version + 1 WHERE number IN (SELECT account "
                       "FROM account_grant WHERE permission = :number)",
                       permission);
    return e ? e
             : run(store,
                   "UPDATE account_group SET version = version + 1 WHERE number IN (SELECT "
                   "account_group FROM group_grant WHERE permission = :number)",
                   permission);
}
