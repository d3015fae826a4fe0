#include <gatehouse/group.h>
#include <gatehouse/text.h>

#include "counter.h"
#include "json.h"
#include "permission_row.h"
#include <stdlib.h>
#include <string.h>

static json_t *one(const char *key, const char *value)
{
    json_t *object = json_object();
    json_object_set_new(object, key, event_text(value));
    return object;
}

enum error group_check_name(const char *name)
{
    size_t length = text_length(name);
    if (length < 1 || length > GROUP_NAME_MAX || !text_is_printable(name, false))
        return fail(ERR_INVALID, "a group's name has 1 to %d printable characters", GROUP_NAME_MAX);
    return OK;
}

static enum error check_name(const char *name, char **folded)
{
    enum error e = group_check_name(name);
    if (e) return e;
    *folded = text_fold(name);
    return *folded ? OK : fail(ERR_SYSTEM, "out of memory");
}

/* `except` keeps a group from being in its own way when only the case of its name changes. */
static enum error refuse_taken(struct store *store, const char *name, const char *folded,
                               int64_t except)
{
    struct stmt *stmt = store_prepare(store, "SELECT 1 FROM account_group WHERE folded = :folded "
                                             "AND number <> :except");
    bind_text(stmt, ":folded", folded);
    bind_int(stmt, ":except", except);
    int64_t taken;
    enum error e = stmt_int(stmt, &taken);
    if (e == OK) return fail(ERR_CONFLICT, "there is a group “%s”: choose another name", name);
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum error create(const struct act *act, const char *name, const char *folded,
                         int64_t *number)
{
    enum error e = refuse_taken(act->store, name, folded, 0);
    if (e) return e;
    struct stmt *stmt = store_prepare(
        act->store, "INSERT INTO account_group (name, folded) VALUES (:name, :folded)");
    bind_text(stmt, ":name", name);
    bind_text(stmt, ":folded", folded);
    e = stmt_run(stmt);
    if (e) return e;
    *number = store_last_id(act->store);
    return audit_write_json(act, "group.create", name, 0, 0, NULL, NULL);
}

enum error group_create(const struct act *act, const char *name, int64_t *number)
{
    char *folded;
    enum error e = check_name(name, &folded);
    if (e) return e;
    e = store_begin(act->store);
    if (!e) e = store_end(act->store, create(act, name, folded, number));
    free(folded);
    return e;
}

/* The group, unless the rules lock it. */
static enum error get_own(struct store *store, int64_t number, struct group *group)
{
    enum error e = group_get(store, number, group);
    if (!e && group->system)
        e = fail(ERR_CONFLICT, "%s always holds every account: only its permissions can be changed",
                 group->name);
    return e;
}

static enum error rename_group(const struct act *act, int64_t number, const char *name,
                               const char *folded)
{
    struct group group;
    enum error e = get_own(act->store, number, &group);
    if (!e) e = refuse_taken(act->store, name, folded, number);
    if (e || strcmp(group.name, name) == 0) return e;
    struct stmt *stmt = store_prepare(act->store, "UPDATE account_group SET name = :name, folded = "
                                                  ":folded WHERE number = :number");
    bind_text(stmt, ":name", name);
    bind_text(stmt, ":folded", folded);
    bind_int(stmt, ":number", number);
    e = stmt_run(stmt);
    if (e) return e;
    return audit_write_json(act, "group.rename", group.name, 0, 0, one("name", group.name),
                            one("name", name));
}

enum error group_rename(const struct act *act, int64_t number, const char *name)
{
    char *folded;
    enum error e = check_name(name, &folded);
    if (e) return e;
    e = store_begin(act->store);
    if (!e) e = store_end(act->store, rename_group(act, number, name, folded));
    free(folded);
    return e;
}

static enum error delete_group(const struct act *act, int64_t number)
{
    struct group group;
    enum error e = get_own(act->store, number, &group);
    if (e) return e;
    struct stmt *stmt = store_prepare(
        act->store, "UPDATE account SET version = version + 1 WHERE number IN (SELECT account FROM "
                    "membership WHERE account_group = :number)");
    bind_int(stmt, ":number", number);
    e = stmt_run(stmt);
    if (e) return e;
    stmt = store_prepare(act->store,
                         "UPDATE permission SET groups = groups - 1 WHERE number IN (SELECT "
                         "permission FROM group_grant WHERE account_group = :number)");
    bind_int(stmt, ":number", number);
    e = stmt_run(stmt);
    if (e) return e;
    stmt = store_prepare(act->store, "DELETE FROM account_group WHERE number = :number");
    bind_int(stmt, ":number", number);
    e = stmt_run(stmt);
    if (!e) e = generation_bump(act->store);
    if (e) return e;
    return audit_write_json(act, "group.delete", group.name, 0, 0,
                            json_pack("{s:I, s:I}", "members", (json_int_t)group.members,
                                      "permissions", (json_int_t)group.permissions),
                            NULL);
}

enum error group_delete(const struct act *act, int64_t number)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, delete_group(act, number));
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

static enum error grant(const struct act *act, int64_t number, int64_t permission, bool granted)
{
    struct group group;
    char id[PERMISSION_ID_MAX + 1];
    enum error e = group_get(act->store, number, &group);
    if (!e) e = permission_read_id(act->store, permission, granted, id);
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
    return store_end(act->store, grant(act, number, permission, granted));
}
