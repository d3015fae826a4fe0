/* Copies of a whole database: written while it is in use, and put back in its place. */
#ifndef GATEHOUSE_BACKUP_H
#define GATEHOUSE_BACKUP_H

#include <gatehouse/token_return.h>

/* Writes a consistent copy to a new file, 0600, and looks it over: its pages, references and chain
 * of events. The copy holds its own event. Whatever fails, no file is left. */
enum error backup_write(const struct act *act, const char *path) MUST_CHECK;

/* A backup that is about to take the place of a database. */
struct restore;
struct restore_plan {
    const char *file;     /* the backup */
    const char *database; /* where it goes */
    const struct actor *actor;
    int64_t now;
    /* Told of every token that does not work in the present database and does in the backup. */
    enum error (*each)(const struct token_return *found, void *arg);
    void *arg;
};
struct restore_done {
    bool replaced;   /* there was a database before */
    char kept[4200]; /* where that is now; "" */
    int64_t buried;  /* tokens of the backup that were made dead, because they are in that one */
};
/* Copies the backup beside the database, verifies it, and compares it with what is there. On
 * success *out is the caller's, for restore_finish or restore_drop. */
enum error restore_begin(const struct restore_plan *plan, struct restore **out,
                         bool *replaces) MUST_CHECK;
/* Puts it in place; the database that was there is kept beside it. ERR_BUSY while somebody else has
 * that open. At every moment there is a whole database at the path. Frees. */
enum error restore_finish(struct restore *restore, struct restore_done *done) MUST_CHECK;
void restore_drop(struct restore *restore);

#endif
