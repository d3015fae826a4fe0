/* Whether a check service runs on a database, and what it does: for those who only want to look.
 *
 * A running service holds a lock on the file DATABASE.service, which names its admin socket. The
 * lock ends with the process, however that ends; of several services the one that was started last
 * counts. On PostgreSQL there is no such file, but the server knows who is connected. */
#ifndef GATEHOUSE_SERVICE_H
#define GATEHOUSE_SERVICE_H

#include <gatehouse/store.h>
#include <stdbool.h>
#include <stdint.h>

/* Says that this process is a check service on the database. `socket`: the path of its admin
 * socket; NULL: it has none, or one without a path. ERR_SYSTEM if the file cannot be written. *out
 * may be NULL. */
struct service_mark;
enum error service_announce(const char *database, const char *socket,
                            struct service_mark **out) MUST_CHECK;
/* Takes that back. NULL is fine. */
void service_withdraw(struct service_mark *mark);

struct service_state {
    bool runs;
    bool has_socket; /* it can be asked */
    bool answers;
    int64_t process;  /* if it answers, like what follows */
    int64_t checks;   /* how many since it was started */
    int64_t machines; /* on how many it runs; only service_find knows */
    char machine[64]; /* one of them */
};
/* Asks the service, for SERVICE_WAIT_MS at most, or until `stopped` (may be NULL) says so. Whatever
 * fails is a service that does not run, or does not answer. */
enum { SERVICE_WAIT_MS = 200 };
void service_ask(const char *database, bool (*stopped)(void *arg), void *arg,
                 struct service_state *out);

/* The same where the database is an address: on which machines, but not what they do. A service
 * that reads a standby is only seen there. On a file there are none. */
enum error service_find(struct store *store, struct service_state *out) MUST_CHECK;

#endif
