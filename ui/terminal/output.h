/* What is written to the terminal, a frame in one piece.
 *
 * ncurses writes after every movement of the cursor until it has come back from the shell once
 * (_nc_mvcur in 6.4): dozens of times for a screen, several times for a key. Over SSH
 * each would be a packet, and half a frame could be seen. So its write() is ours. Where it is not,
 * because ncurses was linked statically, it writes as it likes. */
#ifndef GATEHOUSE_UI_OUTPUT_H
#define GATEHOUSE_UI_OUTPUT_H

#include <gatehouse/error.h>
#include <stddef.h>

/* Bytes straight to the terminal, between two frames. */
enum error output_send(const void *bytes, size_t size) MUST_CHECK;

/* What ncurses writes between the two is sent when the frame ends. */
void output_begin_frame(void);
void output_end_frame(void);
/* For the handler of a crash: what waits is not sent any more. */
void output_abandon_frame(void);

#endif
