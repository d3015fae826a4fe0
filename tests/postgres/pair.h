/* A primary and a synchronous standby of the test (tests/postgres/pair), with a Gatehouse that has
 * the account ci, and a service for both. */
#ifndef GATEHOUSE_TESTS_POSTGRES_PAIR_H
#define GATEHOUSE_TESTS_POSTGRES_PAIR_H

/* The test is skipped if there is no PostgreSQL. run_database names both servers. */
void pair_setup(void);
void pair_teardown(void); /* ends the service, too */
/* Runs `pair WHAT LINK WORD`. */
void pair_do(const char *what, const char *word);
/* The same, without waiting for it. */
void pair_begin(const char *what);
/* The address of the primary (5432) or the standby (5433) alone, with more parameters; valid until
 * the next call. */
const char *pair_address(int port, const char *more);

#endif
