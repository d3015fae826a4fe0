/* Which part of a list to read. Lists are read by key from a given row on, so the cost of a page
 * does not depend on its position. */
#ifndef GATEHOUSE_PAGE_H
#define GATEHOUSE_PAGE_H

#include <stdbool.h>
#include <stddef.h>

struct page {
    size_t max;     /* at most so many rows */
    bool backward;  /* the rows before the place, not those after it; in list order either way */
    bool inclusive; /* include the row at the place itself */
};

#endif
