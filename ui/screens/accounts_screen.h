/* What the files of the tab Service Accounts share. */
#ifndef GATEHOUSE_UI_ACCOUNTS_SCREEN_H
#define GATEHOUSE_UI_ACCOUNTS_SCREEN_H

#include "ui/kit/table.h"
#include "ui/screens/service_line.h"

#include <gatehouse/account.h>

struct name_arena;

/* A row as the list holds it. */
struct listed {
    struct account_row row;
    bool ruled; /* matches the rule of the marks */
};

struct accounts {
    struct table_screen base;

    struct name_arena *arena; /* for the filter on names, where there are many; the background's */
    bool arena_wanted, arena_reading;

    struct service_line service;

    int64_t why_account; /* the one a question is about */
    bool adding;         /* what the open picker does: + or - */
};

/* The row under the cursor; NULL. */
struct listed *accounts_current(const struct accounts *accounts);

/* accounts_list.c */
extern const struct table_source accounts_source;

/* The names are read in the background while there is nothing else to do. */
bool accounts_want_names(const struct accounts *accounts);
void accounts_read_names(struct accounts *accounts);
void accounts_free_names(struct accounts *accounts);

/* accounts_act.c: what changes something; for rows of the command table. */
int accounts_toggle(struct screen *screen);
int accounts_delete(struct screen *screen);
int accounts_generate(struct screen *screen);
/* For the marked ones, or the one under the cursor. */
int accounts_toggle_marked(struct screen *screen);
int accounts_delete_marked(struct screen *screen);
int accounts_suspend(struct screen *screen);
int accounts_generate_marked(struct screen *screen);
int accounts_add_rights(struct screen *screen);
int accounts_remove_rights(struct screen *screen);

#endif
