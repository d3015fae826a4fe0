/* Counting what a query matches, gathering it, and asking it of one account. */
#include "account_query.h"
#include "counter.h"

enum error account_numbers(struct store *store, const struct account_query *query,
                           struct id_set *out)
{
    struct account_filter filter;
    struct sql sql = {0};
    *out = (struct id_set){0};
    enum error e = account_filter_read(store, query, &filter);
    if (e) return e;
    filter.sparse = true; /* nothing is ordered by name */
    sql_add(&sql, "SELECT number FROM account");
    account_filter_add(&sql, &filter);
    sql_add(&sql, " ORDER BY number");
    struct stmt *stmt = sql_prepare(store, &sql);
    account_filter_bind(stmt, &filter);
    bool row = true;
    while (!e && !(e = stmt_step(stmt, &row)) && row)
        e = id_set_add(out, column_int(stmt, "number"));
    stmt_reset(stmt);
    if (e) id_set_free(out);
    return e;
}

enum error account_matches(struct store *store, const struct account_query *query, int64_t number,
                           bool *matches)
{
    struct account_filter filter;
    struct sql sql = {0};
    int64_t count = 0;
    enum error e = account_filter_read(store, query, &filter);
    if (e) return e;
    filter.sparse = true; /* one is looked up by its number */
    sql_add(&sql, "SELECT count(*) FROM account");
    account_filter_add(&sql, &filter);
    sql_add(&sql, " AND number = :number");
    struct stmt *stmt = sql_prepare(store, &sql);
    account_filter_bind(stmt, &filter);
    bind_int(stmt, ":number", number);
    e = stmt_int(stmt, &count);
    *matches = count > 0;
    return e;
}

static enum error count_from_counters(struct store *store, enum account_status status,
                                      int64_t *count)
{
    int64_t all, inactive;
    enum error e = counter_get(store, "accounts", &all);
    if (!e) e = counter_get(store, "inactive", &inactive);
    if (e) return e;
    *count = status == ACCOUNT_ANY ? all : status == ACCOUNT_ACTIVE ? all - inactive : inactive;
    return OK;
}

enum error account_count(struct store *store, const struct account_query *query, int64_t *count)
{
    struct account_filter filter;
    struct sql sql = {0};
    enum error e = account_filter_read(store, query, &filter);
    if (e) return e;
    bool set = (query->group || query->permission) && !filter.everyone;
    if (filter.count == 0 && !set && !query->owner)
        return count_from_counters(store, query->status, count);
    filter.sparse = true;
    sql_add(&sql, "SELECT count(*) FROM ");
    if (set && filter.count == 0 && !query->owner && query->status == ACCOUNT_ANY) {
        account_set_add(&sql, &filter);
    } else {
        sql_add(&sql, "account");
        account_filter_add(&sql, &filter);
    }
    struct stmt *stmt = sql_prepare(store, &sql);
    account_filter_bind(stmt, &filter);
    return stmt_int(stmt, count);
}
