/* Drawing into the next frame. Every text goes through text_visible() here; nothing else writes to
 * the screen. */
#ifndef GATEHOUSE_UI_DRAW_H
#define GATEHOUSE_UI_DRAW_H

#include "ui/terminal/theme.h"

#include <stdbool.h>
#include <stddef.h>

/* A rectangle, whose rows and columns count from its corner, and the window it is seen through:
 * whatever is outside of either is not drawn. A part that is scrolled begins above its window. */
struct canvas {
    const struct theme *theme;
    struct cursor *cursor; /* of the frame */
    int top, left, rows, columns;
    struct {
        int top, bottom; /* rows of the screen; `bottom` is the first one below */
    } window;
    bool whole; /* has as many rows as are drawn: one below them is a mistake */
    bool lit;   /* everything is drawn as what the cursor is on */
};
struct cursor {
    int row, column; /* of the screen; outside the window where the focus is scrolled out of it */
    bool placed;     /* draw_cursor was called */
    bool visible;    /* shown, in text fields; screen readers use the place of a hidden one */
};

/* The next frame, blank, as large as the terminal is now; no cursor is shown until draw_cursor. */
struct canvas draw_begin(const struct theme *theme, struct cursor *cursor);
/* Sends what the frame changes, and places the cursor. */
void draw_end(const struct cursor *cursor);
/* The next frame is sent whole, changed or not. */
void draw_everything(void);
void draw_size(int *rows, int *columns); /* of the terminal */

/* A part of a canvas, cut to it, seen through the same window. */
struct canvas canvas_part(const struct canvas *canvas, int row, int column, int rows, int columns);
/* A row of a list. Lit, all of it has another background, and the bar stands at column `bar`. */
struct canvas canvas_row(const struct canvas *canvas, int row, bool lit, int bar);
/* What a canvas shows of `rows` rows when the first `scroll` of them are above it. */
struct canvas canvas_scrolled(const struct canvas *canvas, int rows, int scroll);
/* As canvas_scrolled, but nothing is drawn; the cursor is placed in `cursor`, as if the rows began
 * at the top of the screen. */
struct canvas canvas_measure(const struct canvas *canvas, int rows, struct cursor *cursor);

/* Draws `text` in exactly `columns` columns: cut with an ellipsis, padded with blanks. */
void draw_cell(const struct canvas *canvas, int row, int column, int columns, enum role role,
               const char *text);
/* The same, right-aligned; and cut in the middle. */
void draw_cell_right(const struct canvas *canvas, int row, int column, int columns, enum role role,
                     const char *text);
void draw_cell_middle(const struct canvas *canvas, int row, int column, int columns, enum role role,
                      const char *text);
/* Draws as much of `text` as fits the canvas, without padding; returns the columns used. */
int draw_text(const struct canvas *canvas, int row, int column, enum role role, const char *text);
int draw_format(const struct canvas *canvas, int row, int column, enum role role,
                const char *format, ...) __attribute__((format(printf, 5, 6)));
int draw_glyph(const struct canvas *canvas, int row, int column, enum role role, int glyph);

/* Underlines cells that were drawn before, or reverses them where nothing can be underlined:
 * matches. */
void draw_underline(const struct canvas *canvas, int row, int column, int columns, enum role role);

void draw_clear(const struct canvas *canvas); /* blanks */
/* "── Tokens ────── 2 of 20 · n new ──"; left and right may be "". */
void draw_rule(const struct canvas *canvas, int row, const char *left, const char *right,
               bool focused);
/* A box around the whole canvas, blank inside, red if what it is about destroys something; returns
 * the inside, one blank from the border. */
struct canvas draw_box(const struct canvas *canvas, const char *title, bool destroys);
/* "[ Update ]"; returns the columns used. */
int draw_button(const struct canvas *canvas, int row, int column, const char *label, bool focused);
/* Wraps `text` at blanks and line breaks; returns the rows used. draw_wrapped_rows only counts. */
int draw_wrapped(const struct canvas *canvas, int row, int column, int columns, enum role role,
                 const char *text);
int draw_wrapped_rows(const char *text, int columns);

/* What is looked for in texts, ignoring case. Of the matches drawn since `count` was 0, number
 * `present` has the look of what has the focus, and the cursor; the others are underlined. */
struct sought {
    const char *text; /* "": nothing */
    int present, count;
};
/* As draw_wrapped, with the matches, which are counted. */
int draw_wrapped_found(const struct canvas *canvas, int row, int column, int columns,
                       enum role role, const char *text, struct sought *sought);

/* The place of the hardware cursor. */
void draw_cursor(const struct canvas *canvas, int row, int column, bool visible);

#endif
