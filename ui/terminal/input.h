/* Input: what the terminal sends, as keys. */
#ifndef GATEHOUSE_UI_INPUT_H
#define GATEHOUSE_UI_INPUT_H

#include "ui/terminal/key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input;
struct input *input_new(void); /* NULL: no memory */
void input_free(struct input *input);

/* The next complete key, without waiting; false when there is none yet. `ticks`: ambient_ticks(). A
 * lone Esc is followed for 500 ms: `O` or `[` then starts a late key sequence, which is swallowed
 * to its final letter; a late `[200~` starts a paste. */
bool input_next(struct input *input, int64_t ticks, int *key);
/* The text of the last UI_PASTE: bytes as they came, zero-terminated; wiped by the next
 * input_next. */
const char *input_paste(const struct input *input, size_t *size);
/* Where the mouse was at the last UI_CLICK or wheel key: cells of the screen. */
void input_mouse(const struct input *input, int *row, int *column);
/* Drops everything that was typed so far: keys typed before a dialog was drawn. */
void input_discard(struct input *input);
/* Whether a key waits to be read: what a long query asks. */
bool input_is_pending(void *unused);

#endif
