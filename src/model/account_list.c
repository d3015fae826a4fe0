#include "account_query.h"
#include "counter.h"

#include <string.h>

/* What the rows are ordered by, for each sort: an expression that has an index with the name. */
static const char *const sort_keys[] = {
    [ACCOUNT_BY_ID] = "0",
    [ACCOUNT_BY_STATUS] = "active",
    [ACCOUNT_BY_TOKENS] = "tokens",
    [ACCOUNT_BY_LAST_USED] = "used",
    [ACCOUNT_BY_CREATED] = "created",
};

const char *account_sort_key(enum account_sort sort)
{
    return sort_keys[sort];
}

/* Where the page starts. By ID the name alone decides, so that the index on it is used; few rows
 * are sorted instead, and the + keeps the index away from them. */
static void add_place(struct sql *sql, const struct account_filter *filter, bool upward,
                      bool inclusive)
{
    const char *compare = upward ? (inclusive ? " >= " : " > ") : (inclusive ? " <= " : " < ");
    if (filter->query->sort == ACCOUNT_BY_ID) {
        sql_add(sql, filter->sparse ? " AND +name" : " AND name");
        sql_add(sql, compare);
        sql_add(sql, ":name");
        return;
    }
    sql_add(sql, " AND (");
    sql_add(sql, sort_keys[filter->query->sort]);
    sql_add(sql, ", name)");
    sql_add(sql, compare);
    sql_add(sql, "(:key, :name)");
}

static void add_order(struct sql *sql, const struct account_filter *filter, bool upward)
{
    const char *direction = upward ? " ASC" : " DESC";
    sql_add(sql, " ORDER BY ");
    if (filter->query->sort != ACCOUNT_BY_ID) {
        sql_add(sql, filter->sparse ? "+" : "");
        sql_add(sql, sort_keys[filter->query->sort]);
        sql_add(sql, direction);
        sql_add(sql, ", ");
    }
    sql_add(sql, filter->sparse ? "+name" : "name");
    sql_add(sql, direction);
    sql_add(sql, " LIMIT :max");
}

static struct stmt *prepare_page(struct store *store, const struct account_filter *filter,
                                 const struct account_place *from, bool upward, bool inclusive)
{
    struct sql sql = {0};
    sql_add(&sql, "SELECT " ACCOUNT_COLUMNS " FROM account");
    account_filter_add(&sql, filter);
    if (from->name[0]) add_place(&sql, filter, upward, inclusive);
    add_order(&sql, filter, upward);
    struct stmt *stmt = sql_prepare(store, &sql);
    account_filter_bind(stmt, filter);
    if (from->name[0]) {
        bind_text(stmt, ":name", from->name);
        if (filter->query->sort != ACCOUNT_BY_ID) bind_int(stmt, ":key", from->key);
    }
    return stmt;
}

static void reverse(struct account_row *rows, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct account_row other = rows[i];
        rows[i] = rows[count - 1 - i];
        rows[count - 1 - i] = other;
    }
}

struct account_place account_place_of(const struct account_query *query,
                                      const struct account_row *row)
{
    const int64_t keys[] = {
        [ACCOUNT_BY_ID] = 0,
        [ACCOUNT_BY_STATUS] = row->active,
        [ACCOUNT_BY_TOKENS] = row->tokens,
        [ACCOUNT_BY_LAST_USED] = row->last_used < 0 ? 0 : row->last_used,
        [ACCOUNT_BY_CREATED] = row->created,
    };
    struct account_place place = {.key = keys[query->sort]};
    strcpy(place.name, row->name);
    return place;
}

enum error account_page(struct store *store, int64_t now, const struct account_query *query,
                        const struct account_place *from, bool backward, bool inclusive,
                        struct account_row *rows, size_t max, size_t *count)
{
    struct account_filter filter;
    *count = 0;
    enum error e = account_filter_read(store, query, &filter);
    if (e) return e;
    bool upward = query->descending == backward;
    struct stmt *stmt = prepare_page(store, &filter, from, upward, inclusive);
    bind_int(stmt, ":soon", now + ACCOUNT_SOON);
    bind_int(stmt, ":max", (int64_t)max);
    bool row = true;
    while (*count < max && !(e = stmt_step(stmt, &row)) && row)
        account_read_row(stmt, &rows[(*count)++]);
    stmt_reset(stmt);
    if (backward) reverse(rows, *count);
    return e;
}

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
    sql_add(&sql, "SELECT count(*) FROM account");
    account_filter_add(&sql, &filter);
    struct stmt *stmt = sql_prepare(store, &sql);
    account_filter_bind(stmt, &filter);
    return stmt_int(stmt, count);
}
