/* One membership or one explicit grant of an account: what the bulk changes and the command line
 * write. The forms write whole sets (account_details.c). */
#include <gatehouse/group.h>

#include "account_row.h"
#include "counter.h"
#include "json.h"
#include "permission_row.h"

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
    enum error e = permission_read_id(act->store, permission, granted, id);
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
