/* How long-running work reports its progress and is stopped. */
#ifndef GATEHOUSE_PROGRESS_H
#define GATEHOUSE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/* `step` (may be NULL) is called now and then, and once with done == total before the commit;
 * returning true stops the work and rolls it back. */
struct progress {
    bool (*step)(void *arg, size_t done, size_t total);
    void *arg;
};

#endif
