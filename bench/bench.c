/* bench BUILD DATABASE ACCOUNTS FOLDER REPEATS [--save FILE] [--compare FILE]: prints the table.
 * bench --growth FILE...: prints one table from saved runs. script/bench calls it. */
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

static void measure(const struct bench *bench)
{
    figures_head();
    awake_begin();
    bench_screens(bench);
    awake_end();
    bench_model(bench);
    awake_begin();
    bench_searches(bench);
    awake_end();
    bench_commands(bench);
    bench_serve(bench);
    bench_import(bench);
    bench_make(bench);
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
    measure(&bench);
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
