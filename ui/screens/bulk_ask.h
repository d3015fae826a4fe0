/* One change to many rows: asks first and says what it would affect, then progress, result line and
 * undo. */
#ifndef GATEHOUSE_UI_BULK_ASK_H
#define GATEHOUSE_UI_BULK_ASK_H

#include "ui/app.h"

#include <gatehouse/bulk.h>

struct bulk_ask {
    struct app *app;
    struct id_set rows;
    bool of_tokens; /* the rows are tokens */
    struct bulk bulk;
    char reason[160], path[1700]; /* what `bulk` points to */
    struct bulk_impact impact;
    /* Called when it is done: the marks can go. May be NULL. */
    void (*done)(struct app *app, void *arg, enum bulk_kind kind);
    void *arg;
};

/* Takes over the rows; NULL (and said why) when there are none or no memory. bulk_ask_free. */
struct bulk_ask *bulk_ask_new(struct app *app, struct id_set *rows);
void bulk_ask_free(struct bulk_ask *ask);
/* Fills `impact`, with progress; false: failed or stopped, and said so. */
bool bulk_ask_measure(struct bulk_ask *ask);
/* "3 live tokens, last used 2 min ago from 10.0.0.7". */
void bulk_ask_hit_text(const struct bulk_ask *ask, const char *what, char *out, size_t size);
/* Does it, says what was done, remembers it for undo. Frees `ask`. Returns effects. */
int bulk_ask_run(struct bulk_ask *ask, enum bulk_kind kind);
/* `done` of a confirmation whose `arg` is a struct bulk_ask with its kind set. */
int bulk_ask_confirmed(struct app *app, void *ask, int choice);

#endif
