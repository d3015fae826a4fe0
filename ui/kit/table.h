/* What the tabs with rows have in common: a list read in pages, a filter typed over it, a sort, the
 * count of what is shown, and marks. A screen begins with a table and hands it what it does not
 * handle itself.
 *
 * Pages of all rows are read at once: they cost next to nothing. A filter or a facet is searched in
 * the background (background.h): the rows on the screen stay until the matches are there, and keys
 * are not kept waiting. */
#ifndef GATEHOUSE_UI_TABLE_H
#define GATEHOUSE_UI_TABLE_H

#include "ui/kit/columns.h"
#include "ui/kit/detail.h"
#include "ui/kit/field.h"
#include "ui/kit/list.h"
#include "ui/kit/menu.h"
#include "ui/screen.h"

#include <gatehouse/id_set.h>

enum { FILTER_MAX = 128, FILTER_SIZE = FILTER_MAX * 4 + 1 };

/* Marks of a list: IDs, or a rule: all that match a filter, except some IDs. */
struct marks {
    bool rule;
    char filter[FILTER_SIZE];
    int facet;            /* of a list that has facets; 0 */
    struct id_set ids;    /* the marked ones; with a rule, those left out */
    int64_t rule_matches; /* how many match the rule; -1: not counted yet */
};

enum { TABLE_OTHERS = 512 };

/* What rows are read with. Self-contained, so that a background job can read with a copy. */
struct table_reader {
    struct store *store;
    bool in_background;
    int64_t now;     /* of the last load */
    const void *own; /* for the source */
    bool texts;      /* only what the columns that grow show is needed */
    int sort, facet;
    bool descending;
    char filter[FILTER_SIZE];
    bool rule; /* whether the marks are a rule, which follows */
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
    /* Estimates how many of the `total` rows of the list come before `row`. */
    enum error (*before)(const struct table_reader *reader, const void *row, int64_t total,
                         int64_t *rows);
    /* Where the rows tell their place, instead of `before`: how many of all `total` come before and
     * after this one, which may stand for several. */
    void (*span)(const void *row, int64_t total, int64_t *above, int64_t *below);
    /* The rest is for marks; NULL without. Whether a row matches filter and facet of the reader,
     * and the numbers of all that do; what `page` found out of the rule of the marks; the order of
     * the list. */
    enum error (*matches)(const struct table_reader *reader, int64_t id, bool *matches);
    enum error (*numbers)(const struct table_reader *reader, struct id_set *out);
    bool (*is_ruled)(const void *row);
    int (*compare)(const struct table_reader *reader, const void *a, const void *b);
    enum words_list words; /* what the filter knows: named while it is typed */
    /* Where there is something to say; NULL without. The name of a facet. What the line below the
     * list says of the row under the cursor. */
    /* What to filter by instead, where a filter matches nothing: "6 by owner: o:ci"; "": nothing.
     */
    enum error (*others)(const struct table_reader *reader, char *out, size_t size);
    const char *(*facet_text)(int facet);
    const char *(*note)(const void *row);
    detail_read *detail; /* what the pane shows of the row under the cursor */
};

/* How the list is read at the next load. */
enum table_reopen {
    TABLE_KEEP,   /* rows stay where they are */
    TABLE_AROUND, /* the order changed: around the row under the cursor */
    TABLE_TOP,    /* from the top; the cursor stays on its row where it is among the first */
    TABLE_FIRST,  /* from the top, with the cursor on the first row */
};

/* One operation on the list. */
enum table_step_kind { STEP_LOAD, STEP_MOVE, STEP_PAGE, STEP_FIRST, STEP_LAST };
struct table_step {
    enum table_step_kind kind;
    int by; /* rows or pages; negative: backward */
    size_t height;
    enum table_reopen reopen;
    int64_t row; /* TABLE_TOP, TABLE_AROUND: the row for the cursor; 0: the one it is on */
    bool drop_gone;
};
enum { STEPS_MAX = 8 };

struct table {
    const struct table_source *source;
    struct app *app;
    struct screen *screen;
    const char *title; /* the source's, unless the screen has another */
    const char *state; /* follows the title: "following"; NULL */
    struct list list;
    struct table_reader reader; /* on the screen's own connection */
    struct field filter;
    bool filtering;  /* the filter has the focus */
    int64_t origin;  /* the row under the cursor before the filter was typed, while it is typed or
                        has found nothing; 0: it was left */
    int facet;       /* 0: none */
    const void *own; /* for the reader */
    int sort;
    bool descending;
    enum table_reopen reopen;
    bool drop_gone; /* a row deleted by this console need not stay on the screen */
    int64_t now;    /* of the last load */

    bool searching;                   /* a filter was typed and its search has not begun */
    bool reading, counting, locating; /* in the background */
    bool refresh;                     /* after what is being read */
    struct table_step under_way, next[STEPS_MAX];
    size_t next_count;
    char problem[ERROR_MESSAGE_MAX]; /* what is wrong with the filter; "" */
    char others[TABLE_OTHERS];       /* what else would match; "" */

    int64_t total, matching;     /* -1: not counted yet */
    int64_t placed;              /* how many matched when the place of the rows was last known */
    bool place_failed;           /* it could not be determined */
    struct marks marks, dropped; /* `dropped`: what U restores */
    int64_t hidden;              /* marks that filter and facet hide; -1: not counted yet */
    bool in_range;
    void *anchor; /* a row: where the range began */

    struct column_needs needs; /* of all rows so far, or of the first and last ones */
    bool knows_needs;          /* of all rows */
    int64_t needs_version;     /* app_data_version when they were measured; -1: not yet */
    struct detail_pane detail;
    struct {
        int column, columns;
    } free;          /* of the title row, between title and count */
    int top;         /* the screen's row of the first row */
    int menu_column; /* of the ⋮ of the row under the cursor, on the screen; table_menu_row */
};

/* What a screen with a table begins with. */
struct table_screen {
    struct screen screen;
    struct table table;
};
/* A new screen of `size` bytes, zeroed after the table; screen_push shows it. */
enum error table_screen_new(struct app *app, size_t size, const struct screen_class *class,
                            const struct table_source *source, struct screen **out) MUST_CHECK;

/* For the classes of such screens, or for their own functions to call. Load begins to read in the
 * background what takes long; key takes the keys of the filter and the mouse; draw draws everything
 * but what stands beside the rows; close frees the screen, too. */
struct contexts table_focus(const struct screen *screen);
enum error table_load(struct screen *screen) MUST_CHECK;
void table_draw(struct screen *screen, const struct canvas *canvas);
int table_key(struct screen *screen, int key);
extern const struct screen_command table_commands[]; /* filter, sort, refresh, mark */
int table_move(struct screen *screen, enum command command);
const void *table_row(const struct screen *screen, const char **why_not);
void table_wait(struct screen *screen);
int64_t table_due(const struct screen *screen);
/* A pop-up covers only a part of the list, a form all of it. */
bool table_is_seen(const struct screen *screen);
int table_tick(struct screen *screen);
void table_close(struct screen *screen);
/* For `when`: whether there are marks. */
bool table_has_marks(const struct screen *screen);
/* Whether the filter has the focus. */
bool table_is_filtering(const struct screen *screen);
/* What a menu of the marked rows is titled with: "2 marked accounts". */
void table_marked_title(const struct table *table, char *out, size_t size);

/* What is free of the title row, between title and count, for what else a tab has to say; without a
 * title that has no columns. */
struct canvas table_free_part(const struct table *table, const struct canvas *canvas);
/* The screen's row of the row under the cursor, which may not have been drawn since it moved. */
int table_menu_row(const struct table *table);
void table_free(struct table *table);
/* Stops what is read in the background, and waits until nothing there uses `own` any more. */
void table_leave(struct table *table);
/* Whether the rows on the screen are not yet those that were asked for. */
bool table_is_late(const struct table *table);

/* For `before` of a source: `before` of `matching` in a sample, scaled to `total`. */
int64_t table_part(int64_t total, int64_t before, int64_t matching);

/* Reads again at the next load. Returns effects. */
int table_reopen(struct table *table, enum table_reopen how);
/* Shows all rows that a facet has; 0: all rows. Without a facet there is nothing to do; else the
 * filter goes, too. Returns effects. */
int table_show_facet(struct screen *screen, int facet);
int table_facet(const struct screen *screen);
/* Puts the cursor on the row `id`, wherever it is: filter and facet go. Returns effects. */
int table_show(struct table *table, int64_t id);
void marks_free(struct marks *marks);
/* The marked rows, or the one under the cursor if none is marked; id_set_free. */
enum error table_chosen(const struct table *table, struct id_set *out) MUST_CHECK;

/* How many rows the list has on the screen. */
size_t table_height(const struct table *table);

#endif
