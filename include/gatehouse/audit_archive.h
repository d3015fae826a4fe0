/* Moving old events out of a database, and reading them elsewhere. The chain goes on: the event of
 * the move holds the number and the hash of the last event that was moved, and audit_verify begins
 * there. */
#ifndef GATEHOUSE_AUDIT_ARCHIVE_H
#define GATEHOUSE_AUDIT_ARCHIVE_H

#include <gatehouse/audit.h>
#include <gatehouse/progress.h>

#include <jansson.h>

/* Events without a gap. */
struct audit_part {
    int64_t first, last;
    uint8_t before[AUDIT_HASH_SIZE]; /* the hash of the event before `first`; zeros if that is 1 */
    uint8_t head[AUDIT_HASH_SIZE];   /* of `last` */
};

/* All events up to the last one before the first that happened at `time` or later; never the newest
 * of all. ERR_NOT_FOUND if that is none, ERR_CONFLICT if the chain does not hold. Only inside
 * store_begin / store_end, as the next two. */
enum error audit_archive_find(struct store *store, int64_t time, struct audit_part *out) MUST_CHECK;
/* Hands out each event of the part, oldest first, as an object with every column. `write` releases
 * it. */
enum error audit_archive_read(struct store *store, const struct audit_part *part,
                              const struct progress *progress,
                              enum error (*write)(json_t *event, void *arg), void *arg) MUST_CHECK;
/* Removes the part and writes the event database.archive. `file` is the name people know the
 * archive by; `key` the hexadecimal public key it is signed with, or NULL. */
enum error audit_archive_remove(const struct act *act, const struct audit_part *part,
                                const char *file, const char *key) MUST_CHECK;
/* Puts an event that audit_archive_read handed out into another database. ERR_INVALID if it is
 * none. */
enum error audit_archive_add(struct store *store, const json_t *event) MUST_CHECK;
/* The key that the event of the move of everything up to `last` names: "" if the archive was not
 * signed. ERR_NOT_FOUND if there is no such event here. */
enum { AUDIT_KEY_TEXT = 65 };
enum error audit_archive_key(struct store *store, int64_t last,
                             char key[static AUDIT_KEY_TEXT]) MUST_CHECK;

#endif
