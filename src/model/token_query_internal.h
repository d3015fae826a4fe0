/* Queries of tokens in SQL, over token t and account a. */
#ifndef GATEHOUSE_MODEL_TOKEN_QUERY_INTERNAL_H
#define GATEHOUSE_MODEL_TOKEN_QUERY_INTERNAL_H

#include <gatehouse/token_query.h>

#include "sql.h"
#include "token_internal.h"

/* Needs the tables token as t and account as a, and :now. */
#define TOKEN_ITEM_COLUMNS TOKEN_COLUMNS ", a.name AS account_name, a.active AS account_active"
void token_item_read(struct stmt *stmt, struct token_item *item);

enum { TOKEN_WORDS = SQL_WORDS, TOKEN_PATTERN_SIZE = 2 * 256 + 8 };
struct token_words {
    size_t count;
    struct token_word {
        size_t size;
        char pattern[TOKEN_PATTERN_SIZE]; /* for LIKE, escaped with backslashes */
    } items[TOKEN_WORDS];
    int64_t share;        /* roughly how many of a thousand tokens contain the first word */
    size_t account_count; /* words with a prefix, about the account */
    struct token_account_word {
        const char *column;
        char pattern[TOKEN_PATTERN_SIZE];
    } of_account[TOKEN_WORDS];
    enum token_facet state; /* "is:live"; 0: none */
};
/* ERR_INVALID: no token can be what the word says ("is:new"). */
enum error token_words_read(const char *filter, struct token_words *words) MUST_CHECK;
bool token_words_are_any(const struct token_words *words);
/* Puts the rarest word first, judged by some tokens, and sets its share. */
enum error token_words_weigh(struct store *store, struct token_words *words) MUST_CHECK;

/* The FROM clause: the tokens with the first word if they are few, otherwise all tokens in the way
 * that suits the facet. After token_words_weigh. */
void token_all_add(struct sql *sql, const struct token_query *query,
                   const struct token_words *words);
/* The WHERE clause: facet and words. */
void token_conditions_add(struct sql *sql, const struct token_query *query,
                          const struct token_words *words);
/* Binds the words and the times that occur in `sql`. */
void token_conditions_bind(struct stmt *stmt, const struct sql *sql,
                           const struct token_query *query, const struct token_words *words);
/* " AND …": the part of a facet that the index of a sort order can test; "" if none. */
const char *token_bound(enum token_facet facet, enum token_sort sort);
const char *token_state_condition(enum token_state state);
bool token_facet_leaves(enum token_facet facet, enum token_state state);

#endif
