/* What the tabs with rows have in common: a list read in pages, a filter typed over it, a sort, and
 * the count of what is shown. A screen embeds a table and hands it what it does not take itself. */
#ifndef GATEHOUSE_UI_TABLE_H
#define GATEHOUSE_UI_TABLE_H

#include "ui/app.h"
#include "ui/field.h"
#include "ui/list.h"
#include "ui/menu.h"

enum { FILTER_MAX = 128, FILTER_SIZE = FILTER_MAX * 4 + 1 };

struct table_source {
    const char *title;                /* "Service Accounts" */
    const char *one, *many;           /* "account", "accounts" */
    const char *empty;                /* the sentence of an empty list: names the next key */
    const struct picker_entry *sorts; /* by number of the sort */
    size_t sort_count;
    struct list_source rows; /* its `arg` is the screen */
    /* How many rows there are, and how many match the filter; may be interrupted. */
    enum error (*count)(void *arg, bool matching, int64_t *count);
    /* About how many of the `total` rows of the list stand before `row`, without counting them: a
     * few milliseconds at most; may be interrupted. */
    enum error (*before)(void *arg, const void *row, int64_t total, int64_t *rows);
};

/* What must be read anew when the list is loaded next. */
enum table_reopen {
    TABLE_KEEP,   /* rows stay where they are */
    TABLE_AROUND, /* the order is another: around the row under the cursor */
    TABLE_TOP,    /* from the top; the cursor stays on its row where it is among the first */
};

struct table {
    const struct table_source *source;
    struct app *app;
    struct screen *screen;
    struct list list;
    struct field filter;
    bool filtering; /* the filter has the focus */
    bool narrowed;  /* the rows are fewer for another reason than the filter: a facet */
    int sort;
    bool descending;
    enum table_reopen reopen;
    bool searching;            /* a filter was typed whose rows are still to be read */
    bool drop_gone;            /* what was deleted here need not stay on the screen */
    int64_t total, matching;   /* -1: not counted yet */
    int64_t placed;            /* how many matched when the place of the rows was known last */
    bool placeless;            /* it could not be found out */
    int top;                   /* the screen's row of the first row */
    int menu_row, menu_column; /* the ⋮ of the row under the cursor, on the screen */
};

enum error table_init(struct table *table, struct app *app, struct screen *screen,
                      const struct table_source *source) MUST_CHECK;
void table_free(struct table *table);

/* Reads the rows for a screen of so many rows, and the total. */
enum error table_load(struct table *table, int rows) MUST_CHECK;
/* table_place.c: where the rows on the screen stand in the list. Before rows are read again: keeps
 * what is known only from the end. */
void table_pin_place(struct table *table);
bool table_wants_place(const struct table *table);
/* The part of `total` that a sample says. */
int64_t table_part(int64_t total, int64_t before, int64_t matching);
enum error table_find_place(struct table *table) MUST_CHECK;
/* Rows above the screen; -1: not known. Of a guess: neither 0 nor as many as there can be. */
int64_t table_rows_above(const struct table *table);

/* Whether there is something to search or to count, and doing the next of it: for `due` and `tick`.
 * ERR_STOPPED where the caller's interrupt said so: it is still to be done. */
bool table_wants_count(const struct table *table);
enum error table_count(struct table *table) MUST_CHECK;

/* `own` where the rows have the focus, those of the filter where it has. */
unsigned table_contexts(const struct table *table, unsigned own);
/* Keys of the filter, and the mouse; EFFECT_PASS for others. */
int table_key(struct table *table, int key);
/* Moving, filtering, sorting, refreshing; EFFECT_PASS for others. Esc only clears a filter. */
int table_run(struct table *table, enum command command);
/* Reads anew at the next load. Returns effects. */
int table_reopen(struct table *table, enum table_reopen how);

/* Rows of the list on a screen of so many rows. */
size_t table_height(int rows);
bool table_is_low(const struct canvas *canvas);
/* Tabs, title, count and filter; `marked` follows the count. Returns the row of the heads. */
int table_draw_top(struct table *table, const struct canvas *canvas, const char *marked);
/* A column's head at `column` (-1: none), with an arrow where it is what the rows are sorted by.
 * `sort` -1: not on offer. */
void table_draw_head(const struct table *table, const struct canvas *canvas, int row, int column,
                     int width, const char *label, int sort);
/* The scroll bar beside the rows, which begin below row 0 of `rows`. */
void table_draw_bar(const struct table *table, const struct canvas *rows);
void table_draw_empty(const struct table *table, const struct canvas *canvas, int row);
/* Where row `index` of the list stands on `rows`, whose row 0 has the heads: remembers where the
 * cursor and its menu are, and draws the bar of the row under the cursor. */
void table_place_row(struct table *table, const struct canvas *rows, size_t index, int bar_column,
                     int menu_column);
/* Underlines the bytes [start, start + length) of `text`, drawn uncut at `column`. */
void table_underline(const struct canvas *canvas, int row, int column, int width, const char *text,
                     size_t start, size_t length);

#endif
