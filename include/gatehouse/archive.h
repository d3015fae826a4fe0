/* Archives: files with old events. An archive is a gzip file of lines: a JSON object that says what
 * it is, one object for each event, and an object with the signature. docs/formats.md describes it.
 */
#ifndef GATEHOUSE_ARCHIVE_H
#define GATEHOUSE_ARCHIVE_H

#include <gatehouse/audit_archive.h>
#include <gatehouse/vault.h>

/* Moves the events before `time` to the new file `path`, which is on the disk before they leave the
 * database. It is signed with a key of the vault; NULL: not signed. *out: what was moved.
 * ERR_NOT_FOUND: nothing is that old. ERR_CONFLICT: the file exists, or the chain of events does
 * not hold. */
enum error archive_write(const struct act *act, int64_t time, const char *path,
                         const struct vault *vault, const struct progress *progress,
                         struct audit_part *out) MUST_CHECK;

/* An archive that was read: its events as a database in memory, for audit_page and audit_count. */
struct archive {
    struct audit_part part;
    char key[AUDIT_KEY_TEXT]; /* its signature is right for this key; "": not signed */
    struct store *store;
};
/* ERR_INVALID if it is no archive, ERR_CONFLICT if anything in it was changed. The caller calls
 * archive_close. */
enum error archive_open(const char *path, struct archive *out) MUST_CHECK;
void archive_close(struct archive *archive);

#endif
