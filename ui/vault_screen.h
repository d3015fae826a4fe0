/* The vault: its key slots, to be added, changed and removed. */
#ifndef GATEHOUSE_UI_VAULT_SCREEN_H
#define GATEHOUSE_UI_VAULT_SCREEN_H

#include "ui/app.h"

void vault_screen_open(struct app *app);

#endif
