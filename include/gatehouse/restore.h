/* Putting a backup in the place of a database, whatever is there. */
#ifndef GATEHOUSE_RESTORE_H
#define GATEHOUSE_RESTORE_H

#include <gatehouse/older.h>
#include <limits.h>

struct restore;
struct restore_plan {
    const char *file;     /* the backup */
    const char *database; /* where it goes */
    const struct actor *actor;
    int64_t now;
    /* Called for everything that would be allowed afterwards and is not now, and for what would
     * stop; NULL: nobody asks. */
    enum error (*each)(const struct older_find *found, void *arg);
    void *arg;
};
struct restore_found {
    bool exists;                     /* something would be replaced */
    char unsound[ERROR_MESSAGE_MAX]; /* why nothing can be compared or taken over; "" */
};
struct restore_done {
    bool in_place;       /* whoever has the database open goes on with the restored content */
    char kept[PATH_MAX]; /* where that which was there is now; "" */
    int64_t kept_dead;   /* tokens that work in the backup but are dead in that database */
};
/* Copies the backup next to the database, checks it, and compares the two. The backup is a regular
 * file without a log. ERR_CONFLICT if the database is an address of PostgreSQL. Done by root, it is
 * done as the owner of the database. On success the caller passes *out to restore_finish or
 * restore_drop. */
enum error restore_begin(const struct restore_plan *plan, struct restore **out,
                         struct restore_found *found) MUST_CHECK;
/* Puts the backup in place; what was there is kept under another name, its log included. A sound
 * database is written to in one transaction, while others may have it open; ERR_BUSY when one of
 * them writes for longer than we wait. Anything else is replaced as a file, with its owner and
 * mode. Interrupted at any moment, either the old or the new is there. Dead tokens stay dead,
 * canaries stay canaries, no number comes again, and the events of both stay. Frees `restore`. */
enum error restore_finish(struct restore *restore, struct restore_done *done) MUST_CHECK;
void restore_drop(struct restore *restore);

#endif
