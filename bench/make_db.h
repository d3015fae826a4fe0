/* Fills a new database with a believable set of any size, through the program's own schema. */
#ifndef GATEHOUSE_BENCH_MAKE_DB_H
#define GATEHOUSE_BENCH_MAKE_DB_H

#include <gatehouse/store.h>

struct make_db {
    int64_t accounts, tokens;
    uint64_t seed; /* the same seed gives the same content */
    int64_t now;   /* what was done lies before it */
};
/* A new file at `path`. Tokens are unsealed, with digests of nothing that could be known; one event
 * tells of it all. */
enum error make_db(const char *path, const struct make_db *wanted) MUST_CHECK;

#endif
