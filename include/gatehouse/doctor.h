/* Looking a database over: SQLite's own checks, our counters and rules, the chain of events. */
#ifndef GATEHOUSE_DOCTOR_H
#define GATEHOUSE_DOCTOR_H

#include <gatehouse/bulk.h>

/* Calls `found` with a sentence for each thing that is wrong. Only reads. An error is one of
 * looking; ERR_STOPPED when `progress` (checks done, of all) says so. */
enum error doctor_run(struct store *store, const struct progress *progress,
                      void (*found)(const char *sentence, void *arg), void *arg) MUST_CHECK;

#endif
