#include "ui/kit/pane.h"

#include "ui/kit/scroll_bar.h"

#include <gatehouse/text.h>
#include <limits.h>

enum { ALL_ROWS = SHRT_MAX };

int pane_rows(const struct canvas *window, pane_drawing *draw, void *arg)
{
    struct cursor ignored;
    struct canvas canvas = canvas_measure(window, ALL_ROWS, &ignored);
    return draw(arg, &canvas);
}

/* The row of the cursor is in the window, and as far as there is room those beside it: the heads of
 * a table, the line that explains a row. */
static void follow(struct pane *pane, int row)
{
    int around = pane->around ? pane->around : 1, most = (pane->height - 1) / 2;
    if (around > most) around = most;
    if (row - around < pane->scroll) pane->scroll = row - around;
    if (row + around >= pane->scroll + pane->height) pane->scroll = row + around - pane->height + 1;
}

static void keep_inside(struct pane *pane)
{
    if (pane->scroll > pane->rows - pane->height) pane->scroll = pane->rows - pane->height;
    if (pane->scroll < 0) pane->scroll = 0;
}

/* Where there is no room for a bar, an arrow. */
static void draw_bar(const struct pane *pane, const struct canvas *window)
{
    int column = window->columns - 1, last = pane->height - 1;
    struct scroll_thumb thumb = scroll_thumb(pane->scroll, pane->height, pane->rows, pane->height);
    for (int i = 0; i < thumb.length; i++)
        draw_glyph(window, thumb.first + i, column, ROLE_TEXT, GLYPH_THUMB);
    if (thumb.length) return;
    if (pane->scroll + pane->height < pane->rows)
        draw_glyph(window, last, column, ROLE_MUTED, GLYPH_DOWN);
    else if (pane->scroll)
        draw_glyph(window, 0, column, ROLE_MUTED, GLYPH_UP);
}

/* A window of another height shows what is above the focus, as far as it can, however it was
 * scrolled before. */
static void set_room(struct pane *pane, int rows)
{
    if (pane->room != rows) pane->scroll = 0;
    pane->room = rows;
}

static void draw_window(struct pane *pane, const struct canvas *window, pane_drawing *draw,
                        void *arg)
{
    struct cursor cursor;
    struct canvas canvas = canvas_measure(window, ALL_ROWS, &cursor);
    canvas.columns--;
    pane->rows = draw(arg, &canvas);
    pane->height = window->rows;
    if (cursor.placed) follow(pane, cursor.row);
    keep_inside(pane);
    canvas = canvas_scrolled(window, pane->rows, pane->scroll);
    canvas.columns--;
    draw(arg, &canvas);
    draw_bar(pane, window);
}

void pane_draw(struct pane *pane, const struct canvas *window, pane_drawing *draw, void *arg)
{
    set_room(pane, window->rows);
    draw_window(pane, window, draw, arg);
}

void pane_draw_noted(struct pane *pane, const struct canvas *window, pane_drawing *draw,
                     pane_drawing *note, void *arg)
{
    struct canvas inside = *window;
    inside.columns--;
    int rows = pane_rows(&inside, draw, arg), height = pane_rows(&inside, note, arg);
    int most = window->rows / 3, left = window->rows - rows;
    if (height > most && height > left) height = most > left ? most : left;
    int top = left >= height ? rows : window->rows - height;
    struct canvas above = canvas_part(window, 0, 0, top, window->columns);
    struct canvas below = canvas_part(window, top, 0, height, inside.columns);
    set_room(pane, window->rows);
    draw_window(pane, &above, draw, arg);
    note(arg, &below);
}

void pane_scroll(struct pane *pane, int rows)
{
    pane->scroll += rows;
    keep_inside(pane);
}

bool pane_is_cut(const struct pane *pane)
{
    return pane->rows > pane->height;
}
