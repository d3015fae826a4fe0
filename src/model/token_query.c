/* Queries of tokens in SQL: words, facets, and what they match.
 *
 * A word is searched in the names of tokens, the last four characters and the names of accounts,
 * each through its index, so that not every token has to be read. */
#include <gatehouse/ascii.h>
#include <gatehouse/token_denial.h>
#include <gatehouse/when.h>
#include <gatehouse/words.h>

#include "counter.h"
#include "token_query_internal.h"
#include "works.h"
#include <string.h>

static enum error read_state(const struct word *word, enum token_facet *out)
{
    *out = TOKENS_OF_INACTIVE;
    if (word_begins(word, "inactive")) return OK;
    for (int i = TOKENS_ALL + 1; i < TOKENS_FACETS; i++) {
        if (!word_begins(word, token_facets[i].word)) continue;
        *out = (enum token_facet)i;
        return OK;
    }
    char known[WORDS_HINT_SIZE];
    return fail(ERR_INVALID, "there is no state “%.*s”: %s", (int)word->size, word->text,
                words_hint(WORDS_TOKENS, "is:", WORDS_HINT_SIZE, known));
}

static void add_of_account(struct token_words *words, const struct word *word)
{
    if (words->account_count == TOKEN_WORDS) return;
    struct token_account_word *next = &words->of_account[words->account_count++];
    next->column = word->kind == WORD_OWNER         ? "a.owner"
                   : word->kind == WORD_DESCRIPTION ? "a.description"
                                                    : "a.name";
    sql_pattern(next->pattern, sizeof next->pattern, word->text, word->size);
}

enum error token_words_read(const char *filter, struct token_words *words)
{
    struct word word;
    *words = (struct token_words){0};
    while (word_next(WORDS_TOKENS, &filter, &word)) {
        enum error e = OK;
        if (!word.size) continue;
        if (word.kind == WORD_STATE)
            e = read_state(&word, &words->state);
        else if (word.kind != WORD_TEXT)
            add_of_account(words, &word);
        else if (words->count < TOKEN_WORDS) {
            struct token_word *next = &words->items[words->count++];
            next->size = word.size;
            sql_pattern(next->pattern, sizeof next->pattern, word.text, word.size);
        }
        if (e) return e;
    }
    return OK;
}

bool token_words_are_any(const struct token_words *words)
{
    return words->count || words->account_count || words->state;
}

/* A word occurs in the account's name, the token's name or the last four characters. */
static void add_word(struct sql *sql, size_t nth)
{
    sql_format(sql,
               " AND (a.name LIKE %s ESCAPE '\\' OR t.name LIKE %s ESCAPE '\\' OR t.last_four LIKE "
               "%s ESCAPE '\\')",
               sql_words[nth], sql_words[nth], sql_words[nth]);
}

static const char *const account_words[TOKEN_WORDS] = {":of0", ":of1", ":of2", ":of3"};

static void bind_words(struct stmt *stmt, const struct sql *sql, const struct token_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        if (strstr(sql->text, sql_words[i])) bind_text(stmt, sql_words[i], words->items[i].pattern);
    for (size_t i = 0; i < words->account_count; i++)
        if (strstr(sql->text, account_words[i]))
            bind_text(stmt, account_words[i], words->of_account[i].pattern);
}

/* How many of the first thousand tokens contain the word. */
static enum error count_share(struct store *store, const struct token_word *word, int64_t *share)
{
    const struct token_words alone = {.count = 1, .items = {*word}};
    struct sql sql = {0};
    sql_add(&sql, "SELECT count(*) FROM (SELECT account, name, last_four FROM token ORDER BY "
                  "number LIMIT 1000) t CROSS JOIN account a ON a.number = t.account WHERE 1");
    add_word(&sql, 0);
    struct stmt *stmt = sql_prepare(store, &sql);
    bind_words(stmt, &sql, &alone);
    return stmt_int(stmt, share);
}

enum error token_words_weigh(struct store *store, struct token_words *words)
{
    enum error e = OK;
    for (size_t i = 0; i < words->count && !e; i++) {
        int64_t share = 0;
        struct token_word *first = &words->items[0], word = words->items[i];
        e = count_share(store, &word, &share);
        bool leads =
            i == 0 || share < words->share || (share == words->share && word.size > first->size);
        if (e || !leads) continue;
        words->items[i] = *first;
        *first = word;
        words->share = share;
    }
    return e;
}

/* Many tokens share a name, so each distinct name is looked at once, skipping along the index. If
 * all names differ that is slower than walking through it, so only the first thousands are found
 * this way. */
#define NAMES                                                                                      \
    "WITH RECURSIVE names (name, nth) AS (SELECT min(name), 1 FROM token UNION ALL SELECT "        \
    "(SELECT "                                                                                     \
    "min(name) FROM token WHERE name > names.name), nth + 1 FROM names WHERE nth < 5000 AND "      \
    "names.name IS NOT NULL) "
#define OF_NAMES                                                                                   \
    "SELECT number AS found FROM token WHERE name IN (SELECT name FROM names WHERE name LIKE "     \
    ":word0 ESCAPE '\\') UNION SELECT number FROM token WHERE name > (SELECT max(name) FROM "      \
    "names) AND name LIKE :word0 ESCAPE '\\'"
#define OF_LAST_FOUR " UNION SELECT number FROM token WHERE last_four LIKE :word0 ESCAPE '\\'"
#define OF_ACCOUNTS                                                                                \
    " UNION SELECT number FROM token WHERE account IN (SELECT number FROM account WHERE name "     \
    "LIKE "                                                                                        \
    ":word0 ESCAPE '\\')"

static bool is_all_four(const struct token_word *word)
{
    if (word->size != 4) return false;
    for (size_t i = 1; i <= word->size; i++)
        if (!ascii_is_alnum(word->pattern[i])) return false;
    return true;
}

/* A word of four letters: LIKE ignores case but the index does not, so both cases of each letter
 * are looked up. */
static void add_all_four(struct sql *sql)
{
    sql_add(sql, " UNION SELECT number FROM token WHERE last_four IN (SELECT p.letter || q.letter "
                 "|| r.letter || s.letter FROM ");
    for (int i = 0; i < 4; i++) /* after the % of the pattern */
        sql_format(sql,
                   "%s(SELECT lower(substr(:word0, %d, 1)) AS letter UNION SELECT "
                   "upper(substr(:word0, %d, 1))) %c",
                   i ? " CROSS JOIN " : "", i + 2, i + 2, 'p' + i);
    sql_add(sql, ")");
}

static void add_found(struct sql *sql, const struct token_words *words)
{
    const struct token_word *word = &words->items[0];
    sql_add(sql, "(" NAMES OF_NAMES);
    if (is_all_four(word))
        add_all_four(sql);
    else if (word->size < sizeof(((struct token_row *)0)->last_four))
        sql_add(sql, OF_LAST_FOUR);
    sql_add(sql, OF_ACCOUNTS ") CROSS JOIN token t ON t.number = found CROSS JOIN account a ON "
                             "a.number = t.account");
}

#define USED   (7 * (int64_t)DAY_SECONDS)
#define UNUSED (30 * (int64_t)DAY_SECONDS)

const struct token_facet_entry token_facets[TOKENS_FACETS] = {
    [TOKENS_ALL] = {"all", "All", 'a'},
    [TOKENS_LIVE] = {"live", "Live, and working", 'l'},
    [TOKENS_SUSPENDED] = {"suspended", "Suspended", 's'},
    [TOKENS_EXPIRED] = {"expired", "Expired", 'x'},
    [TOKENS_REVOKED] = {"revoked", "Revoked", 'r'},
    [TOKENS_ENDING] = {"ending", "Ending within " WHEN_SOON_TEXT, 'd'},
    [TOKENS_USED] = {"used", "Used in the last 7 days", 'w'},
    [TOKENS_UNUSED] = {"unused", "Unused for 30 days or more", 'u'},
    [TOKENS_NEVER_USED] = {"never-used", "Never used", 'n'},
    [TOKENS_OF_INACTIVE] = {"of-inactive", "Of inactive accounts", 'i'},
    [TOKENS_CANARIES] = {"canaries", "Canaries", 'c'},
    [TOKENS_DENIED] = {"denied", "Denied in the last 7 days", 'y'},
};

/* Conditions on columns without an index, where the one on `ends` or `used` would find most of the
 * tokens and look up each. */
#define NOT_EXPIRED "(t.expires IS NULL OR t.expires > :now)"
#define NOT_USED    "(t.last_used IS NULL OR t.last_used <= :now - :unused)"

enum { LIVE = 1, SUSPENDED = 2, EXPIRED = 4, REVOKED = 8, IN_USE = 3, NOT_REVOKED = 7, ANY = 15 };

/* The others are written so that their indices are used. */
static const struct condition {
    const char *text;
    unsigned states; /* that can match, one bit each */
    bool is_narrow;  /* an index finds the matches */
} conditions[TOKENS_FACETS] = {
    [TOKENS_ALL] = {"", ANY, false},
    [TOKENS_LIVE] = {" AND " TOKEN_WORKS, LIVE, false},
    [TOKENS_SUSPENDED] = {" AND t.revoked IS NULL AND t.suspended = 1 AND " NOT_EXPIRED, SUSPENDED,
                          true},
    [TOKENS_EXPIRED] = {" AND t.revoked IS NULL AND t.ends <= :now", EXPIRED, true},
    [TOKENS_REVOKED] = {" AND t.revoked IS NOT NULL", REVOKED, true},
    [TOKENS_ENDING] = {" AND t.revoked IS NULL AND t.ends > :now AND t.ends <= :now + :ending",
                       IN_USE, true},
    [TOKENS_USED] = {" AND t.used > :now - :used", ANY, true},
    [TOKENS_UNUSED] = {" AND t.revoked IS NULL AND " NOT_EXPIRED " AND " NOT_USED
                       " AND +t.created <= :now - :unused",
                       IN_USE, false},
    [TOKENS_NEVER_USED] = {" AND t.revoked IS NULL AND t.used = 0", NOT_REVOKED, true},
    /* A condition on both tables: for `a.active = 0` alone SQLite would read all such accounts
       first. */
    [TOKENS_OF_INACTIVE] = {" AND t.revoked IS NULL AND CASE WHEN t.revoked IS NULL THEN a.active "
                            "END = 0",
                            NOT_REVOKED, true},
    [TOKENS_CANARIES] = {" AND t.canary = 1", ANY, true},
    [TOKENS_DENIED] = {" AND t.denied > :now - :denied", ANY, true},
};

enum error token_facet_find(const char *word, enum token_facet *out)
{
    for (int i = 0; i < TOKENS_FACETS; i++) {
        if (strcmp(token_facets[i].word, word) != 0) continue;
        *out = (enum token_facet)i;
        return OK;
    }
    return fail(
        ERR_USAGE,
        "“%s” is not a facet: all, live, suspended, expired, revoked, ending, used, unused, "
        "never-used, of-inactive, canaries or denied",
        word);
}

void token_conditions_add(struct sql *sql, const struct token_query *query,
                          const struct token_words *words)
{
    sql_add(sql, " WHERE 1");
    sql_add(sql, conditions[query->facet].text);
    sql_add(sql, conditions[words->state].text);
    for (size_t i = 0; i < words->account_count; i++)
        sql_format(sql, " AND %s LIKE %s ESCAPE '\\'", words->of_account[i].column,
                   account_words[i]);
    for (size_t i = 0; i < words->count; i++)
        add_word(sql, i);
}

void token_conditions_bind(struct stmt *stmt, const struct sql *sql,
                           const struct token_query *query, const struct token_words *words)
{
    bind_words(stmt, sql, words);
    const struct {
        const char *name;
        int64_t value;
    } times[] = {{":now", query->now},
                 {":ending", query->within ? query->within : WHEN_SOON},
                 {":used", USED},
                 {":unused", UNUSED},
                 {":denied", TOKEN_DENIED_RECENT}};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (strstr(sql->text, times[i].name)) bind_int(stmt, times[i].name, times[i].value);
}

const char *token_state_condition(enum token_state state)
{
    if (state == TOKEN_LIVE) return " AND t.revoked IS NULL AND t.suspended = 0 AND " NOT_EXPIRED;
    return conditions[TOKENS_LIVE + (int)state].text;
}

bool token_facet_leaves(enum token_facet facet, enum token_state state)
{
    return conditions[facet].states & (1U << state);
}

const char *token_bound(enum token_facet facet, enum token_sort sort)
{
    static const char *const bounds[TOKENS_FACETS][TOKENS_SORTS] = {
        [TOKENS_LIVE] = {[TOKENS_BY_EXPIRES] = " AND t.ends > :now"},
        [TOKENS_SUSPENDED] = {[TOKENS_BY_EXPIRES] = " AND t.ends > :now",
                              [TOKENS_BY_STATE] = " AND t.suspended = 1"},
        [TOKENS_EXPIRED] = {[TOKENS_BY_EXPIRES] = " AND t.ends <= :now"},
        [TOKENS_REVOKED] = {[TOKENS_BY_STATE] = " AND t.revoked IS NOT NULL"},
        [TOKENS_ENDING] = {[TOKENS_BY_EXPIRES] = " AND t.ends > :now AND t.ends <= :now + :ending"},
        [TOKENS_USED] = {[TOKENS_BY_LAST_USED] = " AND t.used > :now - :used"},
        [TOKENS_UNUSED] = {[TOKENS_BY_EXPIRES] = " AND t.ends > :now",
                           [TOKENS_BY_CREATED] = " AND t.created <= :now - :unused",
                           [TOKENS_BY_LAST_USED] = " AND t.used <= :now - :unused"},
        [TOKENS_NEVER_USED] = {[TOKENS_BY_LAST_USED] = " AND t.used = 0"},
        [TOKENS_CANARIES] = {[TOKENS_BY_STATE] = " AND t.canary = 1"},
    };
    return bounds[facet][sort] ? bounds[facet][sort] : "";
}

void token_all_add(struct sql *sql, const struct token_query *query,
                   const struct token_words *words)
{
    /* Per thousand. If more tokens contain the word, collecting them takes longer and needs more
     * memory than reading all that the index of the facet finds, or all tokens. */
    const int64_t few = conditions[query->facet].is_narrow ? 10 : 250;
    if (words->count && words->share <= few)
        add_found(sql, words);
    else if (words->account_count) /* fewer accounts than tokens are looked at */
        sql_add(sql, "account a CROSS JOIN token t ON t.account = a.number");
    else if (query->facet == TOKENS_OF_INACTIVE)
        sql_add(sql, "(SELECT number, name, active FROM account WHERE active = 0) a CROSS JOIN "
                     "token t ON t.account = a.number");
    else
        sql_add(sql, "token t CROSS JOIN account a ON a.number = t.account");
}

/* Without words, the accounts are joined only if the facet needs them. */
static enum error prepare_all(struct store *store, const struct token_query *query,
                              const char *columns, const char *order, struct stmt **out)
{
    struct sql sql = {0};
    struct token_words words;
    enum error e = token_words_read(query->filter, &words);
    if (!e) e = token_words_weigh(store, &words);
    if (e) return e;
    sql_format(&sql, "SELECT %s FROM ", columns);
    if (token_words_are_any(&words) || query->facet == TOKENS_OF_INACTIVE ||
        query->facet == TOKENS_LIVE)
        token_all_add(&sql, query, &words);
    else
        sql_add(&sql, "token t");
    token_conditions_add(&sql, query, &words);
    sql_add(&sql, order);
    *out = sql_prepare(store, &sql);
    token_conditions_bind(*out, &sql, query, &words);
    return OK;
}

enum error token_count(struct store *store, const struct token_query *query, int64_t *count)
{
    struct stmt *stmt;
    if (!query->facet && !query->filter[strspn(query->filter, " \t")])
        return counter_get(store, "tokens", count);
    enum error e = prepare_all(store, query, "count(*)", "", &stmt);
    return e ? e : stmt_int(stmt, count);
}

enum error token_numbers(struct store *store, const struct token_query *query, struct id_set *out)
{
    struct stmt *stmt;
    *out = (struct id_set){0};
    enum error e = prepare_all(store, query, "t.number", " ORDER BY t.number", &stmt);
    if (e) return e;
    while (stmt_next(stmt, &e))
        e = id_set_add(out, column_int(stmt, "number"));
    if (e) id_set_free(out);
    return e;
}

enum error token_matches(struct store *store, const struct token_query *query, int64_t number,
                         bool *matches)
{
    struct sql sql = {0};
    struct token_words words;
    int64_t count = 0;
    enum error e = token_words_read(query->filter, &words);
    if (e) return e;
    sql_add(&sql, "SELECT count(*) FROM token t JOIN account a ON a.number = t.account");
    token_conditions_add(&sql, query, &words);
    sql_add(&sql, " AND t.number = :number");
    struct stmt *stmt = sql_prepare(store, &sql);
    token_conditions_bind(stmt, &sql, query, &words);
    bind_int(stmt, ":number", number);
    e = stmt_int(stmt, &count);
    *matches = count > 0;
    return e;
}

void token_item_read(struct stmt *stmt, struct token_item *item)
{
    *item = (struct token_item){0};
    token_read(stmt, &item->token);
    column_copy(stmt, "account_name", item->account_name, sizeof item->account_name);
    item->account_active = column_int(stmt, "account_active");
}

enum error token_item_get(struct store *store, int64_t now, int64_t number, struct token_item *out)
{
    struct stmt *stmt = store_prepare(store, "SELECT " TOKEN_ITEM_COLUMNS
                                             " FROM token t JOIN account a ON a.number = "
                                             "t.account WHERE t.number = :number");
    bind_int(stmt, ":number", number);
    bind_int(stmt, ":now", now);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "there is no token %lld", (long long)number);
    token_item_read(stmt, out);
    stmt_reset(stmt);
    return OK;
}
