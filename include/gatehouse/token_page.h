/* The list of all tokens: its sort orders and its pages. */
#ifndef GATEHOUSE_TOKEN_PAGE_H
#define GATEHOUSE_TOKEN_PAGE_H

#include <gatehouse/account_list.h>
#include <gatehouse/page.h>
#include <gatehouse/token_query.h>

const char *token_sort_word(enum token_sort sort); /* "account", "last-used", ... */

/* As account_page; `from` NULL: from an end of the list. */
enum error token_page(struct store *store, const struct token_query *query,
                      const struct token_item *from, struct page page, struct token_item *rows,
                      size_t *count) MUST_CHECK;
/* The order of the list: negative if a comes before b. */
int token_compare(const struct token_query *query, const struct token_item *a,
                  const struct token_item *b);
/* Estimates the position of a token in the list, as account_sample. */
enum error token_sample(struct store *store, const struct token_query *query,
                        const struct token_item *place, struct sample *out) MUST_CHECK;

#endif
