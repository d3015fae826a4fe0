/* What a low window shows, compared with what a high one shows of the same screen. */
#ifndef GATEHOUSE_TESTS_TERMINAL_WINDOW_H
#define GATEHOUSE_TESTS_TERMINAL_WINDOW_H

#include "terminal.h"

enum window_kind {
    WINDOW_SCREEN, /* all of the terminal */
    WINDOW_TAB,    /* a list, beside it a pane where there is room */
    WINDOW_DIALOG, /* a box from 46 columns on, else all of the terminal */
    WINDOW_MENU,   /* always a box */
};

/* Every cell of a terminal, and its cursor. */
struct window;
struct window *window_take(const struct terminal *terminal, int rows, int columns);
void window_free(struct window *window);

/* Whether each row of the low one is one of the high one, in the same order, cell by cell, and
 * whether the cursor is in the same place of the same row. Blank rows and the scroll bar's column
 * do not count. If not, `why` says what is wrong. */
bool window_is_part_of(const struct window *low, const struct window *high, enum window_kind kind,
                       char *why, size_t size);
void window_print(const struct window *window);

#endif
