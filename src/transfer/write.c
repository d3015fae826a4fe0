#include "src/transfer/job.h"

#include <gatehouse/text.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum error write_permission(struct job *job, const char *id, const char *name, const char *sentence)
{
    const struct act *act = job->act;
    int64_t number;
    bool changed = false;
    enum error e = permission_find(act->store, id, &number);
    bool created = e == ERR_NOT_FOUND;
    if (created)
        e = permission_create(act, id, name, sentence, &number);
    else if (!e && !job->merge)
        e = permission_edit(act, number, name, sentence, &changed);
    if (e) return e;
    return report_item(job->report, TRANSFER_ITEM, TRANSFER_PERMISSION,
                       created   ? TRANSFER_CREATE
                       : changed ? TRANSFER_CHANGE
                                 : TRANSFER_UNCHANGED,
                       id, NULL);
}

/* "a, b", ids of permissions; released with free(). */
static enum error list_ids(struct store *store, const struct id_set *set, char **out)
{
    size_t room = set->count * (PERMISSION_ID_MAX + 2) + 1, used = 0;
    char *text = malloc(room);
    if (!text) return fail(ERR_SYSTEM, "out of memory");
    text[0] = 0;
    for (size_t i = 0; i < set->count; i++) {
        struct permission permission;
        enum error e = permission_get(store, set->ids[i], &permission);
        if (e) {
            free(text);
            return e;
        }
        used += (size_t)snprintf(text + used, room - used, "%s%s", i ? ", " : "", permission.id);
    }
    *out = text;
    return OK;
}

struct gain {
    struct job *job;
    const char *group;
};

static enum error say_gain(int64_t token, const char *account, const char *name, void *arg)
{
    struct gain *gain = arg;
    char why[600];
    snprintf(why, sizeof why, "group %s gives more", gain->group);
    return report_wider(gain->job->report, token, account, name, why);
}

/* What `a` has and `b` lacks. */
static enum error subtract(const struct id_set *a, const struct id_set *b, struct id_set *out)
{
    *out = (struct id_set){0};
    enum error e = OK;
    for (size_t i = 0; !e && i < a->count; i++)
        if (!id_set_has(b, a->ids[i])) e = id_set_add(out, a->ids[i]);
    return e;
}

struct group_change {
    struct group group;
    struct id_set gained, lost;
    bool renamed, described;
};

static enum error say_group(struct job *job, const struct group_change *change)
{
    char *gained = NULL, *lost = NULL;
    enum error e = list_ids(job->act->store, &change->gained, &gained);
    if (!e) e = list_ids(job->act->store, &change->lost, &lost);
    if (!e)
        e = report_item(job->report, TRANSFER_HEAD, TRANSFER_GROUP, TRANSFER_CHANGE,
                        change->group.name, "%s%s%s%s%s%s%" PRId64 " members",
                        *gained ? "gains " : "", gained, *gained ? "; " : "", *lost ? "loses " : "",
                        lost,
                        *lost               ? "; "
                        : change->renamed   ? "name; "
                        : change->described ? "description; "
                                            : "",
                        change->group.members);
    free(gained);
    free(lost);
    return e;
}

static enum error change_group(struct job *job, struct group_change *change, const char *name,
                               int64_t version, const struct group_details *after)
{
    struct gain gain = {job, change->group.name};
    const struct act *act = job->act;
    enum error e = OK;
    for (size_t i = 0; !e && i < change->gained.count; i++)
        e = token_records_reached(act->store, act->now, change->group.number, change->gained.ids[i],
                                  say_gain, &gain);
    if (!e) e = group_update(act, change->group.number, version, after, NULL, NULL);
    if (!e && change->renamed) e = group_rename(act, change->group.number, name);
    return e ? e : say_group(job, change);
}

/* In merge mode `after` becomes what is there and what is wished. */
static enum error merge_group(const struct group_details *present, const struct group_details *wish,
                              bool merge, struct group_details *after)
{
    const char *description = merge ? present->description : wish->description;
    *after = (struct group_details){.description = strdup(description ? description : "")};
    enum error e = after->description ? OK : fail(ERR_SYSTEM, "out of memory");
    if (!e) e = id_set_copy(&after->permissions, &wish->permissions);
    for (size_t i = 0; merge && !e && i < present->permissions.count; i++)
        e = id_set_add(&after->permissions, present->permissions.ids[i]);
    return e;
}

static enum error update_group(struct job *job, int64_t number, const char *name,
                               const struct group_details *wish)
{
    struct group_details present = {0}, after = {0};
    struct group_change change = {0};
    int64_t version;
    enum error e = group_get(job->act->store, number, &change.group);
    if (!e) e = group_details_load(job->act->store, number, &present, &version);
    if (!e) e = merge_group(&present, wish, job->merge, &after);
    if (!e) e = subtract(&after.permissions, &present.permissions, &change.gained);
    if (!e) e = subtract(&present.permissions, &after.permissions, &change.lost);
    if (!e) {
        change.renamed =
            !job->merge && !change.group.system && strcmp(change.group.name, name) != 0;
        change.described = strcmp(present.description, after.description) != 0;
        if (change.gained.count || change.lost.count || change.renamed || change.described)
            e = change_group(job, &change, name, version, &after);
        else
            e = report_item(job->report, TRANSFER_ITEM, TRANSFER_GROUP, TRANSFER_UNCHANGED, name,
                            NULL);
    }
    id_set_free(&change.gained);
    id_set_free(&change.lost);
    group_details_free(&present);
    group_details_free(&after);
    return e;
}

static enum error create_group(struct job *job, const char *name, const struct group_details *wish)
{
    int64_t number, version;
    struct group_details present = {0}, after = {0};
    char *ids = NULL;
    enum error e = group_create(job->act, name, &number);
    if (!e) e = group_details_load(job->act->store, number, &present, &version);
    if (!e) e = merge_group(&present, wish, false, &after);
    if (!e) e = group_update(job->act, number, version, &after, NULL, NULL);
    if (!e) e = list_ids(job->act->store, &after.permissions, &ids);
    if (!e)
        e = report_item(job->report, TRANSFER_ITEM, TRANSFER_GROUP, TRANSFER_CREATE, name, "%s%s",
                        *ids ? "gives " : "", ids);
    free(ids);
    group_details_free(&present);
    group_details_free(&after);
    return e;
}

enum error write_group(struct job *job, const char *name, const struct group_details *details)
{
    int64_t number;
    enum error e = group_find(job->act->store, name, &number);
    if (e == ERR_NOT_FOUND) return create_group(job, name, details);
    return e ? e : update_group(job, number, name, details);
}
