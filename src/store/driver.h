/* What a driver provides, and what the drivers and the shared part of the store know of each other.
 * A driver is one kind of database: SQLite, or PostgreSQL. It translates errors into ours, with the
 * sentence. */
#ifndef GATEHOUSE_STORE_DRIVER_H
#define GATEHOUSE_STORE_DRIVER_H

#include <gatehouse/store.h>

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

/* A driver's statement begins with this. */
struct stmt {
    struct store *store;
    const char *sql;
    bool ready;        /* prepared */
    enum error broken; /* the first error of preparing or binding; reported by the next step */
    struct names parameters, columns;
    struct stmt *next;
};

enum { STATEMENT_BUCKETS = 128 };
enum { STORE_BUSY_WAIT_MS = 5000 };

/* A driver's connection begins with this. */
struct store {
    const struct driver *driver;
    bool read_only;
    int schema_version;
    int depth;                /* of nested transactions */
    unsigned memory_failures; /* before the current one */
    bool doomed;              /* a nested one failed: all is rolled back */
    void (*after_commit)(struct store *store, int64_t first, int64_t last); /* NULL: none */
    int64_t after_first, after_last;
    /* store_set_proof in the current transaction; NULL: there is no proof */
    enum error (*find)(struct store *store, int64_t number, const uint8_t *proof, bool *found);
    int64_t proof_number;
    uint8_t proof[STORE_PROOF_SIZE];
    struct store_pending *pending;           /* of the current transaction; may be NULL */
    int64_t committed_first, committed_last; /* of the last transaction that had any */
    bool clears; /* store_truncate_after_commit was called in the current transaction */
    bool (*stop)(void *arg);
    void *stop_arg;
    bool (*give_up)(void *arg, int64_t waited_ms); /* NULL: waits STORE_BUSY_WAIT_MS */
    void *give_up_arg;
    struct stmt *statements[STATEMENT_BUCKETS];
};

/* A driver's replacement begins with this. */
struct replacement {
    struct store *present;
};

enum driver_begin {
    BEGIN_WRITE,
    BEGIN_LAZY,
    BEGIN_READ,
    BEGIN_FRESH,
    BEGIN_MIGRATION, /* writes, whatever the schema is; waits as long as another migration takes */
};

/* What only a database that is a file of ours has. As the store_ functions of these names. */
struct driver_file {
    enum error (*unmap)(struct store *store);
    void (*expect_many)(struct store *store);
    void (*keep_reads)(struct store *store);
    void (*let_go)(struct store *store);
    bool (*wants_truncate)(struct store *store);
    void (*truncate_log)(struct store *store);
    void (*hold_checkpoints)(struct store *store);
    bool (*wants_checkpoint)(struct store *store);
    enum error (*checkpoint)(struct store *store);
    enum error (*leave_log)(struct store *store);
    enum error (*copy)(struct store *store, const char *path,
                       enum error (*check)(const char *copy, void *arg), void *arg);
    enum error (*replace_begin)(struct store *present, struct store *with,
                                struct replacement **out);
    enum error (*replace_finish)(struct replacement *replacement);
    void (*replace_drop)(struct replacement *replacement);
};

struct driver {
    size_t statement_size;

    /* As the store_ functions of these names. `close` frees the store, whose statements have been
     * freed before. */
    enum error (*open)(const char *path, enum store_mode mode, const struct schema *schema,
                       struct store **out);
    enum error (*create)(const char *path, const struct schema *schema,
                         enum error (*fill)(struct store *store, void *arg), void *arg);
    void (*close)(struct store *store);
    enum error (*changed)(struct store *store, bool *changed);
    int (*wake_descriptor)(const struct store *store); /* NULL: nothing tells of commits */
    enum error (*check)(struct store *store);
    uint64_t (*state)(const struct store *store);
    bool (*is_superuser)(const struct store *store);    /* NULL: there are no roles */
    bool (*hang_up)(struct store *store);               /* NULL: there is no connection */
    unsigned (*connections)(const struct store *store); /* the same */

    /* store->stop or store->give_up was set. */
    void (*set_interrupt)(struct store *store);
    void (*set_wait)(struct store *store);

    /* Never nested. An error of `begin` leaves no transaction, and after `end` there is none
     * either. `end` without `commit` rolls back and returns OK. */
    enum error (*begin)(struct store *store, enum driver_begin how);
    enum error (*end)(struct store *store, bool commit);
    bool (*is_writing)(const struct store *store);

    /* For migrations, in their transaction. `back_up` keeps the database as it was. */
    enum error (*read_version)(struct store *store, int64_t *version);
    enum error (*set_version)(struct store *store, int version);
    enum error (*back_up)(struct store *store, int version);
    const char *(*script)(const struct migration *migration); /* its SQL; NULL: there is none */
    enum error (*run)(struct store *store, const char *sql);  /* any number of statements */
    const char *(*name)(const struct store *store);           /* what sentences call the database */

    /* A statement. `prepare` reads stmt->sql; `clear` resets it and unbinds its parameters; `free`
     * frees what the driver keeps of it. Indices are what `parameter` and `column` return for a
     * name; -1 means that there is no such one. The first column has index 0. A text or bytes that
     * are NULL bind null. */
    enum error (*prepare)(struct stmt *stmt);
    void (*clear)(struct stmt *stmt);
    void (*free)(struct stmt *stmt);
    int (*parameter)(struct stmt *stmt, const char *name);
    enum error (*bind_int)(struct stmt *stmt, int index, int64_t value);
    enum error (*bind_text)(struct stmt *stmt, int index, const char *value);
    enum error (*bind_blob)(struct stmt *stmt, int index, const void *value, size_t size);
    enum error (*bind_no_number)(struct stmt *stmt, int index); /* null instead of a number */
    enum error (*step)(struct stmt *stmt, bool *row);           /* reset unless there is a row */
    /* Runs it to its end, without its rows. What is wrong may be said by a later call in the same
     * transaction. NULL: by steps. */
    enum error (*execute)(struct stmt *stmt);
    enum error (*execute_later)(struct stmt *stmt, int rank); /* NULL: at once */
    void (*reset)(struct stmt *stmt);
    int (*column)(struct stmt *stmt, const char *name);
    int64_t (*column_int)(struct stmt *stmt, int index);
    const char *(*column_text)(struct stmt *stmt, int index); /* NULL for null */
    const void *(*column_blob)(struct stmt *stmt, int index, size_t *size);
    bool (*column_is_null)(struct stmt *stmt, int index);
    int64_t (*changes)(struct store *store);
    enum error (*last_number)(struct store *store, const char *table, int64_t *number);
    enum error (*take_number)(struct store *store, const char *table, int64_t *number);
    enum error (*raise_number)(struct store *store, const char *table, int64_t number);

    const struct driver_file *file; /* NULL: the database is no file */
};

extern const struct driver sqlite_driver;
/* What a driver that is a module exports under the name DRIVER_SYMBOL: a struct driver. */
#define DRIVER_SYMBOL "postgres_driver"

/* Brings the schema up to date. `fresh`: the database is new, and there is nothing to back up. */
enum error store_migrate(struct store *store, const struct schema *schema, bool fresh) MUST_CHECK;
/* The version in a database is not to be trusted: ERR_STORE unless it can be an index. */
enum error store_check_range(const struct store *store, const struct schema *schema,
                             int64_t version) MUST_CHECK;
enum error store_begin_as(struct store *store, enum driver_begin how) MUST_CHECK; /* may nest */
void store_free_statements(struct store *store);

#endif
