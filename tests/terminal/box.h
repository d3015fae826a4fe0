/* Boxes on the screen of a terminal. */
#ifndef GATEHOUSE_TESTS_TERMINAL_BOX_H
#define GATEHOUSE_TESTS_TERMINAL_BOX_H

#include "terminal.h"

/* Whether there is a box whose title begins with this (ASCII); fails the test if its border has a
 * gap. */
bool box_is_whole(const struct terminal *terminal, const char *title, int rows, int columns);
/* The column where a text begins in a row of the screen; -1: nowhere. */
int box_column(const struct terminal *terminal, int row, int columns, const char *ascii);

#endif
