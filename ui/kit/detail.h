/* The detail pane of a list: what there is to know about the row under the cursor. A list says what
 * that is, in lines; how they are laid out, where the pane stands and when it is filled is the same
 * on all tabs. */
#ifndef GATEHOUSE_UI_DETAIL_H
#define GATEHOUSE_UI_DETAIL_H

#include "ui/screen.h"

#include <gatehouse/error.h>

enum { DETAIL_LINES = 80, DETAIL_CELLS = 3 };

enum detail_kind {
    DETAIL_HEAD,  /* of a section; a blank line before it */
    DETAIL_FIELD, /* a label and its text, which wraps */
    DETAIL_TEXT,  /* wraps */
    DETAIL_ROW,   /* cells that are aligned with those of the rows beside it, and cut */
    DETAIL_PAIR,  /* the same, but the cells wrap */
};
struct detail_line {
    enum detail_kind kind;
    struct {
        char *text; /* allocated; NULL: none */
        enum role role;
    } cells[DETAIL_CELLS];
};
struct detail {
    char *title;
    size_t count;
    struct detail_line lines[DETAIL_LINES]; /* those that are too many are left out */
    bool failed;                            /* there was no memory for a line */
};

/* For whoever fills it. */
void detail_title(struct detail *detail, const char *title);
void detail_head(struct detail *detail, const char *title);
void detail_field(struct detail *detail, const char *label, enum role role, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void detail_text(struct detail *detail, enum role role, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Returns the line, whose cells detail_cell fills; NULL: there is no room. */
struct detail_line *detail_row(struct detail *detail, enum detail_kind kind);
/* `line` may be NULL. */
void detail_cell(struct detail *detail, struct detail_line *line, size_t cell, enum role role,
                 const char *text);
/* "none", or how many more there are than were shown. */
void detail_rest(struct detail *detail, int64_t shown, int64_t all);

/* Reads what is to be shown of a row (a copy), on the background thread. ERR_NOT_FOUND: it is gone.
 */
typedef enum error detail_read(struct store *store, int64_t now, const void *row,
                               struct detail *out);

/* The pane of one list. */
struct detail_pane {
    struct detail shown;
    int64_t due; /* ticks at which it is to be filled; INT64_MAX: it has been */
    bool reading;
};

/* The rows and columns it takes from a screen of that size: at its right where that is wide, else
 * at the bottom; neither where it is switched off or has no room. */
struct detail_room {
    int rows, columns;
};
struct detail_room detail_room(const struct app *app, int rows, int columns);
/* Switches it on or off for screens of this width. Returns effects. */
int detail_switch(struct app *app);

/* It is to be filled soon: the row under the cursor may be another one. */
void detail_want(struct detail_pane *pane);
/* Begins to fill it. `row` is copied, `size` bytes; NULL: there is none. */
void detail_fill(struct detail_pane *pane, struct app *app, detail_read *read, int64_t now,
                 const void *row, size_t size);
void detail_leave(struct detail_pane *pane, struct app *app); /* frees it */

/* Draws it, with its border, in all of the canvas. */
void detail_draw_right(const struct detail_pane *pane, const struct canvas *canvas);
void detail_draw_below(const struct detail_pane *pane, const struct canvas *canvas);

#endif
