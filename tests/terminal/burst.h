/* Random keys, the same ones for the same seed. */
#ifndef GATEHOUSE_TESTS_TERMINAL_BURST_H
#define GATEHOUSE_TESTS_TERMINAL_BURST_H

#include <stddef.h>
#include <stdint.h>

struct burst {
    int seed;
    uint64_t state;
    char keys[1024]; /* the last ones */
    char sent[8192]; /* readable: what was done since the seed */
    size_t sent_size;
};

void burst_seed(struct burst *burst, int seed);
/* A number from 0 to `limit` - 1. */
size_t burst_below(struct burst *burst, size_t limit);
/* The next few keys. */
const char *burst_keys(struct burst *burst);
/* Adds something other than keys to what burst_print shows. */
void burst_note(struct burst *burst, const char *what);
void burst_begin(struct burst *burst);
/* What is needed to reproduce it: the seed, and what was sent. */
void burst_print(const struct burst *burst);

#endif
