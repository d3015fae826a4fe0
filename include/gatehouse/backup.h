/* Backups of a whole database: made while it is in use, and restored. */
#ifndef GATEHOUSE_BACKUP_H
#define GATEHOUSE_BACKUP_H

#include <gatehouse/token_return.h>

/* Writes a consistent copy to a new file, 0600, with nothing beside it, and checks its pages,
 * references and chain of events before it gets its name. Then the event is written, which the copy
 * does not hold. If anything fails, there is neither a file nor an event. */
enum error backup_write(const struct act *act, const char *path) MUST_CHECK;

/* A backup that is about to replace a database. */
struct restore;
struct restore_plan {
    const char *file;     /* the backup */
    const char *database; /* where it goes */
    const struct actor *actor;
    int64_t now;
    /* Called for every token that works in the backup and not in the present database. */
    enum error (*each)(const struct token_return *found, void *arg);
    void *arg;
};
struct restore_done {
    bool replaced;     /* a database was replaced */
    char kept[4200];   /* where that database is now; "" */
    int64_t kept_dead; /* tokens that work in the backup but are dead in that database */
};
/* Copies the backup next to the database, checks it, and compares the two. On success the caller
 * passes *out to restore_finish or restore_drop. */
enum error restore_begin(const struct restore_plan *plan, struct restore **out,
                         bool *replaces) MUST_CHECK;
/* Puts the backup in place; the database that was there is kept under another name. ERR_BUSY while
 * another process has that open. At every moment there is a whole database at the path. Frees
 * `restore`. */
enum error restore_finish(struct restore *restore, struct restore_done *done) MUST_CHECK;
void restore_drop(struct restore *restore);

#endif
