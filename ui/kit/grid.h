/* The permissions as a grid of boxes with a cursor: in the forms of accounts and groups. */
#ifndef GATEHOUSE_UI_GRID_H
#define GATEHOUSE_UI_GRID_H

#include "ui/screen.h"

#include <gatehouse/permission.h>

enum grid_mark { GRID_NONE, GRID_INHERITED, GRID_EXPLICIT };

struct grid {
    size_t at;   /* the permission under the cursor */
    int columns; /* of the last drawing */
};

/* Draws the boxes from `top` on; returns the rows used. */
int grid_draw(struct grid *grid, const struct permissions *catalogue, const struct canvas *canvas,
              int top, bool focused, enum grid_mark (*mark)(const void *arg, int64_t permission),
              const void *arg);
/* The columns that it takes so that no name is cut. */
int grid_least(const struct permissions *catalogue);
int grid_rows(const struct permissions *catalogue, const struct canvas *canvas);
/* For `move` of a class. */
int grid_move(struct grid *grid, const struct permissions *catalogue, enum command command);

#endif
