#include <gatehouse/account_list.h>
#include <gatehouse/ascii.h>
#include <gatehouse/group.h>
#include <gatehouse/permission.h>
#include <gatehouse/text.h>
#include <gatehouse/words.h>

#include "counter.h"
#include "sql.h"
#include <stdlib.h>
#include <string.h>

static void read_permission(struct stmt *stmt, void *item)
{
    struct permission *permission = item;
    permission->number = column_int(stmt, "number");
    column_copy(stmt, "id", permission->id, sizeof permission->id);
    column_copy(stmt, "name", permission->name, sizeof permission->name);
    column_copy(stmt, "sentence", permission->sentence, sizeof permission->sentence);
    permission->accounts = column_int(stmt, "accounts");
    permission->groups = column_int(stmt, "groups");
}

#define PERMISSION_COLUMNS "number, id, name, sentence, accounts, groups"

enum error permission_list(struct store *store, struct permissions **out)
{
    *out = NULL;
    enum error e = counter_settle(store);
    if (e) return e;
    struct stmt *stmt =
        store_prepare(store, "SELECT " PERMISSION_COLUMNS " FROM permission ORDER BY name, id");
    return rows_collect(stmt, sizeof(struct permissions), sizeof(struct permission),
                        read_permission, (void **)out);
}

bool permission_matches(const struct permission *permission, const char *filter)
{
    const char *const texts[] = {permission->name, permission->id};
    return words_match(WORDS_PERMISSIONS, filter, texts, 2, permission->sentence);
}

enum error permission_find(struct store *store, const char *id, int64_t *number)
{
    char *folded = text_fold(id); /* ids are lower case ASCII */
    if (!folded) return fail(ERR_INVALID, "“%s” is not valid text", id);
    struct stmt *stmt = store_prepare(store, "SELECT number FROM permission WHERE id = :id");
    bind_text(stmt, ":id", folded);
    free(folded);
    enum error e = stmt_int(stmt, number);
    return e == ERR_NOT_FOUND
               ? fail(e, "there is no permission “%s”: gatehouse permission list shows them", id)
               : e;
}

enum error permission_find_typed(struct store *store, const char *typed, int64_t *number)
{
    struct permissions *all;
    size_t found = 0;
    enum error e = permission_list(store, &all);
    if (e) return e;
    for (size_t i = 0; i < all->count && found < 2; i++) {
        const struct permission *permission = &all->items[i];
        bool is_id = strcmp(permission->id, typed) == 0;
        if (!is_id && ascii_casecmp(permission->name, typed) != 0) continue;
        *number = permission->number;
        found = is_id ? 1 : found + 1;
        if (is_id) break;
    }
    free(all);
    if (found > 1)
        return fail(ERR_CONFLICT, "several permissions are called “%s”: use the id of one", typed);
    return found ? OK : permission_find(store, typed, number);
}

enum error permission_get(struct store *store, int64_t number, struct permission *out)
{
    enum error e = counter_settle(store);
    if (e) return e;
    struct stmt *stmt = store_prepare(store, "SELECT " PERMISSION_COLUMNS
                                             " FROM permission WHERE number = :number");
    bind_int(stmt, ":number", number);
    bool row;
    e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that permission no longer exists");
    read_permission(stmt, out);
    stmt_reset(stmt);
    return OK;
}

const char permission_reserved[] = "token_management";

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
    if (!larger) return fail_memory();
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
    *out = NULL;
    if (!list) return fail_memory();
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
