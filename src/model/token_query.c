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

#define NOT_EXPIRED "t.ends > :now"

/* Written so that the indices made for them are used. */
static const char *const conditions[TOKENS_FACETS] = {
    [TOKENS_ALL] = "",
    [TOKENS_LIVE] = " AND t.revoked IS NULL AND t.suspended = 0 AND " NOT_EXPIRED,
    [TOKENS_SUSPENDED] = " AND t.revoked IS NULL AND t.suspended = 1 AND " NOT_EXPIRED,
    [TOKENS_EXPIRED] = " AND t.revoked IS NULL AND t.ends <= :now",
    [TOKENS_REVOKED] = " AND t.revoked IS NOT NULL",
    [TOKENS_ENDING] = " AND t.revoked IS NULL AND " NOT_EXPIRED " AND t.ends <= :now + :ending",
    [TOKENS_USED] = " AND t.used > :now - :used",
    [TOKENS_UNUSED] = " AND t.revoked IS NULL AND " NOT_EXPIRED
                      " AND t.used <= :now - :unused AND t.created <= :now - "
                      ":unused",
    [TOKENS_NEVER_USED] = " AND t.revoked IS NULL AND t.used = 0",
    [TOKENS_OF_INACTIVE] = " AND t.revoked IS NULL AND a.active = 0",
    [TOKENS_CANARIES] = " AND t.canary = 1",
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

void token_words_read(const char *filter, struct token_words *words)
{
    words->count = 0;
    while (words->count < TOKEN_WORDS) {
        filter += strspn(filter, " \t");
        size_t size = strcspn(filter, " \t");
        if (size == 0) return;
        const char *word = filter;
        filter += size;
        if (size >= 4 && strncasecmp(word, "sa::", 4) == 0) word += 4, size -= 4;
        if (size == 0) continue;
        char *out = words->patterns[words->count++], *end = out + TOKEN_WORD_SIZE - 4;
        *out++ = '%';
        for (size_t i = 0; i < size && out < end; i++) {
            if (strchr("%_\\", word[i])) *out++ = '\\';
            *out++ = word[i];
        }
        *out++ = '%';
        *out = 0;
    }
}

void token_conditions_add(struct sql *sql, const struct token_query *query,
                          const struct token_words *words)
{
    sql_add(sql, " WHERE 1");
    sql_add(sql, conditions[query->facet]);
    for (size_t i = 0; i < words->count; i++) {
        char condition[200];
        snprintf(condition, sizeof condition,
                 " AND (a.name LIKE :word%zu ESCAPE '\\' OR t.name LIKE :word%zu ESCAPE '\\' OR "
                 "t.last_four LIKE :word%zu ESCAPE '\\')",
                 i, i, i);
        sql_add(sql, condition);
    }
}

void token_conditions_bind(struct stmt *stmt, const struct token_query *query,
                           const struct token_words *words)
{
    static const char *const names[TOKEN_WORDS] = {":word0", ":word1", ":word2", ":word3"};
    const char *condition = conditions[query->facet];
    for (size_t i = 0; i < words->count; i++)
        bind_text(stmt, names[i], words->patterns[i]);
    if (strstr(condition, ":ending"))
        bind_int(stmt, ":ending", query->within ? query->within : ENDING);
    if (strstr(condition, ":used")) bind_int(stmt, ":used", USED);
    if (strstr(condition, ":unused")) bind_int(stmt, ":unused", UNUSED);
}

const char *token_condition(enum token_facet facet)
{
    return conditions[facet];
}

/* Without words the accounts are only needed where the facet asks for them. */
static struct stmt *prepare_all(struct store *store, const struct token_query *query,
                                const char *columns, const char *order)
{
    struct sql sql = {0};
    struct token_words words;
    token_words_read(query->filter, &words);
    sql_add(&sql, "SELECT ");
    sql_add(&sql, columns);
    sql_add(&sql, " FROM token t");
    if (words.count || query->facet == TOKENS_OF_INACTIVE)
        sql_add(&sql, " JOIN account a ON a.number = t.account");
    token_conditions_add(&sql, query, &words);
    sql_add(&sql, order);
    struct stmt *stmt = sql_prepare(store, &sql);
    token_conditions_bind(stmt, query, &words);
    if (strstr(conditions[query->facet], ":now")) bind_int(stmt, ":now", query->now);
    return stmt;
}

enum error token_count(struct store *store, const struct token_query *query, int64_t *count)
{
    if (!query->facet && !query->filter[strspn(query->filter, " \t")])
        return counter_get(store, "tokens", count);
    return stmt_int(prepare_all(store, query, "count(*)", ""), count);
}

enum error token_numbers(struct store *store, const struct token_query *query, struct id_set *out)
{
    *out = (struct id_set){0};
    struct stmt *stmt = prepare_all(store, query, "t.number", " ORDER BY t.number");
    bool row = true;
    enum error e = OK;
    while (!e && !(e = stmt_step(stmt, &row)) && row)
        e = id_set_add(out, column_int(stmt, "number"));
    stmt_reset(stmt);
    if (e) id_set_free(out);
    return e;
}

enum error token_matches(struct store *store, const struct token_query *query, int64_t number,
                         bool *matches)
{
    int64_t count = 0;
    struct stmt *stmt = prepare_all(store, query, "count(*)", " AND t.number = :number");
    bind_int(stmt, ":number", number);
    enum error e = stmt_int(stmt, &count);
    *matches = count > 0;
    return e;
}
