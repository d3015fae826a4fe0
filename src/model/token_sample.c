#include "sample.h"
#include "token_query_sql.h"

static enum error take(struct store *store, const struct token_query *query,
                       const struct token_item *place, struct sample *out)
{
    struct sql sql = {0};
    struct token_words words;
    bool row;
    token_words_read(query->filter, &words);
    sql_format(&sql,
               SAMPLE_PICKS "SELECT count(*) AS matching, coalesce(sum((%s, t.number) %s (:key, "
                            ":number)), 0) AS before FROM pick CROSS JOIN token t CROSS JOIN "
                            "account a ON a.number = t.account",
               token_sort_key(query->sort), query->descending ? ">" : "<");
    token_conditions_add(&sql, query, &words);
    sql_add(&sql, " AND t.number = " SAMPLE_NUMBER("token"));
    struct stmt *stmt = sql_prepare(store, &sql);
    token_conditions_bind(stmt, &sql, query, &words);
    token_sort_bind(stmt, query->sort, place);
    bind_int(stmt, ":number", place->token.number);
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
