/* What each command does in the list of accounts. */
#include "ui/account_form.h"
#include "ui/accounts_screen.h"
#include "ui/clipboard.h"
#include "ui/menu.h"

#include <gatehouse/ambient.h>
#include <stdio.h>
#include <string.h>

enum { SIDE_DELAY_MS = 100 };

static const struct picker_entry sorts[] = {
    [ACCOUNT_BY_ID] = {"Account ID", 'i'},   [ACCOUNT_BY_STATUS] = {"Status", 's'},
    [ACCOUNT_BY_TOKENS] = {"Tokens", 't'},   [ACCOUNT_BY_LAST_USED] = {"Last used", 'l'},
    [ACCOUNT_BY_CREATED] = {"Created", 'c'},
};

static int done(struct accounts *accounts, enum error e)
{
    accounts->side_due = ambient_ticks() + SIDE_DELAY_MS;
    return e ? app_say_error(accounts->app) : EFFECT_DRAW;
}

static int pick_sort(struct app *app, void *arg, size_t index)
{
    (void)app;
    struct accounts *accounts = arg;
    accounts->descending = accounts->sort == (enum account_sort)index && !accounts->descending;
    accounts->sort = (enum account_sort)index;
    return accounts_reopen(accounts);
}

static int end_range(struct accounts *accounts)
{
    enum error e = accounts_add_range(accounts);
    accounts->in_range = false;
    accounts->hidden = -1;
    return done(accounts, e);
}

static int mark(struct accounts *accounts)
{
    const struct listed *here = accounts_current(accounts);
    if (accounts->in_range) return end_range(accounts);
    if (!here) return EFFECT_NONE;
    enum error e = marks_flip(&accounts->marks, here);
    accounts->hidden = -1;
    if (!e) e = list_move(&accounts->list, 1);
    return done(accounts, e);
}

static int range(struct accounts *accounts)
{
    const struct listed *here = accounts_current(accounts);
    if (accounts->in_range) return end_range(accounts);
    if (!here) return EFFECT_NONE;
    accounts->in_range = true;
    accounts->anchor = here->row;
    return EFFECT_DRAW;
}

static int mark_all(struct accounts *accounts)
{
    struct marks *marks = &accounts->marks;
    bool was_all = marks->rule && !strcmp(marks->filter, accounts->filter.text);
    marks_free(marks);
    accounts->hidden = -1;
    if (!was_all) {
        marks->rule = true;
        marks->rule_matches = -1;
        snprintf(marks->filter, sizeof marks->filter, "%s", accounts->filter.text);
    }
    return EFFECT_LOAD;
}

static int drop_marks(struct accounts *accounts)
{
    int64_t count = marks_count(&accounts->marks);
    marks_free(&accounts->dropped);
    accounts->dropped = accounts->marks;
    accounts->marks = (struct marks){0};
    accounts->hidden = -1;
    app_say(accounts->app, ROLE_MUTED, "%lld marks dropped · U restores", (long long)count);
    return EFFECT_DRAW;
}

static int escape(struct accounts *accounts)
{
    if (accounts->in_range) {
        accounts->in_range = false;
        return EFFECT_DRAW;
    }
    if (accounts->filter.size) {
        field_set(&accounts->filter, "");
        return accounts_reopen(accounts);
    }
    return marks_is_empty(&accounts->marks) ? EFFECT_NONE : drop_marks(accounts);
}

static int restore_marks(struct accounts *accounts)
{
    marks_free(&accounts->marks);
    accounts->marks = accounts->dropped;
    accounts->dropped = (struct marks){0};
    accounts->hidden = -1;
    return EFFECT_LOAD;
}

static int menu(struct accounts *accounts)
{
    static const enum command commands[] = {COMMAND_ACCOUNT_EDIT,   COMMAND_ACCOUNT_TOGGLE,
                                            COMMAND_ACCOUNT_TOKEN,  COMMAND_ACCOUNT_COPY_ID,
                                            COMMAND_ACCOUNT_DELETE, COMMAND_NONE};
    const struct listed *here = accounts_current(accounts);
    char title[ACCOUNT_ID_SIZE];
    if (!here) return EFFECT_NONE;
    account_id_text(title, here->row.name);
    menu_open(accounts->app, title, accounts->menu_row, accounts->menu_column, commands);
    return EFFECT_DRAW;
}

static int copy_id(struct accounts *accounts)
{
    const struct listed *here = accounts_current(accounts);
    char id[ACCOUNT_ID_SIZE];
    if (!here) return EFFECT_NONE;
    account_id_text(id, here->row.name);
    return clipboard_copy_text(accounts->app, id);
}

static int edit(struct accounts *accounts)
{
    const struct listed *here = accounts_current(accounts);
    if (here) account_form_open(accounts->app, here->row.number);
    return EFFECT_DRAW;
}

static int run_on_rows(struct accounts *accounts, enum command command)
{
    switch (command) {
    case COMMAND_ACCOUNT_EDIT:
        return edit(accounts);
    case COMMAND_ACCOUNT_NEW:
        account_form_open(accounts->app, 0);
        return EFFECT_DRAW;
    case COMMAND_ACCOUNT_COPY_ID:
        return copy_id(accounts);
    case COMMAND_ACCOUNT_TOGGLE:
        return marks_is_empty(&accounts->marks) ? accounts_toggle(accounts)
                                                : accounts_toggle_marked(accounts);
    case COMMAND_ACCOUNT_DELETE:
        return marks_is_empty(&accounts->marks) ? accounts_delete(accounts)
                                                : accounts_delete_marked(accounts);
    case COMMAND_ACCOUNT_TOKEN:
        return accounts_generate(accounts);
    case COMMAND_MENU:
        return menu(accounts);
    default:
        return EFFECT_PASS;
    }
}

static int move_cursor(struct accounts *accounts, enum command command)
{
    struct list *list = &accounts->list;
    switch (command) {
    case COMMAND_DOWN:
        return done(accounts, list_move(list, 1));
    case COMMAND_UP:
        return done(accounts, list_move(list, -1));
    case COMMAND_PAGE_DOWN:
        return done(accounts, list_page(list, false));
    case COMMAND_PAGE_UP:
        return done(accounts, list_page(list, true));
    case COMMAND_FIRST:
        return done(accounts, list_jump(list, false));
    case COMMAND_LAST:
        return done(accounts, list_jump(list, true));
    default:
        return run_on_rows(accounts, command);
    }
}

int accounts_run(struct app *app, struct screen *screen, enum command command)
{
    struct accounts *accounts = (struct accounts *)screen;
    switch (command) {
    case COMMAND_FILTER:
        accounts->filtering = true;
        return EFFECT_DRAW;
    case COMMAND_FILTER_KEEP:
        accounts->filtering = false;
        return EFFECT_DRAW;
    case COMMAND_FILTER_CLEAR:
        accounts->filtering = false;
        field_set(&accounts->filter, "");
        return accounts_reopen(accounts);
    case COMMAND_SORT:
        picker_open(app, "Sort by", 3, 4, sorts, sizeof sorts / sizeof *sorts, accounts->sort,
                    pick_sort, accounts);
        return EFFECT_DRAW;
    case COMMAND_MARK:
        return mark(accounts);
    case COMMAND_RANGE:
        return range(accounts);
    case COMMAND_MARK_ALL:
        return mark_all(accounts);
    case COMMAND_ESCAPE:
        return escape(accounts);
    case COMMAND_UNDO:
        return marks_is_empty(&accounts->dropped) ? EFFECT_PASS : restore_marks(accounts);
    case COMMAND_REFRESH:
        return accounts_reopen(accounts);
    default:
        return move_cursor(accounts, command);
    }
}
