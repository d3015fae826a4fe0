/* The audit log: every change with its event in the same transaction, each chained to the one
 * before. hash = BLAKE2b-256 over the predecessor's hash and every field, each preceded by its
 * length (8 bytes, little-endian). */
#ifndef GATEHOUSE_AUDIT_H
#define GATEHOUSE_AUDIT_H

#include <gatehouse/act.h>

enum { AUDIT_HASH_SIZE = 32 };

/* What is written; NULL texts are stored as null. `before` and `after` are JSON objects without
 * secrets. */
struct audit_entry {
    const char *kind;    /* "account.create", "token.revoke", ...: noun.verb */
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
void audit_event_free(struct audit_event *event);

/* Which events; what is 0 or NULL does not matter. */
struct audit_query {
    const char *text;     /* words, all of which must stand somewhere in the event, case ignored */
    const char *actor;    /* a user: the real one, the one of the login, or the one sudo claims */
    int64_t account;      /* by number, so that a later account of the same name is another */
    const char *kind;     /* "token.revoke"; or "token", which is every kind "token.…" */
    int64_t since, until; /* inclusive; WHEN_NEVER: open. Not 0 */
};
/* A page of up to `max` events, the newest first: older than the event `from`, or newer when
 * `backward`; 0 starts at the end of the list. Keyset: cost does not depend on the position. A
 * query that few events match may take long and be interrupted. Each event is the caller's to
 * free. */
enum error audit_page(struct store *store, const struct audit_query *query, int64_t from,
                      bool backward, bool inclusive, struct audit_event *events, size_t max,
                      size_t *count) MUST_CHECK;
enum error audit_count(struct store *store, const struct audit_query *query,
                       int64_t *count) MUST_CHECK;
enum error audit_get(struct store *store, int64_t sequence, struct audit_event *out) MUST_CHECK;
/* The account that was meant by an ID when it was last written into an event, deleted ones
 * included. ERR_NOT_FOUND. */
enum error audit_find_account(struct store *store, const char *typed, int64_t *number) MUST_CHECK;

/* What an event changed, for a cell: "active true → false", "name ci · token 3". */
void audit_change_text(const struct audit_event *event, char *out, size_t out_size);
/* The same in full, each field on a line of its own; the caller frees. */
enum error audit_change_lines(const struct audit_event *event, char **out) MUST_CHECK;
/* Where an event came from: "north pts/1". */
void audit_from_text(const struct actor *actor, char *out, size_t out_size);
/* The whole event on one line, for a log file. */
void audit_line_text(const struct audit_event *event, char *out, size_t out_size);

/* The newest sequence (0: none): what an open console follows. */
enum error audit_head(struct store *store, int64_t *sequence,
                      uint8_t hash[static AUDIT_HASH_SIZE]) MUST_CHECK;
enum { AUDIT_HASH_TEXT = 2 * AUDIT_HASH_SIZE + 1 };
void audit_hash_text(const uint8_t hash[static AUDIT_HASH_SIZE], char out[static AUDIT_HASH_TEXT]);
/* 64 hexadecimal digits; ERR_INVALID. */
enum error audit_hash_parse(const char *text, uint8_t hash[static AUDIT_HASH_SIZE]) MUST_CHECK;

/* Recomputes the chain. OK, or ERR_CONFLICT naming the first event that was changed, removed or
 * put in; *checked is the last good one before it. A cut tail and a full rewrite cannot be seen:
 * for them see audit_verify_head. */
enum error audit_verify(struct store *store, int64_t *checked) MUST_CHECK;
/* The same, and says how far it is; `progress` (bulk.h) may stop it: ERR_STOPPED. */
struct progress;
enum error audit_verify_watched(struct store *store, const struct progress *progress,
                                int64_t *checked) MUST_CHECK;
/* The same, and looks for the event that had the hash `head` when it was kept: that event and all
 * before it are unchanged and present. *proven is its sequence; 0: there is none, which is
 * ERR_CONFLICT, too. */
enum error audit_verify_head(struct store *store, const uint8_t head[static AUDIT_HASH_SIZE],
                             int64_t *checked, int64_t *proven) MUST_CHECK;

#endif
