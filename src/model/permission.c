#include <gatehouse/permission.h>

#include "permission_row.h"
#include "rows.h"
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

enum error permission_read_id(struct store *store, int64_t permission, bool granted,
                              char id[static PERMISSION_ID_MAX + 1])
{
    struct stmt *stmt = store_prepare(store, "SELECT id FROM permission WHERE number = :number");
    bind_int(stmt, ":number", permission);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that permission is gone: it was deleted");
    column_copy(stmt, "id", id, PERMISSION_ID_MAX + 1);
    stmt_reset(stmt);
    if (granted && strcmp(id, permission_reserved) == 0)
        return fail(ERR_CONFLICT, "%s is reserved: grant another permission", permission_reserved);
    return OK;
}
