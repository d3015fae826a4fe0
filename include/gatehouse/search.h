/* Queries of tokens that are kept under a name. */
#ifndef GATEHOUSE_SEARCH_H
#define GATEHOUSE_SEARCH_H

#include <gatehouse/token_query.h>

enum { SEARCH_NAME_MAX = 64 };
struct search {
    char name[SEARCH_NAME_MAX * 4 + 1];
    char filter[512];
    enum token_facet facet;
    enum token_sort sort;
    bool descending;
};
struct searches {
    size_t count;
    struct search items[];
};
/* By name. free(). */
enum error search_list(struct store *store, struct searches **out) MUST_CHECK;
/* ERR_NOT_FOUND. */
enum error search_find(struct store *store, const char *name, struct search *out) MUST_CHECK;
/* Makes it, or changes the one of that name. One transaction with its event; already so: none. */
enum error search_save(const struct act *act, const struct search *search) MUST_CHECK;
enum error search_delete(const struct act *act, const char *name) MUST_CHECK;

#endif
