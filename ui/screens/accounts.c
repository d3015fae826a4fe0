#include "ui/screens/accounts.h"

#include "ui/screens/accounts_screen.h"

#include <gatehouse/ambient.h>
#include <stdlib.h>

enum { SIDE_DELAY_MS = 100 };

struct listed *accounts_current(const struct accounts *accounts)
{
    return list_current(&accounts->table.list);
}

static void want_side(struct accounts *accounts)
{
    accounts->side_due = ambient_ticks() + SIDE_DELAY_MS;
}

static enum error accounts_load(struct app *app, struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    enum error e = table_load(&accounts->table, app->rows);
    if (e) return e;
    accounts->arena_wanted = true;
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
    if (table_is_due(&accounts->table) || accounts_want_names(accounts)) return 0;
    return accounts->wide && !table_is_late(&accounts->table) ? accounts->side_due : INT64_MAX;
}

static int accounts_tick(struct app *app, struct screen *screen, int64_t ticks)
{
    struct accounts *accounts = (struct accounts *)screen;
    if (table_is_due(&accounts->table)) return table_tick(&accounts->table);
    if (accounts_want_names(accounts)) accounts_read_names(accounts);
    if (!accounts->wide || accounts->side_due > ticks) return EFFECT_NONE;
    accounts->side_due = INT64_MAX;
    return accounts_load_side(accounts) ? app_say_error(app) : EFFECT_DRAW;
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
        if (!accounts->table.list.count && marks_is_empty(&accounts->table.marks))
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
    if (command != COMMAND_ACCOUNT_TOGGLE || !here || !marks_is_empty(&accounts->table.marks))
        return NULL;
    return here->row.active ? "Deactivate" : "Activate";
}

static void accounts_close(struct app *app, struct screen *screen)
{
    (void)app;
    struct accounts *accounts = (struct accounts *)screen;
    table_free(&accounts->table);
    accounts_free_names(accounts);
    accounts_free_side(accounts);
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

enum error accounts_open(struct app *app)
{
    struct accounts *accounts = calloc(1, sizeof *accounts);
    if (!accounts) return fail(ERR_SYSTEM, "out of memory");
    accounts->screen.class = &accounts_class;
    accounts->side_due = INT64_MAX;
    enum error e = table_init(&accounts->table, app, &accounts->screen, &accounts_source);
    if (!e) e = name_arena_new(&accounts->arena);
    accounts->table.own = accounts->arena;
    if (e) {
        accounts_close(app, &accounts->screen);
        return e;
    }
    screen_push(app, &accounts->screen);
    return OK;
}
