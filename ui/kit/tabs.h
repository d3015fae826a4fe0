/* The tabs that the console has, and switching between them. A tab that is left keeps its filter,
 * cursor and marks. */
#ifndef GATEHOUSE_UI_TABS_H
#define GATEHOUSE_UI_TABS_H

#include "ui/screen.h"

struct tab {
    enum command command;
    const char *title;
    enum error (*open)(struct app *app); /* pushes its screen */
};

/* Closes what lies over the present tab and shows another. Returns effects. */
int tabs_show(struct app *app, enum command command);
/* Draws the row of titles; returns the column after them. */
int tabs_draw(const struct app *app, const struct canvas *canvas, enum command present);
/* The tab whose title stands at this column of the tab row; COMMAND_NONE. */
enum command tabs_at(const struct app *app, int column, enum command present);
/* Frees the tabs that are not shown. */
void tabs_close(struct app *app);

#endif
