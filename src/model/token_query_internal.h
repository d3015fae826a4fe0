/* What a query of tokens means in SQL, over token t and account a. */
#ifndef GATEHOUSE_MODEL_TOKEN_QUERY_INTERNAL_H
#define GATEHOUSE_MODEL_TOKEN_QUERY_INTERNAL_H

#include <gatehouse/token_query.h>

#include "sql.h"
#include "token_internal.h"

/* Of the tables token as t and account as a; bind :now. */
#define TOKEN_ITEM_COLUMNS TOKEN_COLUMNS ", a.name AS account_name, a.active AS account_active"
void token_item_read(struct stmt *stmt, struct token_item *item);

enum { TOKEN_WORDS = SQL_WORDS };
struct token_words {
    size_t count;
    struct token_word {
        size_t size;
        char pattern[2 * 256 + 8]; /* for LIKE, escaped by a backslash */
    } items[TOKEN_WORDS];
    int64_t share; /* of the first one, about: tokens of a thousand that have it */
};
void token_words_read(const char *filter, struct token_words *words);
/* Puts the rarest word first, as far as a look at some tokens tells, and sets its share. */
enum error token_words_weigh(struct store *store, struct token_words *words) MUST_CHECK;

/* Those, where they are few, or else all tokens, in the way that suits the facet; after
 * token_words_weigh. */
void token_all_add(struct sql *sql, const struct token_query *query,
                   const struct token_words *words);
/* " WHERE …": facet and words. */
void token_conditions_add(struct sql *sql, const struct token_query *query,
                          const struct token_words *words);
/* The words, and the times that the text asks for. */
void token_conditions_bind(struct stmt *stmt, const struct sql *sql,
                           const struct token_query *query, const struct token_words *words);
/* " AND …": what the index of an order says of a facet by itself; "" where it says nothing. */
const char *token_bound(enum token_facet facet, enum token_sort sort);
const char *token_state_condition(enum token_state state);
bool token_facet_leaves(enum token_facet facet, enum token_state state);

#endif
