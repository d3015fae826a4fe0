#include <gatehouse/account_list.h>
#include <gatehouse/why.h>

#include "ui/screens/panes.h"

#include <stdio.h>
#include <stdlib.h>

enum { HOLDERS = 15 };

static void add_holder(const struct account_row *account, const struct why_holdings *all,
                       struct detail *out)
{
    char id[ACCOUNT_ID_SIZE], through[300] = "";
    size_t used = 0;
    for (size_t i = 0; i < all->count && used < sizeof through; i++) {
        const struct why_source *source = &all->items[i].source;
        if (all->items[i].account != account->number) continue;
        used += (size_t)snprintf(through + used, sizeof through - used, "%s%s", used ? ", " : "",
                                 source->group ? source->name : "explicit");
    }
    struct detail_line *line = detail_row(out, DETAIL_ROW);
    account_id_text(id, account->name);
    detail_cell(out, line, 0, account->active ? ROLE_TEXT : ROLE_MUTED, id);
    detail_cell(out, line, 1, ROLE_MUTED, through);
}

static enum error add_holders(struct store *store, int64_t now, int64_t permission,
                              struct detail *out)
{
    const struct account_query query = {.filter = "", .permission = permission};
    const struct account_place first = {0};
    struct why_holdings *sources = NULL;
    size_t count = 0;
    int64_t all, numbers[HOLDERS];
    struct account_row *accounts = malloc(HOLDERS * sizeof *accounts);
    if (!accounts) return fail_memory();
    enum error e =
        account_page(store, now, &query, &first, (struct page){.max = HOLDERS}, accounts, &count);
    if (!e) detail_head(out, "HOLDERS");
    for (size_t i = 0; i < count && !e; i++)
        numbers[i] = accounts[i].number;
    if (!e) e = why_find_all(store, permission, numbers, count, &sources);
    for (size_t i = 0; i < count && !e; i++)
        add_holder(&accounts[i], sources, out);
    free(sources);
    free(accounts);
    if (!e) e = permission_count_holders(store, permission, &all);
    if (!e) detail_rest(out, (int64_t)count, all);
    return e;
}

enum error permission_pane_read(struct store *store, int64_t now, int64_t permission,
                                struct detail *out)
{
    struct permission found;
    enum error e = permission_get(store, permission, &found);
    if (e) return e;
    detail_title(out, found.name);
    detail_text(out, ROLE_TEXT, "%s", found.sentence);
    detail_field(out, "id", ROLE_TEXT, "%s", found.id);
    return add_holders(store, now, permission, out);
}
