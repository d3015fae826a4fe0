#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <gatehouse/stored_text.h>
#include <gatehouse/text.h>

#include "audit_internal.h"
#include "counter.h"
#include "group_internal.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum error group_check_name(const char *name)
{
    size_t length = text_length(name);
    if (length < 1 || length > GROUP_NAME_MAX || !text_is_name(name))
        return fail(ERR_INVALID, "a group's name has 1 to %d visible characters", GROUP_NAME_MAX);
    char *folded = text_fold(name);
    if (!folded) return fail_memory();
    bool fits = strlen(folded) < GROUP_FOLDED_SIZE;
    free(folded);
    if (!fits)
        return fail(ERR_INVALID, "the group's name is too long once its characters are normalised");
    return stored_text_check("the group's name", name);
}

enum error group_check_description(const char *description)
{
    if (!text_is_printable(description, true) || text_length(description) > GROUP_DESCRIPTION_MAX)
        return fail(ERR_INVALID, "a group's description has at most %d printable characters",
                    GROUP_DESCRIPTION_MAX);
    return stored_text_check("the group's description", description);
}

static enum error check_name(const char *name, char **folded)
{
    enum error e = group_check_name(name);
    if (e) return e;
    *folded = text_fold(name);
    return *folded ? OK : fail_memory();
}

/* `except` is the group itself, so that the case of its name can be changed. */
static enum error refuse_taken(struct store *store, const char *name, const char *folded,
                               int64_t except)
{
    struct stmt *stmt = store_prepare(store, "SELECT 1 FROM account_group WHERE folded = :folded "
                                             "AND number <> :except");
    bind_text(stmt, ":folded", folded);
    bind_int(stmt, ":except", except);
    int64_t taken;
    enum error e = stmt_int(stmt, &taken);
    if (e == OK)
        return fail(ERR_CONFLICT, "there is already a group “%s”: choose another name", name);
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum error create(const struct act *act, const char *name, const char *folded,
                         int64_t *number)
{
    enum error e = refuse_taken(act->store, name, folded, 0);
    if (e) return e;
    struct stmt *stmt = store_prepare(
        act->store,
        "INSERT INTO account_group (name, folded) VALUES (:name, :folded) RETURNING number");
    bind_text(stmt, ":name", name);
    bind_text(stmt, ":folded", folded);
    e = stmt_int(stmt, number);
    if (e) return e;
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

/* Reads the group; refuses Everyone. */
static enum error get_own(struct store *store, int64_t number, struct group *group)
{
    enum error e = group_get(store, number, group);
    if (!e && group->system)
        e = fail(ERR_CONFLICT,
                 "%s always contains every account: only its permissions can be changed",
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
    return audit_write_json(act, "group.rename", group.name, 0, 0, event_field("name", group.name),
                            event_field("name", name));
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
    e = membership_end_group(act->store, number);
    if (e) return e;
    struct stmt *stmt =
        store_prepare(act->store, "DELETE FROM account_group WHERE number = :number");
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

static enum error describe(const struct act *act, int64_t number, const char *before,
                           const char *after)
{
    /* Loaded details have a text.
     * NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
    if (strcmp(before, after) == 0) return OK;
    struct group group;
    enum error e = group_get(act->store, number, &group);
    if (e) return e;
    struct stmt *stmt = store_prepare(
        act->store, "UPDATE account_group SET description = :description WHERE number = :number");
    bind_text(stmt, ":description", after);
    bind_int(stmt, ":number", number);
    e = stmt_run(stmt);
    if (e) return e;
    json_t *was = json_object(), *is = json_object();
    json_object_set_new(was, "description", event_text(before));
    json_object_set_new(is, "description", event_text(after));
    return audit_write_json(act, "group.update", group.name, 0, 0, was, is);
}

static enum error grant_difference(const struct act *act, int64_t number,
                                   const struct id_set *before, const struct id_set *after)
{
    enum error e = OK;
    for (size_t i = 0; i < before->count && !e; i++)
        if (!id_set_has(after, before->ids[i])) e = group_grant(act, number, before->ids[i], false);
    for (size_t i = 0; i < after->count && !e; i++)
        if (!id_set_has(before, after->ids[i])) e = group_grant(act, number, after->ids[i], true);
    return e;
}

static enum error update(const struct act *act, int64_t number, int64_t version,
                         const struct group_details *details, const struct id_set *joining,
                         const struct id_set *leaving)
{
    struct group_details present;
    int64_t present_version = 0;
    enum error e = group_details_load(act->store, number, &present, &present_version);
    if (e) return e;
    if (version != present_version)
        e = fail(ERR_CONFLICT, "someone else changed this group in the meantime");
    if (!e) e = describe(act, number, present.description, details->description);
    if (!e) e = grant_difference(act, number, &present.permissions, &details->permissions);
    /* Accounts that were deleted in the meantime are skipped. */
    if (!e && leaving) e = group_set_members(act, number, leaving, false, NULL);
    if (!e && joining) e = group_set_members(act, number, joining, true, NULL);
    group_details_free(&present);
    return e;
}

enum error group_update(const struct act *act, int64_t number, int64_t version,
                        const struct group_details *details, const struct id_set *joining,
                        const struct id_set *leaving)
{
    enum error e = group_check_description(details->description);
    if (!e) e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, update(act, number, version, details, joining, leaving));
}

static enum error write_folded(struct store *store, int64_t number, const char *folded)
{
    struct stmt *stmt =
        store_prepare(store, "UPDATE account_group SET folded = :folded WHERE number = :number");
    bind_text(stmt, ":folded", folded);
    bind_int(stmt, ":number", number);
    return stmt_run(stmt);
}

static enum error is_taken(struct store *store, const char *folded, bool *taken)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT count(*) > 0 AS taken FROM account_group WHERE folded = :folded");
    bind_text(stmt, ":folded", folded);
    int64_t count;
    enum error e = stmt_int(stmt, &count);
    *taken = !e && count;
    return e;
}

static enum error refold(struct store *store, const struct group *group)
{
    char *folded = text_fold(group->name), key[GROUP_FOLDED_SIZE];
    if (!folded) return write_folded(store, group->number, group->folded); /* damaged: left alone */
    bool taken;
    snprintf(key, sizeof key, "%.*s", GROUP_FOLDED_SIZE - 32, folded);
    enum error e = is_taken(store, key, &taken);
    for (int nth = 2; !e && taken; nth++) {
        snprintf(key, sizeof key, "%.*s (%d)", GROUP_FOLDED_SIZE - 32, folded, nth);
        e = is_taken(store, key, &taken);
    }
    free(folded);
    return e ? e : write_folded(store, group->number, key);
}

enum error group_refold(struct store *store)
{
    struct group_rows *groups = NULL;
    char unique[32];
    enum error e = group_list(store, "", SIZE_MAX >> 1, &groups);
    /* First out of each other's way. */
    for (size_t i = 0; !e && i < groups->count; i++) {
        snprintf(unique, sizeof unique, "\t%" PRId64, groups->items[i].number);
        e = write_folded(store, groups->items[i].number, unique);
    }
    for (size_t i = 0; !e && i < groups->count; i++)
        e = refold(store, &groups->items[i]);
    free(groups);
    return e;
}
