/* Databases for tests that run on PostgreSQL, too: beside a server (tests/postgres/server), each
 * test gets a schema of its own there, which is a database to Gatehouse. */
#ifndef GATEHOUSE_TESTS_POSTGRES_FRESH_H
#define GATEHOUSE_TESTS_POSTGRES_FRESH_H

#include <stdbool.h>

/* Whether the tests run on PostgreSQL. */
bool fresh_is_postgres(void);
/* The address of a new empty database, which stays until fresh_drop; there is one at a time. */
enum { FRESH_ADDRESS_SIZE = 300 };
const char *fresh_make(void);
const char *fresh_address(void); /* of that one */
void fresh_drop(void);
void fresh_leave(void); /* instead, if the server is to end */
/* Runs SQL there, on a connection of its own. */
void fresh_run(const char *sql);

#endif
