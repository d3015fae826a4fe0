/* The screen library, without its macros for OK and ERR, which get in the way of enum error. */
#ifndef GATEHOUSE_UI_CURSES_H
#define GATEHOUSE_UI_CURSES_H

#include <gatehouse/error.h>

#include <curses.h>
#undef OK
#undef ERR

enum { CURSES_FAILED = -1 };

#endif
