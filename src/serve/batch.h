/* Checks that came at about the same time, made in one transaction with one look at the tokens:
 * where the database is on a server, each question costs a round trip. Their connections are
 * suspended until the library's loop has seen to all that came. */
#ifndef GATEHOUSE_SERVE_BATCH_H
#define GATEHOUSE_SERVE_BATCH_H

#include "src/serve/request.h"
#include "src/serve/source.h"

#include <stdatomic.h>

struct batch {
    struct source *source; /* NULL: checks do not wait for each other */
    enum error (*decide)(void *arg, struct request *request);
    void *arg;
    bool waits; /* the loop calls batch_run before it waits */
    struct request *requests[TOKEN_CHECKER_TOGETHER];
    atomic_size_t count;
    atomic_bool ends; /* nothing is added any more */
};

/* `decide` checks one, in a transaction of the source; its errors are the store's. */
void batch_start(struct batch *batch, struct source *source,
                 enum error (*decide)(void *arg, struct request *request), void *arg);
/* Suspends a connection; its request comes again when it is decided. False: the check is to be made
 * now. */
bool batch_add(struct batch *batch, struct MHD_Connection *connection, struct request *request,
               const struct secret *token);
/* Decides them. In the thread of the loop. */
void batch_run(struct batch *batch);
/* From another thread: waits until no connection is suspended. */
void batch_end(struct batch *batch);

#endif
