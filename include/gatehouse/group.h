/* Groups: named sets of accounts that carry permissions. Everyone (number 1) holds every account
 * without rows. */
#ifndef GATEHOUSE_GROUP_H
#define GATEHOUSE_GROUP_H

#include <gatehouse/account.h>

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
                      const struct group *from, bool backward, bool inclusive, struct group *rows,
                      size_t max, size_t *count) MUST_CHECK;
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
/* Writes description and permissions, and who joins and leaves (NULL: nobody), in one transaction.
 * ERR_CONFLICT when `version` is not the present one; members never conflict. */
enum error group_update(const struct act *act, int64_t number, int64_t version,
                        const struct group_details *details, const struct id_set *joining,
                        const struct id_set *leaving) MUST_CHECK;

/* The rule for names, part of every change. */
enum error group_check_name(const char *name) MUST_CHECK;
enum error group_create(const struct act *act, const char *name, int64_t *number) MUST_CHECK;
enum error group_rename(const struct act *act, int64_t number, const char *name) MUST_CHECK;
enum error group_delete(const struct act *act, int64_t number) MUST_CHECK;

#endif
