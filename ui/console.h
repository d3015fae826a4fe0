/* The console: everything on the screen, from the first frame to the restored terminal. */
#ifndef GATEHOUSE_UI_CONSOLE_H
#define GATEHOUSE_UI_CONSOLE_H

#include "ui/app.h"

/* Runs until the admin quits or a signal ends it; the terminal is restored either way. */
enum error console_run(const struct console_options *options) MUST_CHECK;

#endif
