/* A client that loads an HTTP server on a Unix socket, and what it saw. */
#ifndef GATEHOUSE_BENCH_LOAD_H
#define GATEHOUSE_BENCH_LOAD_H

#include <stdbool.h>
#include <sys/types.h>

struct load {
    const char *socket;
    const char *request; /* the whole text */
    int connections;
    double seconds;
    double rate;                /* requests a second, of all connections; 0: as many as it takes */
    bool (*is_over)(void *arg); /* may end it earlier; NULL */
    void *arg;
};
struct loaded {
    long answers, others; /* with status 200; with another */
    double seconds;
    double worst, p99; /* of an answer, in milliseconds */
};
/* Ends the run if it cannot connect. */
struct loaded load_run(const struct load *load);

/* Microseconds of processor time that a process and its children have used. */
double load_processor_us(pid_t process);
/* Waits until something listens on the socket; milliseconds until the first answer with status 200.
 */
double load_first_answer(const char *socket, const char *request);

#endif
