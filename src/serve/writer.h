/* The only thread of the service that writes. The others leave notes of uses and denials, which
 * cost them no disk and no lock of the database; the writer collects them for a moment and records
 * them together. It also revokes, for /revoke, and writes the log. */
#ifndef GATEHOUSE_SERVE_WRITER_H
#define GATEHOUSE_SERVE_WRITER_H

#include <gatehouse/token_use.h>
#include <stdatomic.h>

/* The notes of one thread. What does not fit is counted, and lost. */
struct queue;
enum error queue_new(struct queue **out) MUST_CHECK;
void queue_free(struct queue *queue); /* NULL is fine */

/* A revocation that a thread waits for. `done` is called by the writer, with `result` set: OK as
 * well when there was nothing to revoke. */
struct revocation {
    int64_t token;
    char from[64];
    enum error result;
    void (*done)(struct revocation *revocation);
    void *arg;
    struct revocation *next;
};

struct writer;
/* Opens the database, which migrates it if it is older, and starts the thread. The queues stay the
 * caller's. */
enum error writer_start(const char *path, struct queue **queues, size_t count,
                        struct writer **out) MUST_CHECK;
/* Records what is left and ends the thread. From then on notes are let go, and revocations fail. */
void writer_stop(struct writer *writer);
void writer_free(struct writer *writer); /* NULL is fine */

/* Of a check that was answered; `use->token` 0: unknown, which is only logged. */
void writer_note(struct writer *writer, struct queue *queue, const struct token_use *use,
                 bool canary);
void writer_revoke(struct writer *writer, struct revocation *revocation);
/* Notes that were lost because there were too many. */
unsigned long long writer_lost(const struct writer *writer);

#endif
