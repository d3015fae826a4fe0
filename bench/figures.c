#include "figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static json_t *all; /* by what was measured */

double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

void samples_add(struct samples *samples, double value)
{
    if (samples->count < SAMPLES_MAX) samples->values[samples->count++] = value;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* The value below which a given part of the samples lies. */
static double part_of(const struct samples *samples, double part)
{
    struct samples sorted = *samples;
    if (!sorted.count) return 0;
    qsort(sorted.values, sorted.count, sizeof *sorted.values, compare);
    return sorted.values[(size_t)((double)(sorted.count - 1) * part)];
}

double samples_median(const struct samples *samples)
{
    return part_of(samples, 0.5);
}

/* How much repeats differ anyway: the width of the middle half or, of a few, of all of them. */
static json_t *noise_of(const struct samples *samples)
{
    enum { FEW = 8 };
    if (samples->count < 2) return json_null();
    double edge = samples->count < FEW ? 0 : 0.25;
    return json_real(part_of(samples, 1 - edge) - part_of(samples, edge));
}

bool figure_is_rate(const char *unit)
{
    return strstr(unit, "/s") != NULL;
}

void figure_number(char out[static NUMBER_SIZE], double value)
{
    if (fabs(value) < 999.5) {
        snprintf(out, NUMBER_SIZE, "%.3g", value);
        return;
    }
    char digits[NUMBER_SIZE / 2];
    int size = snprintf(digits, sizeof digits, "%.0f", value);
    for (int i = 0; i <= size; i++) {
        if (i && i < size && (size - i) % 3 == 0) *out++ = ',';
        *out++ = digits[i];
    }
}

void figures_head(void)
{
    puts("| what | median | worst | unit | floor | its worst | ratio | budget |");
    puts("| --- | ---: | ---: | --- | ---: | ---: | ---: | --- |");
}

static double worst_of(const struct samples *samples, const char *unit)
{
    return part_of(samples, figure_is_rate(unit) ? 0 : 1);
}

static void print(const char *what, const char *unit, const struct samples *samples, double floor,
                  double floor_worst, const char *budget)
{
    char shown[2][NUMBER_SIZE], bare[2][NUMBER_SIZE] = {"", ""}, ratio[NUMBER_SIZE] = "";
    double median = samples_median(samples);
    figure_number(shown[0], median);
    figure_number(shown[1], worst_of(samples, unit));
    if (floor > 0) {
        figure_number(bare[0], floor);
        snprintf(ratio, sizeof ratio, "%.2f", median / floor);
    }
    if (floor_worst > 0) figure_number(bare[1], floor_worst);
    printf("| %s | %s | %s | %s | %s | %s | %s | %s |\n", what, shown[0], shown[1], unit, bare[0],
           bare[1], ratio, budget);
    fflush(stdout);
}

static void keep(const char *what, const char *unit, const struct samples *samples)
{
    if (!all) all = json_object();
    json_object_set_new(all, what,
                        json_pack("{s:f, s:f, s:o, s:s}", "median", samples_median(samples),
                                  "worst", worst_of(samples, unit), "noise", noise_of(samples),
                                  "unit", unit));
}

void figure(const char *what, const char *unit, const struct samples *samples, double floor,
            const char *budget)
{
    if (!samples->count) return;
    print(what, unit, samples, floor, 0, budget);
    keep(what, unit, samples);
}

void figure_beside(const char *what, const char *unit, const struct samples *samples,
                   const struct samples *bare, const char *budget)
{
    if (!samples->count) return;
    print(what, unit, samples, samples_median(bare), worst_of(bare, unit), budget);
    keep(what, unit, samples);
}

json_t *figures_all(int64_t accounts)
{
    return json_pack("{s:I, s:O}", "accounts", (json_int_t)accounts, "figures",
                     all ? all : (all = json_object()));
}
