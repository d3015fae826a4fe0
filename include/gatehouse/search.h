/* Saved searches: queries of tokens under a name. */
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
/* Sorted by name. Freed with free(). */
enum error search_list(struct store *store, struct searches **out) MUST_CHECK;
/* ERR_NOT_FOUND if there is none. */
enum error search_find(struct store *store, const char *name, struct search *out) MUST_CHECK;
/* Creates the search or replaces the one of that name, in one transaction with its event; without
 * an event if nothing would change. */
enum error search_save(const struct act *act, const struct search *search) MUST_CHECK;
enum error search_delete(const struct act *act, const char *name) MUST_CHECK;

#endif
