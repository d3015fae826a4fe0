/* Panic: suspends every token of a group or an owner, with a count first and undo after. */
#ifndef GATEHOUSE_UI_PANIC_H
#define GATEHOUSE_UI_PANIC_H

#include "ui/app.h"

/* Asks for a group or an owner. Returns effects. */
int panic_ask(struct app *app);
int panic_group(struct app *app, int64_t group);

#endif
