/* The terminal: set up without clearing it twice, left whole whatever happens. */
#ifndef GATEHOUSE_UI_TERM_H
#define GATEHOUSE_UI_TERM_H

#include <gatehouse/error.h>
#include <stdbool.h>
#include <stddef.h>

/* Of the type $TERM; one that is not known here is taken for an xterm. ERR_SYSTEM if it cannot show
 * a console. */
enum error term_open(void) MUST_CHECK;
/* The type that was not known here; NULL: it was. */
const char *term_unknown_type(void);
void term_close(void);
enum { TERM_CRASH_STACK = 1 << 16 };
/* To be called first in each further thread: when its own stack has overflowed, giving the terminal
 * back takes another, of TERM_CRASH_STACK bytes, which must outlive the thread. */
void term_give_crash_stack(void *bytes);
/* Gives the terminal back for ^Z and takes it again after fg. */
void term_suspend(void);
/* After someone else's SIGSTOP and SIGCONT: sets the modes again. */
void term_resume(void);
/* Whether the terminal reports clicks and the wheel. */
void term_mouse(bool on);
/* Reads the size again after SIGWINCH. */
void term_resize(void);
/* Where the numbers of caught signals can be read, one byte each. */
int term_signals(void);
/* Asks the terminal whether it marks pastes, and then, if wanted, for its background, unless it is
 * of a type that may show the questions; the answers come as input, if they come. Whether it was
 * asked. */
bool term_ask(bool background);

#endif
