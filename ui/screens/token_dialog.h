/* Tokens in full on the screen: a generated one, shown once, and a peek at an older one. */
#ifndef GATEHOUSE_UI_TOKEN_DIALOG_H
#define GATEHOUSE_UI_TOKEN_DIALOG_H

#include "ui/app.h"

#include <gatehouse/secret.h>

/* Sends a new token to the clipboard and shows it until the admin is done. Takes over `text`. */
void token_dialog_open(struct app *app, int64_t token, struct secret *text);
/* Shows a token for ten seconds. Takes over `text`. */
void token_peek_open(struct app *app, struct secret *text);
/* Shows a new recovery code once; never sent to the clipboard by itself. Takes over `text`. */
void token_code_open(struct app *app, struct secret *text);

#endif
