/* Keys: what the terminal sends, as numbers that no screen library needs to be known for. */
#ifndef GATEHOUSE_UI_INPUT_H
#define GATEHOUSE_UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A key is a Unicode code point, a control character, or one of these. */
enum {
    UI_TAB = 9,
    UI_ENTER = 13, /* the terminal's line feed, too */
    UI_ESC = 27,
    UI_BACKSPACE = 127, /* ^H, too */
    UI_UP = 0x200000,
    UI_DOWN,
    UI_LEFT,
    UI_RIGHT,
    UI_HOME,
    UI_END,
    UI_PAGE_UP,
    UI_PAGE_DOWN,
    UI_DELETE,
    UI_INSERT,
    UI_BACK_TAB,
    UI_F1,
    UI_F2,
    UI_F5,
    UI_RESIZE, /* internal to the loop */
    UI_PASTE,  /* input_paste() has the text */
    UI_CLICK,  /* input_mouse() says where */
    UI_WHEEL_UP,
    UI_WHEEL_DOWN,
    UI_UNKNOWN,
};
#define UI_CTRL(letter) ((letter)&0x1f)

/* Whether a key is text, that is, belongs to a focused field. */
bool key_is_text(int key);
/* "A", "Space", "^S", "↑", "PgDn": for hints and help. */
void key_text(int key, char out[static 16]);
/* The key of such a name, in any case ("up" for ↑, too); 0: there is none. */
int key_of_text(const char *text);

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
