/* Verifying the chain of events. */
#ifndef GATEHOUSE_AUDIT_VERIFY_H
#define GATEHOUSE_AUDIT_VERIFY_H

#include <gatehouse/audit.h>
#include <gatehouse/progress.h>

enum { AUDIT_HASH_TEXT = 2 * AUDIT_HASH_SIZE + 1 };
void audit_hash_text(const uint8_t hash[static AUDIT_HASH_SIZE], char out[static AUDIT_HASH_TEXT]);
/* 64 hexadecimal digits; ERR_INVALID. */
enum error audit_hash_parse(const char *text, uint8_t hash[static AUDIT_HASH_SIZE]) MUST_CHECK;

/* The event after which the chain of this database begins, and its hash: 0 and zeros, or the last
 * one that was moved to an archive (audit_archive.h). */
enum error audit_beginning(struct store *store, int64_t *sequence,
                           uint8_t hash[static AUDIT_HASH_SIZE]) MUST_CHECK;
/* Recomputes the chain from its beginning. OK, or ERR_CONFLICT naming the first event that was
 * changed, removed or inserted; *checked is the last good event before it. A truncated log and a
 * complete rewrite cannot be detected this way: see audit_verify_head. */
enum error audit_verify(struct store *store, int64_t *checked) MUST_CHECK;
/* The same, reporting to `progress`, which may stop it (ERR_STOPPED). */
enum error audit_verify_watched(struct store *store, const struct progress *progress,
                                int64_t *checked) MUST_CHECK;
/* The same, and looks for the event with the hash `head`, which was written down earlier: finding
 * it proves that this event and all before it are unchanged. *proven is its sequence; 0 if there is
 * none, which is ERR_CONFLICT as well. */
enum error audit_verify_head(struct store *store, const uint8_t head[static AUDIT_HASH_SIZE],
                             int64_t *checked, int64_t *proven) MUST_CHECK;

/* Recomputes a chain that begins after the event `before`, whose hash is given: an archive. */
enum error audit_verify_part(struct store *store, int64_t before,
                             const uint8_t hash[static AUDIT_HASH_SIZE],
                             int64_t *checked) MUST_CHECK;

#endif
