/* The overview: the line of numbers under the title, the same on every tab, and what the title row
 * ends with. Numbers that need more than a look at a counter are counted in the background. */
#ifndef GATEHOUSE_UI_OVERVIEW_H
#define GATEHOUSE_UI_OVERVIEW_H

#include "ui/screen.h"

struct overview *overview_new(void);           /* NULL: no memory */
void overview_free(struct overview *overview); /* after the background; NULL is fine */

/* For the load function of a screen that shows it: reads what costs next to nothing; the rest is
 * counted again soon. */
enum error overview_load(struct app *app) MUST_CHECK;
/* When overview_count should be called, in ambient_ticks(); INT64_MAX: never. */
int64_t overview_due(const struct app *app);
void overview_count(struct app *app);
/* Stops counting, until a little later, for what is waited for. */
void overview_give_way(struct app *app);

/* What the title row ends with. */
struct identity {
    char name[256]; /* of the database: that of the setting, or of its file */
    enum role role; /* of its colour */
    bool has_vault;
};
const struct identity *overview_identity(const struct app *app);

/* Draws the line; each number takes clicks. */
void overview_draw(const struct screen *screen, const struct canvas *canvas, int row);

#endif
