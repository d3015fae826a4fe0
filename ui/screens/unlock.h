/* Unlocking the vault: asks once, then goes on with what needed it. */
#ifndef GATEHOUSE_UI_UNLOCK_H
#define GATEHOUSE_UI_UNLOCK_H

#include "ui/app.h"

/* Calls `done` with the vault unlocked: at once when it is, else after asking. Cancelled: never.
 * `number` is handed on. Returns effects. */
int unlock_then(struct app *app, int (*done)(struct app *app, int64_t number), int64_t number);

#endif
