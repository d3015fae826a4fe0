/* Where the buckets of the histogram end. */
#include "src/serve/counts.h"

#include <criterion/criterion.h>

Test(counts, each_bucket_ends_at_its_bound)
{
    static const int64_t microseconds[] = {5, 10, 20, 50, 100, 200, 500, 1000, 5000, 20000, 100000};
    enum { BOUNDS = sizeof microseconds / sizeof *microseconds };
    static struct counts counts;
    cr_assert_eq(BOUNDS + 1, COUNT_BUCKETS);
    for (int i = 0; i < BOUNDS; i++) {
        counts = (struct counts){0};
        counts_add(&counts, DENIAL_NONE, microseconds[i] * 1000);
        counts_add(&counts, DENIAL_NONE, microseconds[i] * 1000 + 1);
        for (int bucket = 0; bucket < COUNT_BUCKETS; bucket++)
            cr_assert_eq(atomic_load(&counts.buckets[bucket]), bucket == i || bucket == i + 1,
                         "%d, %d", i, bucket);
        cr_assert_eq(atomic_load(&counts.results[DENIAL_NONE]), 2);
        cr_assert_eq(atomic_load(&counts.nanoseconds),
                     (unsigned long long)microseconds[i] * 2000 + 1);
    }
    cr_assert_eq(counts_bound(BOUNDS), INT64_MAX, "the last takes all that is longer");
}
