#include "account_row.h"
#include "counter.h"

#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WORDS_MAX = 4, SQL_MAX = 1600 };

/* What the rows are ordered by, for each sort: an expression that has an index with the name. */
static const char *const sort_keys[] = {
    [ACCOUNT_BY_ID] = "0",
    [ACCOUNT_BY_STATUS] = "active",
    [ACCOUNT_BY_TOKENS] = "tokens",
    [ACCOUNT_BY_LAST_USED] = "coalesce(last_used, 0)",
    [ACCOUNT_BY_CREATED] = "created",
};

struct word {
    const char *column;
    char pattern[2 * ACCOUNT_OWNER_MAX * 4 + 8]; /* for LIKE, escaped by a backslash */
};
struct words {
    size_t count;
    struct word items[WORDS_MAX];
};

static void add_pattern(struct word *word, const char *text, size_t size)
{
    char *out = word->pattern, *end = word->pattern + sizeof word->pattern - 4;
    *out++ = '%';
    for (size_t i = 0; i < size && out < end; i++) {
        if (strchr("%_\\", text[i])) *out++ = '\\';
        *out++ = text[i];
    }
    *out++ = '%';
    *out = 0;
}

/* A word without anything behind its prefix matches all: it is still being typed. */
static void add_word(struct words *words, const char *text, size_t size)
{
    const char *column = "name";
    if (size >= 2 && text[1] == ':' && strchr("dDoO", text[0])) {
        column = tolower((unsigned char)text[0]) == 'd' ? "description" : "owner";
        text += 2, size -= 2;
    } else if (size >= 4 && strncasecmp(text, "sa::", 4) == 0) {
        text += 4, size -= 4;
    }
    if (size == 0 || words->count == WORDS_MAX) return;
    struct word *word = &words->items[words->count++];
    word->column = column;
    add_pattern(word, text, size);
}

static void split_words(struct words *words, const char *filter)
{
    words->count = 0;
    while (*filter) {
        filter += strspn(filter, " \t");
        size_t size = strcspn(filter, " \t");
        add_word(words, filter, size);
        filter += size;
    }
}

/* Statements are found again by the address of their text, so each text is kept once for good.
 * There are at most a few hundred: sorts, directions, and the columns of up to four words. */
static const char *keep_text(const char *sql)
{
    static struct kept {
        struct kept *next;
        char sql[];
    } * kept;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    struct kept *entry = kept;
    while (entry && strcmp(entry->sql, sql) != 0)
        entry = entry->next;
    if (!entry && (entry = malloc(sizeof *entry + strlen(sql) + 1))) {
        strcpy(entry->sql, sql);
        entry->next = kept;
        kept = entry;
    }
    pthread_mutex_unlock(&lock);
    return entry ? entry->sql : "out of memory";
}

struct text {
    size_t size;
    char sql[SQL_MAX];
};

static void add(struct text *text, const char *part)
{
    text->size +=
        (size_t)snprintf(text->sql + text->size, sizeof text->sql - text->size, "%s", part);
}

static void add_conditions(struct text *text, const struct account_query *query,
                           const struct words *words)
{
    add(text, " WHERE 1");
    if (query->status == ACCOUNT_ACTIVE) add(text, " AND active = 1");
    if (query->status == ACCOUNT_INACTIVE) add(text, " AND active = 0");
    for (size_t i = 0; i < words->count; i++) {
        char condition[64];
        snprintf(condition, sizeof condition, " AND %s LIKE :word%zu ESCAPE '\\'",
                 words->items[i].column, i);
        add(text, condition);
    }
}

static void bind_words(struct stmt *stmt, const struct words *words)
{
    for (size_t i = 0; i < words->count; i++) {
        char name[32];
        snprintf(name, sizeof name, ":word%zu", i);
        bind_text(stmt, name, words->items[i].pattern);
    }
}

/* Where the page starts. By ID the name alone decides, so that the index on it is used. */
static void add_place(struct text *text, const struct account_query *query, bool upward,
                      bool inclusive)
{
    const char *compare = upward ? (inclusive ? " >= " : " > ") : (inclusive ? " <= " : " < ");
    if (query->sort == ACCOUNT_BY_ID) {
        add(text, " AND name");
        add(text, compare);
        add(text, ":name");
        return;
    }
    add(text, " AND (");
    add(text, sort_keys[query->sort]);
    add(text, ", name)");
    add(text, compare);
    add(text, "(:key, :name)");
}

static void add_order(struct text *text, const struct account_query *query, bool upward)
{
    const char *direction = upward ? " ASC" : " DESC";
    add(text, " ORDER BY ");
    if (query->sort != ACCOUNT_BY_ID) {
        add(text, sort_keys[query->sort]);
        add(text, direction);
        add(text, ", ");
    }
    add(text, "name");
    add(text, direction);
    add(text, " LIMIT :max");
}

static struct stmt *prepare_page(struct store *store, const struct account_query *query,
                                 const struct words *words, const struct account_place *from,
                                 bool upward, bool inclusive)
{
    struct text text = {0};
    add(&text, "SELECT " ACCOUNT_COLUMNS " FROM account");
    add_conditions(&text, query, words);
    if (from->name[0]) add_place(&text, query, upward, inclusive);
    add_order(&text, query, upward);
    struct stmt *stmt = store_prepare(store, keep_text(text.sql));
    bind_words(stmt, words);
    if (from->name[0]) {
        bind_text(stmt, ":name", from->name);
        if (query->sort != ACCOUNT_BY_ID) bind_int(stmt, ":key", from->key);
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
    struct words words;
    split_words(&words, query->filter);
    bool upward = query->descending == backward;
    struct stmt *stmt = prepare_page(store, query, &words, from, upward, inclusive);
    bind_int(stmt, ":soon", now + ACCOUNT_SOON);
    bind_int(stmt, ":max", (int64_t)max);
    *count = 0;
    bool row = true;
    enum error e = OK;
    while (*count < max && !(e = stmt_step(stmt, &row)) && row)
        account_read_row(stmt, &rows[(*count)++]);
    stmt_reset(stmt);
    if (backward) reverse(rows, *count);
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
    struct words words;
    split_words(&words, query->filter);
    if (words.count == 0) return count_from_counters(store, query->status, count);
    struct text text = {0};
    add(&text, "SELECT count(*) FROM account");
    add_conditions(&text, query, &words);
    struct stmt *stmt = store_prepare(store, keep_text(text.sql));
    bind_words(stmt, &words);
    return stmt_int(stmt, count);
}

void account_filter_matches(const char *filter, const char *name,
                            void (*found)(void *arg, size_t start, size_t length), void *arg)
{
    while (*filter) {
        filter += strspn(filter, " \t");
        size_t size = strcspn(filter, " \t");
        const char *word = filter;
        filter += size;
        if (size >= 2 && word[1] == ':' && strchr("dDoO", word[0])) continue;
        if (size >= 4 && strncasecmp(word, "sa::", 4) == 0) word += 4, size -= 4;
        for (size_t i = 0; size > 0 && name[i]; i++) {
            if (strncasecmp(name + i, word, size) != 0) continue;
            found(arg, i, size);
            break;
        }
    }
}
