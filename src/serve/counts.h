/* What one thread has answered, for /metrics and /status. Only its own thread counts; any may
 * read. */
#ifndef GATEHOUSE_SERVE_COUNTS_H
#define GATEHOUSE_SERVE_COUNTS_H

#include <gatehouse/token_check.h>
#include <stdatomic.h>
#include <stdint.h>

/* Results of checks: 0 is allowed, then the reasons of denials, then these. */
enum {
    COUNT_NO_CREDENTIAL = DENIAL_COUNT,
    COUNT_MALFORMED,
    COUNT_UNAVAILABLE,
    COUNT_RESULTS,
    COUNT_BUCKETS = 12, /* of the histogram; the last one has no bound */
};
/* "allowed", "revoked", "no_credential"; one word for each, which never changes. */
const char *counts_result_name(int result);
/* In nanoseconds; INT64_MAX for the last. */
int64_t counts_bound(int bucket);

struct counts {
    atomic_ullong results[COUNT_RESULTS];
    atomic_ullong buckets[COUNT_BUCKETS]; /* of how long checks took */
    atomic_ullong nanoseconds;            /* all together */
};
void counts_add(struct counts *counts, int result, int64_t nanoseconds);

#endif
