/* The floor on PostgreSQL: the same work with bare libpq. */
#ifndef GATEHOUSE_BENCH_BARE_POSTGRES_H
#define GATEHOUSE_BENCH_BARE_POSTGRES_H

#include <libpq-fe.h>
#include <stdint.h>

/* Ends the run if it cannot; so do the others. */
PGconn *pg_connect(const char *address);
void pg_run(PGconn *connection, const char *sql); /* any number of statements */
int64_t pg_int(PGconn *connection, const char *sql);

/* The least of some: asking for a constant and waiting. */
double pg_round_trip_ms(PGconn *connection);
/* Sets `active` of the accounts 1 to `count`, and writes an event for each, in pipeline mode and
 * one transaction; returns the time it took. The events are taken away again. */
double pg_set_active_ms(PGconn *connection, int64_t count, int active);
/* Look-ups of a digest a second, 16 sent at once, each waited for together. */
double pg_lookup_rate(PGconn *connection);
/* Writes the rows of all tables that an import fills into tables of their own, by COPY and in one
 * transaction; returns the time it took without reading them. */
double pg_copy_ms(PGconn *connection);

#endif
