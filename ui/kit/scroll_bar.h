/* A scroll bar: which rows of it the thumb takes. */
#ifndef GATEHOUSE_UI_SCROLL_BAR_H
#define GATEHOUSE_UI_SCROLL_BAR_H

#include <stdint.h>

/* `above` rows of the list stand above the `shown` ones, of `total`. The thumb stands at an end of
 * the bar exactly when the rows stand at that end of the list, and is at least one row long. Length
 * 0: there is nothing to scroll, or no room to tell the middle from the ends. */
struct scroll_thumb {
    int first, length;
};
struct scroll_thumb scroll_thumb(int64_t above, int64_t shown, int64_t total, int height);

#endif
