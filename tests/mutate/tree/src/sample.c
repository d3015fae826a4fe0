/* Something for each kind of fault. In a comment nothing == something && nothing. */
#include "sample.h"

static enum colour now = RED;

static void note(enum colour colour)
{
    now = colour;
}

void colour_set(enum colour colour)
{
    note(colour);
}

enum colour colour_get(void)
{
    return now;
}

int count_down(int from)
{
    int steps = 0;
    char unused[10];
    int spare = 7;
    (void)unused, (void)spare;
    while (from > 0) {
        from = from - 1;
        steps++;
    }
    return steps;
}

bool either(bool left, bool right)
{
    if (left || right) return true;
    return false;
}

const char *query(void)
{
    return "SELECT 1 WHERE a BETWEEN 1 AND 2 AND b";
}

int add_up(void)
{
    static const int numbers[] = {3, 4};
    int sum = 0;
    for (int i = 0; i < 2; i++)
        sum = sum + numbers[i];
    return sum;
}
