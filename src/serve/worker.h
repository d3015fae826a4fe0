/* A thread of the service: libmicrohttpd's loop for the connections that it was given, and the way
 * from a request to its endpoint. */
#ifndef GATEHOUSE_SERVE_WORKER_H
#define GATEHOUSE_SERVE_WORKER_H

#include "src/serve/seat.h"

#include <sys/socket.h>

enum worker_kind { WORKER_CHECKS, WORKER_ADMIN };

/* Opens the database and starts the thread; worker_stop frees what it has taken, whether it was
 * started or not. */
enum error worker_start(struct seat *seat, struct service *service,
                        enum worker_kind kind) MUST_CHECK;
/* Gives it a connection, which it closes. From any thread. */
void worker_add(struct seat *seat, int fd, const struct sockaddr *peer, socklen_t size);
void worker_stop(struct seat *seat);

#endif
