/* Whole processes: how long they take, and what memory is theirs alone. */
#ifndef GATEHOUSE_BENCH_PROCESS_H
#define GATEHOUSE_BENCH_PROCESS_H

/* Runs a command of the shell with its output thrown away, in milliseconds. printf's format; ends
 * the run when it cannot be run or its exit status is above 1. */
double process_run(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, looking at its memory every few milliseconds: MB that no file stands behind, at the
 * most. Begin the command with exec, or it is the shell that is looked at. */
double process_memory_mb(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
