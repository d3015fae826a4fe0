#include "ui/kit/grid.h"

#include <gatehouse/text.h>
#include <stdio.h>

enum { CELL_LEAST = 26, LEFT = 2, BOX = 4, GAP = 1 }; /* the names of the default catalogue fit */

static void draw_cell_of(const struct canvas *spot, enum grid_mark mark, const char *name)
{
    char box[16];
    const char *sign = mark == GRID_EXPLICIT    ? "x"
                       : mark == GRID_INHERITED ? text_glyph(GLYPH_DOT)
                                                : " ";
    snprintf(box, sizeof box, "[%s]", sign);
    draw_cell(spot, 0, 0, BOX, mark == GRID_EXPLICIT ? ROLE_ACCENT : ROLE_MUTED, box);
    draw_cell(spot, 0, BOX, spot->columns - BOX, ROLE_TEXT, name);
    if (spot->lit) draw_cursor(spot, 0, 1, false);
}

static int columns_of(const struct canvas *canvas)
{
    int columns = (canvas->columns - LEFT + GAP) / CELL_LEAST; /* no gap after the last one */
    return columns > 1 ? columns : 1;
}

int grid_rows(const struct permissions *catalogue, const struct canvas *canvas)
{
    int columns = columns_of(canvas);
    return ((int)catalogue->count + columns - 1) / columns;
}

int grid_draw(struct grid *grid, const struct permissions *catalogue, const struct canvas *canvas,
              int top, bool focused, enum grid_mark (*mark)(const void *arg, int64_t permission),
              const void *arg)
{
    int columns = columns_of(canvas), width = (canvas->columns - LEFT + GAP) / columns;
    grid->columns = columns;
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct permission *permission = &catalogue->items[i];
        struct canvas spot = canvas_part(canvas, top + (int)i / columns,
                                         LEFT + (int)i % columns * width, 1, width - GAP);
        spot.lit = focused && grid->at == i;
        draw_cell_of(&spot, mark(arg, permission->number), permission->name);
    }
    return grid_rows(catalogue, canvas);
}

static int move(struct grid *grid, const struct permissions *catalogue, int by)
{
    long at = (long)grid->at + by;
    if (at >= 0 && at < (long)catalogue->count) grid->at = (size_t)at;
    return EFFECT_DRAW;
}

int grid_move(struct grid *grid, const struct permissions *catalogue, enum command command)
{
    switch (command) {
    case COMMAND_GRID_LEFT:
        return move(grid, catalogue, -1);
    case COMMAND_GRID_RIGHT:
        return move(grid, catalogue, 1);
    case COMMAND_GRID_UP:
        return move(grid, catalogue, -grid->columns);
    case COMMAND_GRID_DOWN:
        return move(grid, catalogue, grid->columns);
    default:
        return EFFECT_NONE;
    }
}
