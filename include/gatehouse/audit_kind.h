/* The kinds of events: one vocabulary for writing, reading and filtering.
 *
 * A kind is noun.verb. A plural noun is one act on many rows; the events of the rows precede it.
 * Events are never rewritten: those of earlier versions keep the name their kind had then, and are
 * found by either name. docs/formats.md describes what each kind holds. */
#ifndef GATEHOUSE_AUDIT_KIND_H
#define GATEHOUSE_AUDIT_KIND_H

#include <stddef.h>

struct audit_kind {
    const char *name;     /* "token.revoke" */
    const char *sentence; /* "the token was revoked" */
    const char *old;      /* the name in earlier versions; NULL: the same */
};
extern const struct audit_kind audit_kinds[];
extern const size_t audit_kind_count;

/* Finds a kind by its current or its earlier name; NULL if there is none. */
const struct audit_kind *audit_kind_find(const char *name);

#endif
