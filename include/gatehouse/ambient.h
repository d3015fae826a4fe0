/* What depends on the environment: the clock, and the cost of deriving a key.
 *
 * src/config/ambient.c is the only implementation in the program. The tests link another one
 * (tests/ambient_test.c), with a clock they control and a cheap derivation, so that the installed
 * binary has no override. */
#ifndef GATEHOUSE_AMBIENT_H
#define GATEHOUSE_AMBIENT_H

#include <gatehouse/keybox.h>
#include <stdint.h>

/* Seconds since 1970, UTC. */
int64_t ambient_now(void);
/* Milliseconds of a clock that never jumps and goes on while the machine is suspended, for timers.
 */
int64_t ambient_ticks(void);
/* Argon2id parameters for new passphrase slots. */
struct kdf_cost ambient_kdf_cost(void);

#endif
