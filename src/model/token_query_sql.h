/* Inside of the model: what a query of tokens means in SQL, over token t and account a. */
#ifndef GATEHOUSE_MODEL_TOKEN_QUERY_SQL_H
#define GATEHOUSE_MODEL_TOKEN_QUERY_SQL_H

#include <gatehouse/token_query.h>

#include "sql.h"

enum { TOKEN_WORDS = 4, TOKEN_WORD_SIZE = 2 * 256 + 8 };
struct token_words {
    size_t count;
    char patterns[TOKEN_WORDS][TOKEN_WORD_SIZE]; /* for LIKE, escaped by a backslash */
};

void token_words_read(const char *filter, struct token_words *words);
/* " AND …" of a facet; may ask for :now. */
const char *token_condition(enum token_facet facet);
/* What the rows are ordered by before the number: an expression, "0" by state, and the parameter
 * :key of a token in that order. */
const char *token_sort_key(enum token_sort sort);
void token_sort_bind(struct stmt *stmt, enum token_sort sort, const struct token_item *from);
/* " WHERE …", and its parameters but for :now. */
void token_conditions_add(struct sql *sql, const struct token_query *query,
                          const struct token_words *words);
void token_conditions_bind(struct stmt *stmt, const struct token_query *query,
                           const struct token_words *words);

#endif
