/* Groups and permissions of Wavefront. "groups" of an account are permissions; "userGroups" are the
 * groups, with their permissions either on themselves (2019) or on their roles (later), whose
 * permissions become the group's. Roles of the account itself become explicit permissions. */
#include "src/transfer/import.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is done with each element that is fine. */
struct collector {
    struct import *import;
    json_t *into;         /* a set of ids; NULL: only look */
    struct id_set *found; /* numbers; NULL: not yet */
    bool quiet;           /* what is wrong was reported before */
};

static enum error refuse(const struct collector *to, const char *place, const char *reason)
{
    return to->quiet ? OK : report_refused(to->import->job->report, place, reason);
}

static enum error take_permission(const struct collector *to, json_t *value, const char *place)
{
    const char *id = json_string_value(value);
    if (!id) return refuse(to, place, "this is no permission: a text is needed");
    if (strcmp(id, permission_reserved) == 0) {
        if (to->quiet) return OK;
        return report_note(to->import->job->report, place, "%s is reserved and skipped", id);
    }
    if (permission_check_id(id)) return refuse(to, place, error_message());
    if (to->found) {
        int64_t number;
        enum error e = permission_find(to->import->job->act->store, id, &number);
        return e ? e : id_set_add(to->found, number);
    }
    json_object_set_new(to->import->permissions, id, json_true());
    if (to->into) json_object_set_new(to->into, id, json_true());
    return OK;
}

static enum error take_permissions(const struct collector *to, json_t *list, const char *place)
{
    size_t i;
    json_t *value;
    enum error e = OK;
    if (list && !json_is_null(list) && !json_is_array(list))
        return refuse(to, place, "these permissions are no list");
    json_array_foreach(list, i, value)
    {
        char at[PLACE_SIZE];
        snprintf(at, sizeof at, "%s[%zu]", place, i);
        if (!e) e = take_permission(to, value, at);
    }
    return e;
}

static enum error take_roles(const struct collector *to, json_t *list, const char *place)
{
    size_t i;
    json_t *role;
    enum error e = OK;
    if (list && !json_is_null(list) && !json_is_array(list))
        return refuse(to, place, "these roles are no list");
    json_array_foreach(list, i, role)
    {
        char at[PLACE_SIZE];
        snprintf(at, sizeof at, "%s[%zu].permissions", place, i);
        if (e) break;
        if (!json_is_object(role)) {
            at[strlen(at) - strlen(".permissions")] = 0;
            e = refuse(to, at, "this is no role: an object is needed");
        } else {
            e = take_permissions(to, json_object_get(role, "permissions"), at);
        }
    }
    return e;
}

/* The folded name of a group of the file, released with free(); NULL and the reason otherwise. */
static char *check_group(json_t *object, const char **reason)
{
    const char *name = json_string_value(json_object_get(object, "name"));
    char *folded = NULL;
    *reason = NULL;
    if (!json_is_object(object))
        *reason = "this is no group: an object is needed";
    else if (!name)
        *reason = "this group has no name, or one that is no text";
    else if (group_check_name(name) || !(folded = text_fold(name)))
        *reason = error_message();
    return folded;
}

static enum error gather_group(struct import *import, json_t *object, const char *place)
{
    const char *reason;
    char at[PLACE_SIZE + 16];
    char *folded = check_group(object, &reason);
    if (reason) return report_refused(import->job->report, place, reason);
    json_t *group = json_object_get(import->groups, folded);
    if (!group) {
        group = json_pack("{s:O, s:{}}", "name", json_object_get(object, "name"), "permissions");
        json_object_set_new(import->groups, folded, group);
    }
    free(folded);
    const struct collector to = {.import = import, .into = json_object_get(group, "permissions")};
    snprintf(at, sizeof at, "%.280s.permissions", place);
    enum error e = take_permissions(&to, json_object_get(object, "permissions"), at);
    snprintf(at, sizeof at, "%.280s.roles", place);
    return e ? e : take_roles(&to, json_object_get(object, "roles"), at);
}

static void place_in(const struct import_item *item, const char *field, char *out)
{
    snprintf(out, PLACE_SIZE, "%.280s%s%s", item->wish.place, item->wish.place[0] ? "." : "",
             field);
}

/* Both times the same lists are read: to gather what there is, and to find it by number. */
static enum error take_own(const struct collector *to, const struct import_item *item)
{
    char place[PLACE_SIZE];
    place_in(item, "groups", place);
    enum error e = take_permissions(to, json_object_get(item->object, "groups"), place);
    place_in(item, "roles", place);
    return e ? e : take_roles(to, json_object_get(item->object, "roles"), place);
}

enum error import_gather(struct import *import, const struct import_item *item)
{
    const struct collector to = {.import = import};
    char place[PLACE_SIZE], at[PLACE_SIZE + 32];
    size_t i;
    json_t *group;
    enum error e = take_own(&to, item);
    place_in(item, "userGroups", place);
    json_array_foreach(json_object_get(item->object, "userGroups"), i, group)
    {
        snprintf(at, sizeof at, "%s[%zu]", place, i);
        if (!e) e = gather_group(import, group, at);
    }
    return e;
}

enum error import_resolve(struct import *import, struct import_item *item)
{
    const struct collector to = {
        .import = import, .found = &item->wish.details.permissions, .quiet = true};
    size_t i;
    json_t *object;
    enum error e = take_own(&to, item);
    json_array_foreach(json_object_get(item->object, "userGroups"), i, object)
    {
        const char *reason;
        int64_t number = 0;
        char *folded = check_group(object, &reason);
        free(folded);
        if (e || reason) continue;
        e = group_find(import->job->act->store, json_string_value(json_object_get(object, "name")),
                       &number);
        if (!e && number != GROUP_EVERYONE) e = id_set_add(&item->wish.details.groups, number);
    }
    return e;
}
