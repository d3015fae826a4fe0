/* The service as a whole: its threads, its sockets, its signals. */
#ifndef GATEHOUSE_SERVE_SERVER_H
#define GATEHOUSE_SERVE_SERVER_H

#include "src/serve/options.h"

/* Serves until SIGTERM or SIGINT. Then it accepts no more connections, answers what has been asked,
 * for SERVER_DRAIN_MS at most, and records the last uses; a second signal ends it at once. SIGHUP
 * opens the database again. */
enum { SERVER_DRAIN_MS = 5000 };
enum error server_run(const struct serve_options *options) MUST_CHECK;

#endif
