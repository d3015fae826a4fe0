/* Keeps the processors from sleeping long. */
#ifndef GATEHOUSE_BENCH_AWAKE_H
#define GATEHOUSE_BENCH_AWAKE_H

/* A program that waits for a key is woken late if its processor sleeps: on a virtual machine the
 * host decides when, and for minutes on end it may take several times longer than usual, for a bare
 * program as much as for this one. Until awake_end(), a process on each processor wakes up every
 * tenth of a millisecond. (One that never slept would keep the scheduler from moving threads to the
 * processor that is free.) */
void awake_begin(void);
void awake_end(void);

#endif
