/* A connection to a Unix socket. */
#ifndef GATEHOUSE_BENCH_LOCAL_H
#define GATEHOUSE_BENCH_LOCAL_H

/* The caller closes it; -1: nothing listens there. */
int local_connect(const char *path);

#endif
