/* The clipboard of the terminal the admin sits at: OSC 52, through whatever multiplexer is in
 * between. */
#ifndef GATEHOUSE_UI_CLIPBOARD_H
#define GATEHOUSE_UI_CLIPBOARD_H

#include <gatehouse/secret.h>
#include <stddef.h>

struct store;

/* The way to the terminal, read from the environment. */
enum clipboard_way {
    CLIPBOARD_PLAIN,    /* OSC 52 straight to the terminal */
    CLIPBOARD_INSIDE,   /* plain, but $TERM says that there is an outer multiplexer */
    CLIPBOARD_TMUX,     /* tmux 3.2 or newer: tmux load-buffer -w */
    CLIPBOARD_TMUX_OLD, /* OSC 52 in a DCS wrapper */
    CLIPBOARD_SCREEN,   /* GNU screen: DCS in chunks of at most 760 bytes */
};
enum clipboard_way clipboard_way(void);

/* Sends the text that way, at once (size 0 clears the clipboard): the caller draws first, so that
 * it does not end up inside a frame. ERR_CONFLICT if tmux says that its terminal has no clipboard.
 */
enum error clipboard_send(enum clipboard_way way, const void *text, size_t size) MUST_CHECK;

/* For the command line: sends it and writes a sentence about that to `said`. It is never cleared,
 * since the program ends. `secret` NULL: only looks whether there is a terminal; ERR_USAGE. */
enum error clipboard_copy_once(struct store *store, const struct secret *secret, char *said,
                               size_t size) MUST_CHECK;

#endif
