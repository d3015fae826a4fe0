/* Copying from the console to the clipboard of the terminal (terminal/clipboard.h). */
#ifndef GATEHOUSE_UI_COPY_H
#define GATEHOUSE_UI_COPY_H

#include "ui/app.h"

#include <gatehouse/secret.h>

/* Draws the frame, sends the secret, says so, and clears the clipboard after the time the setting
 * allows. Returns effects. */
int copy_secret(struct app *app, const struct secret *secret);
/* The same for text that is not secret and so never cleared. */
int copy_text(struct app *app, const char *text);
/* Clears our secret from the clipboard if it is still there; also called at exit. */
void copy_clear(struct app *app);

#endif
