/* Shared by the parts of the harness; tests include only terminal.h. */
#ifndef GATEHOUSE_TESTS_TERMINAL_INSIDE_H
#define GATEHOUSE_TESTS_TERMINAL_INSIDE_H

#include "terminal.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <vterm.h>

/* Generous, because the limit is only reached if a test fails. Quiet: a screen is read once nothing
 * more comes, so that no test sees half a frame. */
enum {
    PATIENCE_MS = 20000,
    HANG_UP_MS = 5000,
    UNREAD_MS = 2000,
    QUIET_MS = 40,
    ROW_BYTES = 4096,
    HOME_SIZE = 64
};

struct terminal {
    VTerm *vterm;
    VTermScreen *screen;
    int fd, rows, columns;
    pid_t child;
    int typed;            /* characters since the last pause */
    bool owns_home, gone; /* gone: no process holds the other end any more */
    bool cursor_hidden;
    char home[HOME_SIZE];
    char row[ROW_BYTES];
    char *output;
    size_t size, capacity;
    bool changed; /* since the screen was last noted */
    FILE *noted;  /* each screen at which the program paused */
    char *seen;
    size_t seen_size;
};

/* Reads what comes within `ms`; false: nothing came, or the program is gone. */
bool terminal_pump(struct terminal *terminal, int ms);
/* Adds the screen to what was seen of this terminal. */
void terminal_note(struct terminal *terminal);
/* Prints the screen to standard error, to show why a test failed. */
void terminal_print(struct terminal *terminal);

#endif
