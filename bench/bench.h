/* The parts of the benchmark: each prints its lines of the table. */
#ifndef GATEHOUSE_BENCH_BENCH_H
#define GATEHOUSE_BENCH_BENCH_H

#include <stdint.h>

enum { BENCH_PATH = 4200 };
struct bench {
    const char *build;    /* the folder with gatehouse, and with the bare programs in bench/ */
    const char *database; /* the big one; changed and changed back */
    const char *folder;   /* for files that are written */
    int64_t accounts;     /* in the database */
    int repeats;
    char program[BENCH_PATH]; /* the release build */
};

void bench_start(const struct bench *bench);
void bench_screens(const struct bench *bench);
void bench_model(const struct bench *bench);
/* After bench_model, which writes the events that are searched. */
void bench_searches(const struct bench *bench);
void bench_commands(const struct bench *bench);
void bench_serve(const struct bench *bench);
/* A part of it: `socket` is that of the service, and the account is active. */
void bench_revocations(const struct bench *bench, const char *socket, const char *account_name);
/* Checks a second with a permission and 16 connections, of a service that is started for it. Makes
 * the account bench-checks in the database. */
struct samples;
void serve_rates(const struct bench *bench, struct samples *rates);
void bench_import(const struct bench *bench);
void bench_make(const struct bench *bench);
void bench_years(const struct bench *bench);
/* Starts a server of its own. */
void bench_postgres(const struct bench *bench);

/* Half as many repeats, for slow measurements. */
int bench_few(const struct bench *bench);
/* Ends the run; prints what failed and the sentence of the error. */
_Noreturn void bench_die(const char *what);

#endif
