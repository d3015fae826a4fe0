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
    enum bulk_kind other;         /* what the second choice does */
    char reason[160], path[1700]; /* what `bulk` points to */
    struct bulk_impact impact;
    /* Called when it is done: the marks can go. May be NULL. */
    void (*done)(struct app *app, void *arg, enum bulk_kind kind);
    void *arg;
};

/* Takes over the rows; NULL (and said why) when there are none or no memory. bulk_ask_free. */
struct bulk_ask *bulk_ask_new(struct app *app, struct id_set *rows);
void bulk_ask_free(struct bulk_ask *ask);
/* Fills `impact`, with progress, whose `accounts` is how many of the rows are still there. False:
 * none is, or it failed or was stopped, which was said. */
bool bulk_ask_measure(struct bulk_ask *ask);
/* "3 tokens, last used 2 min ago from 10.0.0.7, stop working now." `count`: of the impact, what the
 * change concerns; `does`, `do_`: what happens to one, and to several. */
void bulk_ask_hit_text(const struct bulk_ask *ask, int64_t count, const char *does, const char *do_,
                       char *out, size_t size);
/* Adds "2 tokens still knocking, last 2 min ago from 10.0.0.5." to a text, if there are any. */
void bulk_ask_add_knocking(const struct bulk_ask *ask, char *text, size_t size);
/* Does it, says what was done, remembers it for undo. Frees `ask`. Returns effects. */
int bulk_ask_run(struct bulk_ask *ask, enum bulk_kind kind);
/* Something that can be done to `count` of the rows. */
struct bulk_way {
    enum bulk_kind kind;
    const char *label; /* "Deactivate" */
    size_t count;
};
/* Asks which of two opposite things to do. Y does it to the greater number, as it does where only
 * one is possible; V does the other. Takes over `ask`. Returns effects. */
int bulk_ask_which_way(struct bulk_ask *ask, const char *title, const char *text,
                       const struct bulk_way ways[static 2]);
/* `done` of a confirmation whose `arg` is a struct bulk_ask with its kind set. */
int bulk_ask_confirmed(struct app *app, void *ask, int choice);

#endif
