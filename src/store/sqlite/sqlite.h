/* What the files of the SQLite driver share. */
#ifndef GATEHOUSE_STORE_SQLITE_H
#define GATEHOUSE_STORE_SQLITE_H

#include "src/store/driver.h"
#include <sqlite3.h>
#include <sys/stat.h>

struct sqlite_stmt {
    struct stmt base;
    sqlite3_stmt *handle;
};

enum {
    SQLITE_LOG_PAGES = 1000, /* a log that is longer is checkpointed */
    SNAPSHOT_WORDS = 24,     /* two copies of the header of the log's index */
    TAKEN_TABLES = 2,
};

/* The last number of a table that was taken in the current transaction; 0: none was. */
struct taken {
    const char *table;
    int64_t number;
};

struct sqlite {
    struct store base;
    sqlite3 *db;
    char *path;            /* absolute, without links */
    char *folder;          /* of the path; NULL: in memory */
    int folder_fd;         /* -1: none */
    struct stat file;      /* which file that was when it was opened */
    struct stat place;     /* the folder when all files were last checked; inode 0: unknown */
    int64_t place_checked; /* when that was, in ms of the monotonic clock */
    ino_t log_inode, index_inode; /* of -wal and -shm when it was opened; 0: there was none */
    bool alone;                   /* on a read-only disk */
    struct stat log;              /* the log found when it was opened; size 0: none */
    bool no_room;                 /* the disk is full: no other process may have it open */
    bool no_index;                /* the index of the log is kept in memory, not in a file */
    bool lazy;                    /* the current transaction was begun with BEGIN_LAZY */
    bool many;                    /* store_expect_many was called in it */
    struct taken taken[TAKEN_TABLES];
    const volatile uint32_t *index; /* of the log, as it is shared; NULL: reads are not kept */
    uint32_t seen[SNAPSHOT_WORDS];  /* its header in the present read transaction */
    uint64_t state;                 /* see store_state */
    bool keeps;                     /* that one stays open when it ends */
    bool kept;                      /* one is open between two transactions of ours */
    int64_t kept_since;             /* when it began, in ms of the monotonic clock */
    int64_t data_version;
    int log_pages; /* in the write-ahead log after the last commit, while checkpoints are held */
    bool wants_truncate; /* a reader prevented the truncation of the log */
    bool log_is_empty;   /* as far as we know: nobody has committed since it was emptied */
    int quiet;           /* calls of sqlite_changed since the last commit */
    int64_t waits_since; /* monotonic clock, in ms; set while waiting for a lock */
    bool gave_up;
};

static inline struct sqlite *sqlite_of(struct store *store)
{
    return (struct sqlite *)store;
}

/* Translates an error of SQLite into our code and a sentence that says what to do. */
enum error sqlite_fail(struct sqlite *store, int code);
/* Another connection to the same file, to be closed with sqlite3_close whatever is returned. */
enum error sqlite_open_beside(struct sqlite *store, sqlite3 **out) MUST_CHECK;
/* What SQLite must know before it is used. From then on, mapping the index of a log on a full disk
 * is an error instead of a SIGBUS later. */
void sqlite_set_up(void);
/* Whether the last error was a full disk, an exhausted quota or a limit on file sizes. */
bool sqlite_lacks_room(const struct sqlite *store);
bool sqlite_is_on_read_only_disk(const struct sqlite *store);
/* After sqlite3_busy_timeout: the next lock is waited for as usual. */
void sqlite_restore_wait(struct sqlite *store);
/* Whether the log is the one found when the database was opened. */
bool sqlite_has_same_log(const struct sqlite *store);
/* ERR_STORE if the file that was opened, its log or the index of the log has been moved or
 * replaced. */
enum error sqlite_check_place(const struct sqlite *store) MUST_CHECK;
/* The same for reads in quick succession: looks only at the folder while no file in it has been
 * added, removed or renamed. */
enum error sqlite_recheck_place(struct sqlite *store) MUST_CHECK;
void sqlite_note_log(struct sqlite *store);      /* as it is now */
bool sqlite_has_log(const struct sqlite *store); /* with content */
/* A read transaction begins: notes which state it will see. */
void sqlite_note_snapshot(struct sqlite *store);
/* The next begins: whether one that was kept sees the present state; otherwise it has ended.
 * *was_checked: sqlite_recheck_place was called in this very millisecond. */
bool sqlite_resume(struct sqlite *store, bool *was_checked);
/* Truncates the log if that was asked for but not possible then; waits briefly. */
void sqlite_truncate_at_close(struct sqlite *store);

/* The functions of the driver. */
enum error sqlite_open(const char *path, enum store_mode mode, const struct schema *schema,
                       struct store **out);
enum error sqlite_create(const char *path, const struct schema *schema,
                         enum error (*fill)(struct store *store, void *arg), void *arg);
void sqlite_close(struct store *store);
enum error sqlite_changed(struct store *store, bool *changed);
enum error sqlite_check(struct store *store);
void sqlite_set_interrupt(struct store *store);
void sqlite_set_wait(struct store *store);

enum error sqlite_begin(struct store *store, enum driver_begin how);
enum error sqlite_end(struct store *store, bool commit);
bool sqlite_is_writing(const struct store *store);

enum error sqlite_read_version(struct store *store, int64_t *version);
enum error sqlite_set_version(struct store *store, int version);
enum error sqlite_back_up(struct store *store, int version);
const char *sqlite_script(const struct migration *migration);
enum error sqlite_run(struct store *store, const char *sql) MUST_CHECK;
const char *sqlite_name(const struct store *store);

enum error sqlite_prepare(struct stmt *stmt);
void sqlite_clear(struct stmt *stmt);
void sqlite_free(struct stmt *stmt);
int sqlite_parameter(struct stmt *stmt, const char *name);
enum error sqlite_bind_int(struct stmt *stmt, int index, int64_t value);
enum error sqlite_bind_text(struct stmt *stmt, int index, const char *value);
enum error sqlite_bind_blob(struct stmt *stmt, int index, const void *value, size_t size);
enum error sqlite_bind_no_number(struct stmt *stmt, int index);
enum error sqlite_step(struct stmt *stmt, bool *row);
void sqlite_reset(struct stmt *stmt);
int sqlite_column(struct stmt *stmt, const char *name);
int64_t sqlite_column_int(struct stmt *stmt, int index);
const char *sqlite_column_text(struct stmt *stmt, int index);
const void *sqlite_column_blob(struct stmt *stmt, int index, size_t *size);
bool sqlite_column_is_null(struct stmt *stmt, int index);
int64_t sqlite_changes(struct store *store);
enum error sqlite_last_number(struct store *store, const char *table, int64_t *number);
enum error sqlite_take_number(struct store *store, const char *table, int64_t *number);
enum error sqlite_raise_number(struct store *store, const char *table, int64_t number);

enum error sqlite_unmap(struct store *store);
void sqlite_expect_many(struct store *store);
void sqlite_keep_reads(struct store *store);
void sqlite_let_go(struct store *store);
uint64_t sqlite_state(const struct store *store);
bool sqlite_wants_truncate(struct store *store);
void sqlite_truncate_log(struct store *store);
void sqlite_hold_checkpoints(struct store *store);
bool sqlite_wants_checkpoint(struct store *store);
enum error sqlite_checkpoint(struct store *store);
enum error sqlite_leave_log(struct store *store);
enum error sqlite_copy(struct store *store, const char *path,
                       enum error (*check)(const char *copy, void *arg), void *arg);
enum error sqlite_replace_begin(struct store *present, struct store *with,
                                struct replacement **out);
enum error sqlite_replace_finish(struct replacement *replacement);
void sqlite_replace_drop(struct replacement *replacement);

#endif
