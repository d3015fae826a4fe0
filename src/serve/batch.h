/* Checks that came at about the same time, made in one transaction with one look at the tokens:
 * where the database is on a server, each question costs a round trip. Their connections are
 * suspended until the library's loop has seen all that came. */
#ifndef GATEHOUSE_SERVE_BATCH_H
#define GATEHOUSE_SERVE_BATCH_H

#include "src/serve/request.h"

#include <stdatomic.h>

struct seat;

struct batch {
    struct request *requests[TOKEN_CHECKER_TOGETHER];
    atomic_size_t count;
    atomic_bool ends; /* nothing is added any more */
};

/* Suspends a connection whose credential is in seat->token; it comes again when
 * request->is_decided. False: the check is to be made now. */
bool batch_add(struct seat *seat, struct MHD_Connection *connection, struct request *request);
/* Makes the checks. In the thread of the seat. */
void batch_run(struct seat *seat);
/* From another thread: waits until no connection is suspended. */
void batch_end(struct batch *batch);

#endif
