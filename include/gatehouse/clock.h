/* For how long something takes: a clock that never jumps. The date and the time are in ambient.h.
 */
#ifndef GATEHOUSE_CLOCK_H
#define GATEHOUSE_CLOCK_H

#include <stdint.h>

/* Nanoseconds, and milliseconds. */
int64_t clock_ns(void);
int64_t clock_ms(void);

#endif
