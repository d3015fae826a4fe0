/* A filter of events as it is typed: "by:mara kind:token since:7d berlin". words.h says which
 * prefixes there are. */
#ifndef GATEHOUSE_AUDIT_FILTER_H
#define GATEHOUSE_AUDIT_FILTER_H

#include <gatehouse/audit_list.h>
#include <gatehouse/words.h>

enum { AUDIT_FILTER_SIZE = 520 };
struct audit_filter {
    struct audit_query query;     /* points into what follows: do not copy */
    char text[AUDIT_FILTER_SIZE]; /* the plain words, a blank before each */
    char parts[WORD_KINDS][AUDIT_FILTER_SIZE];
};
/* The last of two words with the same prefix counts; one without a value does not count yet.
 * ERR_INVALID: not a time. ERR_NOT_FOUND: no such account. */
enum error audit_filter_read(struct store *store, int64_t now, const char *typed,
                             struct audit_filter *out) MUST_CHECK;

#endif
