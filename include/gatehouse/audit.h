/* The audit log. Every change writes its event in the same transaction, and each event is chained
 * to the one before: hash = BLAKE2b-256 over the previous hash and every field, each field preceded
 * by its length (8 bytes, little-endian). */
#ifndef GATEHOUSE_AUDIT_H
#define GATEHOUSE_AUDIT_H

#include <gatehouse/actor.h>

enum { AUDIT_HASH_SIZE = 32 };

/* An event to be written. NULL texts are stored as null; `before` and `after` are JSON objects
 * without secrets. */
struct audit_entry {
    const char *kind;    /* "token.revoke": must be one of audit_kind.h */
    const char *subject; /* "sa::ci-deploy", a group's name, ..., as it was at the time */
    int64_t account;     /* 0: none */
    int64_t token;       /* 0: none */
    const char *before;
    const char *after;
};
/* Only inside store_begin / store_end. */
enum error audit_write(const struct act *act, const struct audit_entry *entry) MUST_CHECK;

/* An event that was read. */
struct audit_event {
    int64_t sequence, at, account, token;
    struct actor actor;
    char kind[48], subject[260];
    char *before, *after; /* malloc'd or NULL; audit_event_free */
    int64_t oldest;       /* the first event that the database had at that moment */
    uint8_t hash[AUDIT_HASH_SIZE];
};

/* The newest event (0: none) and its hash. Open consoles watch the sequence for changes. */
enum error audit_head(struct store *store, int64_t *sequence,
                      uint8_t hash[static AUDIT_HASH_SIZE]) MUST_CHECK;

/* An act: the events of one transaction, which follow each other. first 0: none. */
struct event_range {
    int64_t first, last;
};
/* What was written through `store` by the last transaction that wrote events. */
struct event_range audit_last(const struct store *store);

#endif
