/* Keys as numbers, and their names. */
#ifndef GATEHOUSE_UI_KEY_H
#define GATEHOUSE_UI_KEY_H

#include <stdbool.h>
#include <stddef.h>

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
    UI_BURST,  /* characters that came all at once were dropped */
    UI_CLICK,  /* input_mouse() says where */
    UI_WHEEL_UP,
    UI_WHEEL_DOWN,
    UI_TARGET, /* + n: a click on what the screen on top made its target n (screen.h) */
};
#define UI_CTRL(letter) (0x1f & (letter))

/* Whether a key is text, that is, belongs to a focused field. */
bool key_is_text(int key);
/* Whether a field takes it: text, and what moves in it or deletes. */
bool key_edits(int key);
/* A key that is text, as UTF-8, zero-terminated. Returns its bytes. */
size_t key_encode(int key, char out[static 5]);
/* "A", "ф", "Space", "^S", "↑", "PgDn": for hints and help. */
void key_text(int key, char out[static 16]);
/* The key of such a name, in any case ("up" for ↑, too); 0: there is none. */
int key_of_text(const char *text);

#endif
