/* A connection to the database for one thread of the service, with its checker.
 *
 * It is closed when it can no longer be trusted to see the present state: the store failed, did not
 * answer in time, has a newer schema, or the file was replaced, removed or restored. From then on
 * nothing is answered from it until it could be opened again. On PostgreSQL, the connection is
 * given up instead, and made again without keeping anybody waiting. */
#ifndef GATEHOUSE_SERVE_SOURCE_H
#define GATEHOUSE_SERVE_SOURCE_H

#include <gatehouse/store.h>
#include <gatehouse/token_check.h>

enum {
    SOURCE_ANSWER_MS = 100, /* an answer that took longer is none */
    SOURCE_RETRY_MS = 100,  /* between two tries to open the file again */
};

struct source {
    const char *path;
    enum store_mode mode;
    struct store *store; /* NULL: closed; see source_store */
    struct token_checker *checker;
    int64_t tried;     /* when it was last opened, in milliseconds; 0: never */
    int64_t began;     /* the present transaction, in nanoseconds */
    unsigned reopened; /* the count of source_reopen_all that it has followed */
    bool keeps;        /* see source_let_go; set by whoever calls that */
    bool was_open;     /* ever */
    bool dropped;      /* it is to connect again */
    bool failed;       /* the last time */
};

/* Opens it unless it is open. ERR_STORE, ERR_BUSY: not now. */
enum error source_open(struct source *source) MUST_CHECK;
void source_close(struct source *source);
/* After a failure: it is opened again by the next source_open, but not ten times a second. */
void source_drop(struct source *source);
/* NULL: it is closed. */
struct store *source_store(const struct source *source);
/* Each source opens the file again before its next transaction. From any thread. */
void source_reopen_all(void);

/* One answer is read from one transaction, which sees all that was committed before it began. What
 * source_end returns is the result, or that it came too late; on any failure of the store the
 * source is closed. */
enum error source_begin(struct source *source) MUST_CHECK;
enum error source_end(struct source *source, enum error result) MUST_CHECK;

/* The transaction of an answer may be kept for the next while nothing changes, until this. */
void source_let_go(struct source *source);

#endif
