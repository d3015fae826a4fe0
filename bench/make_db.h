/* Fills a new database of any size with plausible data, through the program's own schema. */
#ifndef GATEHOUSE_BENCH_MAKE_DB_H
#define GATEHOUSE_BENCH_MAKE_DB_H

#include <gatehouse/store.h>

struct make_db {
    int64_t accounts, tokens;
    uint64_t seed; /* the same seed gives the same content */
    int64_t now;   /* all activity lies before it */
};
/* Creates a new file at `path`. Tokens are unsealed, with digests of nothing that could be known; a
 * single event records it all. */
enum error make_db(const char *path, const struct make_db *wanted) MUST_CHECK;

#endif
