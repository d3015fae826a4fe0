/* What to try first: shown at the start of the demo. */
#ifndef GATEHOUSE_UI_TOUR_H
#define GATEHOUSE_UI_TOUR_H

#include "ui/app.h"

void tour_open(struct app *app);

#endif
