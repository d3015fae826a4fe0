/* The last events of an account, read in the background: a part of its form. */
#ifndef GATEHOUSE_UI_ACCOUNT_HISTORY_H
#define GATEHOUSE_UI_ACCOUNT_HISTORY_H

#include "ui/kit/columns.h"
#include "ui/screen.h"

#include <gatehouse/when.h>

enum { HISTORY_ROWS = 10 };

struct history_event {
    int64_t sequence, at;
    char who[160], kind[48], change[256];
};

struct account_history {
    bool was_read;
    size_t count, at;
    int64_t sequence; /* of the event under the cursor; 0: the newest */
    int64_t now;
    struct history_event events[HISTORY_ROWS]; /* newest first */
};

/* Reads them again; they come when they have been read. */
void account_history_ask(struct account_history *history, struct app *app, int64_t account);
/* To be called before it is freed. */
void account_history_leave(struct account_history *history, struct app *app);

/* Draws them with the rule above; returns the rows used. Clicks on them are `target` and on. */
int account_history_draw(struct account_history *history, const struct screen *screen,
                         const struct canvas *canvas, int top, bool focused, int target);
/* For `move` of a class. */
int account_history_move(struct account_history *history, enum command command);
void account_history_go(struct account_history *history, size_t index);
/* The whole event under the cursor in a dialog. Returns effects. */
int account_history_show(const struct account_history *history, struct app *app);

extern const struct columns account_history_columns;

#endif
