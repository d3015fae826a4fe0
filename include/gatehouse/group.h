/* Groups: named sets of accounts that carry permissions. Everyone (number 1) contains every
 * account, without rows of membership. */
#ifndef GATEHOUSE_GROUP_H
#define GATEHOUSE_GROUP_H

#include <gatehouse/account.h>
#include <gatehouse/page.h>

enum {
    GROUP_NAME_MAX = 64,
    GROUP_EVERYONE = 1,
    GROUP_DESCRIPTION_MAX = ACCOUNT_DESCRIPTION_MAX,
    GROUP_FOLDED_SIZE = GROUP_NAME_MAX * 12 + 1 /* longer ones are refused */
};

struct group {
    int64_t number;
    char name[GROUP_NAME_MAX * 4 + 1];
    bool system;     /* Everyone */
    int64_t members; /* all accounts, for Everyone */
    int64_t permissions;
    char folded[GROUP_FOLDED_SIZE]; /* the name as it is ordered and compared */
    char summary[241];              /* the beginning of the description */
};

enum group_sort { GROUP_BY_NAME, GROUP_BY_MEMBERS, GROUP_BY_PERMISSIONS };
/* `filter`: words that the name must all contain, ignoring case; "d:word" (words.h): the
 * description must. */
struct group_query {
    const char *filter;
    enum group_sort sort;
    bool descending;
};
/* As account_page; `from` NULL: from an end of the list. By name, Everyone comes first. */
enum error group_page(struct store *store, const struct group_query *query,
                      const struct group *from, struct page page, struct group *rows,
                      size_t *count) MUST_CHECK;
enum error group_count(struct store *store, const char *filter, int64_t *count) MUST_CHECK;

struct group_rows {
    size_t count;
    struct group items[];
};

/* At most `max` groups whose folded name contains `filter` ("": all), by name, Everyone first.
 * Freed with free(). */
enum error group_list(struct store *store, const char *filter, size_t max,
                      struct group_rows **out) MUST_CHECK;
enum error group_get(struct store *store, int64_t number, struct group *out) MUST_CHECK;
enum error group_find(struct store *store, const char *name,
                      int64_t *number) MUST_CHECK; /* compares as text_fold does */

/* What the page of a group stages. Freed with group_details_free. */
struct group_details {
    char *description;
    struct id_set permissions;
};
void group_details_free(struct group_details *details);
/* *version (may be NULL): a number for these details, and another one for others. */
enum error group_details_load(struct store *store, int64_t number, struct group_details *out,
                              int64_t *version) MUST_CHECK;

#endif
