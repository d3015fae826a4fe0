/* Figures of earlier runs, as JSON. */
#ifndef GATEHOUSE_BENCH_SAVED_H
#define GATEHOUSE_BENCH_SAVED_H

#include <stdint.h>

/* 0: done. */
int saved_write(const char *path, int64_t accounts);
/* Prints what became slower than in a saved run by more than the noise that was measured in it or
 * in this one, and what was measured then and is not now. How many are slower, or -1: it cannot be
 * compared. */
int saved_compare(const char *path, int64_t accounts);
/* Prints one table from saved runs, the smallest database first: medians, and by what factor the
 * cost grew from the first to the last. 0: done. */
int saved_growth(char *const *paths, int count);

#endif
