/* One console that is measured, and its peak memory. */
#ifndef GATEHOUSE_BENCH_SESSION_H
#define GATEHOUSE_BENCH_SESSION_H

#include "bench.h"
#include "console.h"
#include "figures.h"

enum { BARE_QUIET_MS = 20 }; /* until the bare program has surely written everything */
struct session {
    const struct bench *bench;
    struct console *console;
    struct console *bare; /* ncurses alone, for the least that keys can cost */
    double most_mb;
};
/* Ends the run if it does not open. */
void session_open(struct session *session, const struct bench *bench);
void session_close(struct session *session);
/* Notes its memory now; call it after everything that may need much. */
void session_weigh(struct session *session);

/* Adds how long a part of the screen took; nothing if there was no answer. */
void session_add(struct samples *samples, const struct reaction *reaction, enum console_part part);

/* The parts of the session with the list of accounts. */
void session_move(struct session *session);   /* movement keys, all over the list */
void session_filter(struct session *session); /* letters typed into the filter */
void session_sort_accounts(struct session *session);
void session_open_and_toggle(struct session *session);
/* With the list of tokens. */
void session_sort_tokens(struct session *session);

#endif
