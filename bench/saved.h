/* Figures of earlier runs, as JSON. */
#ifndef GATEHOUSE_BENCH_SAVED_H
#define GATEHOUSE_BENCH_SAVED_H

#include <stdint.h>

/* Returns 0 if it was written. */
int saved_write(const char *path, int64_t accounts);
/* Prints what became slower than in a saved run by more than the noise measured in either run, and
 * what was measured then but not now. Returns how many are slower, or -1 if the runs cannot be
 * compared. */
int saved_compare(const char *path, int64_t accounts);
/* Prints one table from saved runs, the smallest database first: medians, and the factor by which
 * the cost grew from the first to the last. Returns 0 if that was possible. */
int saved_growth(char *const *paths, int count);

#endif
