#include "saved.h"

#include "figures.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* If one sample says nothing about noise, a quarter of the figure is assumed; and a difference of
 * less than a twentieth is never called slower. */
#define UNKNOWN_NOISE 0.25
#define LEAST_NOISE   0.05
enum { RUNS_MAX = 8 };

int saved_write(const char *path, int64_t accounts)
{
    json_t *run = figures_all(accounts);
    int failed = json_dump_file(run, path, JSON_INDENT(2));
    json_decref(run);
    if (failed) fprintf(stderr, "bench: cannot write %s\n", path);
    return failed ? 1 : 0;
}

static json_t *read_run(const char *path)
{
    json_error_t error;
    json_t *run = json_load_file(path, 0, &error);
    if (run && json_is_object(json_object_get(run, "figures"))) return run;
    fprintf(stderr, "bench: %s is not a saved run: %s\n", path,
            run ? "it has no figures" : error.text);
    json_decref(run);
    return NULL;
}

static double median_of(const json_t *figure)
{
    return json_number_value(json_object_get(figure, "median"));
}

static double noise_of(const json_t *figure)
{
    const json_t *noise = json_object_get(figure, "noise");
    return json_is_number(noise) ? json_number_value(noise)
                                 : UNKNOWN_NOISE * fabs(median_of(figure));
}

static const char *unit_of(const json_t *figure)
{
    const char *unit = json_string_value(json_object_get(figure, "unit"));
    return unit ? unit : "";
}

static bool is_slower(const char *what, const json_t *then, const json_t *now)
{
    char shown[3][NUMBER_SIZE];
    double before = median_of(then), after = median_of(now);
    double noise = fmax(noise_of(then), noise_of(now));
    double worse = figure_is_rate(unit_of(now)) ? before - after : after - before;
    if (worse <= noise || worse <= LEAST_NOISE * fabs(before)) return false;
    figure_number(shown[0], after);
    figure_number(shown[1], before);
    figure_number(shown[2], noise);
    bool known = json_is_number(json_object_get(then, "noise")) &&
                 json_is_number(json_object_get(now, "noise"));
    printf("slower: %s: %s %s, was %s (noise %s%s)\n", what, shown[0], unit_of(now), shown[1],
           shown[2], known ? "" : ", partly guessed: measured once");
    return true;
}

static int compare_figures(json_t *before, json_t *after)
{
    const char *what;
    json_t *then;
    int slower = 0;
    json_object_foreach(before, what, then)
    {
        const json_t *now = json_object_get(after, what);
        if (!now || strcmp(unit_of(then), unit_of(now)) != 0)
            printf("not measured now: %s\n", what);
        else
            slower += is_slower(what, then, now);
    }
    if (!slower) puts("Nothing became slower by more than the noise.");
    return slower;
}

int saved_compare(const char *path, int64_t accounts)
{
    json_t *saved = read_run(path), *run = figures_all(accounts);
    int slower = -1;
    if (saved) {
        json_int_t then = json_integer_value(json_object_get(saved, "accounts"));
        if (then == accounts)
            slower =
                compare_figures(json_object_get(saved, "figures"), json_object_get(run, "figures"));
        else
            fprintf(stderr, "bench: %s has %lld accounts, this run %lld\n", path, (long long)then,
                    (long long)accounts);
    }
    json_decref(saved);
    json_decref(run);
    return slower;
}

static void print_growth_head(json_t *const *runs, int count)
{
    char accounts[NUMBER_SIZE];
    puts("\nHow cost grows\n");
    printf("| what, median |");
    for (int i = 0; i < count; i++) {
        figure_number(accounts, (double)json_integer_value(json_object_get(runs[i], "accounts")));
        printf(" %s |", accounts);
    }
    printf(" unit | growth |\n| --- |");
    for (int i = 0; i < count; i++)
        printf(" ---: |");
    puts(" --- | ---: |");
}

static void print_growth(const char *what, json_t *const *runs, int count, const char *unit)
{
    char shown[NUMBER_SIZE];
    double medians[RUNS_MAX] = {0};
    printf("| %s |", what);
    for (int i = 0; i < count; i++) {
        const json_t *figure = json_object_get(json_object_get(runs[i], "figures"), what);
        medians[i] = median_of(figure);
        figure_number(shown, medians[i]);
        printf(" %s |", figure ? shown : "");
    }
    double first = medians[0], last = medians[count - 1];
    double growth =
        figure_is_rate(unit) ? (last > 0 ? first / last : 0) : (first > 0 ? last / first : 0);
    snprintf(shown, sizeof shown, "x %.2g", growth);
    if (growth >= 99.5) snprintf(shown, sizeof shown, "x %.0f", growth);
    printf(" %s | %s |\n", unit, growth > 0 ? shown : "");
}

int saved_growth(char *const *paths, int count)
{
    json_t *runs[RUNS_MAX] = {0}, *figure;
    const char *what;
    int status = count < 1 || count > RUNS_MAX;
    for (int i = 0; i < count && !status; i++)
        status = !(runs[i] = read_run(paths[i]));
    if (!status) {
        print_growth_head(runs, count);
        json_object_foreach(json_object_get(runs[0], "figures"), what, figure)
            print_growth(what, runs, count, unit_of(figure));
    }
    for (int i = 0; i < count && i < RUNS_MAX; i++)
        json_decref(runs[i]);
    return status;
}
