/* Clients that check one token after the other as fast as they can, to see whether one passes that
 * is revoked. For the tests and the benchmark. */
#ifndef GATEHOUSE_BENCH_HAMMER_H
#define GATEHOUSE_BENCH_HAMMER_H

#include <stdbool.h>
#include <stddef.h>

struct hammers;

/* Each client has a connection of its own to this socket. NULL: it cannot be reached. */
struct hammers *hammers_start(const char *socket, size_t count);
/* What they check from now on, and whether it must not pass any more. */
void hammers_aim(struct hammers *hammers, const char *token, bool is_revoked);
/* Asks on a connection of its own, again while the service has no answer in time, as on a busy
 * machine; returns the status, 0 without an answer. */
int hammers_ask(struct hammers *hammers, const char *token);

struct hammered {
    long answers;
    long late;         /* a 503: not in time */
    long failures;     /* none of 200, 401 and 503 */
    long passed_after; /* a 200 for a token that was revoked before the request was sent */
};
/* Ends them, and frees. */
struct hammered hammers_stop(struct hammers *hammers);

#endif
