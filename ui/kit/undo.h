/* The last 20 acts of this console that can be taken back, as far as nobody has decided about the
 * same things since (revert.h). An act is known by the events it wrote. */
#ifndef GATEHOUSE_UI_UNDO_H
#define GATEHOUSE_UI_UNDO_H

#include "ui/app.h"

struct undo *undo_new(void);
void undo_free(struct undo *undo);

/* Says what the act of this key did: "✓ sa::ci deactivated · U undo · 3 tokens stopped". U is
 * offered, and the act remembered, only if all of it can be taken back. If nothing was written it
 * says "Nothing changed". `details` may be "". Returns EFFECT_DRAW. */
int undo_say(struct app *app, const char *details, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What U does: takes the newest act back at once if the console has offered just that, and nothing
 * has been run or said since; otherwise names it and asks. Returns effects. */
int undo_run(struct app *app);

#endif
