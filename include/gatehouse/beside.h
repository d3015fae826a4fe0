/* Files that get their name only when they are complete: written under another name next to it,
 * synced, renamed. Whatever interrupts this, the name has no file, the previous one or the new one.
 */
#ifndef GATEHOUSE_BESIDE_H
#define GATEHOUSE_BESIDE_H

#include <gatehouse/error.h>
#include <limits.h>
#include <stdbool.h>

struct beside {
    int fd;              /* open for writing, and locked until it is closed */
    char path[PATH_MAX]; /* where it is written: NAME.gatehouse-new */
    char name[PATH_MAX]; /* the name it will have */
};

/* A new, empty file, 0600, in the folder of `name`; cleans up there first. ERR_BUSY while another
 * process writes the same; ERR_SYSTEM. On success the caller passes *out to beside_finish or
 * beside_drop. */
enum error beside_begin(const char *name, struct beside *out) MUST_CHECK;
/* Syncs the file and gives it its name; on failure it is removed. ERR_CONFLICT when the name is
 * taken. SQLite must have closed it: our descriptor is closed here, and with it go the locks of
 * this process. */
enum error beside_finish(struct beside *beside) MUST_CHECK;
void beside_drop(struct beside *beside);

/* Removes what earlier runs that were killed left in the folder of `name`. Errors are ignored: the
 * next run tries again. */
void beside_clean(const char *name);
/* Whether something has this name, so that it will be refused; cleans up first, because nothing
 * else will. */
bool beside_is_taken(const char *name);
/* A name is on the disk only after its folder has been synced. */
enum error beside_sync_folder(const char *path) MUST_CHECK;

#endif
