/* What the tabs with rows have in common: a list read in pages, a filter typed over it, a sort, the
 * count of what is shown, and marks. A screen embeds a table and hands it what it does not take
 * itself.
 *
 * Pages of all rows are read at once: they cost next to nothing. What a filter or a facet picks out
 * is searched in the background (background.h): the rows on the screen stay until those that were
 * looked for are there, and whatever is typed meanwhile is not kept waiting. */
#ifndef GATEHOUSE_UI_TABLE_H
#define GATEHOUSE_UI_TABLE_H

#include "ui/kit/columns.h"
#include "ui/kit/field.h"
#include "ui/kit/list.h"
#include "ui/kit/marks.h"
#include "ui/kit/menu.h"
#include "ui/screen.h"

/* What rows are read with. Stands by itself, so that the background can read with a copy. */
struct table_reader {
    struct store *store;
    bool behind;     /* in the background */
    int64_t now;     /* of the last load */
    const void *own; /* the source's */
    int sort, facet;
    bool descending;
    char filter[FILTER_SIZE];
    bool rule; /* of the marks, when they are one */
    int rule_facet;
    char rule_filter[FILTER_SIZE];
};

struct table_source {
    const char *title;       /* "Service Accounts" */
    const char *one, *many;  /* "account", "accounts" */
    const char *empty;       /* the sentence of an empty list */
    enum command next;       /* what fills it: "Press n to create the first one." */
    const char *next_text;   /* "to create the first one"; NULL: nothing is said of it */
    const char *none, *gone; /* why a command cannot be run: no row, or it was deleted elsewhere */
    const struct columns *columns; /* the owner of their cells is the screen */
    enum {
        SEARCH_FILTERED, /* a filter or a facet is searched for in the background */
        SEARCH_ALWAYS,   /* all rows are */
        SEARCH_NEVER,    /* all rows are in memory */
    } search;
    struct list_source rows; /* its `arg` is a struct table_reader. ERR_INVALID or ERR_NOT_FOUND:
                                the filter means nothing, and error_message() says why */
    /* How many rows there are, or how many match filter and facet. */
    enum error (*count)(const struct table_reader *reader, bool matching, int64_t *count);
    /* About how many of the `total` rows of the list stand before `row`, without counting them. */
    enum error (*before)(const struct table_reader *reader, const void *row, int64_t total,
                         int64_t *rows);
    /* The rest is for marks; NULL without. Whether a row matches filter and facet of the reader,
     * and the numbers of all that do; what `page` found out of the rule of the marks; the order of
     * the list. */
    enum error (*matches)(const struct table_reader *reader, int64_t id, bool *matches);
    enum error (*numbers)(const struct table_reader *reader, struct id_set *out);
    bool (*is_ruled)(const void *row);
    int (*compare)(const struct table_reader *reader, const void *a, const void *b);
};

/* What must be read anew when the list is loaded next. */
enum table_reopen {
    TABLE_KEEP,   /* rows stay where they are */
    TABLE_AROUND, /* the order is another: around the row under the cursor */
    TABLE_TOP,    /* from the top; the cursor stays on its row where it is among the first */
    TABLE_FIRST,  /* from the top, with the cursor on the first row */
};

/* One thing that a list does. */
enum table_step_kind { STEP_LOAD, STEP_MOVE, STEP_PAGE, STEP_FIRST, STEP_LAST };
struct table_step {
    enum table_step_kind kind;
    int by; /* rows or pages; backward below 0 */
    size_t height;
    enum table_reopen reopen;
    bool drop_gone;
};
enum { STEPS_MAX = 8 };

struct table {
    const struct table_source *source;
    struct app *app;
    struct screen *screen;
    struct list list;
    struct table_reader reader; /* on the screen's own connection */
    struct field filter;
    bool filtering;  /* the filter has the focus */
    int facet;       /* 0: none */
    const void *own; /* for the reader */
    int sort;
    bool descending;
    enum table_reopen reopen;
    bool drop_gone; /* what was deleted here need not stay on the screen */
    int64_t now;    /* of the last load */

    bool searching;                  /* a filter was typed whose rows are still to be looked for */
    bool reading, counting, placing; /* in the background */
    bool refresh;                    /* after what is being read */
    struct table_step under_way, next[STEPS_MAX];
    size_t next_count;
    char problem[ERROR_MESSAGE_MAX]; /* why the filter means nothing; "" */

    int64_t total, matching;     /* -1: not counted yet */
    int64_t placed;              /* how many matched when the place of the rows was known last */
    bool placeless;              /* it could not be found out */
    struct marks marks, dropped; /* `dropped`: what U restores */
    int64_t hidden;              /* marks that filter and facet hide; -1: not counted yet */
    bool in_range;
    void *anchor; /* a row: where the range began */

    int top;                   /* the screen's row of the first row */
    int menu_row, menu_column; /* the ⋮ of the row under the cursor, on the screen */
};

enum error table_init(struct table *table, struct app *app, struct screen *screen,
                      const struct table_source *source) MUST_CHECK;
void table_free(struct table *table);

/* Reads the rows for a screen of so many rows, and the total; or begins to. */
enum error table_load(struct table *table, int rows) MUST_CHECK;
/* For `due` and `tick`: whether there is something to search or to count, and beginning it. */
bool table_is_due(const struct table *table);
int table_tick(struct table *table);
/* Whether rows are still to come, so that those on the screen are not what was asked for. */
bool table_is_late(const struct table *table);
/* Waits for them. */
void table_settle(struct table *table);

/* table_place.c: where the rows on the screen stand in the list. Rows above the screen; -1: not
 * known. Of a guess: neither 0 nor as many as there can be. */
int64_t table_rows_above(const struct table *table);
/* The part of `total` that a sample says. */
int64_t table_part(int64_t total, int64_t before, int64_t matching);

/* What a screen with a table begins with. */
struct table_screen {
    struct screen screen;
    struct table table;
};
/* For `focus` of its class: the contexts of the class while the rows have the focus, that of the
 * filter while it is typed. */
struct contexts table_focus(const struct screen *screen);
/* Keys of the filter, and the mouse; EFFECT_PASS for others. */
int table_key(struct table *table, int key);
/* For the classes of screens with a table: filtering, sorting, refreshing and marking; moving; the
 * row under the cursor; waiting until it is the one that was asked for. */
extern const struct screen_command table_commands[];
int table_move(struct screen *screen, enum command command);
const void *table_row(const struct screen *screen, const char **why_not);
void table_wait(struct screen *screen);
/* For `when`: whether there are marks. */
bool table_has_marks(const struct screen *screen);
/* Reads anew at the next load. Returns effects. */
int table_reopen(struct table *table, enum table_reopen how);
/* Moves the cursor. Returns effects. */
int table_go(struct table *table, struct table_step step);

/* table_marks.c */
bool table_is_marked(const struct table *table, const void *row); /* or in a range being made */
/* The marked ones, or the one under the cursor where nothing is marked; id_set_free. */
enum error table_chosen(const struct table *table, struct id_set *out) MUST_CHECK;
bool table_wants_marks(const struct table *table);
/* A reader whose filter and facet are those of the rule. */
struct table_reader table_rule_reader(const struct table_reader *reader);

/* Rows of the list on a screen of so many rows. */
size_t table_height(int rows);
bool table_is_low(const struct canvas *canvas);
/* Tabs, title, count, marks and filter; `more` follows the count. Returns the row of the heads. */
int table_draw_top(struct table *table, const struct canvas *canvas, const char *more);
/* Heads and rows of the list, the scroll bar beside them; where there are no rows, why. */
void table_draw_rows(struct table *table, const struct canvas *canvas);

#endif
