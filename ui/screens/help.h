/* The help page: the keys that work where it was asked for. */
#ifndef GATEHOUSE_UI_HELP_H
#define GATEHOUSE_UI_HELP_H

struct app;
void help_open(struct app *app);

#endif
