#include <gatehouse/group.h>
#include <gatehouse/text.h>

#include "group_row.h"
#include "rows.h"
#include <stdlib.h>

void group_read(struct stmt *stmt, void *item)
{
    struct group *group = item;
    group->number = column_int(stmt, "number");
    group->system = column_int(stmt, "system");
    group->members = column_int(stmt, "members");
    group->permissions = column_int(stmt, "permissions");
    column_copy(stmt, "name", group->name, sizeof group->name);
    column_copy(stmt, "folded", group->folded, sizeof group->folded);
    column_copy(stmt, "description", group->summary, sizeof group->summary);
}

enum error group_list(struct store *store, const char *filter, size_t max, struct group_rows **out)
{
    char *folded = text_fold(filter);
    if (!folded) return fail(ERR_INVALID, "the filter is not readable as text");
    struct stmt *stmt =
        store_prepare(store, "SELECT " GROUP_COLUMNS " FROM account_group WHERE instr(folded, "
                             ":filter) > 0 OR :filter = '' ORDER BY system DESC, folded LIMIT "
                             ":max");
    bind_text(stmt, ":filter", folded);
    bind_int(stmt, ":max", (int64_t)max);
    free(folded);
    return rows_collect(stmt, sizeof(struct group_rows), sizeof(struct group), group_read,
                        (void **)out);
}

enum error group_get(struct store *store, int64_t number, struct group *out)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT " GROUP_COLUMNS " FROM account_group WHERE number = :number");
    bind_int(stmt, ":number", number);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that group is gone: it was deleted");
    group_read(stmt, out);
    stmt_reset(stmt);
    return OK;
}

enum error group_find(struct store *store, const char *name, int64_t *number)
{
    char *folded = text_fold(name);
    if (!folded) return fail(ERR_INVALID, "“%s” is not readable as text", name);
    struct stmt *stmt =
        store_prepare(store, "SELECT number FROM account_group WHERE folded = :folded");
    bind_text(stmt, ":folded", folded);
    free(folded);
    enum error e = stmt_int(stmt, number);
    return e == ERR_NOT_FOUND ? fail(e, "there is no group “%s”", name) : e;
}
