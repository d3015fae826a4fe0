/* The access report: who holds what through what, by owner. */
#ifndef GATEHOUSE_ACCESS_H
#define GATEHOUSE_ACCESS_H

#include <gatehouse/account.h>

struct access_row {
    const char *owner, *account; /* the account's name without sa:: */
    bool active;
    const char *permission; /* id */
    const char *group;      /* NULL: explicit */
};

/* Calls `each` for every account that matches (filter and status of `query`), every permission it
 * holds and every source of it: by owner, name, permission, explicit first. Texts live until the
 * next call. */
enum error access_read(struct store *store, const struct account_query *query,
                       enum error (*each)(const struct access_row *row, void *arg),
                       void *arg) MUST_CHECK;

#endif
