/* Finds tokens that leaked into files, folders and streams, and says whose they are. */
#ifndef GATEHOUSE_SCAN_H
#define GATEHOUSE_SCAN_H

#include <gatehouse/progress.h>
#include <gatehouse/token.h>

/* One place where a token was found; never the token itself. */
struct scan_find {
    const char *path;       /* "-" for standard input */
    int64_t line, offset;   /* lines counted from 1, bytes from 0 */
    int64_t token;          /* 0: none of this database, or its row is gone */
    bool known;             /* this database has its digest */
    bool live;              /* it works now */
    bool canary;            /* never works; its use is an event */
    enum token_state state; /* of a token that has a row */
    char name[TOKEN_NAME_MAX * 4 + 1];
    char account_name[65]; /* "": not known, or deleted */
};
struct scan_result {
    int64_t files, bytes, found, live;
    int64_t unreadable; /* files and folders */
};

/* Looks for our own format (prefix and checksum) and, where `imported`, for UUIDs that this
 * database knows; calls `each` for every place, in the order of reading. Links are not followed,
 * except `path` itself; devices and pipes in folders are skipped. `unreadable` is called for what
 * could not be read, and the scan goes on. ERR_STOPPED if `progress` (bytes done, total 0) asks to
 * stop: what was found has been reported. */
struct scan {
    const char *path; /* "-": standard input */
    bool imported;
    enum error (*each)(const struct scan_find *find, void *arg);
    void (*unreadable)(const char *path, const char *why, void *arg);
    void *arg;
    const struct progress *progress;
};
enum error scan_run(struct store *store, int64_t now, const struct scan *scan,
                    struct scan_result *result) MUST_CHECK;

#endif
