/* The palette: every command by its name, and accounts, groups, permissions and saved searches by
 * theirs. */
#ifndef GATEHOUSE_UI_PALETTE_H
#define GATEHOUSE_UI_PALETTE_H

struct app;
void palette_open(struct app *app);

#endif
