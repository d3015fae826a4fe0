/* Databases for tests that run on PostgreSQL, too: beside a server (with-server), each test gets a
 * database of its own there. */
#ifndef GATEHOUSE_TESTS_POSTGRES_FRESH_H
#define GATEHOUSE_TESTS_POSTGRES_FRESH_H

#include <stdbool.h>

/* Whether the tests run on PostgreSQL. */
bool fresh_is_postgres(void);
/* The address of a new empty database, which stays until fresh_drop; there is one at a time. */
const char *fresh_make(void);
void fresh_drop(void);

#endif
