/* Allocations whose failure nobody sees: a library that leaves out what it had no memory for. */
#ifndef GATEHOUSE_MEMORY_H
#define GATEHOUSE_MEMORY_H

#include <stddef.h>

/* As malloc(), and counts when it fails. For jansson (json_set_alloc_funcs), too. */
void *memory_allocate(size_t size);
/* How often it has failed so far, in any thread. Where this has grown, something may be missing: a
 * transaction is then rolled back (store_end), an output is not whole (print_flush). */
unsigned memory_failures(void);

#endif
