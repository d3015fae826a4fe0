/* Groups: named sets of accounts that carry permissions. Everyone (number 1) holds every account
 * without rows. */
#ifndef GATEHOUSE_GROUP_H
#define GATEHOUSE_GROUP_H

#include <gatehouse/account.h>
#include <gatehouse/page.h>

enum {
    GROUP_NAME_MAX = 64,
    GROUP_EVERYONE = 1,
    GROUP_DESCRIPTION_MAX = ACCOUNT_DESCRIPTION_MAX,
    GROUP_FOLDED_SIZE = GROUP_NAME_MAX * 12 + 1 /* folding lengthens a character to at most three */
};

struct group {
    int64_t number;
    char name[GROUP_NAME_MAX * 4 + 1];
    bool system;     /* Everyone */
    int64_t members; /* all accounts, for Everyone */
    int64_t permissions;
    char folded[GROUP_FOLDED_SIZE]; /* what names are ordered and compared by */
    char summary[241];              /* the beginning of its description */
};

enum group_sort { GROUP_BY_NAME, GROUP_BY_MEMBERS, GROUP_BY_PERMISSIONS };
/* `filter`: words, all of which the name must contain, without regard to case. */
struct group_query {
    const char *filter;
    enum group_sort sort;
    bool descending;
};
/* A page beside the group `from` (NULL: from the end of the list), as account_page. By name,
 * Everyone stands first. */
enum error group_page(struct store *store, const struct group_query *query,
                      const struct group *from, struct page page, struct group *rows,
                      size_t *count) MUST_CHECK;
enum error group_count(struct store *store, const char *filter, int64_t *count) MUST_CHECK;

struct group_rows {
    size_t count;
    struct group items[];
};

/* Groups whose folded name contains `filter` ("": all), by name, Everyone first, at most `max`.
 * free(). */
enum error group_list(struct store *store, const char *filter, size_t max,
                      struct group_rows **out) MUST_CHECK;
enum error group_get(struct store *store, int64_t number, struct group *out) MUST_CHECK;
enum error group_find(struct store *store, const char *name,
                      int64_t *number) MUST_CHECK; /* without regard to case */

/* What the form of a group stages. Strings and sets are owned; group_details_free. */
struct group_details {
    char *description;
    struct id_set permissions;
};
void group_details_free(struct group_details *details);
/* `version` grows with description and permissions, whoever changes them. */
enum error group_details_load(struct store *store, int64_t number, struct group_details *out,
                              int64_t *version) MUST_CHECK;

#endif
