/* The first start: explains the three ways to keep tokens, and creates the database. */
#ifndef GATEHOUSE_UI_FIRST_START_H
#define GATEHOUSE_UI_FIRST_START_H

#include "ui/app.h"

/* Pushes the screen; the terminal may not be set up yet. */
enum error first_start_open(struct app *app) MUST_CHECK;

#endif
