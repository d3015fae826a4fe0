/* The tab Service Accounts: its commands, and on wide terminals the pane beside the list with
 * tokens and permissions of the row under the cursor. */
#include "ui/screens/accounts.h"

#include "ui/copy.h"
#include "ui/kit/menu.h"
#include "ui/screens/account_form.h"
#include "ui/screens/accounts_screen.h"
#include "ui/screens/why_dialog.h"

#include <gatehouse/ambient.h>
#include <gatehouse/name_arena.h>
#include <stdio.h>
#include <stdlib.h>

static void draw(struct screen *screen, const struct canvas *canvas)
{
    struct accounts *accounts = (struct accounts *)screen;
    table_draw(screen, canvas);
    struct canvas free = table_free_part(&accounts->base.table, canvas);
    service_line_draw(&accounts->service, &free);
}

static int menu(struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    static const enum command commands[] = {COMMAND_ACCOUNT_EDIT,   COMMAND_ACCOUNT_TOGGLE,
                                            COMMAND_ACCOUNT_TOKEN,  COMMAND_ACCOUNT_ADD,
                                            COMMAND_ACCOUNT_REMOVE, COMMAND_ACCOUNT_SUSPEND,
                                            COMMAND_ACCOUNT_WHY,    COMMAND_ACCOUNT_COPY_ID,
                                            COMMAND_ACCOUNT_DELETE, COMMAND_NONE};
    static const enum command marked[] = {COMMAND_ACCOUNT_TOGGLE,
                                          COMMAND_ACCOUNT_TOKEN,
                                          COMMAND_ACCOUNT_ADD,
                                          COMMAND_ACCOUNT_REMOVE,
                                          COMMAND_ACCOUNT_SUSPEND,
                                          COMMAND_ACCOUNT_DELETE,
                                          COMMAND_NONE};
    const struct listed *here = accounts_current(accounts);
    char title[ACCOUNT_ID_SIZE];
    bool many = table_has_marks(screen);
    if (many)
        table_marked_title(&accounts->base.table, title, sizeof title);
    else
        account_id_text(title, here->row.name);
    menu_open(accounts->base.table.app, title, table_menu_row(&accounts->base.table),
              accounts->base.table.menu_column, many ? marked : commands);
    return EFFECT_DRAW;
}

static int copy_id(struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    const struct listed *here = accounts_current(accounts);
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, here->row.name);
    return copy_text(accounts->base.table.app, id);
}

static int edit(struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    const struct listed *here = accounts_current(accounts);
    account_form_open(screen->app, here->row.number);
    return EFFECT_DRAW;
}

static int why(struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    const struct listed *here = accounts_current(accounts);
    accounts->why_account = here->row.number;
    return why_ask(accounts->base.table.app, &accounts->why_account);
}

static void show_created(void *arg, int64_t account)
{
    table_show(&((struct accounts *)arg)->base.table, account);
}

static int create(struct screen *screen)
{
    account_form_new(screen->app, show_created, screen);
    return EFFECT_DRAW;
}

static const char *toggle_label(const struct screen *screen)
{
    return accounts_current((const struct accounts *)screen)->row.active ? "Deactivate"
                                                                         : "Activate";
}

static const struct screen_command accounts_commands[] = {
    {COMMAND_ACCOUNT_EDIT, .run = edit, .needs_row = true},
    {COMMAND_ACCOUNT_NEW, .run = create},
    {COMMAND_ACCOUNT_COPY_ID, .run = copy_id, .needs_row = true},
    {COMMAND_ACCOUNT_TOGGLE, .run = accounts_toggle_marked, .when = table_has_marks},
    {COMMAND_ACCOUNT_TOGGLE, .run = accounts_toggle, .label = toggle_label, .needs_row = true},
    {COMMAND_ACCOUNT_DELETE, .run = accounts_delete_marked, .when = table_has_marks},
    {COMMAND_ACCOUNT_DELETE, .run = accounts_delete, .needs_row = true},
    {COMMAND_ACCOUNT_TOKEN, .run = accounts_generate_marked, .when = table_has_marks},
    {COMMAND_ACCOUNT_TOKEN, .run = accounts_generate, .needs_row = true},
    {COMMAND_ACCOUNT_SUSPEND, .run = accounts_suspend},
    {COMMAND_ACCOUNT_ADD, .run = accounts_add_rights},
    {COMMAND_ACCOUNT_REMOVE, .run = accounts_remove_rights},
    {COMMAND_ACCOUNT_WHY, .run = why, .needs_row = true},
    {COMMAND_MENU, .run = menu, .needs_row = true},
    {.command = COMMAND_NONE},
};

struct listed *accounts_current(const struct accounts *accounts)
{
    return list_current(&accounts->base.table.list);
}

static enum error load(struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    enum error e = table_load(screen);
    if (e) return e;
    accounts->arena_wanted = true;
    return OK;
}

static int64_t due(const struct screen *screen)
{
    const struct accounts *accounts = (const struct accounts *)screen;
    if (screen->failed_since || screen->wants_load || !table_is_seen(screen)) return INT64_MAX;
    if (accounts_want_names(accounts)) return 0;
    int64_t due = table_due(screen), service = service_line_due(&accounts->service);
    return service < due ? service : due;
}

static int tick(struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    int effects = table_tick(screen);
    if (effects) return effects;
    if (accounts_want_names(accounts)) accounts_read_names(accounts);
    if (service_line_due(&accounts->service) <= ambient_ticks())
        service_line_ask(&accounts->service, screen->app);
    return EFFECT_NONE;
}

static void close_accounts(struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    service_line_leave(&accounts->service, screen->app);
    table_free(&accounts->base.table);
    accounts_free_names(accounts);
    free(accounts);
}

static const enum command footer[] = {
    COMMAND_FILTER,      COMMAND_MARK, COMMAND_ACCOUNT_EDIT, COMMAND_ACCOUNT_TOGGLE,
    COMMAND_ACCOUNT_NEW, COMMAND_MENU, COMMAND_FILTER_KEEP,  COMMAND_ESCAPE,
    COMMAND_SORT,        COMMAND_NONE};

static const enum command marked_footer[] = {COMMAND_ACCOUNT_TOGGLE,
                                             COMMAND_ACCOUNT_ADD,
                                             COMMAND_ACCOUNT_REMOVE,
                                             COMMAND_ACCOUNT_SUSPEND,
                                             COMMAND_ACCOUNT_DELETE,
                                             COMMAND_ESCAPE,
                                             COMMAND_MARK,
                                             COMMAND_MENU,
                                             COMMAND_NONE};

static const enum command *hints(const struct screen *screen)
{
    return table_has_marks(screen) && !table_is_filtering(screen) ? marked_footer : footer;
}

static const struct screen_class accounts_class = {
    .title = "Service Accounts",
    .tab = COMMAND_TAB_ACCOUNTS,
    .keeps_typed_ahead = true,
    .hints = hints,
    .contexts = {{CONTEXT_ACCOUNTS, CONTEXT_LIST, CONTEXT_TABLE}},
    .focus = table_focus,
    .load = load,
    .draw = draw,
    .key = table_key,
    .commands = {accounts_commands, table_commands},
    .row = table_row,
    .move = table_move,
    .wait = table_wait,
    .due = due,
    .tick = tick,
    .close = close_accounts,
};

enum error accounts_open(struct app *app)
{
    struct screen *screen;
    enum error e =
        table_screen_new(app, sizeof(struct accounts), &accounts_class, &accounts_source, &screen);
    if (e) return e;
    struct accounts *accounts = (struct accounts *)screen;
    service_line_start(&accounts->service);
    e = name_arena_new(&accounts->arena);
    accounts->base.table.own = accounts->arena;
    if (e)
        close_accounts(screen);
    else
        screen_push(screen);
    return e;
}
