/* One change to many rows: asks first and says what it would affect, then progress, result line and
 * undo. */
#ifndef GATEHOUSE_UI_BULK_ASK_H
#define GATEHOUSE_UI_BULK_ASK_H

#include "ui/kit/table.h"

#include <gatehouse/account.h>
#include <gatehouse/bulk.h>

struct bulk_ask {
    struct app *app;
    struct id_set rows;
    bool of_tokens; /* the rows are tokens */
    struct bulk bulk;
    enum bulk_kind other;                                /* what the second choice does */
    char reason[ACCOUNT_OWNER_MAX * 4 + 32], path[1700]; /* what `bulk` points to */
    struct bulk_impact impact;
    struct table *marked; /* the table whose marked rows they are; NULL: of none */
};

/* Takes over the rows, and fills `impact`, with progress: its `accounts` is how many of the rows
 * are still there. NULL, which was said, if none is, or if it failed or was stopped. bulk_ask_free.
 */
struct bulk_ask *bulk_ask_new(struct app *app, struct id_set *rows, bool of_tokens);
/* The same for the marked rows of a table. */
struct bulk_ask *bulk_ask_marked(struct table *table, bool of_tokens);
void bulk_ask_free(struct bulk_ask *ask);
/* "3 tokens, last used 2 min ago from 10.0.0.7, stop working now." `count`: of the impact, what the
 * change concerns; `does`, `do_`: what happens to one, and to several. */
void bulk_ask_hit_text(const struct bulk_ask *ask, int64_t count, const char *does, const char *do_,
                       char *out, size_t size);
/* Adds "2 tokens still knocking, last 2 min ago from 10.0.0.5." to a text, if there are any. */
void bulk_ask_add_knocking(const struct bulk_ask *ask, char *text, size_t size);
/* The same for BULK_SUSPEND, with what else it suspends. */
void bulk_ask_suspend_text(const struct bulk_ask *ask, char *out, size_t size);
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
