/* Checks a whole database: SQLite's own checks, our counters and rules, the chain of events. */
#ifndef GATEHOUSE_DOCTOR_H
#define GATEHOUSE_DOCTOR_H

#include <gatehouse/progress.h>
#include <gatehouse/store.h>

/* Calls `found` with a sentence for each thing that is wrong; only reads. An error means that a
 * check could not be made; ERR_STOPPED if `progress` (checks done, of all) asks to stop. */
enum error doctor_run(struct store *store, const struct progress *progress,
                      void (*found)(const char *sentence, void *arg), void *arg) MUST_CHECK;

#endif
