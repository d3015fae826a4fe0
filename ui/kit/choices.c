/* What choosers mostly choose from. */
#include "ui/kit/chooser.h"

#include <gatehouse/ambient.h>
#include <gatehouse/group.h>
#include <gatehouse/permission.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum error choose_groups(struct store *store, const void *arg, const char *text, struct choice *out,
                         size_t max, size_t *count)
{
    (void)arg;
    struct group_rows *groups;
    *count = 0;
    enum error e = group_list(store, text, max + 1, &groups);
    if (e) return e;
    for (size_t i = 0; i < groups->count && *count < max; i++) {
        const struct group *group = &groups->items[i];
        if (group->system) continue;
        struct choice *choice = &out[(*count)++];
        choice->id = group->number;
        snprintf(choice->label, sizeof choice->label, "%s", group->name);
        snprintf(choice->detail, sizeof choice->detail, "%lld member%s, %lld permission%s. %s",
                 (long long)group->members, group->members == 1 ? "" : "s",
                 (long long)group->permissions, group->permissions == 1 ? "" : "s", group->summary);
    }
    free(groups);
    return OK;
}

enum error choose_permissions(struct store *store, const void *arg, const char *text,
                              struct choice *out, size_t max, size_t *count)
{
    (void)arg;
    struct permissions *catalogue;
    *count = 0;
    enum error e = permission_list(store, &catalogue);
    if (e) return e;
    for (size_t i = 0; i < catalogue->count && *count < max; i++) {
        const struct permission *permission = &catalogue->items[i];
        if (!strcasestr(permission->name, text) && !strcasestr(permission->id, text)) continue;
        struct choice *choice = &out[(*count)++];
        choice->id = permission->number;
        snprintf(choice->label, sizeof choice->label, "%s", permission->name);
        snprintf(choice->detail, sizeof choice->detail, "%s: %s", permission->id,
                 permission->sentence);
    }
    free(catalogue);
    return OK;
}

enum error choose_accounts(struct store *store, const void *arg, const char *text,
                           struct choice *out, size_t max, size_t *count)
{
    (void)arg;
    const struct account_query query = {.filter = text};
    const struct account_place top = {0};
    struct account_row *rows = malloc(max * sizeof *rows);
    *count = 0;
    if (!rows) return fail(ERR_SYSTEM, "out of memory");
    enum error e = account_page(store, ambient_now(), &query, &top, false, false, rows, max, count);
    for (size_t i = 0; i < *count && !e; i++) {
        out[i].id = rows[i].number;
        account_id_text(out[i].label, rows[i].name);
        snprintf(out[i].detail, sizeof out[i].detail, "%.1600s", rows[i].description);
    }
    free(rows);
    return e;
}
