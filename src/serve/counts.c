#include "src/serve/counts.h"

const char *counts_result_name(int result)
{
    static const char *const names[COUNT_RESULTS] = {
        [DENIAL_NONE] = "allowed",
        [DENIAL_FORM] = "malformed_token",
        [DENIAL_UNKNOWN] = "unknown",
        [DENIAL_DELETED] = "account_deleted",
        [DENIAL_REVOKED] = "revoked",
        [DENIAL_CANARY] = "canary",
        [DENIAL_EXPIRED] = "expired",
        [DENIAL_SUSPENDED] = "suspended",
        [DENIAL_INACTIVE] = "account_inactive",
        [DENIAL_ACCOUNT] = "other_account",
        [DENIAL_NO_ADDRESS] = "no_address",
        [DENIAL_NETWORK] = "network",
        [DENIAL_NARROWED] = "narrowed",
        [DENIAL_PERMISSION] = "permission",
        [COUNT_NO_CREDENTIAL] = "no_credential",
        [COUNT_MALFORMED] = "malformed_request",
        [COUNT_UNAVAILABLE] = "unavailable",
    };
    return names[result];
}

int64_t counts_bound(int bucket)
{
    static const int64_t bounds[COUNT_BUCKETS] = {
        5000,   10000,   20000,   50000,    100000,    200000,
        500000, 1000000, 5000000, 20000000, 100000000, INT64_MAX,
    };
    return bounds[bucket];
}

/* Nobody else writes, so that reading and writing need not be one step. */
static void add(atomic_ullong *to, unsigned long long more)
{
    unsigned long long was = atomic_load_explicit(to, memory_order_relaxed);
    atomic_store_explicit(to, was + more, memory_order_relaxed);
}

void counts_add(struct counts *counts, int result, int64_t nanoseconds)
{
    int bucket = 0;
    while (nanoseconds > counts_bound(bucket))
        bucket++;
    add(&counts->results[result], 1);
    add(&counts->buckets[bucket], 1);
    add(&counts->nanoseconds, (unsigned long long)nanoseconds);
}
