/* What the fuzz targets share. Each target is a file with one LLVMFuzzerTestOneInput; replay.c runs
 * it over a folder of inputs, libFuzzer over those it makes. */
#ifndef GATEHOUSE_TESTS_FUZZ_H
#define GATEHOUSE_TESTS_FUZZ_H

#include <gatehouse/actor.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_NOW INT64_C(1800000000)

/* A rule that holds for every input. */
#define fuzz_check(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);          \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* The input as a text, up to its first zero; free(). */
char *fuzz_text(const uint8_t *data, size_t size);
/* A file with these bytes, in memory; replaced by the next call. */
const char *fuzz_file(const uint8_t *data, size_t size);

/* A path in a folder of its own, in memory where there is such a place; the folder goes at the end.
 */
const char *fuzz_path(void);
/* Writes the file anew, 0600, and removes what an earlier database left beside it. */
void fuzz_write(const char *path, const uint8_t *data, size_t size);

/* A database in memory that is filled with the demo's accounts; the same one each time, so changes
 * must be rolled back. */
const struct act *fuzz_act(void);
/* The bytes of such a database as a file. */
const uint8_t *fuzz_database(size_t *size);
/* Opens these bytes as a database and reads everything in it in every way there is; tries changes,
 * and rolls them back. */
void fuzz_read_database(const char *path);

#endif
