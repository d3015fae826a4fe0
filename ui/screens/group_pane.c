#include <gatehouse/account_list.h>
#include <gatehouse/group.h>
#include <gatehouse/permission.h>

#include "ui/screens/panes.h"

#include <stdlib.h>

enum { MEMBERS = 12 };

static void add_member(struct detail *out, const struct account_row *account)
{
    char id[ACCOUNT_ID_SIZE];
    struct detail_line *line = detail_row(out, DETAIL_ROW);
    account_id_text(id, account->name);
    detail_cell(out, line, 0, ROLE_TEXT, id);
    detail_cell(out, line, 1, ROLE_MUTED, account->active ? "" : "inactive");
}

static enum error add_members(struct store *store, int64_t now, const struct group *group,
                              struct detail *out)
{
    const struct account_query query = {.filter = "", .group = group->number};
    const struct account_place first = {0};
    size_t count = 0;
    struct account_row *accounts = malloc(MEMBERS * sizeof *accounts);
    if (!accounts) return fail_memory();
    enum error e =
        account_page(store, now, &query, &first, (struct page){.max = MEMBERS}, accounts, &count);
    if (!e) detail_head(out, "MEMBERS");
    for (size_t i = 0; i < count && !e; i++)
        add_member(out, &accounts[i]);
    if (!e) detail_rest(out, (int64_t)count, group->members);
    free(accounts);
    return e;
}

static enum error add_permissions(struct store *store, const struct id_set *held,
                                  struct detail *out)
{
    enum { SHOWN = 24 };
    struct permissions *catalogue;
    int64_t count = 0;
    enum error e = permission_list(store, &catalogue);
    if (e) return e;
    detail_head(out, "PERMISSIONS");
    for (size_t i = 0; i < catalogue->count; i++)
        if (id_set_has(held, catalogue->items[i].number) && ++count <= SHOWN)
            detail_text(out, ROLE_TEXT, "%s", catalogue->items[i].name);
    detail_rest(out, SHOWN, count);
    free(catalogue);
    return OK;
}

enum error group_pane_read(struct store *store, int64_t now, int64_t group, struct detail *out)
{
    struct group found;
    struct group_details details;
    enum error e = group_get(store, group, &found);
    if (!e) e = group_details_load(store, group, &details, NULL);
    if (e) return e;
    detail_title(out, found.name);
    if (found.system)
        detail_text(out, ROLE_TEXT, "Every account is in it, always.");
    else if (*details.description)
        detail_text(out, ROLE_TEXT, "%s", details.description);
    e = add_permissions(store, &details.permissions, out);
    if (!e) e = add_members(store, now, &found, out);
    group_details_free(&details);
    return e;
}
