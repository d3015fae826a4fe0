/* The tabs: which there are, and switching between them. A tab that is left keeps its filter,
 * cursor and marks. */
#ifndef GATEHOUSE_UI_TABS_H
#define GATEHOUSE_UI_TABS_H

#include "ui/app.h"

struct tab {
    enum command command;
    const char *title;
    enum error (*open)(struct app *app); /* pushes its screen */
};
/* In the order of their digits. */
extern const struct tab tabs[];
extern const int tab_count;

/* Closes what lies over the present tab and shows another. Returns effects. */
int tabs_show(struct app *app, enum command command);
/* Draws the row of titles; returns the column after them. */
int tabs_draw(const struct canvas *canvas, enum command present);
/* The tab whose title stands at this column of the tab row; COMMAND_NONE. */
enum command tabs_at(int columns, int column, enum command present);
/* Frees the tabs that are not shown. */
void tabs_close(struct app *app);

#endif
