/* A part of a screen that scrolls: what does not fit its window is drawn all the same, as if the
 * window were high enough, and the window shows the rows around the cursor. */
#ifndef GATEHOUSE_UI_PANE_H
#define GATEHOUSE_UI_PANE_H

#include "ui/terminal/draw.h"

struct pane {
    int scroll;       /* rows above the window */
    int rows, height; /* of all there was to draw, and of the window, the last time */
    int room;         /* the rows it had, with its note */
    int around;       /* rows beside that of the cursor which are shown, too; 0: one */
};

/* Draws all rows from 0 on, places the cursor where the focus is (draw_cursor), and returns how
 * many there are. Called twice for each frame: the first time only to measure. */
typedef int pane_drawing(void *arg, const struct canvas *canvas);

/* How many rows there are at this width. */
int pane_rows(const struct canvas *window, pane_drawing *draw, void *arg);
/* Draws what the window shows; its last column is left to a scroll bar, drawn where that is not
 * all. The window follows the cursor; without one it stays where it is. */
void pane_draw(struct pane *pane, const struct canvas *window, pane_drawing *draw, void *arg);
/* The same with a note about what is under the cursor: below the last row, or where not all rows
 * have room, at the bottom of the window, as far as a third of it. */
void pane_draw_noted(struct pane *pane, const struct canvas *window, pane_drawing *draw,
                     pane_drawing *note, void *arg);
/* Scrolls a pane without a cursor. */
void pane_scroll(struct pane *pane, int rows);
bool pane_is_cut(const struct pane *pane);

#endif
