/* What SQLite says, as our errors. */
#include "sqlite.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

/* NULL when that is not what the system said. */
static const char *name_lack_of_room(int reason)
{
    return reason == ENOSPC   ? "the disk is full"
           : reason == EDQUOT ? "the disk quota is used up"
           : reason == EFBIG  ? "a file reached the size limit of this process"
                              : NULL;
}

bool sqlite_lacks_room(const struct sqlite *store)
{
    return name_lack_of_room(sqlite3_system_errno(store->db)) != NULL;
}

bool sqlite_is_on_read_only_disk(const struct sqlite *store)
{
    struct statvfs disk;
    return statvfs(store->path, &disk) == 0 && (disk.f_flag & ST_RDONLY);
}

/* SQLite tried more than one way, and keeps the reason of the last. */
static enum error cannot_open(const struct sqlite *store, int reason)
{
    if (sqlite_is_on_read_only_disk(store))
        return fail(ERR_SYSTEM, "the disk is read-only: add --read-only (%s)", store->path);
    bool denied = reason == EACCES || reason == EPERM;
    return fail(ERR_SYSTEM, "cannot open %s: %s%s", store->path, strerror(reason),
                denied ? "; where nothing can be written, add --read-only" : "");
}

/* The end of a sentence may be cut on the screen: what happened comes first, the path last. */
enum error sqlite_fail(struct sqlite *store, int code)
{
    int reason = sqlite3_system_errno(store->db);
    const char *room = name_lack_of_room(reason);
    bool failed = (code & 0xFF) == SQLITE_IOERR || (code & 0xFF) == SQLITE_CANTOPEN;
    if (failed && room) code = SQLITE_FULL;
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        if (store->gave_up) {
            store->gave_up = false;
            return fail(ERR_BUSY, "stopped waiting for another writer: nothing was changed");
        }
        return fail(ERR_BUSY, "another process is writing: try again in a moment (%s)",
                    store->path);
    case SQLITE_FULL:
        return fail(ERR_SYSTEM, "%s: nothing was changed; free some space and try again (%s)",
                    room ? room : "the disk is full", store->path);
    case SQLITE_READONLY:
        return fail(ERR_STORE, "the database cannot be written: check owner, mode and disk of %s",
                    store->path);
    case SQLITE_CORRUPT:
        return fail(ERR_STORE, "%s is damaged: restore a backup (%s)", store->path,
                    sqlite3_errmsg(store->db));
    case SQLITE_NOTADB:
        return fail(ERR_STORE, "%s is not a database: name a Gatehouse database", store->path);
    case SQLITE_INTERRUPT:
        return fail(ERR_STOPPED, "stopped; nothing was changed");
    case SQLITE_CANTOPEN:
        return cannot_open(store, reason);
    case SQLITE_NOMEM:
        return fail_memory();
    case SQLITE_IOERR:
        return fail(ERR_SYSTEM,
                    "the disk failed while reading or writing (%s): check the disk of %s",
                    reason ? strerror(reason) : sqlite3_errmsg(store->db), store->path);
    default:
        return fail(ERR_STORE, "the database refused: %s", sqlite3_errmsg(store->db));
    }
}

enum error sqlite_run(struct store *base, const char *sql)
{
    struct sqlite *store = sqlite_of(base);
    int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : sqlite_fail(store, code);
}
