/* Looks at the colour and at the count; at one half of `either`; not at the query. */
#include "sample.h"

int main(void)
{
    colour_set(GREEN);
    return colour_get() == GREEN && count_down(3) == 3 && either(true, false) ? 0 : 1;
}
