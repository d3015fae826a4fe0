/* What the surroundings decide: the clock and the price of deriving a key.
 *
 * src/config/ambient.c is the only implementation in the program. The tests link a second one
 * (tests/ambient_test.c) with a clock that they set and a cheap derivation, so that no override
 * exists in the installed binary. */
#ifndef GATEHOUSE_AMBIENT_H
#define GATEHOUSE_AMBIENT_H

#include <gatehouse/keybox.h>
#include <stdint.h>

/* Seconds since 1970, UTC. */
int64_t ambient_now(void);
/* Milliseconds of a clock that never steps: for timers. */
int64_t ambient_ticks(void);
/* Argon2id parameters for new passphrase slots. */
struct kdf_cost ambient_kdf_cost(void);

#endif
