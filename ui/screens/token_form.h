/* Generating a token: asks for what it takes, then shows the new token once. */
#ifndef GATEHOUSE_UI_TOKEN_FORM_H
#define GATEHOUSE_UI_TOKEN_FORM_H

#include "ui/app.h"

/* `created` (NULL: nobody) is told the number of the new token. Returns effects. */
int token_form_open(struct app *app, int64_t account, void (*created)(void *arg, int64_t token),
                    void *arg);

#endif
