/* Why an account holds a permission: account → group → permission; or what would give it. */
#ifndef GATEHOUSE_WHY_H
#define GATEHOUSE_WHY_H

#include <gatehouse/group.h>
#include <gatehouse/permission.h>

struct why_source {
    int64_t group; /* 0: the account's explicit grant */
    char name[GROUP_NAME_MAX * 4 + 1];
};
struct why {
    size_t count; /* of sources */
    bool holds;
    struct permission permission;
    /* Where it comes from, the explicit grant first; or, if it is not held, the groups that would
     * give it. */
    struct why_source sources[];
};

/* free(). */
enum error why_find(struct store *store, int64_t account, int64_t permission,
                    struct why **out) MUST_CHECK;
/* "sa::ci-deploy → group build → Alerts", a line for each source, or what would give it. */
void why_text(const struct why *why, const char *account_name, char *out, size_t out_size);

#endif
