/* Which control sequence is which key. */
#ifndef GATEHOUSE_UI_SEQUENCES_H
#define GATEHOUSE_UI_SEQUENCES_H

#include <stddef.h>
#include <stdint.h>

enum { SEQUENCES_OWN = 24 };

/* A sequence without its ESC, `[A`; its 8-bit form is written the same. */
struct sequences_entry {
    char text[12];
    int key;
};

struct sequences {
    struct sequences_entry own[SEQUENCES_OWN]; /* of this terminal */
    size_t count;
    int64_t escape_ms; /* how long ESC waits for the rest of one */
};

/* Reads those of the terminal's own description, once there is one (setupterm), and from $ESCDELAY,
 * or else whether this is a network connection, how long to wait. */
void sequences_learn(struct sequences *sequences);
/* The key of a whole sequence; 0: none. The terminal's own come first, then those of most. */
int sequences_key(const struct sequences *sequences, const char *text);

#endif
