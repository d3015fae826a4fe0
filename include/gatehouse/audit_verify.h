/* Verifying the chain of events. */
#ifndef GATEHOUSE_AUDIT_VERIFY_H
#define GATEHOUSE_AUDIT_VERIFY_H

#include <gatehouse/audit.h>
#include <gatehouse/progress.h>

enum { AUDIT_HASH_TEXT = 2 * AUDIT_HASH_SIZE + 1 };
void audit_hash_text(const uint8_t hash[static AUDIT_HASH_SIZE], char out[static AUDIT_HASH_TEXT]);
/* 64 hexadecimal digits; ERR_INVALID. */
enum error audit_hash_parse(const char *text, uint8_t hash[static AUDIT_HASH_SIZE]) MUST_CHECK;

/* Recomputes the chain. OK, or ERR_CONFLICT naming the first event that was changed, removed or
 * put in; *checked is the last good one before it. A cut tail and a full rewrite cannot be seen:
 * for them see audit_verify_head. */
enum error audit_verify(struct store *store, int64_t *checked) MUST_CHECK;
/* The same, and says how far it is; `progress` (bulk.h) may stop it: ERR_STOPPED. */
enum error audit_verify_watched(struct store *store, const struct progress *progress,
                                int64_t *checked) MUST_CHECK;
/* The same, and looks for the event that had the hash `head` when it was kept: that event and all
 * before it are unchanged and present. *proven is its sequence; 0: there is none, which is
 * ERR_CONFLICT, too. */
enum error audit_verify_head(struct store *store, const uint8_t head[static AUDIT_HASH_SIZE],
                             int64_t *checked, int64_t *proven) MUST_CHECK;

#endif
