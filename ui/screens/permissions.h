/* The tab Permissions: the catalogue, and who holds what. */
#ifndef GATEHOUSE_UI_PERMISSIONS_H
#define GATEHOUSE_UI_PERMISSIONS_H

#include "ui/app.h"
#include "ui/kit/columns.h"

enum error permissions_open(struct app *app) MUST_CHECK;

extern const struct columns permissions_columns;

#endif
