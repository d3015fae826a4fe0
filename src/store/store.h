/* What the files of the store share. */
#ifndef GATEHOUSE_STORE_INSIDE_H
#define GATEHOUSE_STORE_INSIDE_H

#include <gatehouse/store.h>
#include <sqlite3.h>
#include <sys/stat.h>

/* Indices of parameters or columns, by the address of their names. */
struct names {
    struct name {
        const char *text;
        int index;
    } * items;
    size_t count;
    size_t next; /* after the one that was requested last */
};

struct stmt {
    struct store *store;
    sqlite3_stmt *handle;
    const char *sql;
    enum error broken; /* the first error of preparing or binding; reported by the next step */
    struct names parameters, columns;
    struct stmt *next;
};

enum {
    STATEMENT_BUCKETS = 128,
    STORE_BUSY_WAIT_MS = 5000,
    STORE_LOG_PAGES = 1000, /* of the log, from which on it is checkpointed */
};

struct store {
    sqlite3 *db;
    char *path;       /* absolute, without links */
    char *folder;     /* of the path; NULL: in memory */
    struct stat file; /* which file that was when it was opened */
    struct stat
        place; /* the folder when store_recheck_place looked at all files; of inode 0: not known */
    int64_t place_checked; /* when that was, in ms of the monotonic clock */
    bool read_only;
    ino_t log_inode, index_inode; /* of -wal and -shm when it was opened; 0: there was none */
    bool alone;                   /* on a disk that nobody can write to */
    struct stat log;              /* the log that lay there; of size 0: none */
    bool no_room;                 /* the disk is full: it is read by us alone */
    bool no_index;                /* the index of the log is kept in memory, not in a file */
    int schema_version;
    int depth;                /* of nested transactions */
    unsigned memory_failures; /* before the current one */
    bool doomed;              /* an inner one failed */
    bool lazy;                /* the current one was begun with store_begin_lazy */
    void (*after_commit)(struct store *store, int64_t first, int64_t last); /* NULL: none */
    int64_t after_first, after_last;
    int64_t committed_first, committed_last; /* of the last transaction that had any */
    int64_t data_version;
    int log_pages; /* in the write-ahead log after the last commit, while checkpoints are held */
    bool clears;   /* store_truncate_after_commit was called in the current transaction */
    bool wants_truncate; /* a reader prevented the truncation of the log */
    bool log_is_empty;   /* as far as we know; nobody has committed since */
    int quiet;           /* calls of store_changed since the last commit */
    bool (*stop)(void *arg);
    void *stop_arg;
    bool (*give_up)(void *arg, int64_t waited_ms); /* NULL: waits STORE_BUSY_WAIT_MS in silence */
    void *give_up_arg;
    int64_t waits_since; /* in ms of the monotonic clock, while a lock is waited for */
    bool gave_up;
    struct stmt *statements[STATEMENT_BUCKETS];
};

/* Translates an error of SQLite into our code and a sentence that says what to do. */
enum error store_fail(struct store *store, int code);
/* Another connection to the same file, to be closed with sqlite3_close whatever is returned. */
enum error store_open_beside(struct store *store, sqlite3 **out) MUST_CHECK;
/* From now on a full disk is an error where the index of a log is mapped, and not a SIGBUS. */
void store_map_with_blocks(void);
/* Whether the last error was that of a disk, or a quota, without room. */
bool store_lacks_room(const struct store *store);
/* Runs fixed SQL without parameters. */
enum error store_run(struct store *store, const char *sql) MUST_CHECK;
/* After sqlite3_busy_timeout: the next lock is waited for as usual. */
void store_restore_wait(struct store *store);
void store_free_statements(struct store *store);
/* Whether the log is the one that lay there when it was opened. */
bool store_has_same_log(const struct store *store);
/* ERR_STORE when the file that was opened, its log or the index of that no longer has its name. */
enum error store_check_place(const struct store *store) MUST_CHECK;
/* The same for reads that come one upon the other: the folder alone is looked at while no name in
 * it was given or taken away. */
enum error store_recheck_place(struct store *store) MUST_CHECK;
void store_note_log(struct store *store);      /* as it lies there now */
bool store_has_log(const struct store *store); /* with content */
/* store_truncate_log for what is wanted and could not be done yet; waits a little. */
void store_truncate_at_close(struct store *store);

#endif
