/* Limits and policies of the database. */
#ifndef GATEHOUSE_UI_SETTINGS_SCREEN_H
#define GATEHOUSE_UI_SETTINGS_SCREEN_H

#include "ui/app.h"

void settings_screen_open(struct app *app);

#endif
