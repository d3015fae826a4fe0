#include "sample.h"
#include "token_query_sql.h"
#include "token_row.h"

#include <string.h>

static struct stmt *prepare(struct store *store, const struct token_query *query,
                            const struct token_words *words)
{
    struct sql sql = {0};
    bool by_state = query->sort == TOKENS_BY_STATE;
    sql_add(&sql, SAMPLE_PICKS "SELECT count(*) AS matching, coalesce(sum((");
    sql_add(&sql, by_state ? TOKEN_STATE : token_sort_key(query->sort));
    sql_add(&sql, query->descending ? ", t.number) > (" : ", t.number) < (");
    sql_add(&sql, ":key, :number)), 0) AS before FROM pick CROSS JOIN token t CROSS JOIN account "
                  "a ON a.number = t.account");
    token_conditions_add(&sql, query, words);
    sql_add(&sql, " AND t.number = " SAMPLE_NUMBER("token"));
    return sql_prepare(store, &sql);
}

static enum error take(struct store *store, const struct token_query *query,
                       const struct token_item *place, struct sample *out)
{
    struct token_words words;
    bool row;
    token_words_read(query->filter, &words);
    struct stmt *stmt = prepare(store, query, &words);
    bool by_state = query->sort == TOKENS_BY_STATE;
    token_conditions_bind(stmt, query, &words);
    if (by_state)
        bind_int(stmt, ":key", place->token.state);
    else
        token_sort_bind(stmt, query->sort, place);
    bind_int(stmt, ":number", place->token.number);
    if (by_state || strstr(token_condition(query->facet), ":now"))
        bind_int(stmt, ":now", query->now);
    enum error e = stmt_step(stmt, &row);
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
