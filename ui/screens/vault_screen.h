/* The vault: its key slots, to be added, changed and removed. */
#ifndef GATEHOUSE_UI_VAULT_SCREEN_H
#define GATEHOUSE_UI_VAULT_SCREEN_H

#include "ui/app.h"
#include "ui/kit/columns.h"

void vault_screen_open(struct app *app);
/* Adds a recovery code as a key slot and shows it once; the vault is unlocked. Returns effects. */
int vault_show_recovery_code(struct app *app);

extern const struct columns vault_screen_columns;

#endif
