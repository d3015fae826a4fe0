/* What a change would do to effective permissions, before it is made. */
#ifndef GATEHOUSE_WHATIF_H
#define GATEHOUSE_WHATIF_H

#include <gatehouse/bulk.h>
#include <gatehouse/permission.h>

/* A change that somebody is about to make. Parts that are 0 or NULL stay as they are. */
struct whatif_change {
    /* A group: what it gives afterwards, and who joins and leaves it. */
    int64_t group;
    const struct id_set *permissions;
    bool deleted; /* the group goes, and with it all it gives */
    const struct id_set *joining, *leaving;
    /* Explicit grants of these accounts. */
    const struct id_set *accounts;
    int64_t granted, revoked;
    /* A permission that goes out of the catalogue. */
    int64_t gone;
    /* One account, as a form stages it. */
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
    int64_t live;     /* of these, active ones with a live token */
    size_t count;
    struct whatif_item items[]; /* permissions that somebody gains or loses */
};

/* Looks at every account that the change may reach. ERR_STOPPED: `progress` said so. free(). */
enum error whatif(struct store *store, int64_t now, const struct whatif_change *change,
                  const struct progress *progress, struct whatif **out) MUST_CHECK;

#endif
