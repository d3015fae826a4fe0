/* Activating and deactivating one account, wherever it is shown. */
#ifndef GATEHOUSE_UI_ACCOUNT_TOGGLE_H
#define GATEHOUSE_UI_ACCOUNT_TOGGLE_H

#include "ui/app.h"

#include <gatehouse/account.h>

/* Changes it to the opposite of what `row`, which is on the screen, shows; says which tokens that
 * stops or brings back. Returns effects. */
int account_toggle(struct app *app, const struct account_row *row);

#endif
