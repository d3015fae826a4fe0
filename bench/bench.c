/* bench PROGRAM BARE-SCREEN DATABASE ACCOUNTS FOLDER REPEATS [--save FILE] [--compare FILE]: prints
 * the table. script/bench calls it. */
#include "bench.h"
#include "figures.h"

#include <gatehouse/secret.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc < 7 || crypto_init()) {
        fputs("usage: see script/bench\n", stderr);
        return 2;
    }
    const struct bench bench = {.program = argv[1],
                                .bare_screen = argv[2],
                                .database = argv[3],
                                .accounts = strtoll(argv[4], NULL, 10),
                                .folder = argv[5],
                                .repeats = atoi(argv[6])};
    figures_head();
    bench_screens(&bench);
    bench_model(&bench);
    bench_commands(&bench);
    int status = 0;
    for (int i = 7; i + 1 < argc; i += 2) {
        if (!strcmp(argv[i], "--save") && figures_save(argv[i + 1])) status = 1;
        if (!strcmp(argv[i], "--compare") && figures_compare(argv[i + 1])) status = 1;
    }
    return status;
}
