/* Groups: named sets of accounts that carry permissions. Everyone (number 1) holds every account
 * without rows. */
#ifndef GATEHOUSE_GROUP_H
#define GATEHOUSE_GROUP_H

#include <gatehouse/account.h>

enum { GROUP_NAME_MAX = 64, GROUP_EVERYONE = 1 };

struct group {
    int64_t number;
    char name[GROUP_NAME_MAX * 4 + 1];
    bool system;     /* Everyone */
    int64_t members; /* all accounts, for Everyone */
    int64_t permissions;
};
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

enum error group_create(const struct act *act, const char *name, int64_t *number) MUST_CHECK;
enum error group_rename(const struct act *act, int64_t number, const char *name) MUST_CHECK;
enum error group_delete(const struct act *act, int64_t number) MUST_CHECK;
/* Already so: OK, no event. */
enum error group_add(const struct act *act, int64_t number, int64_t account) MUST_CHECK;
enum error group_remove(const struct act *act, int64_t number, int64_t account) MUST_CHECK;
enum error group_grant(const struct act *act, int64_t number, int64_t permission,
                       bool granted) MUST_CHECK;

#endif
