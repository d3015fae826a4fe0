/* The list in pages. What a filter leaves is looked for among the next accounts of the order first,
 * and only if they do not fill the page among all: few match then, and are sorted. */
#include "account_query.h"

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

struct page {
    struct account_filter filter;
    const struct account_place *from;
    bool upward, inclusive;
    int64_t now;
    struct account_row *rows;
    size_t max, count;
};

/* Where the page starts. By ID the name alone decides, so that the index on it is used. `plus` is
 * "+" to keep the indices away, where what was found is sorted. */
static void add_place(struct sql *sql, const struct page *page, const char *plus)
{
    const char *way = page->upward ? ">" : "<", *equal = page->inclusive ? "=" : "";
    enum account_sort sort = page->filter.query->sort;
    if (!page->from->name[0]) return;
    if (sort == ACCOUNT_BY_ID)
        sql_format(sql, " AND %sname %s%s :name", plus, way, equal);
    else
        sql_format(sql, " AND (%s%s, name) %s%s (:key, :name)", plus, sort_keys[sort], way, equal);
}

static void add_order(struct sql *sql, const struct page *page, const char *plus)
{
    const char *direction = page->upward ? "ASC" : "DESC";
    enum account_sort sort = page->filter.query->sort;
    sql_add(sql, " ORDER BY ");
    if (sort != ACCOUNT_BY_ID) sql_format(sql, "%s%s %s, ", plus, sort_keys[sort], direction);
    sql_format(sql, "%sname %s", plus, direction);
}

/* Takes the statement to its end. */
static enum error read_rows(struct stmt *stmt, struct page *page)
{
    bool row = true;
    enum error e = OK;
    if (page->from->name[0]) bind_text(stmt, ":name", page->from->name);
    if (page->from->name[0] && page->filter.query->sort != ACCOUNT_BY_ID)
        bind_int(stmt, ":key", page->from->key);
    bind_int(stmt, ":soon", page->now + ACCOUNT_SOON);
    bind_int(stmt, ":max", (int64_t)page->max);
    page->count = 0;
    while (page->count < page->max && !(e = stmt_step(stmt, &row)) && row)
        account_read_row(stmt, &page->rows[page->count++]);
    stmt_reset(stmt);
    return e;
}

/* All accounts, along the index. */
static enum error read_along(struct store *store, struct page *page)
{
    struct sql sql = {0};
    sql_add(&sql, "SELECT " ACCOUNT_COLUMNS " FROM account WHERE 1");
    add_place(&sql, page, "");
    add_order(&sql, page, "");
    sql_add(&sql, " LIMIT :max");
    return read_rows(sql_prepare(store, &sql), page);
}

/* The next accounts of the order; by status those that can match stand together. */
static void add_window(struct sql *sql, const struct page *page)
{
    const struct account_query *query = page->filter.query;
    sql_add(sql, "(SELECT number AS found FROM account WHERE 1");
    if (query->sort == ACCOUNT_BY_STATUS && query->status)
        sql_format(sql, " AND active = %d", query->status == ACCOUNT_ACTIVE);
    add_place(sql, page, "");
    add_order(sql, page, "");
    sql_add(sql, " LIMIT :window)");
}

/* Whether there are accounts behind the window. */
static enum error is_window_full(struct store *store, const struct page *page, int64_t window,
                                 bool *full)
{
    struct sql sql = {0};
    int64_t count = 0;
    sql_add(&sql, "SELECT count(*) FROM ");
    add_window(&sql, page);
    struct stmt *stmt = sql_prepare(store, &sql);
    if (page->from->name[0]) bind_text(stmt, ":name", page->from->name);
    if (page->from->name[0] && page->filter.query->sort != ACCOUNT_BY_ID)
        bind_int(stmt, ":key", page->from->key);
    bind_int(stmt, ":window", window);
    enum error e = stmt_int(stmt, &count);
    *full = count == window;
    return e;
}

static enum error read_window(struct store *store, struct page *page, int64_t window, bool *whole)
{
    struct sql sql = {0};
    bool full = true;
    sql_add(&sql, "SELECT " ACCOUNT_COLUMNS " FROM ");
    add_window(&sql, page);
    sql_add(&sql, " CROSS JOIN account ON number = found");
    account_filter_add(&sql, &page->filter);
    add_order(&sql, page, "+");
    sql_add(&sql, " LIMIT :max");
    struct stmt *stmt = sql_prepare(store, &sql);
    account_filter_bind(stmt, &page->filter);
    bind_int(stmt, ":window", window);
    enum error e = read_rows(stmt, page);
    if (!e && page->count < page->max) e = is_window_full(store, page, window, &full);
    *whole = page->count == page->max || !full;
    return e;
}

static enum error read_scan(struct store *store, struct page *page)
{
    struct sql sql = {0};
    page->filter.sparse = true;
    sql_add(&sql, "SELECT " ACCOUNT_COLUMNS " FROM account");
    account_filter_add(&sql, &page->filter);
    add_place(&sql, page, "+");
    add_order(&sql, page, "+");
    sql_add(&sql, " LIMIT :max");
    struct stmt *stmt = sql_prepare(store, &sql);
    account_filter_bind(stmt, &page->filter);
    return read_rows(stmt, page);
}

static enum error read_filtered(struct store *store, struct page *page)
{
    bool whole = false;
    enum error e = OK;
    int64_t window = WINDOW_LEAST * (int64_t)page->max;
    if (page->filter.sparse) return read_scan(store, page);
    for (; !e && !whole && window <= WINDOW_MOST * (int64_t)page->max; window *= WINDOW_GROWS)
        e = read_window(store, page, window, &whole);
    return e || whole ? e : read_scan(store, page);
}

static void reverse(struct account_row *rows, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct account_row other = rows[i];
        rows[i] = rows[count - 1 - i];
        rows[count - 1 - i] = other;
    }
}

enum error account_page(struct store *store, int64_t now, const struct account_query *query,
                        const struct account_place *from, bool backward, bool inclusive,
                        struct account_row *rows, size_t max, size_t *count)
{
    struct page page = {.from = from,
                        .upward = query->descending == backward,
                        .inclusive = inclusive,
                        .now = now,
                        .rows = rows,
                        .max = max};
    enum error e = account_filter_read(store, query, &page.filter);
    if (!e) e = page.filter.all ? read_along(store, &page) : read_filtered(store, &page);
    if (backward) reverse(rows, page.count);
    *count = page.count;
    return e;
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
