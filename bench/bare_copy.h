/* Copying all rows of a database with bare SQLite: the floor for whatever fills one. */
#ifndef GATEHOUSE_BENCH_BARE_COPY_H
#define GATEHOUSE_BENCH_BARE_COPY_H

enum bare_copy {
    COPY_IN_PLACE, /* indices first, a write-ahead log, on disk at the end: as a change does */
    COPY_IN_BULK   /* indices last, no promise that it is on disk: as make-db does */
};
/* Writes the rows of `from` into the new file `to`, which gets the same tables and indices, in one
 * transaction. Returns the milliseconds of writing: the time that reading the rows takes alone is
 * subtracted. */
double bare_copy(const char *from, const char *to, enum bare_copy how);

#endif
