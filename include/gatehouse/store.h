/* The database: open, migrate, prepare, bind, transact, watch. Knows SQL, but no account.
 *
 * One struct store is one connection and belongs to one thread. Statements are prepared once for
 * each connection and found again by the address of their SQL text, so `sql` must be a string
 * literal or otherwise live as long as the store. Parameters and columns are named, and their names
 * are found by address, too: literals as well. Nothing here prints. */
#ifndef GATEHOUSE_STORE_H
#define GATEHOUSE_STORE_H

#include <gatehouse/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct stmt;

/* application_id: "gth1". */
#define STORE_APPLICATION_ID 0x67746831

enum store_mode {
    STORE_OPEN,      /* read and write an existing database; migrates it when it is older */
    STORE_BRIEF,     /* the same for what ends soon: where the disk has no room for a log it only
                        reads, and keeps others out meanwhile */
    STORE_READ_ONLY, /* an existing database, never written, on a read-only disk, too; an older
                        schema is refused, and a log that cannot be read there */
    STORE_CREATE,    /* a new file, 0600; ERR_CONFLICT when one is there already */
    STORE_COPY, /* a copy that nobody uses, wherever it lies: only read, and nothing beside it */
};

/* A migration's place in the array + 1 is its user_version. All that an older database lacks run in
 * one transaction: whoever else opens it meanwhile waits for the lock, and finds it done. `after`
 * (may be NULL) runs in the same transaction, for what SQL alone cannot do. */
struct migration {
    const char *sql;
    enum error (*after)(struct store *store, void *arg);
};
struct schema {
    const struct migration *migrations;
    int count;
    void *arg; /* handed to `after` */
};

/* Opens `path`. Refuses, each with a sentence that says what to do: a missing file; a folder, or
 * one above it, that others can write (the one of the file even if it is sticky) or that belongs to
 * neither root nor us; a file of another owner (for root, too), one that others can write, one with
 * a second name or mounted without its folder; a -journal, -wal or -shm that somebody else may have
 * put there; a file that is no database, one of another program (application_id), a newer schema, a
 * schema number that cannot be ours, a corrupt one. Before the first migration of an older database
 * a backup is written beside it ("NAME.v1.bak", 0600). A name is never a URI. On success *out is
 * the caller's, to be closed with store_close. */
enum error store_open(const char *path, enum store_mode mode, const struct schema *schema,
                      struct store **out) MUST_CHECK;
/* Makes a new database; `fill` (may be NULL) writes into it what it must hold to be whole. Only
 * then it gets its name: whatever interrupts this leaves nothing under `path`. ERR_CONFLICT when
 * something is there already, or a log that would be read into it. */
enum error store_create(const char *path, const struct schema *schema,
                        enum error (*fill)(struct store *store, void *arg), void *arg) MUST_CHECK;
/* A private database in memory: for tests. */
enum error store_open_memory(const struct schema *schema, struct store **out) MUST_CHECK;
void store_close(struct store *store); /* NULL is fine */

/* The file is mapped into memory, until this is called; then its pages are read one by one. For a
 * connection that looks at a few rows anywhere: meeting a page for the first time costs a read,
 * which is less than the page fault of a mapped one. Who looks at all rows is faster with a map. */
enum error store_unmap(struct store *store) MUST_CHECK;

bool store_is_read_only(const struct store *store);
int store_schema_version(const struct store *store);

/* Every write goes through here. store_begin takes the write lock at once (BEGIN IMMEDIATE; waits
 * up to 5 s, then ERR_BUSY), and checks that the schema is still ours. store_end commits when
 * `result` is OK, else rolls back, and returns `result` or what the commit said. Pairs nest: only
 * the outermost writes, and any inner failure makes it roll back. ERR_STORE on a read-only
 * store.
 *
 *     enum error e = store_begin(db);
 *     if (e) return e;
 *     return store_end(db, do_it(db));
 */
enum error store_begin(struct store *store) MUST_CHECK;
enum error store_end(struct store *store, enum error result) MUST_CHECK;
/* As store_begin, but returns ERR_BUSY at once instead of waiting, and commits without waiting for
 * the disk (synchronous NORMAL until store_end): only for last use. */
enum error store_begin_lazy(struct store *store) MUST_CHECK;
/* A read transaction, so that several queries see one state. Ends with store_end. */
enum error store_begin_read(struct store *store) MUST_CHECK;
/* Whether the present transaction may write: what is read in it may yet be rolled back. */
bool store_is_writing(const struct store *store);

/* Calls `done` once after the present transaction has been committed to the end, not at all when it
 * is rolled back. Several calls in one transaction become one, with the first and the last number
 * that was given; there is one `done` for each store. It may read, and begin transactions. */
void store_after_commit(struct store *store,
                        void (*done)(struct store *store, int64_t first, int64_t last),
                        int64_t number);

/* The statement for `sql`, reset and with no parameter bound. Never fails: an SQL error, or memory
 * that was not there (for `sql` NULL), is reported by the first stmt_step or stmt_run. A statement
 * that is still being stepped must not be asked for again. */
struct stmt *store_prepare(struct store *store, const char *sql);

void bind_int(struct stmt *stmt, const char *name, int64_t value);
void bind_text(struct stmt *stmt, const char *name,
               const char *value); /* copied; NULL binds null */
void bind_blob(struct stmt *stmt, const char *name, const void *value, size_t size); /* copied */
void bind_time(struct stmt *stmt, const char *name, int64_t time); /* WHEN_NEVER binds null */

/* Next row: *row says whether there is one. After the last row, or an error, the statement is
 * reset. */
enum error stmt_step(struct stmt *stmt, bool *row) MUST_CHECK;
/* The same for a loop: whether there is another row. Ends the loop, with the statement reset, after
 * the last row and on an error: its own or one that *e has already.
 *
 *     enum error e = OK;
 *     while (stmt_next(stmt, &e))
 *         e = read(stmt);
 */
bool stmt_next(struct stmt *stmt, enum error *e);
/* Runs to the end, ignoring rows. */
enum error stmt_run(struct stmt *stmt) MUST_CHECK;
/* Runs to the end and gives the first column of the first row; ERR_NOT_FOUND (no sentence set) if
 * none. */
enum error stmt_int(struct stmt *stmt, int64_t *value) MUST_CHECK;
/* Gives up a statement before its last row. */
void stmt_reset(struct stmt *stmt);

/* Columns of the present row, by name. A name that the query does not select aborts: it is a bug.
 * Text is never NULL (null reads as "") and lives until the next step. */
int64_t column_int(struct stmt *stmt, const char *name);
const char *column_text(struct stmt *stmt, const char *name);
const void *column_blob(struct stmt *stmt, const char *name, size_t *size);
bool column_is_null(struct stmt *stmt, const char *name);
int64_t column_time(struct stmt *stmt, const char *name); /* null reads as WHEN_NEVER */
/* Copies text into a bounded array; longer text is cut at a character's edge. */
void column_copy(struct stmt *stmt, const char *name, char *out, size_t out_size);

int64_t store_last_id(struct store *store); /* of the last insert */
int64_t store_changes(struct store *store); /* rows touched by the last statement */

/* Whether another connection has committed since the last call (PRAGMA data_version). ERR_STORE
 * when the file was replaced or removed since it was opened: store_begin then refuses to write,
 * too. */
enum error store_changed(struct store *store, bool *changed) MUST_CHECK;

/* While a query runs, `stop` is asked every few thousand steps; true makes it end with ERR_STOPPED.
 * NULL: never. */
void store_set_interrupt(struct store *store, bool (*stop)(void *arg), void *arg);
/* What `stop` says now: for long work between queries. */
bool store_is_interrupted(const struct store *store);

/* The present transaction clears what was sealed: once the outermost one is committed, the
 * write-ahead log is truncated, so that nothing of it stays on the disk. Never waits: where a
 * reader still needs the log, each store_changed and store_close try again. */
void store_truncate_after_commit(struct store *store);

/* A commit that finds a long write-ahead log puts it into the file, which takes many times as long
 * as the commit. From here on that is left to store_checkpoint, on another connection, when
 * store_wants_checkpoint says so, which it does once; closing the last connection does it in any
 * case. */
void store_hold_checkpoints(struct store *store);
bool store_wants_checkpoint(struct store *store);
/* As far as no reader needs the log; waits for nobody. */
enum error store_checkpoint(struct store *store) MUST_CHECK;

/* Puts what is in the write-ahead log into the file and does without a log from here on, so that
 * the file alone is the database; the next opening brings the log back. ERR_BUSY while anybody else
 * has it open. */
enum error store_leave_log(struct store *store) MUST_CHECK;

/* Writes a consistent copy of an open database, 0600, without a log; never overwrites. What the
 * present transaction has written is not in it. It gets its
 * name once it is whole, on the disk, and `check` (may be NULL) has found nothing wrong with it. */
enum error store_copy(struct store *store, const char *path,
                      enum error (*check)(const char *copy, void *arg), void *arg) MUST_CHECK;

/* Puts the content of the database `with` in place of that of `present`, in one transaction, so
 * that whoever has it open goes on with the new content. From store_replace_begin on nobody else
 * can write to `present`, which can still be read, and `with` can still be written to; both stay
 * open. store_replace_finish does it and frees *out, as store_replace_drop does (NULL is fine). */
struct replacement;
enum error store_replace_begin(struct store *present, struct store *with,
                               struct replacement **out) MUST_CHECK;
enum error store_replace_finish(struct replacement *replacement) MUST_CHECK;
void store_replace_drop(struct replacement *replacement);

/* PRAGMA integrity_check and foreign_key_check; ERR_STORE names the first finding. */
enum error store_check(struct store *store) MUST_CHECK;

#endif
