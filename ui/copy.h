/* Copying from the console to the clipboard of the terminal (terminal/clipboard.h). */
#ifndef GATEHOUSE_UI_COPY_H
#define GATEHOUSE_UI_COPY_H

#include "ui/app.h"

#include <gatehouse/secret.h>

/* Draws the frame, sends the secret, says what was done, and clears the clipboard when the time of
 * the setting is over. Returns effects. */
int copy_secret(struct app *app, const struct secret *secret);
/* The same for text that is no secret: never cleared. */
int copy_text(struct app *app, const char *text);
/* Clears a secret that is still in the clipboard; at exit, too. */
void copy_clear(struct app *app);

#endif
