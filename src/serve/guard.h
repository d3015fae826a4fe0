/* What stands in front of libmicrohttpd, which accepts more than a check may be based on.
 *
 * Its recv() is ours: the program defines the symbol, and the library, loaded dynamically, calls
 * it. That is where bytes that two programs read differently are noticed, and where a client that
 * sends its request too slowly is cut off. Its epoll_wait() is ours as well, to notice when there
 * is nothing to do. Each connection has a place by its descriptor; it is used by the thread of the
 * connection alone. */
#ifndef GATEHOUSE_SERVE_GUARD_H
#define GATEHOUSE_SERVE_GUARD_H

#include <gatehouse/error.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    GUARD_HEADER_MAX = 16 * 1024, /* bytes of request line and headers */
    GUARD_REQUEST_SECONDS = 10,   /* from the first byte of a request to its last */
    GUARD_IDLE_MS = 5,
    GUARD_DESCRIPTORS = 4096, /* more than the connections and files of the process */
};

/* ERR_SYSTEM if the library would not call our recv(). */
enum error guard_check(void) MUST_CHECK;
/* A connection begins; false if its descriptor has no place. Of a Unix socket, options of TCP are
 * refused without asking the kernel. */
bool guard_open(int fd, bool is_unix);
void guard_close(int fd);
/* Its request was answered; the next byte begins another. */
void guard_answered(int fd);
/* Whether a NUL, a CR or an LF alone, or a line that goes on with the one before has come: nothing
 * of that connection may be taken for a request any more. */
bool guard_is_odd(int fd);
/* From now on `before` is called in this thread each time the library's loop has seen to all that
 * came, and waits for more; `idle` each time nothing has come for GUARD_IDLE_MS. Returns whether
 * that works: the library's epoll_wait() is ours. */
bool guard_on_wait(void (*before)(void *arg), void (*idle)(void *arg), void *arg);
/* How many connections are in the middle of a request. From any thread. */
int guard_in_flight(void);

/* Whether all characters are printable ASCII or beyond; header values may contain blanks and tabs.
 */
bool guard_is_clean(const char *text, size_t size);
/* Whether the name of a header has only the characters that it may. */
bool guard_is_name(const char *text, size_t size);

#endif
