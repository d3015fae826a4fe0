/* The tab Groups. */
#ifndef GATEHOUSE_UI_GROUPS_H
#define GATEHOUSE_UI_GROUPS_H

#include "ui/app.h"
#include "ui/kit/columns.h"

enum error groups_open(struct app *app) MUST_CHECK;

extern const struct columns groups_columns;

#endif
