/* What the files of the tab of all tokens share. */
#ifndef GATEHOUSE_UI_TOKENS_SCREEN_H
#define GATEHOUSE_UI_TOKENS_SCREEN_H

#include "ui/kit/table.h"
#include "ui/screens/token_act.h"

#include <gatehouse/token_query.h>

/* A row as the list holds it. */
struct listed_token {
    struct token_item item;
    bool ruled;                     /* matches the rule of the marks */
    char detail[TOKEN_DETAIL_SIZE]; /* for the line below the list */
};

/* The table's facet is an enum token_facet. */
struct tokens {
    struct screen screen;
    struct table table;

    bool renaming;
    struct field rename;
    int64_t renamed; /* the token */
};

/* tokens_list.c */
extern const struct table_source tokens_source;

/* tokens_act.c: for rows of the command table. */
int tokens_suspend_marked(struct screen *screen);
int tokens_revoke_marked(struct screen *screen);
int tokens_expire_marked(struct screen *screen);
int tokens_pick_facet(struct screen *screen);
int tokens_save_search(struct screen *screen);
int tokens_delete_search(struct screen *screen);

#endif
