/* Why an account holds a permission, or what would grant it. */
#ifndef GATEHOUSE_WHY_H
#define GATEHOUSE_WHY_H

#include <gatehouse/group.h>
#include <gatehouse/permission.h>

struct why_source {
    int64_t group; /* 0: explicit grant to the account */
    char name[GROUP_NAME_MAX * 4 + 1];
};
struct why {
    size_t count; /* of sources */
    bool holds;
    struct permission permission;
    /* Where it comes from, an explicit grant first; or, if the account does not hold it, the groups
     * that would grant it. */
    struct why_source sources[];
};

/* Freed with free(). */
enum error why_find(struct store *store, int64_t account, int64_t permission,
                    struct why **out) MUST_CHECK;

/* Where each of some accounts has a permission from: as many as there are sources, by account, an
 * explicit grant first. Freed with free(). */
struct why_holding {
    int64_t account;
    struct why_source source;
};
struct why_holdings {
    size_t count;
    struct why_holding items[];
};
enum error why_find_all(struct store *store, int64_t permission, const int64_t *accounts,
                        size_t count, struct why_holdings **out) MUST_CHECK;

/* "sa::ci-deploy → group build → Alerts", one line per source; or what would grant it. */
void why_text(const struct why *why, const char *account_name, char *out, size_t out_size);

#endif
