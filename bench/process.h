/* Whole processes: how long they take, and their private memory. */
#ifndef GATEHOUSE_BENCH_PROCESS_H
#define GATEHOUSE_BENCH_PROCESS_H

/* Runs a shell command (printf's format) with its output discarded; returns milliseconds. Ends the
 * run if it cannot be run or its exit status is above 1. */
double process_run(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, but samples its memory every millisecond; returns the peak of anonymous memory in MB.
 * Begin the command with exec, or the shell is measured instead. */
double process_memory_mb(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
