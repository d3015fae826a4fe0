/* Stands between a program and the PostgreSQL of the tests, can cut the connection while a
 * transaction is committed, and counts round trips. */
#ifndef GATEHOUSE_TESTS_POSTGRES_RELAY_H
#define GATEHOUSE_TESTS_POSTGRES_RELAY_H

enum relay_cut {
    RELAY_NEVER,
    RELAY_BEFORE_COMMIT, /* the server never gets it */
    RELAY_AFTER_COMMIT,  /* the server has done it, and nobody hears of it */
    RELAY_FOR_GOOD,      /* the same, and nobody is connected again */
};

/* Starts it in a folder of its own, and returns that: the host of an address. */
const char *relay_start(void);
/* The next COMMIT is cut off. */
void relay_cut_next(enum relay_cut cut);

/* How often somebody asked the server and waited for its answer: with one connection, round trips.
 */
int relay_turns(void);

#endif
