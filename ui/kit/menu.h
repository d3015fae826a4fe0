/* Pop-up menus: the ellipsis menu beside a row, and pickers. */
#ifndef GATEHOUSE_UI_MENU_H
#define GATEHOUSE_UI_MENU_H

#include "ui/screen.h"

/* The ellipsis menu of the top screen: `commands` ended by COMMAND_NONE, beside the cell (row,
 * column) of the screen, flipping at the edges. Runs the chosen one in that screen. Letters are the
 * direct keys; disabled entries say why, and those that belong elsewhere are left out. */
void menu_open(struct app *app, const char *title, int row, int column,
               const enum command *commands);

/* A picker: one of `count` labels; opens on `present`. The key of an entry picks it at once. */
struct picker_entry {
    const char *label;
    int key;
};
void picker_open(struct app *app, const char *title, int row, int column,
                 const struct picker_entry *entries, size_t count, size_t present,
                 int (*picked)(struct app *app, void *arg, size_t index), void *arg);

#endif
