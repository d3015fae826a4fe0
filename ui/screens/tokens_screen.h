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
    struct table_screen base;

    bool renaming;
    struct field rename;
    int64_t renamed; /* the token */
};

/* tokens_list.c */
extern const struct table_source tokens_source;

#endif
