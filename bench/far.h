/* A server that is far away: a relay before its Unix socket, which passes everything on later. */
#ifndef GATEHOUSE_BENCH_FAR_H
#define GATEHOUSE_BENCH_FAR_H

/* Starts it before the socket of PostgreSQL in `folder`; each way takes `us` microseconds longer.
 * Returns the folder of its own socket. There is one relay. */
const char *far_start(const char *folder, int us);

#endif
