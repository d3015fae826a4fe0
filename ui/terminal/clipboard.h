/* The clipboard of the terminal in front of the admin: OSC 52, through whatever multiplexer lies
 * between. */
#ifndef GATEHOUSE_UI_CLIPBOARD_H
#define GATEHOUSE_UI_CLIPBOARD_H

#include <gatehouse/secret.h>
#include <stddef.h>

struct store;

/* The way to the terminal, read from the environment. */
enum clipboard_way {
    CLIPBOARD_PLAIN,    /* OSC 52 straight to the terminal */
    CLIPBOARD_INSIDE,   /* plain, but $TERM says that a multiplexer lies outside of ours */
    CLIPBOARD_TMUX,     /* tmux 3.2 or newer: tmux load-buffer -w */
    CLIPBOARD_TMUX_OLD, /* OSC 52 in a DCS wrapper */
    CLIPBOARD_SCREEN,   /* GNU screen: DCS in chunks of at most 760 bytes */
};
enum clipboard_way clipboard_way(void);

/* The bytes that put `text` (size 0: nothing, which clears) into the clipboard that way; in guarded
 * memory, the caller's. Not for CLIPBOARD_TMUX. */
enum error clipboard_bytes(enum clipboard_way way, const void *text, size_t size,
                           struct secret **out) MUST_CHECK;

/* Hands text to tmux in a named buffer that is deleted again. ERR_CONFLICT when the terminal
 * outside takes no clipboard: nothing is claimed then. */
enum error clipboard_tmux_copy(const void *text, size_t size) MUST_CHECK;

/* Sends it that way; the caller has drawn the frame, which the sequence must not stand inside of.
 */
enum error clipboard_send(enum clipboard_way way, const void *text, size_t size) MUST_CHECK;

/* For a command: sends once and writes what was done, in words, to `said`. Never cleared: the
 * program ends. */
enum error clipboard_copy_once(struct store *store, const struct secret *secret, char *said,
                               size_t size) MUST_CHECK;

#endif
