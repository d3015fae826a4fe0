/* The parts of the bench: each prints its lines of the table. */
#ifndef GATEHOUSE_BENCH_BENCH_H
#define GATEHOUSE_BENCH_BENCH_H

#include <stdint.h>

struct bench {
    const char *program;     /* the release */
    const char *bare_screen; /* the bare ncurses program */
    const char *database;    /* the big one; changed and changed back */
    const char *folder;      /* for what is written */
    int64_t accounts;        /* in it */
    int repeats;
};

void bench_screens(const struct bench *bench);
void bench_model(const struct bench *bench);
void bench_commands(const struct bench *bench);

#endif
