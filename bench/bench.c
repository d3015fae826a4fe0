/* bench BUILD DATABASE ACCOUNTS FOLDER REPEATS [--only PART] [--save FILE] [--compare FILE]: prints
 * the table. bench --growth FILE...: prints one table from saved runs. script/bench calls it. */
#include "bench.h"
#include "awake.h"
#include "figures.h"
#include "saved.h"

#include <gatehouse/secret.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int bench_few(const struct bench *bench)
{
    return (bench->repeats + 1) / 2;
}

void bench_die(const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", what, error_message());
    exit(2);
}

/* In this order; those of the console need the processors awake. */
static const struct part {
    const char *name;
    void (*measure)(const struct bench *);
    bool awake;
} parts[] = {
    {"start", bench_start, true},        {"screens", bench_screens, true},
    {"model", bench_model, false},       {"searches", bench_searches, true},
    {"commands", bench_commands, false}, {"serve", bench_serve, false},
    {"import", bench_import, false},     {"make", bench_make, false},
    {"years", bench_years, true},        {"postgres", bench_postgres, true},
};

/* Only one part, if `only` is not NULL. Returns whether there is such a part. */
static bool measure(const struct bench *bench, const char *only)
{
    bool any = false;
    figures_head();
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (only && strcmp(only, parts[i].name) != 0) continue;
        any = true;
        if (parts[i].awake) awake_begin();
        parts[i].measure(bench);
        if (parts[i].awake) awake_end();
    }
    return any;
}

int main(int argc, char **argv)
{
    if (argc > 2 && !strcmp(argv[1], "--growth")) return saved_growth(argv + 2, argc - 2);
    if (argc < 6 || crypto_init()) {
        fputs("usage: see script/bench\n", stderr);
        return 2;
    }
    struct bench bench = {.build = argv[1],
                          .database = argv[2],
                          .accounts = strtoll(argv[3], NULL, 10),
                          .folder = argv[4],
                          .repeats = atoi(argv[5])};
    snprintf(bench.program, sizeof bench.program, "%s/gatehouse", bench.build);
    const char *only = NULL;
    for (int i = 6; i + 1 < argc; i += 2)
        if (!strcmp(argv[i], "--only")) only = argv[i + 1];
    if (!measure(&bench, only)) {
        fprintf(stderr, "bench: there is no part \"%s\"\n", only);
        return 2;
    }
    int status = 0;
    for (int i = 6; i + 1 < argc; i += 2) {
        if (!strcmp(argv[i], "--save") && saved_write(argv[i + 1], bench.accounts)) status = 2;
        if (!strcmp(argv[i], "--compare")) {
            int slower = saved_compare(argv[i + 1], bench.accounts);
            if (slower) status = slower < 0 ? 2 : 1;
        }
    }
    return status;
}
