/* What the endpoints work with: the service as a whole, and what belongs to one of its threads. */
#ifndef GATEHOUSE_SERVE_SEAT_H
#define GATEHOUSE_SERVE_SEAT_H

#include "src/serve/answer.h"
#include "src/serve/batch.h"
#include "src/serve/counts.h"
#include "src/serve/request.h"
#include "src/serve/source.h"
#include "src/serve/writer.h"

enum {
    SEAT_CONNECTIONS_MAX = 1000, /* of all threads together */
    SEAT_ADMINS_MAX = 32,        /* beside them, on the admin socket */
};

struct service {
    const char *path; /* of the database */
    bool basic;       /* the challenge of a 401 */
    struct trusted trusted;
    struct writer *writer;
    struct seat *seats; /* those that answer checks */
    size_t seat_count;
    int64_t started;
    atomic_bool draining;   /* each answer ends its connection */
    atomic_int connections; /* open ones */
};

struct seat {
    struct service *service;
    struct source source;
    struct batch batch;
    bool is_remote; /* each question is a round trip to a server */
    bool waits;     /* the loop calls batch_run before it waits */
    struct answers answers;
    struct allowed_slots *allowed; /* see verify.c */
    struct queue *queue;
    struct counts counts;
    struct secret *token, *caller; /* guarded memory for credentials, reused */
    struct MHD_Daemon *daemon;
    atomic_int connections;
};

static inline enum MHD_Result seat_answer(const struct seat *seat,
                                          struct MHD_Connection *connection, enum answer answer)
{
    return answer_queue(&seat->answers, connection, answer, atomic_load(&seat->service->draining));
}

#endif
