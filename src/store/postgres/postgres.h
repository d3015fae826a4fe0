/* What the files of the PostgreSQL driver share. It is a module of its own, so that who uses SQLite
 * does not load libpq. */
#ifndef GATEHOUSE_STORE_POSTGRES_H
#define GATEHOUSE_STORE_POSTGRES_H

#include "src/store/driver.h"
#include <libpq-fe.h>

/* Numbers of a table that no row has yet: `next` to `last`. */
struct numbers {
    const char *table;
    int64_t next, last;
    int64_t taken; /* how many at once */
};

/* A transaction that reads begins on the server with its first statement, so that nobody waits for
 * that alone. */
enum postgres_begins {
    POSTGRES_BEGUN,
    POSTGRES_READ,
    POSTGRES_FRESH, /* and asks for the version of the schema */
};

struct postgres {
    struct store base;
    char *address;            /* as it was given */
    bool answers;             /* STORE_ANSWER */
    struct postgres *primary; /* what a standby that answers asks; NULL: not yet */
    struct postgres **others; /* each server of the address: what a primary that answers asks */
    size_t other_count;
    bool is_asked;   /* it is one of those */
    bool is_watched; /* it is one of the latter */
    bool was_tried;  /* the same: it was reached, or could not be */
    bool is_deposed; /* it was found to be, just now */
    int64_t proven;  /* when it was, that it may answer; 0: not yet */
    PGconn *connection;
    bool hung_up;                       /* nothing is sent or read there any more */
    unsigned connected;                 /* how often: statements are prepared for one connection */
    bool connecting;                    /* at first, or again after the connection was lost */
    PostgresPollingStatusType polling;  /* what that waits for */
    int64_t connecting_since, next_try; /* in ms of clock_ms */
    int64_t pause;                      /* until the next try, doubled each time */
    int64_t patient_until;              /* a new connection is not given up at once */
    char *hosts[3];                     /* host, hostaddr and port of the address; may be NULL */
    bool has_several;                   /* servers in the address */
    size_t turns;                       /* of those lists in this try */
    unsigned labels;                    /* given to statements */
    unsigned failures;                  /* a statement may not have been prepared after one */
    struct numbers numbers[2];          /* taken in the current transaction, of some tables */
    size_t queued;                      /* statements whose results were not read */
    enum error failed;                  /* what nobody was told yet in this transaction, */
    char why[ERROR_MESSAGE_MAX];        /* and its sentence */
    char *name;                         /* what sentences call the database: no password is in it */
    bool is_beginning;                  /* a transaction: perhaps waiting for the lock */
    bool is_committing;                 /* a change: that is never cancelled */
    bool warned;                        /* by the server, during that */
    bool in_transaction;
    enum postgres_begins begins;
    int64_t version;  /* that POSTGRES_FRESH got, */
    uint64_t state;   /* and what store_state returns in that transaction */
    bool is_ending;   /* a transaction that has read: nobody waits for its COMMIT */
    bool writing;     /* in the current transaction */
    bool gave_up;     /* store->give_up said so, and the wait was cancelled */
    bool cancelled;   /* the current statement */
    int64_t commits;  /* of all connections, as far as we know: the column of that name */
    unsigned seen;    /* the connection that was seen on */
    int64_t asked;    /* when; in ms of clock_ms */
    unsigned listens; /* the connection that was asked to tell of commits */
    bool is_told;     /* and does */
    int64_t changes;  /* rows that the last statement changed */
};

/* A value as it is sent. */
struct parameter {
    const char *name; /* not terminated */
    size_t name_size;
    Oid type;     /* as bound last; 0: never bound to anything */
    Oid prepared; /* as the server knows it */
    char *bytes;  /* `room` bytes, kept for the next value */
    size_t room;
    int size;
    bool is_null;
};

struct postgres_stmt {
    struct stmt base;
    char *sql; /* as PostgreSQL reads it */
    char label[24];
    unsigned connected; /* for which connection it is prepared; 0: for none */
    unsigned failures;  /* how many there were before */
    struct parameter *parameters;
    size_t count;
    PGresult *rows; /* of the current run */
    int row;
    char number[24]; /* the text of a number */
};

extern const struct driver postgres_driver;

static inline struct postgres *postgres_of(struct store *store)
{
    return (struct postgres *)store;
}

bool postgres_is_connected(const struct postgres *store);
/* Our error, and the sentence, for what the server said or for a lost connection. */
enum error postgres_fail(struct postgres *store, const PGresult *result);
enum error postgres_lost(const struct postgres *store);
/* `what`, the name of the database, and what libpq says in one line: ERR_SYSTEM. */
enum error postgres_fail_to(const struct postgres *store, const char *what);
/* Between these two, what a function of libpq has sent in pipeline mode is noted, with what that
 * returned. */
enum error postgres_queue_begin(struct postgres *store) MUST_CHECK;
enum error postgres_queue_add(struct postgres *store, bool sent) MUST_CHECK;
enum error postgres_queue_end(struct postgres *store) MUST_CHECK;
/* Sends what a COMMIT was added to, and does not wait for it. */
enum error postgres_queue_commit(struct postgres *store) MUST_CHECK;
/* Waits for everything that was sent, and returns the first error. *out (`out` may be NULL), set
 * only if there is none, is the result of the last one, and the caller's. */
enum error postgres_settle(struct postgres *store, PGresult **out) MUST_CHECK;
/* Waits for the next result, which may be NULL, and asks store->stop and store->give_up meanwhile.
 * The caller clears it. */
PGresult *postgres_wait(struct postgres *store);
/* The first connection. */
enum error postgres_connect(struct postgres *store, const char *address) MUST_CHECK;
/* Names the store by the server that it is connected to. */
enum error postgres_set_name(struct postgres *store) MUST_CHECK;
/* Connects again if the connection is lost. Not in a transaction. Takes about patience_ms at most,
 * after which it goes on with the next call; with 0 it does not wait at all, and tries less and
 * less often. With STORE_ANSWER it has a patience of its own. */
enum { PATIENCE_MS = 2000 };
enum error postgres_connect_again(struct postgres *store, int64_t patience_ms) MUST_CHECK;
/* ERR_STORE unless the server is PostgreSQL itself, and new enough. */
enum error postgres_check_server(struct postgres *store) MUST_CHECK;
/* Whether it may answer now: ERR_STORE for a standby that cannot prove it, or a primary after which
 * another one was promoted. */
enum error postgres_check_standby(struct postgres *store) MUST_CHECK;
/* The same for who writes, once. */
enum error postgres_check_writer(struct postgres *store) MUST_CHECK;
void postgres_forget_others(struct postgres *store);
size_t postgres_count_hosts(const struct postgres *store);
/* The first server becomes the last that is tried. */
void postgres_turn_hosts(struct postgres *store);
/* What each commit is told under (NOTIFY): of this schema alone, and short enough for a name. */
#define POSTGRES_CHANNEL "'gatehouse.' || md5(current_schema())"
/* Runs fixed SQL. *value (may be NULL) becomes the number in the first row of the last statement
 * that has any; ERR_STORE if there is none. */
enum error postgres_ask(struct postgres *store, const char *sql, int64_t *value) MUST_CHECK;

/* A statement that returns nothing, or the version: its results are left to postgres_settle. */
enum error postgres_send(struct postgres *store, const char *sql) MUST_CHECK;
/* ERR_STORE: the version is not that of our schema. */
enum error postgres_check_version(struct postgres *store, int64_t version) MUST_CHECK;

/* The SQL of the model as PostgreSQL reads it, and the names of its parameters in the order of
 * their numbers, pointing into `sql`. Both are the caller's. */
enum error postgres_translate(const char *sql, char **out, struct parameter **parameters,
                              size_t *count) MUST_CHECK;

/* The functions of the driver. */
enum error postgres_open(const char *address, enum store_mode mode, const struct schema *schema,
                         struct store **out);
enum error postgres_create(const char *address, const struct schema *schema,
                           enum error (*fill)(struct store *store, void *arg), void *arg);
void postgres_close(struct store *store);
enum error postgres_changed(struct store *store, bool *changed);
int postgres_wake_descriptor(const struct store *store);
enum error postgres_check(struct store *store);
uint64_t postgres_state(const struct store *store);
bool postgres_is_superuser(const struct store *store);
bool postgres_hang_up(struct store *store);
unsigned postgres_connections(const struct store *store);
void postgres_set_nothing(struct store *store); /* postgres_wait asks */

enum error postgres_begin(struct store *store, enum driver_begin how);
enum error postgres_end(struct store *store, bool commit);
bool postgres_is_writing(const struct store *store);

enum error postgres_read_version(struct store *store, int64_t *version);
enum error postgres_set_version(struct store *store, int version);
enum error postgres_back_up(struct store *store, int version);
const char *postgres_script(const struct migration *migration);
enum error postgres_run(struct store *store, const char *sql);
const char *postgres_name(const struct store *store);

enum error postgres_prepare(struct stmt *stmt);
void postgres_clear(struct stmt *stmt);
void postgres_free(struct stmt *stmt);
int postgres_parameter(struct stmt *stmt, const char *name);
enum error postgres_bind_int(struct stmt *stmt, int index, int64_t value);
enum error postgres_bind_text(struct stmt *stmt, int index, const char *value);
enum error postgres_bind_blob(struct stmt *stmt, int index, const void *value, size_t size);
enum error postgres_bind_no_number(struct stmt *stmt, int index);
enum error postgres_step(struct stmt *stmt, bool *row);
enum error postgres_execute(struct stmt *stmt);
void postgres_reset(struct stmt *stmt);
int postgres_column(struct stmt *stmt, const char *name);
int64_t postgres_column_int(struct stmt *stmt, int index);
const char *postgres_column_text(struct stmt *stmt, int index);
const void *postgres_column_blob(struct stmt *stmt, int index, size_t *size);
bool postgres_column_is_null(struct stmt *stmt, int index);
int64_t postgres_changes(struct store *store);
enum error postgres_last_number(struct store *store, const char *table, int64_t *number);
enum error postgres_take_number(struct store *store, const char *table, int64_t *number);
enum error postgres_raise_number(struct store *store, const char *table, int64_t number);

#endif
