/* How long work tells how far it is, and is stopped. */
#ifndef GATEHOUSE_PROGRESS_H
#define GATEHOUSE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/* Called now and then, and once with done == total before the commit begins; true stops the work
 * and rolls it back. `step` may be NULL. */
struct progress {
    bool (*step)(void *arg, size_t done, size_t total);
    void *arg;
};

#endif
