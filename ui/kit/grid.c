#include "ui/kit/grid.h"

#include <gatehouse/text.h>
#include <stdio.h>

enum { LEFT = 2, BOX = 4, GAP = 2, COLUMNS_MOST = 16 };

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

struct shape {
    int columns, widths[COLUMNS_MOST];
};

/* Whether so many columns fit, each as wide as the longest name in it. */
static bool fits(const struct permissions *catalogue, int columns, int room, struct shape *shape)
{
    int used = GAP * (columns - 1);
    *shape = (struct shape){.columns = columns};
    for (size_t i = 0; i < catalogue->count && used <= room; i++) {
        int *width = &shape->widths[i % (size_t)columns];
        int more = BOX + (int)text_width(catalogue->items[i].name) - *width;
        if (more <= 0) continue;
        *width += more;
        used += more;
    }
    return used <= room;
}

/* As many columns as fit without a name being cut. */
static struct shape shape_of(const struct permissions *catalogue, const struct canvas *canvas)
{
    struct shape shape;
    int room = canvas->columns - LEFT, columns = COLUMNS_MOST;
    if ((size_t)columns > catalogue->count) columns = (int)catalogue->count;
    while (columns > 1 && !fits(catalogue, columns, room, &shape))
        columns--;
    if (columns <= 1) shape = (struct shape){.columns = 1, .widths = {room}};
    return shape;
}

int grid_least(const struct permissions *catalogue)
{
    int widest = 0;
    for (size_t i = 0; i < catalogue->count; i++) {
        int width = (int)text_width(catalogue->items[i].name);
        if (width > widest) widest = width;
    }
    return LEFT + BOX + widest;
}

int grid_rows(const struct permissions *catalogue, const struct canvas *canvas)
{
    int columns = shape_of(catalogue, canvas).columns;
    return ((int)catalogue->count + columns - 1) / columns;
}

int grid_draw(struct grid *grid, const struct permissions *catalogue, const struct canvas *canvas,
              int top, bool focused, enum grid_mark (*mark)(const void *arg, int64_t permission),
              const void *arg)
{
    struct shape shape = shape_of(catalogue, canvas);
    int row = top, column = LEFT;
    grid->columns = shape.columns;
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct permission *permission = &catalogue->items[i];
        size_t place = i % (size_t)shape.columns;
        if (place == 0 && i) row++, column = LEFT;
        struct canvas spot = canvas_part(canvas, row, column, 1, shape.widths[place]);
        spot.lit = focused && grid->at == i;
        draw_cell_of(&spot, mark(arg, permission->number), permission->name);
        column += shape.widths[place] + GAP;
    }
    return catalogue->count ? row + 1 - top : 0;
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
