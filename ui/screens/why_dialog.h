/* Where a permission of an account comes from. */
#ifndef GATEHOUSE_UI_WHY_DIALOG_H
#define GATEHOUSE_UI_WHY_DIALOG_H

#include "ui/app.h"

/* Shows the chain, or what would give it. Returns effects. */
int why_show(struct app *app, int64_t account, int64_t permission);
/* Asks for the permission first. `account` must outlive the question. */
int why_ask(struct app *app, int64_t *account);

#endif
