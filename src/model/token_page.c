/* The list of tokens: its sort orders and its pages. SQLite uses both columns of an index on (key,
 * number) only if the key is fixed, so the rows with the same key as the place are read first, then
 * those after it. */
#include <gatehouse/token_page.h>
#include <gatehouse/token_query.h>
#include <gatehouse/when.h>

#include "token_query_internal.h"
#include <inttypes.h>
#include <string.h>

static const char *account_of(const struct token_item *item)
{
    return item->account_name;
}

static const char *name_of(const struct token_item *item)
{
    return item->token.name;
}

static const char *last_four_of(const struct token_item *item)
{
    return item->token.last_four;
}

static int64_t state_of(const struct token_item *item)
{
    return item->token.state;
}

static int64_t created_of(const struct token_item *item)
{
    return item->token.created;
}

static int64_t ends_of(const struct token_item *item)
{
    return item->token.expires == WHEN_NEVER ? INT64_MAX : item->token.expires;
}

static int64_t used_of(const struct token_item *item)
{
    return item->token.last_used == WHEN_NEVER ? 0 : item->token.last_used;
}

/* The sort key before the number. Each column except the state has an index. */
static const struct order {
    const char *word;   /* for the command line */
    const char *column; /* an expression over token t and account a; the state needs :now */
    /* The same value of a row that was read: a text or a number. */
    const char *(*text)(const struct token_item *item);
    int64_t (*number)(const struct token_item *item);
} orders[TOKENS_SORTS] = {
    [TOKENS_BY_ACCOUNT] = {"account", "a.name", .text = account_of},
    [TOKENS_BY_NAME] = {"name", "t.name", .text = name_of},
    [TOKENS_BY_TOKEN] = {"token", "t.last_four", .text = last_four_of},
    [TOKENS_BY_STATE] = {"state", (TOKEN_STATE), .number = state_of},
    [TOKENS_BY_CREATED] = {"created", "t.created", .number = created_of},
    [TOKENS_BY_EXPIRES] = {"expires", "t.ends", .number = ends_of},
    [TOKENS_BY_LAST_USED] = {"last-used", "t.used", .number = used_of},
};

const char *token_sort_word(enum token_sort sort)
{
    return orders[sort].word;
}

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

int token_compare(const struct token_query *query, const struct token_item *a,
                  const struct token_item *b)
{
    const struct order *key = &orders[query->sort];
    int order = key->text ? strcmp(key->text(a), key->text(b))
                          : compare_numbers(key->number(a), key->number(b));
    if (!order) order = compare_numbers(a->token.number, b->token.number);
    return query->descending ? -order : order;
}

static void bind_key(struct stmt *stmt, enum token_sort sort, const struct token_item *from)
{
    if (orders[sort].text)
        bind_text(stmt, ":key", orders[sort].text(from));
    else
        bind_int(stmt, ":key", orders[sort].number(from));
}

struct reading {
    const struct token_query *query;
    struct token_words words;
    const struct token_item *from;
    bool upward, inclusive;
    struct token_item *rows;
    size_t max, count;
};

/* A run of rows in the list. The state depends on the time, so it has no index: sorted by state,
 * each state is a section of its own, ordered by number. */
struct section {
    int state; /* -1: all */
    enum { WHOLE, TIES, BEYOND, FROM_PLACE } range;
};

static void add_range(struct sql *sql, const struct reading *reading, struct section section)
{
    const char *way = reading->upward ? ">" : "<", *equal = reading->inclusive ? "=" : "";
    const char *key = orders[reading->query->sort].column;
    switch (section.range) {
    case WHOLE:
        break;
    case TIES:
        if (section.state < 0) sql_format(sql, " AND %s = :key", key);
        sql_format(sql, " AND t.number %s%s :number", way, equal);
        break;
    case BEYOND:
        sql_format(sql, " AND %s %s :key", key, way);
        break;
    case FROM_PLACE:
        sql_format(sql, " AND (+%s, t.number) %s%s (:key, :number)", key, way, equal);
        break;
    }
}

/* `plus` is "+" to avoid the indices where the matches are sorted. */
static void add_order(struct sql *sql, const struct reading *reading, struct section section,
                      const char *plus)
{
    const char *direction = reading->upward ? "ASC" : "DESC";
    sql_add(sql, " ORDER BY ");
    if (section.state < 0)
        sql_format(sql, "%s%s %s, ", plus, orders[reading->query->sort].column, direction);
    sql_format(sql, "%st.number %s", plus, direction);
}

static void add_conditions(struct sql *sql, const struct reading *reading, struct section section)
{
    token_conditions_add(sql, reading->query, &reading->words);
    if (section.state >= 0) sql_add(sql, token_state_condition((enum token_state)section.state));
}

static struct stmt *prepare(struct store *store, const struct sql *sql,
                            const struct reading *reading)
{
    struct stmt *stmt = sql_prepare(store, sql);
    token_conditions_bind(stmt, sql, reading->query, &reading->words);
    if (strstr(sql->text, ":key")) bind_key(stmt, reading->query->sort, reading->from);
    if (strstr(sql->text, ":number")) bind_int(stmt, ":number", reading->from->token.number);
    return stmt;
}

/* Runs the statement to its end and appends its rows. */
static enum error read_rows(struct stmt *stmt, struct reading *reading)
{
    enum error e = OK;
    bind_int(stmt, ":max", (int64_t)(reading->max - reading->count));
    while (reading->count < reading->max && stmt_next(stmt, &e))
        token_item_read(stmt, &reading->rows[reading->count++]);
    stmt_reset(stmt);
    return e;
}

/* Sorted by account, the accounts are the outer loop; otherwise the tokens are. */
#define BY_ACCOUNT "account a CROSS JOIN token t WHERE t.account = a.number"
#define BY_TOKEN   "token t CROSS JOIN account a WHERE a.number = t.account"

/* Where PostgreSQL takes only few accounts to be left, it reads the tokens of all that are, to sort
 * them: it gets as many accounts as are enough for the page. */
static void add_accounts(struct sql *sql, const struct reading *reading, struct section section)
{
    sql_add(sql, SQL_POSTGRES_BEGIN "(SELECT a.number, a.name, a.active FROM account a WHERE ");
    sql_add(sql, SQL_HAS("SELECT 1 FROM token o WHERE o.account = a.number"));
    add_range(sql, reading, section);
    sql_format(sql, " ORDER BY a.name %s LIMIT :max) a" SQL_POSTGRES_END,
               reading->upward ? "ASC" : "DESC");
    sql_add(sql, SQL_SQLITE("account a") " CROSS JOIN token t WHERE t.account = a.number");
}

/* All tokens of the section, in the order of the index. */
static enum error read_along(struct store *store, struct reading *reading, struct section section)
{
    struct sql sql = {0};
    sql_add(&sql, "SELECT " TOKEN_ITEM_COLUMNS " FROM ");
    if (reading->query->sort == TOKENS_BY_ACCOUNT && section.range != TIES)
        add_accounts(&sql, reading, section);
    else
        sql_add(&sql, reading->query->sort == TOKENS_BY_ACCOUNT ? BY_ACCOUNT : BY_TOKEN);
    add_range(&sql, reading, section);
    add_order(&sql, reading, section, "");
    sql_add(&sql, " LIMIT :max");
    return read_rows(prepare(store, &sql, reading), reading);
}

/* The next tokens of the section, without those that the index of the order can rule out. */
static void add_window(struct sql *sql, const struct reading *reading, struct section section)
{
    enum token_sort sort = reading->query->sort;
    sql_format(sql, "(SELECT t.number AS found FROM %s",
               sort == TOKENS_BY_ACCOUNT ? BY_ACCOUNT : "token t WHERE true");
    add_range(sql, reading, section); /* first, so that the index is searched by it */
    sql_add(sql, token_bound(reading->query->facet, sort));
    if (section.state == TOKEN_SUSPENDED) sql_add(sql, token_bound(TOKENS_SUSPENDED, sort));
    if (section.state == TOKEN_REVOKED) sql_add(sql, token_bound(TOKENS_REVOKED, sort));
    add_order(sql, reading, section, "");
    sql_add(sql, " LIMIT :window) near");
}

static enum error is_window_full(struct store *store, const struct reading *reading,
                                 struct section section, int64_t window, bool *full)
{
    struct sql sql = {0};
    int64_t count = 0;
    sql_add(&sql, "SELECT count(*) FROM ");
    add_window(&sql, reading, section);
    struct stmt *stmt = prepare(store, &sql, reading);
    bind_int(stmt, ":window", window);
    enum error e = stmt_int(stmt, &count);
    *full = count == window;
    return e;
}

/* *whole: the page is complete. */
static enum error read_window(struct store *store, struct reading *reading, struct section section,
                              int64_t window, bool *whole)
{
    struct sql sql = {0};
    bool full = true;
    sql_add(&sql, "SELECT " TOKEN_ITEM_COLUMNS " FROM ");
    add_window(&sql, reading, section);
    sql_add(&sql, " CROSS JOIN token t CROSS JOIN account a WHERE t.number = found AND a.number = "
                  "t.account");
    add_conditions(&sql, reading, section);
    add_order(&sql, reading, section, "+");
    sql_add(&sql, " LIMIT :max");
    struct stmt *stmt = prepare(store, &sql, reading);
    bind_int(stmt, ":window", window);
    enum error e = read_rows(stmt, reading);
    if (!e && reading->count < reading->max)
        e = is_window_full(store, reading, section, window, &full);
    *whole = reading->count == reading->max || !full;
    return e;
}

static enum error read_near(struct store *store, struct reading *reading, struct section section,
                            bool *whole)
{
    const size_t before = reading->count;
    const int64_t least = WINDOW_LEAST * (int64_t)reading->max;
    int64_t most = WINDOW_MOST * (int64_t)reading->max;
    enum error e = OK;
    if (section.state >= 0) most *= WINDOW_GROWS; /* by number they are adjacent */
    *whole = false;
    for (int64_t window = least; !e && !*whole && window <= most; window *= WINDOW_GROWS) {
        reading->count = before;
        e = read_window(store, reading, section, window, whole);
    }
    if (!*whole) reading->count = before;
    return e;
}

/* Finds all matches and sorts them. */
static enum error read_sorted(struct store *store, struct reading *reading, struct section section)
{
    struct sql sql = {0};
    enum error e = token_words_weigh(store, &reading->words);
    if (e) return e;
    sql_add(&sql, "SELECT " TOKEN_ITEM_COLUMNS " FROM ");
    token_all_add(&sql, reading->query, &reading->words);
    add_conditions(&sql, reading, section);
    add_range(&sql, reading, section);
    add_order(&sql, reading, section, "+");
    sql_add(&sql, " LIMIT :max");
    return read_rows(prepare(store, &sql, reading), reading);
}

static size_t list_sections(const struct reading *reading, struct section sections[static 4])
{
    const struct token_item *from = reading->from;
    size_t count = 0;
    if (reading->query->sort != TOKENS_BY_STATE) {
        sections[count++] = (struct section){-1, from ? TIES : WHOLE};
        if (from) sections[count++] = (struct section){-1, BEYOND};
        return count;
    }
    int first = reading->upward ? TOKEN_LIVE : TOKEN_REVOKED,
        state = from ? (int)from->token.state : first;
    for (; state >= TOKEN_LIVE && state <= TOKEN_REVOKED; state += reading->upward ? 1 : -1) {
        bool ties = from && state == (int)from->token.state;
        if (token_facet_leaves(reading->query->facet, (enum token_state)state))
            sections[count++] = (struct section){state, ties ? TIES : WHOLE};
    }
    return count;
}

/* Searching for words costs the same for each state, so with words all states are sorted at once.
 */
static enum error read_page(struct store *store, struct reading *reading)
{
    const bool words = token_words_are_any(&reading->words);
    const bool searches = words || reading->query->facet;
    struct section sections[4];
    size_t count = list_sections(reading, sections);
    enum error e = OK;
    for (size_t i = 0; i < count && !e && reading->count < reading->max; i++) {
        bool whole = true;
        if (searches || sections[i].state >= 0)
            e = read_near(store, reading, sections[i], &whole);
        else
            e = read_along(store, reading, sections[i]);
        if (e || whole) continue;
        if (sections[i].state < 0 || words) {
            reading->count = 0;
            return read_sorted(store, reading,
                               (struct section){-1, reading->from ? FROM_PLACE : WHOLE});
        }
        e = read_sorted(store, reading, sections[i]);
    }
    return e;
}

/* Texts that are too long are cut where they are read, and other types are sorted in another order:
 * reading on after such a row might return the same rows for ever. */
static enum error check_progress(const struct reading *reading)
{
    if (!reading->from || reading->inclusive || reading->count < reading->max || !reading->count)
        return OK;
    const struct token_item *last = &reading->rows[reading->count - 1];
    int order = token_compare(reading->query, last, reading->from);
    bool backward = reading->query->descending == reading->upward;
    if (backward ? order < 0 : order > 0) return OK;
    return fail(ERR_STORE,
                "the tokens are damaged: the list cannot be read past number %" PRId64
                ": gatehouse doctor names them",
                last->token.number);
}

enum error token_page(struct store *store, const struct token_query *query,
                      const struct token_item *from, struct page page, struct token_item *rows,
                      size_t *count)
{
    struct reading reading = {.query = query,
                              .from = from,
                              .upward = query->descending == page.backward,
                              .inclusive = page.inclusive,
                              .rows = rows,
                              .max = page.max};
    enum error e = token_words_read(query->filter, &reading.words);
    if (!e) e = read_page(store, &reading);
    if (!e) e = check_progress(&reading);
    if (page.backward) rows_reverse(rows, reading.count, sizeof *rows);
    *count = reading.count;
    return e;
}

static enum error take(struct store *store, const struct token_query *query,
                       const struct token_item *place, struct sample *out)
{
    struct sql sql = {0};
    struct token_words words;
    bool row;
    enum error e = token_words_read(query->filter, &words);
    if (e) return e;
    sql_format(&sql,
               SAMPLE_PICKS "SELECT count(*) AS matching, count(*) FILTER (WHERE (%s, t.number) %s "
                            "(:key, :number)) AS before FROM pick CROSS JOIN token t CROSS JOIN "
                            "account a WHERE a.number = t.account",
               orders[query->sort].column, query->descending ? ">" : "<");
    token_conditions_add(&sql, query, &words);
    sql_add(&sql, " AND t.number = " SAMPLE_NUMBER("token"));
    struct stmt *stmt = sql_prepare(store, &sql);
    token_conditions_bind(stmt, &sql, query, &words);
    bind_key(stmt, query->sort, place);
    bind_int(stmt, ":number", place->token.number);
    e = stmt_step(stmt, &row);
    if (!e) *out = (struct sample){column_int(stmt, "before"), column_int(stmt, "matching")};
    stmt_reset(stmt);
    return e;
}

enum error token_sample(struct store *store, const struct token_query *query,
                        const struct token_item *place, struct sample *out)
{
    struct token_query all = *query;
    all.filter = "";
    all.facet = TOKENS_ALL;
    *out = (struct sample){0};
    enum error e = take(store, query, place, out);
    return e || out->matching >= SAMPLE_LEAST ? e : take(store, &all, place, out);
}
