#include <gatehouse/account_list.h>
#include <gatehouse/group.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission.h>
#include <gatehouse/text.h>

#include "audit_internal.h"
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
    struct stmt *stmt =
        store_prepare(store, "SELECT " PERMISSION_COLUMNS " FROM permission ORDER BY name, id");
    return rows_collect(stmt, sizeof(struct permissions), sizeof(struct permission),
                        read_permission, (void **)out);
}

enum error permission_find(struct store *store, const char *id, int64_t *number)
{
    struct stmt *stmt = store_prepare(store, "SELECT number FROM permission WHERE id = :id");
    bind_text(stmt, ":id", id);
    enum error e = stmt_int(stmt, number);
    return e == ERR_NOT_FOUND
               ? fail(e, "there is no permission “%s”: gatehouse permission list shows them", id)
               : e;
}

enum error permission_get(struct store *store, int64_t number, struct permission *out)
{
    struct stmt *stmt = store_prepare(store, "SELECT " PERMISSION_COLUMNS
                                             " FROM permission WHERE number = :number");
    bind_int(stmt, ":number", number);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that permission is gone: it was deleted");
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

enum error permission_check_id(const char *id)
{
    size_t size = strlen(id);
    if (size == 0 || size > PERMISSION_ID_MAX ||
        strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_:./-") != size)
        return fail(ERR_INVALID, "“%s” is no permission id: 1 to %d of a-z 0-9 _ : . / -", id,
                    PERMISSION_ID_MAX);
    if (strcmp(id, permission_reserved) == 0)
        return fail(ERR_CONFLICT, "%s is reserved: choose another id", permission_reserved);
    return OK;
}

enum error permission_check_texts(const char *name, const char *sentence)
{
    if (!text_is_printable(name, false) || text_length(name) < 1 ||
        text_length(name) > PERMISSION_NAME_MAX)
        return fail(ERR_INVALID, "a permission's name has 1 to %d printable characters",
                    PERMISSION_NAME_MAX);
    if (!text_is_printable(sentence, false) || text_length(sentence) > PERMISSION_SENTENCE_MAX)
        return fail(ERR_INVALID, "a permission's sentence has at most %d printable characters",
                    PERMISSION_SENTENCE_MAX);
    return OK;
}

static json_t *texts(const char *name, const char *sentence)
{
    json_t *object = json_object();
    json_object_set_new(object, "name", event_text(name));
    json_object_set_new(object, "sentence", event_text(sentence));
    return object;
}

static enum error create(const struct act *act, const char *id, const char *name,
                         const char *sentence, int64_t *number)
{
    int64_t taken;
    struct stmt *stmt = store_prepare(act->store, "SELECT 1 FROM permission WHERE id = :id");
    bind_text(stmt, ":id", id);
    enum error e = stmt_int(stmt, &taken);
    if (e == OK) return fail(ERR_CONFLICT, "the permission “%s” exists: choose another id", id);
    if (e != ERR_NOT_FOUND) return e;
    stmt = store_prepare(act->store, "INSERT INTO permission (id, name, sentence) VALUES (:id, "
                                     ":name, :sentence)");
    bind_text(stmt, ":id", id);
    bind_text(stmt, ":name", name);
    bind_text(stmt, ":sentence", sentence);
    e = stmt_run(stmt);
    if (e) return e;
    *number = store_last_id(act->store);
    return audit_write_json(act, "permission.create", id, 0, 0, NULL, texts(name, sentence));
}

enum error permission_create(const struct act *act, const char *id, const char *name,
                             const char *sentence, int64_t *number)
{
    enum error e = permission_check_id(id);
    if (!e) e = permission_check_texts(name, sentence);
    if (!e) e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, create(act, id, name, sentence, number));
}

static enum error edit(const struct act *act, int64_t number, const char *name,
                       const char *sentence, bool *changed)
{
    struct permission before;
    enum error e = permission_get(act->store, number, &before);
    if (e) return e;
    *changed = strcmp(before.name, name) != 0 || strcmp(before.sentence, sentence) != 0;
    if (!*changed) return OK;
    struct stmt *stmt = store_prepare(act->store, "UPDATE permission SET name = :name, sentence = "
                                                  ":sentence WHERE number = :number");
    bind_text(stmt, ":name", name);
    bind_text(stmt, ":sentence", sentence);
    bind_int(stmt, ":number", number);
    e = stmt_run(stmt);
    if (e) return e;
    return audit_write_json(act, "permission.edit", before.id, 0, 0,
                            texts(before.name, before.sentence), texts(name, sentence));
}

enum error permission_edit(const struct act *act, int64_t number, const char *name,
                           const char *sentence, bool *changed)
{
    bool ignored;
    enum error e = permission_check_texts(name, sentence);
    if (!e) e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, edit(act, number, name, sentence, changed ? changed : &ignored));
}

static enum error delete_permission(const struct act *act, int64_t number)
{
    struct permission before;
    enum error e = permission_get(act->store, number, &before);
    if (!e) e = membership_end_permission(act->store, number);
    if (e) return e;
    struct stmt *stmt = store_prepare(act->store, "DELETE FROM permission WHERE number = :number");
    bind_int(stmt, ":number", number);
    e = stmt_run(stmt);
    if (!e) e = generation_bump(act->store);
    if (e) return e;
    json_t *was = texts(before.name, before.sentence);
    json_object_set_new(was, "accounts", json_integer(before.accounts));
    json_object_set_new(was, "groups", json_integer(before.groups));
    return audit_write_json(act, "permission.delete", before.id, 0, 0, was, NULL);
}

enum error permission_delete(const struct act *act, int64_t number)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, delete_permission(act, number));
}
