/* What surrounds a screen: the tab row, the result line, the footer. */
#ifndef GATEHOUSE_UI_FRAME_H
#define GATEHOUSE_UI_FRAME_H

#include "ui/screen.h"

/* Draws result line and footer at the bottom and returns what is left above them. Below 12 rows the
 * result line replaces the footer. The footer is that of the pop-up above `screen`, if there is
 * one. */
struct canvas frame_draw_bottom(const struct screen *screen, const struct canvas *canvas);
/* What is left above them, for pop-ups. */
struct canvas frame_above(const struct canvas *canvas);
/* Draws the row of tabs at row 0, and at its end the database, the user and the vault. */
void frame_draw_tabs(const struct screen *screen, const struct canvas *canvas);

#endif
