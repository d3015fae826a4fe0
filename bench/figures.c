#include "figures.h"

#include <jansson.h>
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

/* The value below which a part of the samples lies. */
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

double samples_worst(const struct samples *samples)
{
    return part_of(samples, 1);
}

void figures_head(void)
{
    puts("| what | median | worst | unit | floor | ratio | budget |");
    puts("| --- | ---: | ---: | --- | ---: | ---: | --- |");
}

void figure(const char *what, const char *unit, const struct samples *samples, double floor,
            const char *budget)
{
    char bare[48] = "", ratio[48] = "";
    double median = samples_median(samples), worst = samples_worst(samples);
    if (!all) all = json_object();
    if (floor > 0) {
        snprintf(bare, sizeof bare, "%.3g", floor);
        snprintf(ratio, sizeof ratio, "%.2f", median / floor);
    }
    printf("| %s | %.3g | %.3g | %s | %s | %s | %s |\n", what, median, worst, unit, bare, ratio,
           budget);
    fflush(stdout);
    /* What repeats of one figure differ by anyway. */
    double noise = part_of(samples, 0.75) - part_of(samples, 0.25);
    json_object_set_new(all, what,
                        json_pack("{s:f, s:f, s:f, s:s}", "median", median, "worst", worst, "noise",
                                  noise, "unit", unit));
}

int figures_save(const char *path)
{
    if (json_dump_file(all, path, JSON_INDENT(2) | JSON_SORT_KEYS) == 0) return 0;
    fprintf(stderr, "bench: cannot write %s\n", path);
    return 1;
}

/* "rows/s" is better when it grows; everything else when it shrinks. */
static double loss(const char *unit, double before, double now)
{
    return strstr(unit, "/s") ? before - now : now - before;
}

int figures_compare(const char *path)
{
    json_error_t error;
    json_t *saved = json_load_file(path, 0, &error), *then, *figure_now;
    const char *what;
    int slower = 0;
    if (!saved) {
        fprintf(stderr, "bench: cannot read %s: %s\n", path, error.text);
        return -1;
    }
    json_object_foreach(all, what, figure_now)
    {
        then = json_object_get(saved, what);
        if (!then) continue;
        double before = json_number_value(json_object_get(then, "median"));
        double now = json_number_value(json_object_get(figure_now, "median"));
        double noise = json_number_value(json_object_get(then, "noise")) +
                       json_number_value(json_object_get(figure_now, "noise"));
        const char *unit = json_string_value(json_object_get(figure_now, "unit"));
        double worse = loss(unit, before, now);
        if (worse <= noise || worse <= 0.05 * fabs(before)) continue;
        printf("slower: %s: %.3g %s, was %.3g (noise %.2g)\n", what, now, unit, before, noise);
        slower++;
    }
    if (!slower) puts("Nothing became slower by more than the noise.");
    json_decref(saved);
    return slower;
}
