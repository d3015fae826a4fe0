/* Limits and policies of the database. */
#ifndef GATEHOUSE_UI_SETTINGS_SCREEN_H
#define GATEHOUSE_UI_SETTINGS_SCREEN_H

#include "ui/app.h"
#include "ui/kit/columns.h"

void settings_screen_open(struct app *app);

extern const struct columns settings_screen_columns;

#endif
