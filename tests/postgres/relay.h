/* Stands between a program and the PostgreSQL of the tests: it can cut the connection while a
 * transaction is committed, keep answers back, and counts who waits for whom. */
#ifndef GATEHOUSE_TESTS_POSTGRES_RELAY_H
#define GATEHOUSE_TESTS_POSTGRES_RELAY_H

#include <stdbool.h>

enum relay_cut {
    RELAY_NEVER,
    RELAY_BEFORE_COMMIT, /* the server never gets it */
    RELAY_AFTER_COMMIT,  /* the server has done it, and nobody hears of it */
    RELAY_FOR_GOOD,      /* the same, and nobody is connected again */
};

/* Starts it, and returns the address of the database of the test (fresh.h) that leads through it.
 */
const char *relay_start(void);
/* The next COMMIT is cut off. */
void relay_cut_next(enum relay_cut cut);

/* From now on answers of the server are kept back, or no longer. */
void relay_hold(bool holds);
/* How often the program has sent something after it had got an answer. */
unsigned relay_turns(void);

#endif
