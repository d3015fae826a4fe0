/* The inside of the tab Service Accounts, shared by its files. */
#ifndef GATEHOUSE_UI_ACCOUNTS_SCREEN_H
#define GATEHOUSE_UI_ACCOUNTS_SCREEN_H

#include "ui/marks.h"
#include "ui/table.h"

#include <gatehouse/account.h>
#include <gatehouse/name_arena.h>
#include <gatehouse/permission.h>
#include <gatehouse/token.h>

enum { SIDE_COLUMNS = 39, SIDE_FROM = 120 };

/* A row as the list holds it. */
struct listed {
    struct account_row row;
    bool ruled; /* matches the rule of the marks */
};

struct accounts {
    struct screen screen;
    struct table table;
    int64_t now; /* of the last load */

    int64_t hidden; /* marks that the filter hides; -1: not counted yet */
    struct marks marks, dropped;

    struct name_arena *arena; /* for the filter on names, where there are many */
    bool arena_done;          /* nothing more to read for it */

    bool in_range;
    struct account_row anchor;

    int64_t why_account; /* the one that a question is about */
    bool adding;         /* what the picker that is open does: + or - */

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

/* accounts_run.c */
int accounts_run(struct app *app, struct screen *screen, enum command command);

/* accounts_list.c */
int64_t accounts_row_id(const void *row);
enum error accounts_read_page(void *arg, const void *from, bool backward, bool inclusive, void *out,
                              size_t max, size_t *count) MUST_CHECK;
/* How many there are, or how many match the filter. */
enum error accounts_count(void *arg, bool matching, int64_t *count) MUST_CHECK;
enum error accounts_before(void *arg, const void *row, int64_t total, int64_t *rows) MUST_CHECK;
enum error accounts_read_one(void *arg, int64_t id, void *out) MUST_CHECK;
bool accounts_between(const struct accounts *accounts, const struct account_row *row);
enum error accounts_add_range(struct accounts *accounts) MUST_CHECK;

/* accounts_draw.c, accounts_side.c */
void accounts_draw(struct app *app, struct screen *screen, const struct canvas *canvas);
void accounts_draw_side(const struct accounts *accounts, const struct canvas *canvas);
enum error accounts_load_side(struct accounts *accounts) MUST_CHECK;
void accounts_free_side(struct accounts *accounts);

/* accounts_act.c: what changes something. Each returns effects. */
int accounts_toggle(struct accounts *accounts);
int accounts_delete(struct accounts *accounts);
int accounts_generate(struct accounts *accounts);
/* accounts_many.c: for the marked ones, or the one under the cursor. */
struct bulk_ask;
struct bulk_ask *accounts_gather(struct accounts *accounts); /* NULL: said why */
int accounts_toggle_marked(struct accounts *accounts);
int accounts_delete_marked(struct accounts *accounts);
int accounts_suspend(struct accounts *accounts);
int accounts_generate_marked(struct accounts *accounts);
/* accounts_rights.c */
int accounts_change_rights(struct accounts *accounts, bool add);

/* accounts_marks.c */
/* Effects of the keys of marks; EFFECT_PASS for others. */
int accounts_run_marks(struct accounts *accounts, enum command command);
bool accounts_wants_marks(const struct accounts *accounts);
enum error accounts_count_marks(struct accounts *accounts) MUST_CHECK;
/* The marked ones, or the one under the cursor where nothing is marked; id_set_free. */
enum error accounts_chosen(const struct accounts *accounts, struct id_set *out) MUST_CHECK;
/* Whether an account matches a filter: asks the model. */
enum error accounts_match(struct store *store, int64_t now, const char *filter,
                          const struct account_row *row, bool *matches) MUST_CHECK;

#endif
