/* New Service Account and Edit Service Account. */
#ifndef GATEHOUSE_UI_ACCOUNT_FORM_H
#define GATEHOUSE_UI_ACCOUNT_FORM_H

#include "ui/app.h"
#include "ui/kit/columns.h"

/* account 0: a new one. */
void account_form_open(struct app *app, int64_t account);

extern const struct columns account_form_columns;

#endif
