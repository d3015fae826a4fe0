/* Tests the colour and the count, one half of `either`, that a sum is none of its numbers, and
 * nothing of the query. */
#include "sample.h"

int main(void)
{
    colour_set(GREEN);
    return colour_get() == GREEN && count_down(3) == 3 && either(true, false) && add_up() > 4 ? 0
                                                                                              : 1;
}
