#include "src/transfer/apply.h"

#include <gatehouse/account_list.h>
#include <gatehouse/text.h>
#include <stdlib.h>

/* Collected first: what is being read must not change. */
static enum error collect_accounts(struct job *job, json_t *named, struct id_set *out)
{
    enum { PAGE = 100 };
    static const struct account_query all = {.filter = ""};
    struct account_place from = {0};
    struct account_row *rows = calloc(PAGE, sizeof *rows);
    size_t count = PAGE;
    enum error e = rows ? OK : fail(ERR_SYSTEM, "out of memory");
    while (!e && count == PAGE) {
        e = account_page(job->act->store, job->act->now, &all, &from, false, false, rows, PAGE,
                         &count);
        for (size_t i = 0; !e && i < count; i++)
            if (!json_object_get(named, rows[i].name)) e = id_set_add(out, rows[i].number);
        if (count) from = account_place_of(&all, &rows[count - 1]);
    }
    free(rows);
    return e;
}

static enum error delete_account(struct job *job, int64_t number)
{
    struct account account;
    char id[ACCOUNT_ID_SIZE];
    enum error e = account_get(job->act->store, job->act->now, number, &account);
    if (!e) e = account_delete(job->act, number);
    if (e) return e;
    account_id_text(id, account.row.name);
    return report_item(job->report, TRANSFER_ITEM, TRANSFER_ACCOUNT, TRANSFER_DELETE, id,
                       "%lld tokens", (long long)account.row.tokens);
}

enum error apply_prune_accounts(struct job *job, json_t *named)
{
    struct id_set gone = {0};
    enum error e = collect_accounts(job, named, &gone);
    for (size_t i = 0; !e && i < gone.count; i++)
        e = delete_account(job, gone.ids[i]);
    id_set_free(&gone);
    return e;
}

enum error apply_prune_groups(struct job *job, json_t *named)
{
    struct group_rows *groups = NULL;
    enum error e = group_list(job->act->store, "", SIZE_MAX >> 1, &groups);
    for (size_t i = 0; !e && i < groups->count; i++) {
        const struct group *group = &groups->items[i];
        if (group->system || json_object_get(named, group->folded)) continue;
        e = group_delete(job->act, group->number);
        if (!e)
            e = report_item(job->report, TRANSFER_HEAD, TRANSFER_GROUP, TRANSFER_DELETE,
                            group->name, "%lld members", (long long)group->members);
    }
    free(groups);
    return e;
}

enum error apply_prune_permissions(struct job *job, json_t *named)
{
    struct permissions *catalogue = NULL;
    enum error e = permission_list(job->act->store, &catalogue);
    for (size_t i = 0; !e && i < catalogue->count; i++) {
        const struct permission *permission = &catalogue->items[i];
        if (json_object_get(named, permission->id)) continue;
        e = permission_delete(job->act, permission->number);
        if (!e)
            e = report_item(job->report, TRANSFER_ITEM, TRANSFER_PERMISSION, TRANSFER_DELETE,
                            permission->id, NULL);
    }
    free(catalogue);
    return e;
}
