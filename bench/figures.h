/* What was measured: samples, and the table of figures. */
#ifndef GATEHOUSE_BENCH_FIGURES_H
#define GATEHOUSE_BENCH_FIGURES_H

#include <stddef.h>

enum { SAMPLES_MAX = 400 };
struct samples {
    size_t count;
    double values[SAMPLES_MAX]; /* further ones are dropped */
};
void samples_add(struct samples *samples, double value);
double samples_median(const struct samples *samples);
double samples_worst(const struct samples *samples);

/* Milliseconds of a clock that only goes forward. */
double now_ms(void);

/* One line of the table. `floor` is the same work done bare, in the same run; 0: there is none.
 * `budget`: as text, "5 ms" or "3 x floor"; "" where the design names none. */
void figure(const char *what, const char *unit, const struct samples *samples, double floor,
            const char *budget);
void figures_head(void);

/* As JSON, to be compared with later. 0: done. */
int figures_save(const char *path);
/* Prints what became slower than in a saved run by more than the noise of both; how many, or -1. */
int figures_compare(const char *path);

#endif
