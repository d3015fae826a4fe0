#include <gatehouse/account.h>
#include <gatehouse/group.h>
#include <gatehouse/permission.h>

#include "rows.h"
#include <stdlib.h>
#include <string.h>

static void read_source(struct stmt *stmt, void *item)
{
    struct permission_source *source = item;
    source->permission = column_int(stmt, "permission");
    source->group = column_int(stmt, "source");
    column_copy(stmt, "name", source->group_name, sizeof source->group_name);
}

enum error permission_effective(struct store *store, int64_t account,
                                struct permission_sources **out)
{
    struct stmt *stmt = store_prepare(
        store,
        "SELECT permission, 0 AS source, '' AS name FROM account_grant WHERE account = :account "
        "UNION ALL SELECT gg.permission, g.number, g.name FROM group_grant gg "
        "JOIN account_group g ON g.number = gg.account_group WHERE gg.account_group = 1 OR "
        "gg.account_group IN (SELECT account_group FROM membership WHERE account = :account) "
        "ORDER BY 1, 2");
    bind_int(stmt, ":account", account);
    return rows_collect(stmt, sizeof(struct permission_sources), sizeof(struct permission_source),
                        read_source, (void **)out);
}

static int compare_sources(const void *a, const void *b)
{
    const struct permission_source *left = a, *right = b;
    if (left->permission != right->permission) return left->permission < right->permission ? -1 : 1;
    return (left->group > right->group) - (left->group < right->group);
}

static enum error append(struct permission_sources **list, const struct permission_source *items,
                         size_t count)
{
    size_t total = (*list)->count + count;
    struct permission_sources *larger = realloc(*list, sizeof **list + total * sizeof *items);
    if (!larger) return fail(ERR_SYSTEM, "out of memory");
    if (count) memcpy(larger->items + larger->count, items, count * sizeof *items);
    larger->count = total;
    *list = larger;
    return OK;
}

static enum error append_group(struct store *store, int64_t group, struct permission_sources **list)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT gg.permission, g.number AS source, g.name FROM group_grant gg "
                             "JOIN account_group g ON g.number = gg.account_group "
                             "WHERE gg.account_group = :group");
    bind_int(stmt, ":group", group);
    struct permission_sources *some;
    enum error e =
        rows_collect(stmt, sizeof *some, sizeof *some->items, read_source, (void **)&some);
    if (e) return e;
    e = append(list, some->items, some->count);
    free(some);
    return e;
}

enum error permission_effective_staged(struct store *store, const struct id_set *groups,
                                       const struct id_set *explicit_ones,
                                       struct permission_sources **out)
{
    struct permission_sources *list = calloc(1, sizeof *list);
    if (!list) return fail(ERR_SYSTEM, "out of memory");
    enum error e = append_group(store, GROUP_EVERYONE, &list);
    for (size_t i = 0; !e && i < groups->count; i++)
        e = append_group(store, groups->ids[i], &list);
    for (size_t i = 0; !e && i < explicit_ones->count; i++) {
        const struct permission_source source = {.permission = explicit_ones->ids[i]};
        e = append(&list, &source, 1);
    }
    if (e) {
        free(list);
        return e;
    }
    if (list->count) qsort(list->items, list->count, sizeof *list->items, compare_sources);
    *out = list;
    return OK;
}

enum error permission_count_holders(struct store *store, int64_t number, int64_t *count)
{
    const struct account_query holders = {.filter = "", .permission = number};
    return account_count(store, &holders, count);
}
