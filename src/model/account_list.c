#include <gatehouse/account_list.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <gatehouse/words.h>

#include "account_internal.h"
#include "counter.h"
#include "sql.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ACCOUNT_WORDS = SQL_WORDS };

struct account_word {
    const char *column;
    char pattern[2 * ACCOUNT_OWNER_MAX * 4 + 8]; /* for LIKE, escaped with backslashes */
};
struct account_filter {
    const struct account_query *query;
    size_t count;
    struct account_word words[ACCOUNT_WORDS];
    bool everyone; /* all accounts are in the group or hold the permission */
    bool sparse;   /* few accounts do */
    bool state[2]; /* by account.active: only accounts in that state */
    bool all;      /* nothing is filtered */
};

static const char *const states[] = {"inactive", "active"}; /* by account.active */

/* The value of account.active that the word means, which may still be being typed. */
static enum error read_state(const struct word *word, int *active)
{
    for (*active = 0; *active < 2; ++*active)
        if (word_begins(word, states[*active])) return OK;
    return fail(ERR_INVALID, "there is no state “%.*s”: use is:active or is:inactive",
                (int)word->size, word->text);
}

static const char *column_of(enum word_kind kind)
{
    return kind == WORD_OWNER ? "owner" : kind == WORD_DESCRIPTION ? "description" : "name";
}

static enum error add_word(struct account_filter *words, const struct word *typed)
{
    int active;
    if (!typed->size) return OK;
    if (typed->kind == WORD_STATE) {
        enum error e = read_state(typed, &active);
        if (!e) words->state[active] = true;
        return e;
    }
    /* No name contains a colon, so a word with one is meant as a prefix. */
    if (typed->kind == WORD_TEXT && memchr(typed->text, ':', typed->size))
        return words_fail(WORDS_ACCOUNTS, typed);
    if (words->count == ACCOUNT_WORDS) return OK;
    struct account_word *word = &words->words[words->count++];
    word->column = column_of(typed->kind);
    sql_pattern(word->pattern, sizeof word->pattern, typed->text, typed->size);
    return OK;
}

static enum error split_words(struct account_filter *words, const char *filter)
{
    struct word word;
    enum error e = OK;
    while (!e && word_next(WORDS_ACCOUNTS, &filter, &word))
        e = add_word(words, &word);
    return e;
}

enum error account_filter_check(const char *filter)
{
    struct account_filter ignored = {0};
    return split_words(&ignored, filter);
}

/* An upper bound of how many accounts are in the group or hold the permission; -1: all. */
static enum error count_bound(struct store *store, const struct account_query *query,
                              int64_t *bound)
{
    *bound = -1;
    if (query->group) {
        struct stmt *stmt = store_prepare(
            store, "SELECT CASE WHEN system = 1 THEN -1 ELSE members END FROM account_group WHERE "
                   "number = :group");
        bind_int(stmt, ":group", query->group);
        enum error e = stmt_int(stmt, bound);
        return e == ERR_NOT_FOUND ? fail(e, "that group no longer exists") : e;
    }
    if (!query->permission) return OK;
    struct stmt *stmt = store_prepare(
        store, "SELECT CASE WHEN EXISTS (SELECT 1 FROM group_grant WHERE account_group = 1 AND "
               "permission = :permission) THEN -1 ELSE (SELECT accounts FROM permission WHERE "
               "number = :permission) + (SELECT coalesce(sum(g.members), 0) FROM group_grant gg "
               "JOIN account_group g ON g.number = gg.account_group WHERE gg.permission = "
               ":permission) END");
    bind_int(stmt, ":permission", query->permission);
    return stmt_int(stmt, bound);
}

static enum error read_filter(struct store *store, const struct account_query *query,
                              struct account_filter *out)
{
    int64_t accounts, bound;
    *out = (struct account_filter){.query = query};
    enum error e = split_words(out, query->filter);
    if (e) return e;
    if (query->status) out->state[query->status == ACCOUNT_ACTIVE] = true;
    out->all = !out->count && !out->state[0] && !out->state[1];
    if (!query->group && !query->permission) return OK;
    e = counter_get(store, "accounts", &accounts);
    if (!e) e = count_bound(store, query, &bound);
    if (e) return e;
    out->everyone = bound < 0;
    out->sparse = bound >= 0 && bound <= (accounts - 1) / WINDOW_MOST && accounts > 0;
    out->all &= out->everyone;
    return OK;
}

#define OF_GROUP "SELECT account FROM membership WHERE account_group = :group"
#define OF_PERMISSION                                                                              \
    "SELECT account FROM account_grant WHERE permission = :permission UNION SELECT account FROM "  \
    "membership WHERE account_group IN (SELECT account_group FROM group_grant WHERE permission = " \
    ":permission)"
#define IN_GROUP                                                                                   \
    SQL_HAS("SELECT 1 FROM membership m WHERE m.account_group = :group AND m.account = "           \
            "account.number")
#define HOLDS_PERMISSION                                                                           \
    "(" SQL_HAS("SELECT 1 FROM account_grant g WHERE g.account = account.number AND g.permission " \
                "= :permission") " OR " SQL_HAS("SELECT 1 FROM membership m JOIN group_grant gg "  \
                                                "ON gg.account_group = m.account_group "           \
                                                "WHERE m.account = account.number AND "            \
                                                "gg.permission = :permission") ")"

/* Few accounts are looked up by number and sorted; many are tested while walking along the index.
 */
static void add_set(struct sql *sql, const struct account_filter *filter)
{
    const struct account_query *query = filter->query;
    if (filter->everyone) return;
    if (query->group)
        sql_add(sql, filter->sparse ? " AND number IN (" OF_GROUP ")" : " AND " IN_GROUP);
    else if (query->permission)
        sql_add(sql,
                filter->sparse ? " AND number IN (" OF_PERMISSION ")" : " AND " HOLDS_PERMISSION);
}

static void add_members(struct sql *sql, const struct account_filter *filter)
{
    sql_format(sql, "(%s) member", filter->query->group ? OF_GROUP : OF_PERMISSION);
}

static void add_filter(struct sql *sql, const struct account_filter *filter)
{
    sql_add(sql, " WHERE true");
    /* The + avoids the index, which would find most of the accounts and look up each. */
    for (int active = 0; active < 2; active++)
        if (filter->state[active]) sql_format(sql, " AND +active = %d", active);
    add_set(sql, filter);
    for (size_t i = 0; i < filter->count; i++)
        sql_format(sql, " AND %s LIKE %s ESCAPE '\\'", filter->words[i].column, sql_words[i]);
}

static void bind_filter(struct stmt *stmt, const struct account_filter *filter)
{
    const struct account_query *query = filter->query;
    for (size_t i = 0; i < filter->count; i++)
        bind_text(stmt, sql_words[i], filter->words[i].pattern);
    if (filter->everyone) return;
    if (query->group)
        bind_int(stmt, ":group", query->group);
    else if (query->permission)
        bind_int(stmt, ":permission", query->permission);
}

void account_filter_matches(const char *filter, const char *name,
                            void (*found)(void *arg, size_t start, size_t length), void *arg)
{
    struct word word;
    while (word_next(WORDS_ACCOUNTS, &filter, &word)) {
        if (word.kind != WORD_TEXT && word.kind != WORD_ACCOUNT) continue;
        for (size_t i = 0; word.size > 0 && name[i]; i++) {
            if (!word_begins(&word, name + i)) continue;
            found(arg, i, word.size);
            break;
        }
    }
}

/* Pages. A filter is first tried on the next accounts in list order. Only if they do not fill the
 * page, few accounts match, and all of those are found and sorted. */

/* The sort key: an expression that has an index together with the name. */
static const char *const sort_keys[] = {
    [ACCOUNT_BY_ID] = "0",
    [ACCOUNT_BY_STATUS] = "active",
    [ACCOUNT_BY_TOKENS] = "tokens",
    [ACCOUNT_BY_LAST_USED] = "used",
    [ACCOUNT_BY_CREATED] = "created",
};

struct reading {
    struct account_filter filter;
    const struct account_place *from;
    bool upward, inclusive;
    int64_t now;
    struct account_row *rows;
    size_t max, count;
};

/* Where the page starts. Sorted by ID, the name alone is compared, so that its index is used.
 * `plus` is "+" to avoid the indices where the matches are sorted. */
static void add_place(struct sql *sql, const struct reading *reading, const char *plus)
{
    const char *way = reading->upward ? ">" : "<", *equal = reading->inclusive ? "=" : "";
    enum account_sort sort = reading->filter.query->sort;
    if (!reading->from->name[0]) return;
    if (sort == ACCOUNT_BY_ID)
        sql_format(sql, " AND %sname %s%s :name", plus, way, equal);
    else
        sql_format(sql, " AND (%s%s, name) %s%s (:key, :name)", plus, sort_keys[sort], way, equal);
}

static void add_order(struct sql *sql, const struct reading *reading, const char *plus)
{
    const char *direction = reading->upward ? "ASC" : "DESC";
    enum account_sort sort = reading->filter.query->sort;
    sql_add(sql, " ORDER BY ");
    if (sort != ACCOUNT_BY_ID) sql_format(sql, "%s%s %s, ", plus, sort_keys[sort], direction);
    sql_format(sql, "%sname %s", plus, direction);
}

/* Runs the statement to its end. */
static enum error read_rows(struct stmt *stmt, struct reading *reading)
{
    enum error e = OK;
    if (reading->from->name[0]) bind_text(stmt, ":name", reading->from->name);
    if (reading->from->name[0] && reading->filter.query->sort != ACCOUNT_BY_ID)
        bind_int(stmt, ":key", reading->from->key);
    if (!reading->filter.query->texts) bind_int(stmt, ":soon", reading->now + WHEN_SOON);
    bind_int(stmt, ":max", (int64_t)reading->max);
    reading->count = 0;
    while (reading->count < reading->max && stmt_next(stmt, &e))
        account_read_row(stmt, &reading->rows[reading->count++]);
    stmt_reset(stmt);
    return e;
}

static void add_columns(struct sql *sql, const struct reading *reading)
{
    sql_add(sql, reading->filter.query->texts ? "SELECT " ACCOUNT_OWN_COLUMNS ", 0 AS ending"
                                              : "SELECT " ACCOUNT_COLUMNS);
}

/* All accounts, in the order of the index. */
static enum error read_along(struct store *store, struct reading *reading)
{
    struct sql sql = {0};
    add_columns(&sql, reading);
    sql_add(&sql, " FROM account WHERE true");
    add_place(&sql, reading, "");
    add_order(&sql, reading, "");
    sql_add(&sql, " LIMIT :max");
    return read_rows(sql_prepare(store, &sql), reading);
}

/* The next accounts in list order. Sorted by status, those that can match are adjacent. */
static void add_window(struct sql *sql, const struct reading *reading)
{
    const struct account_query *query = reading->filter.query;
    sql_add(sql, "(SELECT number AS found FROM account WHERE true");
    for (int active = 0; active < 2 && query->sort == ACCOUNT_BY_STATUS; active++)
        if (reading->filter.state[active]) sql_format(sql, " AND active = %d", active);
    add_place(sql, reading, "");
    add_order(sql, reading, "");
    sql_add(sql, " LIMIT :window) near");
}

/* Whether the window is full, so that there may be more accounts after it. */
static enum error is_window_full(struct store *store, const struct reading *reading, int64_t window,
                                 bool *full)
{
    struct sql sql = {0};
    int64_t count = 0;
    sql_add(&sql, "SELECT count(*) FROM ");
    add_window(&sql, reading);
    struct stmt *stmt = sql_prepare(store, &sql);
    if (reading->from->name[0]) bind_text(stmt, ":name", reading->from->name);
    if (reading->from->name[0] && reading->filter.query->sort != ACCOUNT_BY_ID)
        bind_int(stmt, ":key", reading->from->key);
    bind_int(stmt, ":window", window);
    enum error e = stmt_int(stmt, &count);
    *full = count == window;
    return e;
}

static enum error read_window(struct store *store, struct reading *reading, int64_t window,
                              bool *whole)
{
    struct sql sql = {0};
    bool full = true;
    add_columns(&sql, reading);
    sql_add(&sql, " FROM ");
    add_window(&sql, reading);
    sql_add(&sql, " CROSS JOIN account");
    add_filter(&sql, &reading->filter);
    sql_add(&sql, " AND number = found");
    add_order(&sql, reading, "+");
    sql_add(&sql, " LIMIT :max");
    struct stmt *stmt = sql_prepare(store, &sql);
    bind_filter(stmt, &reading->filter);
    bind_int(stmt, ":window", window);
    enum error e = read_rows(stmt, reading);
    if (!e && reading->count < reading->max) e = is_window_full(store, reading, window, &full);
    *whole = reading->count == reading->max || !full;
    return e;
}

static enum error read_scan(struct store *store, struct reading *reading)
{
    struct sql sql = {0};
    reading->filter.sparse = true;
    add_columns(&sql, reading);
    sql_add(&sql, " FROM account");
    add_filter(&sql, &reading->filter);
    add_place(&sql, reading, "+");
    add_order(&sql, reading, "+");
    sql_add(&sql, " LIMIT :max");
    struct stmt *stmt = sql_prepare(store, &sql);
    bind_filter(stmt, &reading->filter);
    return read_rows(stmt, reading);
}

static enum error read_filtered(struct store *store, struct reading *reading)
{
    bool whole = false;
    enum error e = OK;
    int64_t window = WINDOW_LEAST * (int64_t)reading->max;
    if (reading->filter.sparse) return read_scan(store, reading);
    for (; !e && !whole && window <= WINDOW_MOST * (int64_t)reading->max; window *= WINDOW_GROWS)
        e = read_window(store, reading, window, &whole);
    return e || whole ? e : read_scan(store, reading);
}

/* Names that are too long are cut where they are read, and other types are sorted in another order:
 * reading on after such a row might return the same rows for ever. */
static enum error check_progress(const struct reading *reading)
{
    const struct account_place *from = reading->from;
    if (reading->inclusive || reading->count < reading->max || !reading->count) return OK;
    const struct account_row *row = &reading->rows[reading->count - 1];
    const struct account_place last = account_place_of(reading->filter.query, row);
    int order = 0;
    if (reading->filter.query->sort != ACCOUNT_BY_ID)
        order = (last.key > from->key) - (last.key < from->key);
    if (!order) order = strcmp(last.name, from->name);
    bool beyond = reading->upward ? order > 0 : order < 0;
    if (last.name[0] && (beyond || !from->name[0])) return OK;
    return fail(ERR_STORE,
                "the accounts are damaged: the list cannot be read past number %" PRId64
                ": gatehouse doctor names them",
                row->number);
}

enum error account_page(struct store *store, int64_t now, const struct account_query *query,
                        const struct account_place *from, struct page page,
                        struct account_row *rows, size_t *count)
{
    struct reading reading = {.from = from,
                              .upward = query->descending == page.backward,
                              .inclusive = page.inclusive,
                              .now = now,
                              .rows = rows,
                              .max = page.max};
    enum error e = read_filter(store, query, &reading.filter);
    if (!e) e = reading.filter.all ? read_along(store, &reading) : read_filtered(store, &reading);
    if (!e) e = check_progress(&reading);
    if (page.backward) rows_reverse(rows, reading.count, sizeof *rows);
    *count = reading.count;
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

enum error account_numbers(struct store *store, const struct account_query *query,
                           struct id_set *out)
{
    struct account_filter filter;
    struct sql sql = {0};
    *out = (struct id_set){0};
    enum error e = read_filter(store, query, &filter);
    if (e) return e;
    filter.sparse = true; /* nothing is sorted by name */
    sql_add(&sql, "SELECT number FROM account");
    add_filter(&sql, &filter);
    sql_add(&sql, " ORDER BY number");
    struct stmt *stmt = sql_prepare(store, &sql);
    bind_filter(stmt, &filter);
    while (stmt_next(stmt, &e))
        e = id_set_add(out, column_int(stmt, "number"));
    if (e) id_set_free(out);
    return e;
}

static enum error add_if_owned(struct stmt *stmt, const char *folded, struct id_set *out)
{
    char *owner = text_fold(column_text(stmt, "owner"));
    bool same = owner && strcmp(owner, folded) == 0;
    free(owner);
    return same ? id_set_add(out, column_int(stmt, "number")) : OK;
}

enum error account_numbers_of_owner(struct store *store, const char *owner, struct id_set *out)
{
    char *folded = text_fold(owner);
    *out = (struct id_set){0};
    if (!folded) return fail(ERR_INVALID, "“%s” is not valid text", owner);
    struct stmt *stmt =
        store_prepare(store, "SELECT number, owner FROM account WHERE owner <> '' ORDER BY number");
    enum error e = OK;
    while (stmt_next(stmt, &e))
        e = add_if_owned(stmt, folded, out);
    free(folded);
    if (e) id_set_free(out);
    return e || out->count ? e : fail(ERR_NOT_FOUND, "no account has the owner “%s”", owner);
}

enum error account_matches(struct store *store, const struct account_query *query, int64_t number,
                           bool *matches)
{
    struct account_filter filter;
    struct sql sql = {0};
    int64_t count = 0;
    enum error e = read_filter(store, query, &filter);
    if (e) return e;
    filter.sparse = true; /* it is looked up by number */
    sql_add(&sql, "SELECT count(*) FROM account");
    add_filter(&sql, &filter);
    sql_add(&sql, " AND number = :number");
    struct stmt *stmt = sql_prepare(store, &sql);
    bind_filter(stmt, &filter);
    bind_int(stmt, ":number", number);
    e = stmt_int(stmt, &count);
    *matches = count > 0;
    return e;
}

static enum error count_from_counters(struct store *store, const bool state[static 2],
                                      int64_t *count)
{
    int64_t all, inactive;
    enum error e = counter_get(store, "accounts", &all);
    if (!e) e = counter_get(store, "inactive", &inactive);
    if (e) return e;
    if (inactive > all) inactive = all; /* damaged */
    *count = all;
    if (state[0]) *count -= all - inactive;
    if (state[1]) *count -= inactive;
    return OK;
}

enum error account_count(struct store *store, const struct account_query *query, int64_t *count)
{
    struct account_filter filter;
    struct sql sql = {0};
    enum error e = read_filter(store, query, &filter);
    if (e) return e;
    bool set = (query->group || query->permission) && !filter.everyone;
    if (filter.count == 0 && !set) return count_from_counters(store, filter.state, count);
    filter.sparse = true;
    sql_add(&sql, "SELECT count(*) FROM ");
    if (set && filter.count == 0 && !filter.state[0] && !filter.state[1]) {
        add_members(&sql, &filter);
    } else {
        sql_add(&sql, "account");
        add_filter(&sql, &filter);
    }
    struct stmt *stmt = sql_prepare(store, &sql);
    bind_filter(stmt, &filter);
    return stmt_int(stmt, count);
}

static struct stmt *prepare(struct store *store, const struct account_filter *filter)
{
    struct sql sql = {0};
    const char *key = sort_keys[filter->query->sort];
    sql_add(&sql, SAMPLE_PICKS "SELECT count(*) AS matching, count(*) FILTER (WHERE (");
    sql_add(&sql, key);
    sql_add(&sql, filter->query->descending ? ", name) > (" : ", name) < (");
    sql_add(&sql, ":key, :name)) AS before FROM pick CROSS JOIN account");
    add_filter(&sql, filter);
    sql_add(&sql, " AND number = " SAMPLE_NUMBER("account"));
    return sql_prepare(store, &sql);
}

static enum error take(struct store *store, const struct account_query *query,
                       const struct account_place *place, struct sample *out)
{
    struct account_filter filter;
    bool row;
    enum error e = read_filter(store, query, &filter);
    if (e) return e;
    filter.sparse = false; /* the picks are looked up by number */
    struct stmt *stmt = prepare(store, &filter);
    bind_filter(stmt, &filter);
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

/* The sources of one account. Its own row is still being stepped, so `row` stays valid. */
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
        "membership WHERE account = :account) ORDER BY 1, 2 NULLS FIRST");
    bind_int(stmt, ":account", account);
    enum error e = OK;
    while (stmt_next(stmt, &e)) {
        row->permission = column_text(stmt, "id");
        row->group = column_is_null(stmt, "source") ? NULL : column_text(stmt, "source");
        e = each(row, arg);
    }
    return e;
}

static enum error read_all(struct store *store, const struct account_filter *filter,
                           enum error (*each)(const struct access_row *row, void *arg), void *arg)
{
    struct sql sql = {0};
    sql_add(&sql, "SELECT number, name, owner, active FROM account");
    add_filter(&sql, filter);
    sql_add(&sql, " ORDER BY owner, name");
    struct stmt *stmt = sql_prepare(store, &sql);
    bind_filter(stmt, filter);
    enum error e = OK;
    while (stmt_next(stmt, &e)) {
        struct access_row row = {.owner = column_text(stmt, "owner"),
                                 .account = column_text(stmt, "name"),
                                 .active = column_int(stmt, "active")};
        e = read_sources(store, column_int(stmt, "number"), &row, each, arg);
    }
    return e;
}

enum error access_read(struct store *store, const struct account_query *query,
                       enum error (*each)(const struct access_row *row, void *arg), void *arg)
{
    struct account_filter filter;
    enum error e = store_begin_read(store);
    if (e) return e;
    e = read_filter(store, query, &filter);
    if (!e) e = read_all(store, &filter, each, arg);
    return store_end(store, e);
}
