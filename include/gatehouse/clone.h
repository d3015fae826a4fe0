/* Taking a whole database over to another place, of the same kind or another. */
#ifndef GATEHOUSE_CLONE_H
#define GATEHOUSE_CLONE_H

#include <gatehouse/progress.h>
#include <gatehouse/store.h>

struct clone_done {
    int64_t rows;
    int64_t last_event; /* the sequence; 0: there is none */
};

/* Makes a new database `to` with all that `from` contains, its numbers, its events with their
 * hashes, its sealed copies and key slots. It exists once all is there and its counters, rules and
 * chain of events have been verified: else there is none. ERR_CONFLICT if something is there
 * already. `from` is only read, as it is when this begins; its schema must be the present one.
 * `progress` counts rows, without a total. */
enum error clone_database(const char *from, const char *to, const struct progress *progress,
                          struct clone_done *done) MUST_CHECK;

#endif
