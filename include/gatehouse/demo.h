/* A believable set of accounts, for `gatehouse demo`, the screenshots and the tests of the screens.
 */
#ifndef GATEHOUSE_DEMO_H
#define GATEHOUSE_DEMO_H

#include <gatehouse/actor.h>

/* Fills an empty database through the model, with times spread before act->now. The passphrase
 * of its vault is "gatehouse demo". */
enum error demo_fill(const struct act *act) MUST_CHECK;

#endif
