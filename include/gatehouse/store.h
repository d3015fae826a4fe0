/* The database: opening, migrations, statements, transactions, watching for changes. Knows SQL, but
 * nothing about accounts.
 *
 * A struct store is one connection and belongs to one thread. Statements are prepared once per
 * connection and cached by the address of their SQL text, so `sql` must be a string literal or
 * otherwise live as long as the store. Parameters and columns are named, and cached by address as
 * well: use literals. Nothing here prints. */
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
    STORE_OPEN,      /* reads and writes an existing database; migrates an older one */
    STORE_BRIEF,     /* the same for short commands: if the disk has no space for the index of a
                        log, it only reads, and nobody else can open the database meanwhile */
    STORE_READ_ONLY, /* an existing database, never written, also on a read-only disk, with the log
                        that is there; an older schema is refused */
    STORE_ANSWER,    /* as STORE_READ_ONLY, for a service whose answers must be of the present state
                        and in time: when store_set_interrupt says so, a connection is given up */
    STORE_CREATE,    /* a new file, 0600; ERR_CONFLICT if there is one already */
    STORE_COPY, /* a copy that nobody uses, in any folder: only read, and no other file is made */
};

/* A migration's place in the array + 1 is its user_version. All that an older database lacks run in
 * one transaction: other processes that open it meanwhile wait for the lock, and find it done.
 * `after` (may be NULL) runs in the same transaction, for what SQL alone cannot do. */
struct migration {
    const char *sql;      /* for SQLite */
    const char *postgres; /* NULL: nothing is left to do there */
    enum error (*after)(struct store *store, void *arg);
};
struct schema {
    const struct migration *migrations;
    int count;
    void *arg; /* passed to `after` */
};

/* Whether `path`, here and in all that follows, is no file but a PostgreSQL database: an address
 * that begins with "postgresql://" or "postgres://". libpq reads it, and is loaded only then. */
bool store_is_address(const char *path);
/* A server knows each connection of STORE_ANSWER by a shared advisory lock of this number and the
 * hash of its schema, and as this name and that of the machine. */
#define STORE_ANSWER_LOCK "1735682098"
#define STORE_ANSWER_NAME "gatehouse serve on "

/* Opens `path`. Refuses, each with a sentence that says what to do: a missing file; a folder, or
 * one above it, that others can write (the folder of the file even if it is sticky) or that belongs
 * to neither root nor us; a file of another owner (for root, too), one that others can write, one
 * with a second name or mounted without its folder; a -journal, -wal or -shm that somebody else may
 * have put there; a file that is not a database, one of another program (application_id), a newer
 * schema, a schema number that cannot be ours, a corrupt one. Before the first migration of an
 * older database a backup is written next to it ("NAME.v1.bak", 0600). A name is never a URI. On
 * success *out is the caller's, to be closed with store_close. */
enum error store_open(const char *path, enum store_mode mode, const struct schema *schema,
                      struct store **out) MUST_CHECK;
/* Makes a new database; `fill` (may be NULL) writes what it must contain to be complete. Only then
 * does it get its name: if this is interrupted, there is nothing at `path`. ERR_CONFLICT if
 * something is there already, or a log that would be read into it. */
enum error store_create(const char *path, const struct schema *schema,
                        enum error (*fill)(struct store *store, void *arg), void *arg) MUST_CHECK;
/* A private database in memory: for tests. */
enum error store_open_memory(const struct schema *schema, struct store **out) MUST_CHECK;
void store_close(struct store *store); /* NULL is fine */

/* Stops mapping the file into memory; its pages are then read one by one. For a connection that
 * reads a few rows here and there: the first access to a page costs a read, which is cheaper than a
 * page fault. Scans are faster with the mapping. */
enum error store_unmap(struct store *store) MUST_CHECK;

bool store_is_read_only(const struct store *store);
int store_schema_version(const struct store *store);
/* Whether we are logged in as a role that may do anything on the server: we need less. */
bool store_is_superuser(const struct store *store);

/* Gives up a connection to a server that cannot be trusted any more; the next transaction makes
 * another one, without waiting for long. Not in a transaction. False: there is no connection; the
 * store may have to be closed, and opened again. */
bool store_hang_up(struct store *store);
/* How often it has connected. What was read before may be of another state than the present one,
 * even a later one: another server may have taken over without the last changes. */
unsigned store_connections(const struct store *store);

/* Every write goes through here. store_begin takes the write lock at once (BEGIN IMMEDIATE; waits
 * up to 5 s, then ERR_BUSY), and checks that the schema is still ours. store_end commits when
 * `result` is OK and memory has not run out meanwhile (memory.h), else rolls back, and returns
 * `result` or what the commit said. Pairs nest: only
 * the outermost writes, and any inner failure makes it roll back. ERR_STORE on a read-only
 * store.
 *
 *     enum error e = store_begin(store);
 *     if (e) return e;
 *     return store_end(store, change(store));
 */
enum error store_begin(struct store *store) MUST_CHECK;
enum error store_end(struct store *store, enum error result) MUST_CHECK;
/* As store_begin, but returns ERR_BUSY immediately instead of waiting, and the commit does not wait
 * for the disk (synchronous NORMAL until store_end). Only for recording the last use. */
enum error store_begin_lazy(struct store *store) MUST_CHECK;
/* The current transaction changes many rows: more of what it changes is kept in memory until it
 * ends. */
void store_expect_many(struct store *store);
/* A read transaction: several queries see the same state. Ends with store_end. */
enum error store_begin_read(struct store *store) MUST_CHECK;
/* The same for processes that run for a long time: ERR_STORE if the file was replaced or removed
 * since it was opened, or has been migrated. */
enum error store_begin_fresh(struct store *store) MUST_CHECK;
/* From now on what store_begin_fresh began stays open after store_end and is used by the next one,
 * as long as nothing is committed. Meanwhile the log cannot be emptied: whoever calls this must let
 * go when there is nothing more to read for now. */
void store_keep_reads(struct store *store);
void store_let_go(struct store *store);
/* A number for what the current transaction of store_begin_fresh sees: the same in two of them
 * means that they are one, and everything that was read is still so. 0: there is no such number. */
uint64_t store_state(const struct store *store);
/* Whether the current transaction has begun to write: then what it reads may still be rolled back.
 */
bool store_is_writing(const struct store *store);

/* Calls `done` once after the outermost transaction has been committed, and not if it is rolled
 * back. Several calls in a transaction are merged into one with the first and the last number; a
 * store has only one `done`. It may read and begin transactions. */
void store_after_commit(struct store *store,
                        void (*done)(struct store *store, int64_t first, int64_t last),
                        int64_t number);
/* Where the connection is lost while a transaction is committed, nobody has said whether it was.
 * Then `find` looks, in another one, whether what this one has written is there. The last call
 * counts. */
enum { STORE_PROOF_SIZE = 32 };
void store_set_proof(struct store *store,
                     enum error (*find)(struct store *store, int64_t number,
                                        const uint8_t proof[static STORE_PROOF_SIZE], bool *found),
                     int64_t number, const uint8_t proof[static STORE_PROOF_SIZE]);
/* What store_set_proof was told last in the current transaction; false: nothing. */
bool store_proof(const struct store *store, int64_t *number,
                 uint8_t proof[static STORE_PROOF_SIZE]);
/* What the layer above collects in a transaction that writes, to write it in fewer statements.
 * `write` is called before the outermost store_end commits, `drop` once the transaction has ended
 * either way. */
struct store_pending {
    enum error (*write)(struct store *store, struct store_pending *pending);
    void (*drop)(struct store_pending *pending);
    struct store_pending *next;
};
void store_add_pending(struct store *store, struct store_pending *pending);
/* That of the current transaction with this `write`; NULL: there is none. */
struct store_pending *store_find_pending(const struct store *store,
                                         enum error (*write)(struct store *store,
                                                             struct store_pending *pending));
/* The numbers of the last transaction that was committed with any; 0 if there was none. */
void store_last_commit(const struct store *store, int64_t *first, int64_t *last);

/* The statement for `sql`, reset and with no parameters bound. Never fails: an SQL error, or lack
 * of memory (`sql` NULL), is reported by the first stmt_step or stmt_run. Do not ask for a
 * statement again while it is being stepped. */
struct stmt *store_prepare(struct store *store, const char *sql);

void bind_int(struct stmt *stmt, const char *name, int64_t value);
void bind_text(struct stmt *stmt, const char *name,
               const char *value); /* copied; NULL binds null */
/* Not copied: `value` must be there until the statement has run. */
void bind_blob(struct stmt *stmt, const char *name, const void *value, size_t size);
void bind_time(struct stmt *stmt, const char *name, int64_t time); /* WHEN_NEVER binds null */

/* SQL that only one kind of database reads, for the few places where no wording suits all. `text`
 * is a literal without comments. */
#define SQL_SQLITE_BEGIN   "/*sqlite*/"
#define SQL_SQLITE_END     "/*end*/"
#define SQL_SQLITE(text)   SQL_SQLITE_BEGIN text SQL_SQLITE_END
#define SQL_POSTGRES_BEGIN "/*postgres "
#define SQL_POSTGRES_END   "*/"
#define SQL_POSTGRES(text) SQL_POSTGRES_BEGIN text SQL_POSTGRES_END

/* Steps to the next row; *row says whether there is one. After the last row or an error the
 * statement is reset. */
enum error stmt_step(struct stmt *stmt, bool *row) MUST_CHECK;
/* The same for loops: true if there is another row. The loop ends, and the statement is reset,
 * after the last row and on an error, its own or one that *e already holds.
 *
 *     enum error e = OK;
 *     while (stmt_next(stmt, &e))
 *         e = read_row(stmt);
 */
bool stmt_next(struct stmt *stmt, enum error *e);
/* Runs the statement to its end, ignoring rows. */
enum error stmt_run(struct stmt *stmt) MUST_CHECK;
/* The same for a row, in a transaction that writes, about which nothing is asked afterwards
 * (store_changes): INSERT with VALUES, or UPDATE or DELETE with a WHERE that names the row by
 * parameters. Where each statement costs much, such rows wait, and all of a statement are written
 * at once, before any other statement and the commit; only then is it said what was wrong. Those of
 * a lower `rank` are written first: what others refer to. Otherwise it must not matter in which
 * order rows of different statements are written, as long as no other statement runs between. */
enum error stmt_run_later(struct stmt *stmt, int rank) MUST_CHECK;
/* Runs the statement and returns the first column of its first row; ERR_NOT_FOUND (without a
 * sentence) if there is none. */
enum error stmt_int(struct stmt *stmt, int64_t *value) MUST_CHECK;
/* Abandons a statement before its last row. */
void stmt_reset(struct stmt *stmt);

/* Columns of the current row, by name. A name that the query does not select aborts: it is a bug.
 * Text is never NULL (null reads as "") and is valid until the next step. */
int64_t column_int(struct stmt *stmt, const char *name);
const char *column_text(struct stmt *stmt, const char *name);
const void *column_blob(struct stmt *stmt, const char *name, size_t *size);
bool column_is_null(struct stmt *stmt, const char *name);
int64_t column_time(struct stmt *stmt, const char *name); /* null reads as WHEN_NEVER */
/* Copies text into an array; text that is too long is cut between characters. */
void column_copy(struct stmt *stmt, const char *name, char *out, size_t out_size);

int64_t store_changes(struct store *store); /* rows changed by the last statement */

/* The highest number that a row of this table ever got; 0 for none. A number is never used again.
 * A row that is inserted with a number must not have one up to this, and store_raise_number notes
 * it. `table` is one with a column `number` that is given by itself. */
enum error store_last_number(struct store *store, const char *table, int64_t *number) MUST_CHECK;
/* A new number for a row that is inserted with it, before another one is taken, in the current
 * transaction, in which no row of the table is inserted without: so not every one has to be asked
 * for, and nobody has to wait where the server is far away. */
enum error store_take_number(struct store *store, const char *table, int64_t *number) MUST_CHECK;
/* From now on, the numbers of this table are higher. Only raises. */
enum error store_raise_number(struct store *store, const char *table, int64_t number) MUST_CHECK;

/* Whether another connection has committed since the last call (PRAGMA data_version). ERR_STORE
 * when the file was replaced or removed since it was opened: store_begin then refuses to write,
 * too. */
enum error store_changed(struct store *store, bool *changed) MUST_CHECK;
/* Can be read (poll) when store_changed may have something to say; that reads it. -1: nothing says
 * so, and it must be called again and again. The same is true of the others, less often: after it
 * was called, before anybody waits, this may be another one. */
int store_wake_descriptor(const struct store *store);

/* `stop` is called every few thousand steps of a query; returning true ends the query with
 * ERR_STOPPED. NULL: never. */
void store_set_interrupt(struct store *store, bool (*stop)(void *arg), void *arg);
/* What `stop` returns now, for long work between queries. */
bool store_is_interrupted(const struct store *store);

/* `give_up` is called about every 10 ms while another process holds the write lock, with how long
 * that has been; returning true ends the wait with ERR_BUSY. NULL: waits in silence. Either way no
 * longer than store_begin says. */
void store_set_wait(struct store *store, bool (*give_up)(void *arg, int64_t waited_ms), void *arg);

/* What follows is about a database that is a file: on PostgreSQL there is nothing to do, and
 * store_copy and store_replace_begin return ERR_CONFLICT with the command that does it there. */

/* To be called in a transaction that deletes sealed content: once the outermost transaction is
 * committed, the write-ahead log is truncated, so that nothing of it stays on disk. Does not wait:
 * if a reader still needs the log, store_changed and store_close try again, and after them the
 * processes that run for a long time. */
void store_truncate_after_commit(struct store *store);
/* For processes that run for a long time and call store_changed now and then: whether the log has
 * content although nobody has committed for some time. It may contain what was erased, because a
 * reader still needed it; store_truncate_log on any connection removes it unless one still does. */
bool store_wants_truncate(struct store *store);
void store_truncate_log(struct store *store);

/* Normally a commit that finds a long write-ahead log copies it into the file, which takes many
 * times as long as the commit. After this call, store_checkpoint on another connection does that,
 * whenever store_wants_checkpoint says so (once each time). Closing the last connection
 * does it in any case. */
void store_hold_checkpoints(struct store *store);
bool store_wants_checkpoint(struct store *store);
/* Copies as much of the log as no reader needs; never waits. */
enum error store_checkpoint(struct store *store) MUST_CHECK;

/* Copies the write-ahead log into the file and stops using a log, so that the file alone is the
 * whole database; the next open brings the log back. ERR_BUSY while anyone else has it open. */
enum error store_leave_log(struct store *store) MUST_CHECK;

/* Writes a consistent copy of an open database, 0600, without a log; never overwrites. What the
 * current transaction has written is not in it. It gets its name once it is complete, on the disk,
 * and `check` (may be NULL) has found nothing wrong with it. */
enum error store_copy(struct store *store, const char *path,
                      enum error (*check)(const char *copy, void *arg), void *arg) MUST_CHECK;

/* Replaces the content of the database `present` by that of `with`, in one transaction, so that
 * processes that have it open go on with the new content. From store_replace_begin on, nobody else
 * can write to `present`, which can still be read, and `with` can still be written to; both stay
 * open. store_replace_finish does it and frees *out, as store_replace_drop does (NULL is fine). */
struct replacement;
enum error store_replace_begin(struct store *present, struct store *with,
                               struct replacement **out) MUST_CHECK;
enum error store_replace_finish(struct replacement *replacement) MUST_CHECK;
void store_replace_drop(struct replacement *replacement);

/* The database and the index of its log are mapped into memory. If such a file is cut short or its
 * disk fails, there is no call that could return an error; from now on the program prints a line
 * that says so, and exits with this status. */
void store_exit_on_lost_page(int status);

/* PRAGMA integrity_check and foreign_key_check; ERR_STORE names the first finding. */
enum error store_check(struct store *store) MUST_CHECK;

#endif
