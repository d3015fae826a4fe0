/* Samples of what was measured, and the table of figures. */
#ifndef GATEHOUSE_BENCH_FIGURES_H
#define GATEHOUSE_BENCH_FIGURES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum { SAMPLES_MAX = 600 };
struct samples {
    size_t count;
    double values[SAMPLES_MAX]; /* further ones are dropped */
};
void samples_add(struct samples *samples, double value);
double samples_median(const struct samples *samples);

/* Milliseconds of a monotonic clock. */
double now_ms(void);

/* Prints one line of the table, or nothing without samples. The worst of a rate ("rows/s") is the
 * lowest, of anything else the highest. `floor` is the same work done bare, in the same run and
 * unit; 0: there is none. `budget` is text, "5 ms" or "3 x floor"; "" if there is none. */
void figure(const char *what, const char *unit, const struct samples *samples, double floor,
            const char *budget);
/* The same with the samples of the floor, so that its worst is shown, too. */
void figure_beside(const char *what, const char *unit, const struct samples *samples,
                   const struct samples *bare, const char *budget);
void figures_head(void);
/* For the table: three significant digits, with commas between thousands. */
enum { NUMBER_SIZE = 40 };
void figure_number(char out[static NUMBER_SIZE], double value);
/* Whether more is better. */
bool figure_is_rate(const char *unit);

/* Everything that was measured, as {"accounts": N, "figures": {what: {median, worst, noise,
 * unit}}}; noise is null if there was only one sample. */
json_t *figures_all(int64_t accounts); /* json_decref */

#endif
