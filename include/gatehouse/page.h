/* Which part of a list is read. Lists are read from a place on, by key: what a page costs does not
 * depend on where it is. */
#ifndef GATEHOUSE_PAGE_H
#define GATEHOUSE_PAGE_H

#include <stdbool.h>
#include <stddef.h>

struct page {
    size_t max;     /* rows at the most */
    bool backward;  /* those before the place instead of those after it; in list order either way */
    bool inclusive; /* and the row at the place itself */
};

#endif
