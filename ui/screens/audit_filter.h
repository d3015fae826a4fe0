/* What is typed over the audit log: "by:mara kind:token since:7d berlin". */
#ifndef GATEHOUSE_UI_AUDIT_FILTER_H
#define GATEHOUSE_UI_AUDIT_FILTER_H

#include "ui/kit/table.h"

#include <gatehouse/audit.h>

enum audit_part { AUDIT_BY, AUDIT_ACCOUNT, AUDIT_KIND, AUDIT_SINCE, AUDIT_UNTIL, AUDIT_PARTS };

struct audit_filter {
    struct audit_query query; /* points into what follows: not to be copied */
    char text[FILTER_SIZE];   /* the plain words, a blank before each */
    char parts[AUDIT_PARTS][FILTER_SIZE];
};

/* The words alone. by: or actor: a user, a: or account: an account, kind:, since: and until: as on
 * the command line; what is empty does not matter yet, other words are text. */
void audit_filter_split(struct audit_filter *filter, const char *typed);
/* And what they mean. ERR_INVALID, ERR_NOT_FOUND: one of them means nothing. */
enum error audit_filter_read(struct audit_filter *filter, struct store *store, int64_t now,
                             const char *typed) MUST_CHECK;

#endif
