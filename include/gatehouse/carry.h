/* What a restored copy takes over from the database whose place it takes. SQL in src/model/carry.c.
 */
#ifndef GATEHOUSE_CARRY_H
#define GATEHOUSE_CARRY_H

#include <gatehouse/actor.h>

/* Carries over into the database of `act`:
 * - the highest numbers of accounts, groups, permissions, tokens and key slots, so that none is
 *   used again, and a generation that neither has had, so that no checker believes an old answer;
 * - the events since the copy was made, where the log of `present` is sound. Where neither log
 *   begins with the other, the longer one is kept;
 * - that a token is a canary: a canary stays one;
 * - that a token is dead, also where it is not known here; *stay_dead is how many of them worked.
 * Only inside store_begin / store_end of it. */
enum error carry_over(const struct act *act, struct store *present, int64_t *stay_dead) MUST_CHECK;

#endif
