#include "ui/accounts.h"

#include "ui/accounts_screen.h"
#include "ui/input.h"

#include <gatehouse/ambient.h>
#include <stdlib.h>

enum { SIDE_DELAY_MS = 100, ARENA_LEAST = 5000 };

struct listed *accounts_current(const struct accounts *accounts)
{
    return list_current(&accounts->table.list);
}

bool accounts_is_marked(const struct accounts *accounts, const struct listed *listed)
{
    return marks_has(&accounts->marks, listed->row.number, listed->ruled) ||
           accounts_between(accounts, &listed->row);
}

static void want_side(struct accounts *accounts)
{
    accounts->side_due = ambient_ticks() + SIDE_DELAY_MS;
}

static enum error accounts_load(struct app *app, struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    accounts->now = ambient_now();
    enum error e = table_load(&accounts->table, app->rows);
    if (e) return e;
    /* Below that the database is as fast. */
    accounts->arena_done = accounts->table.total < ARENA_LEAST;
    accounts->hidden = -1;
    if (accounts->marks.rule) accounts->marks.rule_matches = -1;
    want_side(accounts);
    return OK;
}

/* A pop-up covers the list only in part; a form covers it. */
static bool is_seen(const struct app *app, const struct screen *screen)
{
    return app->top == screen || (app->top->class->popup && app->top->below == screen);
}

static int64_t accounts_due(const struct app *app, const struct screen *screen)
{
    const struct accounts *accounts = (const struct accounts *)screen;
    if (screen->failed_since || screen->wants_load || !is_seen(app, screen)) return INT64_MAX;
    if (table_wants_count(&accounts->table) || accounts_wants_marks(accounts)) return 0;
    if (!accounts->arena_done) return 0;
    return accounts->wide ? accounts->side_due : INT64_MAX;
}

/* Nothing on the screen waits for anything: time to read names. */
static bool is_at_rest(const struct accounts *accounts, int64_t ticks)
{
    bool side = accounts->wide && accounts->side_due <= ticks;
    return !table_wants_count(&accounts->table) && !accounts_wants_marks(accounts) && !side &&
           !accounts->arena_done;
}

static int accounts_tick(struct app *app, struct screen *screen, int64_t ticks)
{
    struct accounts *accounts = (struct accounts *)screen;
    if (is_at_rest(accounts, ticks)) {
        /* Without it the database is searched: what failed will be said where it matters. */
        if (name_arena_step(accounts->arena, app->store, &accounts->arena_done))
            accounts->arena_done = true;
        return EFFECT_NONE;
    }
    store_set_interrupt(app->store, input_is_pending, NULL);
    enum error e = table_count(&accounts->table);
    if (!e) e = accounts_count_marks(accounts);
    if (!e && accounts->wide && accounts->side_due <= ticks) {
        accounts->side_due = INT64_MAX;
        e = accounts_load_side(accounts);
    }
    store_set_interrupt(app->store, NULL, NULL);
    if (!e || e == ERR_STOPPED) return EFFECT_DRAW;
    accounts->hidden = 0;
    return app_say_error(app);
}

static unsigned accounts_contexts(const struct app *app, const struct screen *screen)
{
    (void)app;
    return table_contexts(&((const struct accounts *)screen)->table, CONTEXT_ACCOUNTS);
}

static int accounts_key(struct app *app, struct screen *screen, int key)
{
    (void)app;
    struct accounts *accounts = (struct accounts *)screen;
    if (accounts->table.filtering) want_side(accounts);
    return table_key(&accounts->table, key);
}

static const char *accounts_why_not(const struct app *app, const struct screen *screen,
                                    enum command command)
{
    (void)app;
    const struct accounts *accounts = (const struct accounts *)screen;
    switch (command) {
    case COMMAND_ACCOUNT_EDIT:
    case COMMAND_ACCOUNT_COPY_ID:
    case COMMAND_ACCOUNT_TOGGLE:
    case COMMAND_ACCOUNT_DELETE:
    case COMMAND_ACCOUNT_TOKEN:
    case COMMAND_MENU:
        if (!accounts->table.list.count && marks_is_empty(&accounts->marks))
            return "there is no account";
        return accounts->table.list.gone ? "this account was deleted elsewhere" : NULL;
    default:
        return NULL;
    }
}

static const char *accounts_label(const struct app *app, const struct screen *screen,
                                  enum command command)
{
    (void)app;
    const struct accounts *accounts = (const struct accounts *)screen;
    const struct listed *here = accounts_current(accounts);
    if (command != COMMAND_ACCOUNT_TOGGLE || !here || !marks_is_empty(&accounts->marks))
        return NULL;
    return here->row.active ? "Deactivate" : "Activate";
}

static void accounts_close(struct app *app, struct screen *screen)
{
    (void)app;
    struct accounts *accounts = (struct accounts *)screen;
    table_free(&accounts->table);
    marks_free(&accounts->marks);
    marks_free(&accounts->dropped);
    accounts_free_side(accounts);
    name_arena_free(accounts->arena);
    free(accounts);
}

static const enum command footer[] = {
    COMMAND_FILTER,      COMMAND_MARK, COMMAND_ACCOUNT_EDIT, COMMAND_ACCOUNT_TOGGLE,
    COMMAND_ACCOUNT_NEW, COMMAND_MENU, COMMAND_FILTER_KEEP,  COMMAND_FILTER_CLEAR,
    COMMAND_SORT,        COMMAND_HELP, COMMAND_NONE};

static const struct screen_class accounts_class = {
    .title = "Service Accounts",
    .tab = COMMAND_TAB_ACCOUNTS,
    .keeps_typed_ahead = true,
    .footer = footer,
    .contexts = accounts_contexts,
    .load = accounts_load,
    .draw = accounts_draw,
    .key = accounts_key,
    .run = accounts_run,
    .why_not = accounts_why_not,
    .label = accounts_label,
    .due = accounts_due,
    .tick = accounts_tick,
    .close = accounts_close,
};

static const struct picker_entry sorts[] = {
    [ACCOUNT_BY_ID] = {"Account ID", 'i'},   [ACCOUNT_BY_STATUS] = {"Status", 's'},
    [ACCOUNT_BY_TOKENS] = {"Tokens", 't'},   [ACCOUNT_BY_LAST_USED] = {"Last used", 'l'},
    [ACCOUNT_BY_CREATED] = {"Created", 'c'},
};

static const struct table_source source = {
    .title = "Service Accounts",
    .one = "account",
    .many = "accounts",
    .empty = "No service accounts yet. Press n to create the first one.",
    .sorts = sorts,
    .sort_count = sizeof sorts / sizeof *sorts,
    .rows = {.row_size = sizeof(struct listed),
             .id = accounts_row_id,
             .page = accounts_read_page,
             .get = accounts_read_one},
    .count = accounts_count,
    .before = accounts_before,
};

enum error accounts_open(struct app *app)
{
    struct accounts *accounts = calloc(1, sizeof *accounts);
    if (!accounts) return fail(ERR_SYSTEM, "out of memory");
    accounts->screen.class = &accounts_class;
    accounts->side_due = INT64_MAX;
    enum error e = table_init(&accounts->table, app, &accounts->screen, &source);
    if (!e) e = name_arena_new(&accounts->arena);
    if (e) {
        accounts_close(app, &accounts->screen);
        return e;
    }
    screen_push(app, &accounts->screen);
    return OK;
}
