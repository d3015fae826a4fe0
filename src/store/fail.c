#include "store.h"

/* A line of the screen may be cut at its end: what happened comes first, the path last. */
enum error store_fail(struct store *store, int code)
{
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail(ERR_BUSY, "another process is writing: try again in a moment (%s)",
                    store->path);
    case SQLITE_FULL:
        return fail(ERR_STORE,
                    "the disk is full: nothing was changed; free some space and try again (%s)",
                    store->path);
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
        return fail(ERR_STORE, "cannot open %s: check the path and its mode", store->path);
    case SQLITE_NOMEM:
        return fail(ERR_SYSTEM, "out of memory");
    case SQLITE_IOERR:
        return fail(ERR_STORE,
                    "the disk failed while reading or writing (%s): check the disk of %s",
                    sqlite3_errmsg(store->db), store->path);
    default:
        return fail(ERR_STORE, "the database refused: %s", sqlite3_errmsg(store->db));
    }
}
