/* The palette: every command by its name. */
#ifndef GATEHOUSE_UI_PALETTE_H
#define GATEHOUSE_UI_PALETTE_H

struct app;
void palette_open(struct app *app);

#endif
