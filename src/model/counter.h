/* Counters that are updated in the same transaction as what they count. */
#ifndef GATEHOUSE_MODEL_COUNTER_H
#define GATEHOUSE_MODEL_COUNTER_H

#include <gatehouse/store.h>

enum error counter_add(struct store *store, const char *name, int64_t by) MUST_CHECK;
enum error counter_get(struct store *store, const char *name, int64_t *value) MUST_CHECK;
/* To be called by every change that can affect what a token may do. */
enum error generation_bump(struct store *store) MUST_CHECK;

#endif
