#include <gatehouse/when.h>

#include "counter.h"
#include "token_query_sql.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ENDING (14 * (int64_t)DAY_SECONDS)
#define USED   (7 * (int64_t)DAY_SECONDS)
#define UNUSED (30 * (int64_t)DAY_SECONDS)

const struct token_facet_entry token_facets[TOKENS_FACETS] = {
    [TOKENS_ALL] = {"all", "All", 'a'},
    [TOKENS_LIVE] = {"live", "Live", 'l'},
    [TOKENS_SUSPENDED] = {"suspended", "Suspended", 's'},
    [TOKENS_EXPIRED] = {"expired", "Expired", 'x'},
    [TOKENS_REVOKED] = {"revoked", "Revoked", 'r'},
    [TOKENS_ENDING] = {"ending", "Ending within 14 days", 'e'},
    [TOKENS_USED] = {"used", "Used in the last 7 days", 'u'},
    [TOKENS_UNUSED] = {"unused", "Unused for 30 days or more", 'd'},
    [TOKENS_NEVER_USED] = {"never-used", "Never used", 'n'},
    [TOKENS_OF_INACTIVE] = {"of-inactive", "Of inactive accounts", 'i'},
    [TOKENS_CANARIES] = {"canaries", "Canaries", 'c'},
};

/* Of columns without an index where the one on `ends` or `used` would find most of the tokens, and
 * look each up. */
#define NOT_EXPIRED "(t.expires IS NULL OR t.expires > :now)"
#define NOT_USED    "(t.last_used IS NULL OR t.last_used <= :now - :unused)"

enum { LIVE = 1, SUSPENDED = 2, EXPIRED = 4, REVOKED = 8, IN_USE = 3, NOT_REVOKED = 7, ANY = 15 };

/* Else written so that the indices made for them are used. */
static const struct condition {
    const char *text;
    unsigned states; /* that it leaves, a bit for each */
    bool is_narrow;  /* an index finds what it leaves */
} conditions[TOKENS_FACETS] = {
    [TOKENS_ALL] = {"", ANY, false},
    [TOKENS_LIVE] = {" AND t.revoked IS NULL AND t.suspended = 0 AND " NOT_EXPIRED, LIVE, false},
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
    /* Of both tables at once: for `a.active = 0` SQLite would first read all such accounts. */
    [TOKENS_OF_INACTIVE] = {" AND t.revoked IS NULL AND CASE WHEN t.revoked IS NULL THEN a.active "
                            "END = 0",
                            NOT_REVOKED, true},
    [TOKENS_CANARIES] = {" AND t.canary = 1", ANY, true},
};

enum error token_facet_find(const char *word, enum token_facet *out)
{
    for (int i = 0; i < TOKENS_FACETS; i++) {
        if (strcmp(token_facets[i].word, word) != 0) continue;
        *out = (enum token_facet)i;
        return OK;
    }
    return fail(ERR_INVALID,
                "“%s” is no facet: all, live, suspended, expired, revoked, ending, used, unused, "
                "never-used, of-inactive or canaries",
                word);
}

void token_conditions_add(struct sql *sql, const struct token_query *query,
                          const struct token_words *words)
{
    sql_add(sql, " WHERE 1");
    sql_add(sql, conditions[query->facet].text);
    for (size_t i = 0; i < words->count; i++)
        token_word_add(sql, i);
}

void token_conditions_bind(struct stmt *stmt, const struct sql *sql,
                           const struct token_query *query, const struct token_words *words)
{
    token_words_bind(stmt, sql, words);
    const struct {
        const char *name;
        int64_t value;
    } times[] = {{":now", query->now},
                 {":ending", query->within ? query->within : ENDING},
                 {":used", USED},
                 {":unused", UNUSED}};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (strstr(sql->text, times[i].name)) bind_int(stmt, times[i].name, times[i].value);
}

const char *token_state_condition(enum token_state state)
{
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
    /* Of a thousand: where more have the word, to collect them takes longer, and more memory, than
     * to look at all that the facet's index leaves, or at all there are. */
    const int64_t few = conditions[query->facet].is_narrow ? 10 : 250;
    if (words->count && words->share <= few)
        token_found_add(sql, words);
    else if (query->facet == TOKENS_OF_INACTIVE)
        sql_add(sql, "(SELECT number, name, active FROM account WHERE active = 0) a CROSS JOIN "
                     "token t ON t.account = a.number");
    else
        sql_add(sql, "token t CROSS JOIN account a ON a.number = t.account");
}

/* Without words the accounts are only needed where the facet asks for them. */
static enum error prepare_all(struct store *store, const struct token_query *query,
                              const char *columns, const char *order, struct stmt **out)
{
    struct sql sql = {0};
    struct token_words words;
    token_words_read(query->filter, &words);
    enum error e = token_words_weigh(store, &words);
    if (e) return e;
    sql_format(&sql, "SELECT %s FROM ", columns);
    if (words.count || query->facet == TOKENS_OF_INACTIVE)
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
    bool row = true;
    while (!e && !(e = stmt_step(stmt, &row)) && row)
        e = id_set_add(out, column_int(stmt, "number"));
    stmt_reset(stmt);
    if (e) id_set_free(out);
    return e;
}

enum error token_matches(struct store *store, const struct token_query *query, int64_t number,
                         bool *matches)
{
    struct sql sql = {0};
    struct token_words words;
    int64_t count = 0;
    token_words_read(query->filter, &words);
    sql_add(&sql, "SELECT count(*) FROM token t JOIN account a ON a.number = t.account");
    token_conditions_add(&sql, query, &words);
    sql_add(&sql, " AND t.number = :number");
    struct stmt *stmt = sql_prepare(store, &sql);
    token_conditions_bind(stmt, &sql, query, &words);
    bind_int(stmt, ":number", number);
    enum error e = stmt_int(stmt, &count);
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
