/* Inside of transfer: whether a copy can be trusted. */
#ifndef GATEHOUSE_SRC_TRANSFER_LOOK_OVER_H
#define GATEHOUSE_SRC_TRANSFER_LOOK_OVER_H

#include <gatehouse/store.h>

/* Pages, references, the chain of events. */
enum error look_over(struct store *store) MUST_CHECK;

#endif
