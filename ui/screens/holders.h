/* Who holds a permission, and through what. */
#ifndef GATEHOUSE_UI_HOLDERS_H
#define GATEHOUSE_UI_HOLDERS_H

#include "ui/app.h"
#include "ui/kit/columns.h"

#include <gatehouse/permission.h>

int holders_open(struct app *app, const struct permission *permission);

extern const struct columns holders_columns;

#endif
