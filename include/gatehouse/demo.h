/* A realistic set of accounts for `gatehouse demo`, the screenshots and the tests of the console.
 */
#ifndef GATEHOUSE_DEMO_H
#define GATEHOUSE_DEMO_H

#include <gatehouse/actor.h>

/* Fills an empty database through the model, with times spread over the years before act->now. The
 * passphrase of its vault is demo_passphrase. */
extern const char demo_passphrase[];
enum error demo_fill(const struct act *act) MUST_CHECK;

#endif
