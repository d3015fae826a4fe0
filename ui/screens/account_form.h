/* New Service Account and Edit Service Account. */
#ifndef GATEHOUSE_UI_ACCOUNT_FORM_H
#define GATEHOUSE_UI_ACCOUNT_FORM_H

#include "ui/app.h"
#include "ui/kit/columns.h"

void account_form_open(struct app *app, int64_t account);
/* A new account; `created` (NULL: nobody) is told its number. */
void account_form_new(struct app *app, void (*created)(void *arg, int64_t account), void *arg);

extern const struct columns account_form_columns;

#endif
