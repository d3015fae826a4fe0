/* Queries of all tokens: filter and facets, and what they match. Pages of them: token_page.h. */
#ifndef GATEHOUSE_TOKEN_QUERY_H
#define GATEHOUSE_TOKEN_QUERY_H

#include <gatehouse/account.h>
#include <gatehouse/token.h>

enum token_facet {
    TOKENS_ALL,
    TOKENS_LIVE,
    TOKENS_SUSPENDED,
    TOKENS_EXPIRED,
    TOKENS_REVOKED,
    TOKENS_ENDING,      /* in use, and expiring within query.within */
    TOKENS_USED,        /* used within the last 7 days */
    TOKENS_UNUSED,      /* in use, but neither generated nor used within the last 30 days */
    TOKENS_NEVER_USED,  /* not revoked */
    TOKENS_OF_INACTIVE, /* not revoked, of inactive accounts */
    TOKENS_CANARIES,
    TOKENS_DENIED, /* within the last 7 days, though known: see token_is_knocking */
    TOKENS_FACETS
};
struct token_facet_entry {
    const char *word;  /* "ending", for the command line */
    const char *label; /* "Ending within …" */
    char letter;       /* selects it */
};
extern const struct token_facet_entry token_facets[TOKENS_FACETS];
/* ERR_USAGE lists the words. */
enum error token_facet_find(const char *word, enum token_facet *out) MUST_CHECK;

enum token_sort {
    TOKENS_BY_ACCOUNT,
    TOKENS_BY_NAME,
    TOKENS_BY_TOKEN, /* by the last four characters */
    TOKENS_BY_STATE,
    TOKENS_BY_CREATED,
    TOKENS_BY_EXPIRES,
    TOKENS_BY_LAST_USED,
    TOKENS_SORTS
};
/* `filter`: words separated by blanks, each of which must occur in the account's name, the token's
 * name or the last four characters, ignoring case; words.h says which prefixes there are. ""
 * matches everything. All functions with a query return ERR_INVALID for an unknown state
 * ("is:new"). */
struct token_query {
    const char *filter;
    enum token_facet facet;
    enum token_sort sort;
    bool descending;
    int64_t now;
    int64_t within; /* seconds, for TOKENS_ENDING; 0: WHEN_SOON */
};
struct token_item {
    struct token_row token;
    char account_name[ACCOUNT_NAME_MAX + 1];
    bool account_active;
};

enum error token_item_get(struct store *store, int64_t now, int64_t number,
                          struct token_item *out) MUST_CHECK;
/* May take long and can be interrupted; without filter and facet this reads a counter. */
enum error token_count(struct store *store, const struct token_query *query,
                       int64_t *count) MUST_CHECK;
/* Whether a given token matches. */
enum error token_matches(struct store *store, const struct token_query *query, int64_t number,
                         bool *matches) MUST_CHECK;
/* The numbers of all tokens that match. Freed with id_set_free. */
enum error token_numbers(struct store *store, const struct token_query *query,
                         struct id_set *out) MUST_CHECK;

#endif
