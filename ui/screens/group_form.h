/* Edit Group. */
#ifndef GATEHOUSE_UI_GROUP_FORM_H
#define GATEHOUSE_UI_GROUP_FORM_H

#include "ui/app.h"
#include "ui/kit/columns.h"

void group_form_open(struct app *app, int64_t group);

extern const struct columns group_form_columns;

#endif
