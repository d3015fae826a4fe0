/* What an import is measured with. */
#ifndef GATEHOUSE_BENCH_FILL_H
#define GATEHOUSE_BENCH_FILL_H

#include "bench.h"

/* 100,000, or as many as there are in the large database. */
int64_t fill_most(const struct bench *bench);
/* A file of accounts with a token and a permission each. */
void fill_write_accounts(const char *path, int64_t count);
/* A new database without a vault. */
void fill_create(const struct bench *bench, const char *path);

#endif
