/* Writing all rows of a database anew with bare SQLite: the floor of everything that fills one. */
#ifndef GATEHOUSE_BENCH_BARE_COPY_H
#define GATEHOUSE_BENCH_BARE_COPY_H

enum bare_copy {
    COPY_IN_PLACE, /* indices first, a write-ahead log, on the disk in the end: as a change does */
    COPY_IN_BULK   /* indices last, no promise of the disk: as make-db does */
};
/* Writes the rows of `from` into the new file `to`, which has the same tables and indices, in one
 * transaction. Milliseconds of writing: the time that reading the same rows takes alone is taken
 * off. */
double bare_copy(const char *from, const char *to, enum bare_copy how);

#endif
