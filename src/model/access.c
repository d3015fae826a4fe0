#include <gatehouse/access.h>

#include "account_query.h"
#include <string.h>

/* Sources of one account; its row is still being stepped, so its texts stay valid. */
static enum error read_sources(struct store *store, int64_t account, struct access_row *row,
                               enum error (*each)(const struct access_row *row, void *arg),
                               void *arg)
{
    struct stmt *stmt = store_prepare(
        store,
        "SELECT p.id, NULL AS source FROM account_grant g JOIN permission p ON p.number = "
        "g.permission WHERE g.account = :account UNION ALL SELECT p.id, g.name FROM group_grant gg "
        "JOIN account_group g ON g.number = gg.account_group JOIN permission p ON p.number = "
        "gg.permission WHERE gg.account_group = 1 OR gg.account_group IN (SELECT account_group "
        "FROM "
        "membership WHERE account = :account) ORDER BY 1, 2");
    bind_int(stmt, ":account", account);
    bool found = true;
    enum error e = OK;
    while (!e && !(e = stmt_step(stmt, &found)) && found) {
        row->permission = column_text(stmt, "id");
        row->group = column_is_null(stmt, "source") ? NULL : column_text(stmt, "source");
        e = each(row, arg);
    }
    stmt_reset(stmt);
    return e;
}

static enum error read_all(struct store *store, const struct account_filter *filter,
                           enum error (*each)(const struct access_row *row, void *arg), void *arg)
{
    struct sql sql = {0};
    sql_add(&sql, "SELECT number, name, owner, active FROM account");
    account_filter_add(&sql, filter);
    sql_add(&sql, " ORDER BY owner, name");
    struct stmt *stmt = sql_prepare(store, &sql);
    account_filter_bind(stmt, filter);
    bool found = true;
    enum error e = OK;
    while (!e && !(e = stmt_step(stmt, &found)) && found) {
        struct access_row row = {.owner = column_text(stmt, "owner"),
                                 .account = column_text(stmt, "name"),
                                 .active = column_int(stmt, "active")};
        e = read_sources(store, column_int(stmt, "number"), &row, each, arg);
    }
    stmt_reset(stmt);
    return e;
}

enum error access_read(struct store *store, const struct account_query *query,
                       enum error (*each)(const struct access_row *row, void *arg), void *arg)
{
    struct account_filter filter;
    enum error e = store_begin_read(store);
    if (e) return e;
    e = account_filter_read(store, query, &filter);
    if (!e) e = read_all(store, &filter, each, arg);
    return store_end(store, e);
}
