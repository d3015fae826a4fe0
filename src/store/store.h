/* What the files of the store share. */
#ifndef GATEHOUSE_STORE_INSIDE_H
#define GATEHOUSE_STORE_INSIDE_H

#include <gatehouse/store.h>
#include <sqlite3.h>
#include <sys/stat.h>

struct name {
    const char *text;
    int index;
};

/* Indices of parameters or columns, by the address of their names. */
struct names {
    struct name *items;
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
    STORE_LOG_PAGES = 1000, /* a log that is longer is checkpointed */
    SNAPSHOT_WORDS = 24,    /* two copies of the header of the log's index */
};

struct store {
    sqlite3 *db;
    char *path;            /* absolute, without links */
    char *folder;          /* of the path; NULL: in memory */
    int folder_fd;         /* -1: none */
    struct stat file;      /* which file that was when it was opened */
    struct stat place;     /* the folder when all files were last checked; inode 0: unknown */
    int64_t place_checked; /* when that was, in ms of the monotonic clock */
    bool read_only;
    ino_t log_inode, index_inode; /* of -wal and -shm when it was opened; 0: there was none */
    bool alone;                   /* on a read-only disk */
    struct stat log;              /* the log found when it was opened; size 0: none */
    bool no_room;                 /* the disk is full: no other process may have it open */
    bool no_index;                /* the index of the log is kept in memory, not in a file */
    int schema_version;
    int depth;                /* of nested transactions */
    unsigned memory_failures; /* before the current one */
    bool doomed;              /* a nested one failed: all is rolled back */
    bool lazy;                /* the current one was begun with store_begin_lazy */
    void (*after_commit)(struct store *store, int64_t first, int64_t last); /* NULL: none */
    int64_t after_first, after_last;
    int64_t committed_first, committed_last; /* of the last transaction that had any */
    const volatile uint32_t *index; /* of the log, as it is shared; NULL: reads are not kept */
    uint32_t seen[SNAPSHOT_WORDS];  /* its header in the present read transaction */
    uint64_t state;                 /* see store_state */
    bool keeps;                     /* that one may be kept */
    bool kept;                      /* one is open between two transactions of ours */
    int64_t kept_since;             /* when it began, in ms of the monotonic clock */
    int64_t data_version;
    int log_pages; /* in the write-ahead log after the last commit, while checkpoints are held */
    bool clears;   /* store_truncate_after_commit was called in the current transaction */
    bool wants_truncate; /* a reader prevented the truncation of the log */
    bool log_is_empty;   /* as far as we know: nobody has committed since it was emptied */
    int quiet;           /* calls of store_changed since the last commit */
    bool (*stop)(void *arg);
    void *stop_arg;
    bool (*give_up)(void *arg, int64_t waited_ms); /* NULL: waits STORE_BUSY_WAIT_MS */
    void *give_up_arg;
    int64_t waits_since; /* monotonic clock, in ms; set while waiting for a lock */
    bool gave_up;
    struct stmt *statements[STATEMENT_BUCKETS];
};

/* Translates an error of SQLite into our code and a sentence that says what to do. */
enum error store_fail(struct store *store, int code);
/* Another connection to the same file, to be closed with sqlite3_close whatever is returned. */
enum error store_open_beside(struct store *store, sqlite3 **out) MUST_CHECK;
/* What SQLite must know before it is used. From then on, mapping the index of a log on a full disk
 * is an error instead of a SIGBUS later. */
void store_set_up(void);
/* Whether the last error was a full disk, an exhausted quota or a limit on file sizes. */
bool store_lacks_room(const struct store *store);
bool store_is_on_read_only_disk(const struct store *store);
/* Runs fixed SQL without parameters. */
enum error store_run(struct store *store, const char *sql) MUST_CHECK;
/* After sqlite3_busy_timeout: the next lock is waited for as usual. */
void store_restore_wait(struct store *store);
void store_free_statements(struct store *store);
/* Whether the log is the one found when the database was opened. */
bool store_has_same_log(const struct store *store);
/* ERR_STORE if the file that was opened, its log or the index of the log has been moved or
 * replaced. */
enum error store_check_place(const struct store *store) MUST_CHECK;
/* The same for reads in quick succession: looks only at the folder while no file in it has been
 * added, removed or renamed. */
enum error store_recheck_place(struct store *store) MUST_CHECK;
void store_note_log(struct store *store);      /* as it is now */
bool store_has_log(const struct store *store); /* with content */
/* Of a clock that never jumps. */
int64_t store_clock_ms(void);
/* A read transaction begins: notes which state it will see. */
void store_note_snapshot(struct store *store);
/* It ends: whether it stays open for the next one. */
bool store_keep(struct store *store);
/* The next begins: whether one that was kept sees the present state; otherwise it has ended. */
bool store_resume(struct store *store);
/* Truncates the log if that was asked for but not possible then; waits briefly. */
void store_truncate_at_close(struct store *store);

#endif
