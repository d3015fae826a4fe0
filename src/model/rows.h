/* Lists of rows in one allocation: a count, then the items. */
#ifndef GATEHOUSE_MODEL_ROWS_H
#define GATEHOUSE_MODEL_ROWS_H

#include <gatehouse/store.h>

/* Steps `stmt` to its end and reads each row into a struct whose first member is size_t count and
 * whose items start at `head` bytes. *out is the caller's, to be freed with free(). */
enum error rows_collect(struct stmt *stmt, size_t head, size_t item,
                        void (*read)(struct stmt *stmt, void *item), void **out) MUST_CHECK;

#endif
