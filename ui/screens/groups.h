/* The tab Groups. */
#ifndef GATEHOUSE_UI_GROUPS_H
#define GATEHOUSE_UI_GROUPS_H

#include "ui/app.h"

enum error groups_open(struct app *app) MUST_CHECK;

#endif
