/* The console: everything on the screen, from the first frame to the restored terminal. */
#ifndef GATEHOUSE_UI_CONSOLE_H
#define GATEHOUSE_UI_CONSOLE_H

#include <gatehouse/config.h>
#include <gatehouse/store.h>

struct console_options {
    const char *database; /* path; created by the first-start dialog when missing */
    bool read_only;
    bool demo;                   /* says so in the title */
    const char *theme;           /* NULL: by itself */
    const struct config *config; /* its keys are bound already (bindings.h) */
};

/* Runs until the admin quits or a signal ends it; the terminal is left whole either way. */
enum error console_run(const struct console_options *options) MUST_CHECK;

#endif
