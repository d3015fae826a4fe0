/* The audit log: every change with its event in the same transaction, each chained to the one
 * before. hash = BLAKE2b-256 over the predecessor's hash and every field, each preceded by its
 * length (8 bytes, little-endian). */
#ifndef GATEHOUSE_AUDIT_H
#define GATEHOUSE_AUDIT_H

#include <gatehouse/actor.h>

enum { AUDIT_HASH_SIZE = 32 };

/* What is written; NULL texts are stored as null. `before` and `after` are JSON objects without
 * secrets. */
struct audit_entry {
    const char *kind;    /* "token.revoke": one of audit_kind.h, or it aborts */
    const char *subject; /* "sa::ci-deploy", a group's name, ... as it was at that time */
    int64_t account;     /* 0: none */
    int64_t token;       /* 0: none */
    const char *before;
    const char *after;
};
/* Only inside store_begin / store_end. */
enum error audit_write(const struct act *act, const struct audit_entry *entry) MUST_CHECK;

/* Reading. */
struct audit_event {
    int64_t sequence, at, account, token;
    struct actor actor;
    char kind[48], subject[260];
    char *before, *after; /* malloc'd or NULL; audit_event_free */
    uint8_t hash[AUDIT_HASH_SIZE];
};

/* The newest sequence (0: none): what an open console follows. */
enum error audit_head(struct store *store, int64_t *sequence,
                      uint8_t hash[static AUDIT_HASH_SIZE]) MUST_CHECK;

#endif
