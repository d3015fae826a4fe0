#include "ui/accounts.h"

#include "ui/accounts_screen.h"
#include "ui/input.h"

#include <gatehouse/ambient.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE_DELAY_MS = 100 };

struct listed *accounts_current(const struct accounts *accounts)
{
    return list_current(&accounts->list);
}

bool accounts_is_marked(const struct accounts *accounts, const struct listed *listed)
{
    return marks_has(&accounts->marks, listed) || accounts_between(accounts, &listed->row);
}

static void want_side(struct accounts *accounts)
{
    accounts->side_due = ambient_ticks() + SIDE_DELAY_MS;
}

int accounts_reopen(struct accounts *accounts)
{
    accounts->reopen = true;
    accounts->matching = accounts->hidden = -1;
    return EFFECT_LOAD;
}

static enum error read_rows(struct accounts *accounts)
{
    struct list *list = &accounts->list;
    if (accounts->reopen) return list_open(list, list_current_id(list));
    enum error e = list_refresh(list);
    return !e && accounts->drop_gone ? list_drop_gone(list) : e;
}

static enum error accounts_load(struct app *app, struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    struct account_query all = {.filter = ""};
    accounts->now = ambient_now();
    enum error e = account_count(app->store, &all, &accounts->total);
    if (!e) e = list_set_height(&accounts->list, accounts_height(app->rows));
    if (!e) e = read_rows(accounts);
    if (e) return e;
    accounts->reopen = accounts->drop_gone = false;
    accounts->matching = accounts->filter.size ? -1 : accounts->total;
    accounts->hidden = -1;
    if (accounts->marks.rule) accounts->marks.rule_matches = -1;
    want_side(accounts);
    return OK;
}

static int64_t accounts_due(const struct app *app, const struct screen *screen)
{
    const struct accounts *accounts = (const struct accounts *)screen;
    bool count = accounts->matching < 0 || accounts->hidden < 0 ||
                 (accounts->marks.rule && accounts->marks.rule_matches < 0);
    if (screen->failed_since || screen->wants_load || app->top != screen) return INT64_MAX;
    if (count) return 0;
    return accounts->wide ? accounts->side_due : INT64_MAX;
}

/* How many of the marked ones the filter hides. */
static enum error count_hidden(struct accounts *accounts)
{
    int64_t hidden = 0;
    const struct id_set *ids = &accounts->marks.ids;
    bool ask = accounts->filter.size && !accounts->marks.rule;
    for (size_t i = 0; ask && i < ids->count; i++) {
        struct account account;
        bool matches = false;
        enum error e = account_get(accounts->app->store, accounts->now, ids->ids[i], &account);
        if (!e)
            e = marks_matches(accounts->app->store, accounts->now, accounts->filter.text,
                              &account.row, &matches);
        if (e && e != ERR_NOT_FOUND) return e;
        if (!matches) hidden++;
    }
    accounts->hidden = hidden;
    return OK;
}

static enum error count(struct accounts *accounts)
{
    struct store *store = accounts->app->store;
    struct account_query query = accounts_query(accounts);
    struct account_query rule = {.filter = accounts->marks.filter};
    enum error e = OK;
    if (accounts->matching < 0) e = account_count(store, &query, &accounts->matching);
    if (!e && accounts->marks.rule && accounts->marks.rule_matches < 0)
        e = account_count(store, &rule, &accounts->marks.rule_matches);
    if (!e && accounts->hidden < 0) e = count_hidden(accounts);
    return e;
}

static int accounts_tick(struct app *app, struct screen *screen, int64_t ticks)
{
    struct accounts *accounts = (struct accounts *)screen;
    store_set_interrupt(app->store, input_is_pending, NULL);
    enum error e = count(accounts);
    if (!e && accounts->wide && accounts->side_due <= ticks) {
        accounts->side_due = INT64_MAX;
        e = accounts_load_side(accounts);
    }
    store_set_interrupt(app->store, NULL, NULL);
    if (!e || e == ERR_STOPPED) return EFFECT_DRAW;
    accounts->matching = accounts->hidden = 0;
    return app_say_error(app);
}

static unsigned accounts_contexts(const struct app *app, const struct screen *screen)
{
    (void)app;
    if (((const struct accounts *)screen)->filtering) return CONTEXT_TEXT | CONTEXT_FILTER;
    return CONTEXT_TAB | CONTEXT_LIST | CONTEXT_ACCOUNTS;
}

static int paste_filter(struct accounts *accounts)
{
    size_t size;
    const char *paste = input_paste(accounts->app->input, &size);
    return field_paste(&accounts->filter, paste, size) == FIELD_CHANGED ? accounts_reopen(accounts)
                                                                        : EFFECT_NONE;
}

static int accounts_key(struct app *app, struct screen *screen, int key)
{
    (void)app;
    struct accounts *accounts = (struct accounts *)screen;
    if (!accounts->filtering) return key == UI_PASTE ? EFFECT_NONE : EFFECT_PASS;
    switch (key) {
    case UI_PASTE:
        return paste_filter(accounts);
    case UI_DOWN:
    case UI_UP: {
        enum error e = list_move(&accounts->list, key == UI_DOWN ? 1 : -1);
        want_side(accounts);
        return e ? app_say_error(app) : EFFECT_DRAW;
    }
    default:
        break;
    }
    enum field_effect effect = field_key(&accounts->filter, key);
    if (effect == FIELD_PASSED) return EFFECT_PASS;
    return effect == FIELD_CHANGED ? accounts_reopen(accounts) : EFFECT_DRAW;
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
        if (!accounts->list.count && marks_is_empty(&accounts->marks)) return "there is no account";
        return accounts->list.gone ? "this account was deleted elsewhere" : NULL;
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
    list_free(&accounts->list);
    field_free(&accounts->filter);
    marks_free(&accounts->marks);
    marks_free(&accounts->dropped);
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
    enum error e = field_init(&accounts->filter, FILTER_MAX, false);
    list_init(&accounts->list, &accounts_source, accounts);
    if (!e) e = list_set_height(&accounts->list, 1);
    if (e) {
        accounts_close(app, &accounts->screen);
        return e;
    }
    accounts->screen.class = &accounts_class;
    accounts->app = app;
    accounts->reopen = true;
    accounts->total = accounts->matching = -1;
    accounts->side_due = INT64_MAX;
    screen_push(app, &accounts->screen);
    return OK;
}
