#ifndef SAMPLE_H
#define SAMPLE_H

#include <stdbool.h>

enum colour { RED, GREEN };

void colour_set(enum colour colour);
enum colour colour_get(void);
int count_down(int from);
bool either(bool left, bool right);
const char *query(void);
int add_up(void);

#endif
