/* The inside of the tab Service Accounts, shared by its files. */
#ifndef GATEHOUSE_UI_ACCOUNTS_SCREEN_H
#define GATEHOUSE_UI_ACCOUNTS_SCREEN_H

#include "ui/app.h"
#include "ui/field.h"
#include "ui/list.h"

#include <gatehouse/account.h>
#include <gatehouse/permission.h>
#include <gatehouse/token.h>

enum { FILTER_MAX = 128, FILTER_SIZE = FILTER_MAX * 4 + 1, SIDE_COLUMNS = 39, SIDE_FROM = 120 };

/* Marks are IDs, or a rule: all that match a filter, but for some IDs. */
struct marks {
    bool rule;
    char filter[FILTER_SIZE];
    struct id_set ids;    /* the marked ones; with a rule, those left out */
    int64_t rule_matches; /* how many match the rule; -1: not counted yet */
};

/* A row as the list holds it. */
struct listed {
    struct account_row row;
    bool ruled; /* matches the rule of the marks */
};

struct accounts {
    struct screen screen;
    struct app *app;
    struct list list;
    struct field filter;
    bool filtering; /* the filter has the focus */
    enum account_sort sort;
    bool descending;
    bool reopen;    /* the order or the filter is another: read from the top */
    bool drop_gone; /* what was deleted here need not stay on the screen */
    int64_t now;    /* of the last load */

    int64_t total, matching; /* -1: not counted yet */
    int64_t hidden;          /* marks that the filter hides; -1 */
    struct marks marks, dropped;

    bool in_range;
    struct account_row anchor;

    int menu_row, menu_column; /* the ⋮ of the row under the cursor, on the screen */

    int64_t side_due; /* ticks when the side pane is filled; INT64_MAX: it is */
    bool wide;
    struct account_row side;
    struct token_rows *tokens;
    struct permission_sources *sources;
    struct permissions *catalogue;
};

struct account_query accounts_query(const struct accounts *accounts);
/* The row under the cursor; NULL. */
struct listed *accounts_current(const struct accounts *accounts);
/* Whether a row is drawn as marked, a range that is being made included. */
bool accounts_is_marked(const struct accounts *accounts, const struct listed *listed);
/* Everything that depends on the order or the filter is read anew. */
int accounts_reopen(struct accounts *accounts);

/* accounts_run.c */
int accounts_run(struct app *app, struct screen *screen, enum command command);

/* accounts_list.c */
extern const struct list_source accounts_source;
bool accounts_between(const struct accounts *accounts, const struct account_row *row);
enum error accounts_add_range(struct accounts *accounts) MUST_CHECK;

/* accounts_draw.c, accounts_side.c */
/* Rows of the list on a screen of so many rows. */
size_t accounts_height(int rows);
void accounts_draw(struct app *app, struct screen *screen, const struct canvas *canvas);
void accounts_draw_side(const struct accounts *accounts, const struct canvas *canvas);
enum error accounts_load_side(struct accounts *accounts) MUST_CHECK;
void accounts_free_side(struct accounts *accounts);

/* accounts_act.c: what changes something. Each returns effects. */
int accounts_toggle(struct accounts *accounts);
int accounts_delete(struct accounts *accounts);
int accounts_generate(struct accounts *accounts);
/* accounts_many.c */
int accounts_toggle_marked(struct accounts *accounts);
int accounts_delete_marked(struct accounts *accounts);

/* marks.c */
void marks_free(struct marks *marks);
bool marks_is_empty(const struct marks *marks);
int64_t marks_count(const struct marks *marks); /* -1: not counted yet */
bool marks_has(const struct marks *marks, const struct listed *listed);
enum error marks_flip(struct marks *marks, const struct listed *listed) MUST_CHECK;
/* All marked IDs; free(). */
enum error marks_collect(const struct marks *marks, struct store *store, int64_t now, int64_t **ids,
                         size_t *count) MUST_CHECK;
/* Whether an account matches a filter: asks the model. */
enum error marks_matches(struct store *store, int64_t now, const char *filter,
                         const struct account_row *row, bool *matches) MUST_CHECK;

#endif
