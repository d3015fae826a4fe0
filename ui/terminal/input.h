/* Input: what the terminal sends, as keys. */
#ifndef GATEHOUSE_UI_INPUT_H
#define GATEHOUSE_UI_INPUT_H

#include "ui/terminal/key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a character would do if it were handed out now. */
enum input_use {
    INPUT_FREE,    /* it is text of a field, opens a field for the rest, or moves */
    INPUT_ACTS,    /* it does something else, */
    INPUT_CHANGES, /* which may change data */
};

struct input;
/* Reads from `fd`. $ESCDELAY, or else whether this is a network connection, says how long a lone
 * Esc waits; the terminal's description, once term_open() has read it, what its keys send. `use`
 * keeps pastes from acting where the terminal does not mark them: see input_next; NULL: all is
 * INPUT_FREE. NULL: no memory. */
struct input *input_new(int fd, enum input_use (*use)(void *arg, int key), void *arg);
void input_free(struct input *input);

/* `ticks` is what clock_ms() says: the time between keys is real even where a test holds
 * ambient_ticks().
 *
 * The next complete key, without waiting; false when there is none yet. Whatever else the terminal
 * sends is swallowed: sequences that mean no key, keys with Alt, answers, mouse reports of any
 * encoding, split anywhere with gaps of up to 500 ms. That holds after a lone Esc, too: what then
 * looks like the rest of a sequence is one.
 *
 * More than 3 characters within 5 ms are no typing: from the first that is not INPUT_FREE on they
 * are dropped, with all that follows without a pause of 50 ms, and one UI_BURST is handed out
 * instead. A character that INPUT_CHANGES waits for 5 ms to see whether others follow, unless the
 * terminal has answered before the first key that it marks pastes (see term_ask). Keys that
 * follow the end of a marked paste without such a pause are dropped the same way, in fields, too.
 */
bool input_next(struct input *input, int64_t ticks, int *key);
/* When input_next() must be called again even if nothing comes; INT64_MAX: never. */
int64_t input_due(const struct input *input);
/* The text of the last UI_PASTE: bytes as they came, zero-terminated; wiped by the next
 * input_next. */
const char *input_paste(const struct input *input, size_t *size);
/* Whether its end was marked; false: it was taken to be over after a second without a byte. */
bool input_paste_is_whole(const struct input *input);
/* Where the mouse was at the last UI_CLICK or wheel key: cells of the screen. */
void input_mouse(const struct input *input, int *row, int *column);
/* Whether the terminal has answered the question whether it marks pastes. */
bool input_knows_mode(const struct input *input);
/* What the terminal said its background is, 0xRRGGBB; -1: nothing since this was last asked. */
int input_background(struct input *input);
/* Drops everything that was typed so far: keys typed before a dialog was drawn. */
void input_discard(struct input *input, int64_t ticks);
/* Whether anything waits to be read: what a long query asks. `input`: a struct input. */
bool input_is_pending(void *input);

#endif
