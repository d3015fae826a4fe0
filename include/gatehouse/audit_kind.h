/* The kinds of events: one vocabulary for who writes them, who reads them and the filters.
 *
 * A kind is noun.verb. A plural noun is one act on many rows, whose own events precede it. Events
 * are never rewritten: those of an earlier Gatehouse keep the name that their kind had then, and
 * are found by either name. docs/formats.md says what each kind holds. */
#ifndef GATEHOUSE_AUDIT_KIND_H
#define GATEHOUSE_AUDIT_KIND_H

#include <stddef.h>

struct audit_kind {
    const char *name;     /* "token.revoke" */
    const char *sentence; /* "the token was revoked" */
    const char *old;      /* its earlier name; NULL: none */
};
extern const struct audit_kind audit_kinds[];
extern const size_t audit_kind_count;

/* By its name or its earlier one; NULL: there is no such kind. */
const struct audit_kind *audit_kind_find(const char *name);

#endif
