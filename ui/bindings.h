/* The keys of the configuration file. */
#ifndef GATEHOUSE_UI_BINDINGS_H
#define GATEHOUSE_UI_BINDINGS_H

#include <gatehouse/config.h>

/* Binds commands as the file says. What cannot be bound, and every key that now means two things,
 * becomes a problem of the configuration. */
void bindings_apply(struct config *config);

#endif
