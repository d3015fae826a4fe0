/* The keys of the configuration file. */
#ifndef GATEHOUSE_UI_BINDINGS_H
#define GATEHOUSE_UI_BINDINGS_H

#include <gatehouse/config.h>

/* Binds commands as the file says, for good. What cannot be bound, and every key that means two
 * things where it did not before, becomes a problem of the configuration. */
void bindings_apply(struct config *config);

#endif
