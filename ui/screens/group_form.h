/* Edit Group. */
#ifndef GATEHOUSE_UI_GROUP_FORM_H
#define GATEHOUSE_UI_GROUP_FORM_H

#include "ui/app.h"

void group_form_open(struct app *app, int64_t group);

#endif
