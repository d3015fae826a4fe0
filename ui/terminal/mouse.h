/* The mouse: off until it is asked for, so that the terminal's own selecting works. */
#ifndef GATEHOUSE_UI_MOUSE_H
#define GATEHOUSE_UI_MOUSE_H

#include "ui/app.h"

/* Switches it on or off and says so. Returns effects. */
int mouse_switch(struct app *app);

#endif
