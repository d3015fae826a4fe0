/* One membership or one explicit grant of an account: what the bulk changes and the command line
 * write. The forms write whole sets (account_details.c). */
#include <gatehouse/group.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission.h>

#include "account_internal.h"
#include "audit_internal.h"
#include "counter.h"
#include <string.h>

/* The id of a permission that is to be granted or taken; a reserved one is not granted. */
static enum error read_permission_id(struct store *store, int64_t permission, bool granted,
                                     char id[static PERMISSION_ID_MAX + 1])
{
    struct stmt *stmt = store_prepare(store, "SELECT id FROM permission WHERE number = :number");
    bind_int(stmt, ":number", permission);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that permission is gone: it was deleted");
    column_copy(stmt, "id", id, PERMISSION_ID_MAX + 1);
    stmt_reset(stmt);
    if (granted && strcmp(id, permission_reserved) == 0)
        return fail(ERR_CONFLICT, "%s is reserved: grant another permission", permission_reserved);
    return OK;
}

static json_t *one(const char *key, const char *value)
{
    json_t *object = json_object();
    json_object_set_new(object, key, event_text(value));
    return object;
}

/* After a row was written or removed: whom it counts for, the account's version, the event. */
static enum error finish(const struct act *act, struct stmt *count, int64_t account,
                         const char *kind, json_t *before, json_t *after)
{
    char id[ACCOUNT_ID_SIZE];
    enum error e = stmt_run(count);
    if (!e) e = account_read_id(act->store, account, id);
    if (!e) {
        struct stmt *stmt = store_prepare(
            act->store, "UPDATE account SET version = version + 1 WHERE number = :account");
        bind_int(stmt, ":account", account);
        e = stmt_run(stmt);
    }
    if (!e) e = generation_bump(act->store);
    if (!e) return audit_write_json(act, kind, id, account, 0, before, after);
    json_decref(before);
    json_decref(after);
    return e;
}

static enum error grant(const struct act *act, int64_t account, int64_t permission, bool granted,
                        bool *changed)
{
    char id[PERMISSION_ID_MAX + 1], name[ACCOUNT_ID_SIZE];
    enum error e = read_permission_id(act->store, permission, granted, id);
    if (!e) e = account_read_id(act->store, account, name);
    if (e) return e;
    struct stmt *stmt =
        granted ? store_prepare(act->store, "INSERT INTO account_grant (account, permission) "
                                            "VALUES (:account, :permission) ON CONFLICT DO NOTHING")
                : store_prepare(act->store, "DELETE FROM account_grant WHERE account = :account "
                                            "AND permission = :permission");
    bind_int(stmt, ":account", account);
    bind_int(stmt, ":permission", permission);
    e = stmt_run(stmt);
    *changed = !e && store_changes(act->store) > 0;
    if (e || !*changed) return e;
    struct stmt *count = store_prepare(
        act->store, "UPDATE permission SET accounts = accounts + :by WHERE number = :number");
    bind_int(count, ":by", granted ? 1 : -1);
    bind_int(count, ":number", permission);
    return finish(act, count, account, granted ? "account.grant" : "account.revoke",
                  granted ? NULL : one("permission", id), granted ? one("permission", id) : NULL);
}

enum error permission_grant(const struct act *act, int64_t account, int64_t permission,
                            bool granted, bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store,
                     grant(act, account, permission, granted, changed ? changed : &ignored));
}

static enum error set_member(const struct act *act, int64_t number, int64_t account, bool in,
                             bool *changed)
{
    struct group group;
    char name[ACCOUNT_ID_SIZE];
    enum error e = group_get(act->store, number, &group);
    if (!e) e = account_read_id(act->store, account, name);
    if (!e && group.system && !in)
        e = fail(ERR_CONFLICT, "%s always holds every account: none can be taken out", group.name);
    *changed = false;
    if (e || group.system) return e;
    struct stmt *stmt =
        in ? store_prepare(act->store, "INSERT INTO membership (account_group, account) VALUES "
                                       "(:group, :account) ON CONFLICT DO NOTHING")
           : store_prepare(act->store, "DELETE FROM membership WHERE account_group = :group AND "
                                       "account = :account");
    bind_int(stmt, ":group", number);
    bind_int(stmt, ":account", account);
    e = stmt_run(stmt);
    *changed = !e && store_changes(act->store) > 0;
    if (e || !*changed) return e;
    struct stmt *count = store_prepare(
        act->store, "UPDATE account_group SET members = members + :by WHERE number = :number");
    bind_int(count, ":by", in ? 1 : -1);
    bind_int(count, ":number", number);
    return finish(act, count, account, in ? "account.join" : "account.leave",
                  in ? NULL : one("group", group.name), in ? one("group", group.name) : NULL);
}

enum error group_set_member(const struct act *act, int64_t group, int64_t account, bool in,
                            bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, set_member(act, group, account, in, changed ? changed : &ignored));
}

static enum error count_group(struct store *store, int64_t permission, int by)
{
    struct stmt *stmt =
        store_prepare(store, "UPDATE permission SET groups = groups + :by WHERE number = :number");
    bind_int(stmt, ":by", by);
    bind_int(stmt, ":number", permission);
    return stmt_run(stmt);
}

static enum error grow_version(struct store *store, int64_t number)
{
    struct stmt *stmt = store_prepare(
        store, "UPDATE account_group SET version = version + 1 WHERE number = :number");
    bind_int(stmt, ":number", number);
    return stmt_run(stmt);
}

static enum error grant_group(const struct act *act, int64_t number, int64_t permission,
                              bool granted)
{
    struct group group;
    char id[PERMISSION_ID_MAX + 1];
    enum error e = group_get(act->store, number, &group);
    if (!e) e = read_permission_id(act->store, permission, granted, id);
    if (e) return e;
    struct stmt *stmt =
        granted ? store_prepare(act->store,
                                "INSERT INTO group_grant (account_group, permission) VALUES "
                                "(:group, :permission) ON CONFLICT DO NOTHING")
                : store_prepare(act->store, "DELETE FROM group_grant WHERE account_group = :group "
                                            "AND permission = :permission");
    bind_int(stmt, ":group", number);
    bind_int(stmt, ":permission", permission);
    e = stmt_run(stmt);
    if (e || store_changes(act->store) == 0) return e;
    e = count_group(act->store, permission, granted ? 1 : -1);
    if (!e) e = grow_version(act->store, number);
    if (!e) e = generation_bump(act->store);
    if (e) return e;
    return audit_write_json(act, granted ? "group.grant" : "group.revoke", group.name, 0, 0,
                            granted ? NULL : one("permission", id),
                            granted ? one("permission", id) : NULL);
}

enum error group_grant(const struct act *act, int64_t number, int64_t permission, bool granted)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, grant_group(act, number, permission, granted));
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
