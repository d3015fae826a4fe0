/* Backups of a whole database, made while it is in use. */
#ifndef GATEHOUSE_BACKUP_H
#define GATEHOUSE_BACKUP_H

#include <gatehouse/actor.h>

/* Writes a consistent copy to a new file, 0600, without a log, and checks its pages, references and
 * chain of events before it gets its name. Then the event is written, so the copy does not contain
 * it. If anything fails, there is neither a file nor an event. */
enum error backup_write(const struct act *act, const char *path) MUST_CHECK;

/* Whether a copy can be trusted: its pages, references and chain of events. */
enum error backup_check(struct store *store) MUST_CHECK;

#endif
