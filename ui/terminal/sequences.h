/* Which control sequence is which key. */
#ifndef GATEHOUSE_UI_SEQUENCES_H
#define GATEHOUSE_UI_SEQUENCES_H

#include <stddef.h>

enum { SEQUENCES_OWN = 24 };

/* A sequence without its ESC, `[A`; its 8-bit form is written the same. */
struct sequences_entry {
    char text[12];
    int key;
};

struct sequences {
    struct sequences_entry own[SEQUENCES_OWN]; /* of this terminal */
    size_t count;
};

/* Reads those of the terminal's own description, once there is one (setupterm). */
void sequences_learn(struct sequences *sequences);
/* The key of a whole sequence; 0: none. The terminal's own come first, then those of most. */
int sequences_key(const struct sequences *sequences, const char *text);

#endif
