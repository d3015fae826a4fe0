#include <gatehouse/when.h>

#include "token_query_sql.h"
#include "token_row.h"
#include <string.h>

const char *const token_sort_words[TOKENS_SORTS] = {
    [TOKENS_BY_ACCOUNT] = "account",     [TOKENS_BY_NAME] = "name",
    [TOKENS_BY_TOKEN] = "token",         [TOKENS_BY_STATE] = "state",
    [TOKENS_BY_CREATED] = "created",     [TOKENS_BY_EXPIRES] = "expires",
    [TOKENS_BY_LAST_USED] = "last-used",
};

enum error token_sort_find(const char *word, enum token_sort *out)
{
    for (int i = 0; i < TOKENS_SORTS; i++) {
        if (strcmp(token_sort_words[i], word) != 0) continue;
        *out = (enum token_sort)i;
        return OK;
    }
    return fail(ERR_INVALID,
                "“%s” is no order: account, name, token, state, created, expires or last-used",
                word);
}

/* What the rows are ordered by before the number: each has its index. */
static const char *const sort_keys[TOKENS_SORTS] = {
    [TOKENS_BY_ACCOUNT] = "a.name",    [TOKENS_BY_NAME] = "t.name",
    [TOKENS_BY_TOKEN] = "t.last_four", [TOKENS_BY_STATE] = "0",
    [TOKENS_BY_CREATED] = "t.created", [TOKENS_BY_EXPIRES] = "t.ends",
    [TOKENS_BY_LAST_USED] = "t.used",
};

const char *token_sort_key(enum token_sort sort)
{
    return sort_keys[sort];
}

void token_sort_bind(struct stmt *stmt, enum token_sort sort, const struct token_item *from)
{
    const struct token_row *row = &from->token;
    switch (sort) {
    case TOKENS_BY_ACCOUNT:
        bind_text(stmt, ":key", from->account_name);
        break;
    case TOKENS_BY_NAME:
        bind_text(stmt, ":key", row->name);
        break;
    case TOKENS_BY_TOKEN:
        bind_text(stmt, ":key", row->last_four);
        break;
    case TOKENS_BY_CREATED:
        bind_int(stmt, ":key", row->created);
        break;
    case TOKENS_BY_EXPIRES:
        bind_int(stmt, ":key", row->expires == WHEN_NEVER ? INT64_MAX : row->expires);
        break;
    case TOKENS_BY_LAST_USED:
        bind_int(stmt, ":key", row->last_used == WHEN_NEVER ? 0 : row->last_used);
        break;
    case TOKENS_BY_STATE:
    case TOKENS_SORTS:
        break;
    }
}

/* By account the accounts lead and their tokens follow; else the tokens do. */
static void add_tables(struct sql *sql, enum token_sort sort, const char *columns)
{
    sql_add(sql, "SELECT ");
    sql_add(sql, columns);
    sql_add(sql, sort == TOKENS_BY_ACCOUNT
                     ? " FROM account a CROSS JOIN token t ON t.account = a.number"
                     : " FROM token t CROSS JOIN account a ON a.number = t.account");
}

static void add_place(struct sql *sql, enum token_sort sort, bool upward, bool inclusive)
{
    const char *compare = upward ? (inclusive ? " >= " : " > ") : (inclusive ? " <= " : " < ");
    const char *key = sort_keys[sort];
    if (sort == TOKENS_BY_STATE) {
        sql_add(sql, " AND t.number");
        sql_add(sql, compare);
        sql_add(sql, ":number");
    } else if (sort == TOKENS_BY_ACCOUNT) {
        sql_add(sql, upward ? " AND a.name >= :key AND (a.name > :key OR t.number"
                            : " AND a.name <= :key AND (a.name < :key OR t.number");
        sql_add(sql, compare);
        sql_add(sql, ":number)");
    } else {
        sql_add(sql, " AND (");
        sql_add(sql, key);
        sql_add(sql, ", t.number)");
        sql_add(sql, compare);
        sql_add(sql, "(:key, :number)");
    }
}

static void add_order(struct sql *sql, enum token_sort sort, bool upward)
{
    const char *direction = upward ? " ASC" : " DESC";
    sql_add(sql, " ORDER BY ");
    if (sort != TOKENS_BY_STATE) {
        sql_add(sql, sort_keys[sort]);
        sql_add(sql, direction);
        sql_add(sql, ", ");
    }
    sql_add(sql, "t.number");
    sql_add(sql, direction);
    sql_add(sql, " LIMIT :max");
}

#define ITEM_COLUMNS TOKEN_COLUMNS ", a.name AS account_name, a.active AS account_active"

static void read_item(struct stmt *stmt, struct token_item *item)
{
    *item = (struct token_item){0};
    token_read(stmt, &item->token);
    column_copy(stmt, "account_name", item->account_name, sizeof item->account_name);
    item->account_active = column_int(stmt, "account_active");
}

/* Reads rows in the order of reading, as far as they meet `condition`, too; appends to *count. */
static enum error read_rows(struct store *store, const struct token_query *query,
                            const char *condition, const struct token_item *from, bool upward,
                            bool inclusive, struct token_item *rows, size_t max, size_t *count)
{
    struct sql sql = {0};
    struct token_words words;
    token_words_read(query->filter, &words);
    add_tables(&sql, query->sort, ITEM_COLUMNS);
    token_conditions_add(&sql, query, &words);
    sql_add(&sql, condition);
    if (from) add_place(&sql, query->sort, upward, inclusive);
    add_order(&sql, query->sort, upward);
    struct stmt *stmt = sql_prepare(store, &sql);
    token_conditions_bind(stmt, query, &words);
    bind_int(stmt, ":now", query->now);
    bind_int(stmt, ":max", (int64_t)(max - *count));
    if (from) {
        token_sort_bind(stmt, query->sort, from);
        bind_int(stmt, ":number", from->token.number);
    }
    bool row = true;
    enum error e = OK;
    while (*count < max && !(e = stmt_step(stmt, &row)) && row)
        read_item(stmt, &rows[(*count)++]);
    stmt_reset(stmt);
    return e;
}

/* A state depends on the time, so no index can hold it: the rows of each state follow those of the
 * state before. */
static enum error read_by_state(struct store *store, const struct token_query *query,
                                const struct token_item *from, bool upward, bool inclusive,
                                struct token_item *rows, size_t max, size_t *count)
{
    int state = from ? (int)from->token.state : upward ? TOKEN_LIVE : TOKEN_REVOKED;
    enum error e = OK;
    for (; state >= TOKEN_LIVE && state <= TOKEN_REVOKED && *count < max && !e;
         state += upward ? 1 : -1) {
        const char *condition = token_condition((enum token_facet)(TOKENS_LIVE + state));
        e = read_rows(store, query, condition, from, upward, inclusive, rows, max, count);
        from = NULL;
    }
    return e;
}

static void reverse(struct token_item *rows, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct token_item other = rows[i];
        rows[i] = rows[count - 1 - i];
        rows[count - 1 - i] = other;
    }
}

enum error token_page(struct store *store, const struct token_query *query,
                      const struct token_item *from, bool backward, bool inclusive,
                      struct token_item *rows, size_t max, size_t *count)
{
    bool upward = query->descending == backward;
    *count = 0;
    enum error e = query->sort == TOKENS_BY_STATE
                       ? read_by_state(store, query, from, upward, inclusive, rows, max, count)
                       : read_rows(store, query, "", from, upward, inclusive, rows, max, count);
    if (backward) reverse(rows, *count);
    return e;
}

enum error token_item_get(struct store *store, int64_t now, int64_t number, struct token_item *out)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT " ITEM_COLUMNS " FROM token t JOIN account a ON a.number = "
                             "t.account WHERE t.number = :number");
    bind_int(stmt, ":number", number);
    bind_int(stmt, ":now", now);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "there is no token %lld", (long long)number);
    read_item(stmt, out);
    stmt_reset(stmt);
    return OK;
}

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int64_t or_else(int64_t time, int64_t otherwise)
{
    return time == WHEN_NEVER ? otherwise : time;
}

static int compare_keys(enum token_sort sort, const struct token_item *a,
                        const struct token_item *b)
{
    switch (sort) {
    case TOKENS_BY_ACCOUNT:
        return strcmp(a->account_name, b->account_name);
    case TOKENS_BY_NAME:
        return strcmp(a->token.name, b->token.name);
    case TOKENS_BY_TOKEN:
        return strcmp(a->token.last_four, b->token.last_four);
    case TOKENS_BY_STATE:
        return (int)a->token.state - (int)b->token.state;
    case TOKENS_BY_CREATED:
        return compare_numbers(a->token.created, b->token.created);
    case TOKENS_BY_EXPIRES:
        return compare_numbers(or_else(a->token.expires, INT64_MAX),
                               or_else(b->token.expires, INT64_MAX));
    case TOKENS_BY_LAST_USED:
        return compare_numbers(or_else(a->token.last_used, 0), or_else(b->token.last_used, 0));
    case TOKENS_SORTS:
        break;
    }
    return 0;
}

int token_compare(const struct token_query *query, const struct token_item *a,
                  const struct token_item *b)
{
    int order = compare_keys(query->sort, a, b);
    if (!order) order = compare_numbers(a->token.number, b->token.number);
    return query->descending ? -order : order;
}
