#include "account_query.h"
#include "sample.h"

static struct stmt *prepare(struct store *store, const struct account_filter *filter)
{
    struct sql sql = {0};
    const char *key = account_sort_key(filter->query->sort);
    sql_add(&sql, SAMPLE_PICKS "SELECT count(*) AS matching, coalesce(sum((");
    sql_add(&sql, key);
    sql_add(&sql, filter->query->descending ? ", name) > (" : ", name) < (");
    sql_add(&sql, ":key, :name)), 0) AS before FROM pick CROSS JOIN account");
    account_filter_add(&sql, filter);
    sql_add(&sql, " AND number = " SAMPLE_NUMBER("account"));
    return sql_prepare(store, &sql);
}

static enum error take(struct store *store, const struct account_query *query,
                       const struct account_place *place, struct sample *out)
{
    struct account_filter filter;
    bool row;
    enum error e = account_filter_read(store, query, &filter);
    if (e) return e;
    filter.sparse = false; /* each pick is met by its number */
    struct stmt *stmt = prepare(store, &filter);
    account_filter_bind(stmt, &filter);
    bind_int(stmt, ":key", query->sort == ACCOUNT_BY_ID ? 0 : place->key);
    bind_text(stmt, ":name", place->name);
    e = stmt_step(stmt, &row);
    if (!e) *out = (struct sample){column_int(stmt, "before"), column_int(stmt, "matching")};
    stmt_reset(stmt);
    return e;
}

enum error account_sample(struct store *store, const struct account_query *query,
                          const struct account_place *place, struct sample *out)
{
    struct account_query all = {.filter = "", .sort = query->sort, .descending = query->descending};
    *out = (struct sample){0};
    enum error e = take(store, query, place, out);
    return e || out->matching >= SAMPLE_LEAST ? e : take(store, &all, place, out);
}
