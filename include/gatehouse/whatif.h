/* What a planned change would do to effective permissions. */
#ifndef GATEHOUSE_WHATIF_H
#define GATEHOUSE_WHATIF_H

#include <gatehouse/bulk.h>
#include <gatehouse/permission.h>

/* A planned change. Parts that are 0 or NULL stay as they are. */
struct whatif_change {
    /* A group: the permissions it has afterwards, and who joins and leaves it. */
    int64_t group;
    const struct id_set *permissions;
    bool deleted; /* the group is deleted */
    const struct id_set *joining, *leaving;
    /* Explicit grants of these accounts. */
    const struct id_set *accounts;
    int64_t granted, revoked;
    /* A permission that is deleted. */
    int64_t gone;
    /* One account, as a page stages it. */
    int64_t account;
    const struct id_set *account_groups, *account_permissions;
};

struct whatif_item {
    int64_t permission;
    char name[PERMISSION_NAME_MAX * 4 + 1];
    int64_t gained, lost; /* accounts */
};
struct whatif {
    int64_t accounts; /* whose effective permissions change */
    int64_t working;  /* of these, how many have a token that works */
    size_t count;
    struct whatif_item items[]; /* permissions that somebody gains or loses */
};

/* Compares every account that the change may affect. `progress` can stop it: ERR_STOPPED. Freed
 * with free(). */
enum error whatif(struct store *store, int64_t now, const struct whatif_change *change,
                  const struct progress *progress, struct whatif **out) MUST_CHECK;

#endif
