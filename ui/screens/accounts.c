/* The tab Service Accounts: its commands, and on wide terminals the pane beside the list with
 * tokens and permissions of the row under the cursor. */
#include "ui/screens/accounts.h"

#include "ui/copy.h"
#include "ui/kit/menu.h"
#include "ui/screens/account_form.h"
#include "ui/screens/accounts_screen.h"
#include "ui/screens/token_act.h"
#include "ui/screens/why_dialog.h"

#include <gatehouse/ambient.h>
#include <gatehouse/name_arena.h>
#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>

static void free_side(struct accounts *accounts)
{
    free(accounts->tokens);
    free(accounts->sources);
    free(accounts->catalogue);
    accounts->tokens = NULL;
    accounts->sources = NULL;
    accounts->catalogue = NULL;
}

static enum error load_side(struct accounts *accounts)
{
    const struct listed *here = accounts_current(accounts);
    struct store *store = accounts->base.table.app->store;
    free_side(accounts);
    if (!here) return OK;
    accounts->side = here->row;
    int64_t number = here->row.number;
    enum error e = token_list(store, accounts->base.table.now, number, false, &accounts->tokens);
    if (!e) e = permission_effective(store, number, &accounts->sources);
    if (!e) e = permission_list(store, &accounts->catalogue);
    return e;
}

static void name_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    token_name_cell(row, cell);
}

static void state_cell(void *owner, const void *row, struct cell *cell)
{
    token_state_cell(row, ((const struct accounts *)owner)->side.active, cell);
}

static void used_cell(void *owner, const void *row, struct cell *cell)
{
    const struct accounts *accounts = owner;
    token_used_cell(row, accounts->side.active, accounts->base.table.now, cell);
}

const struct columns accounts_token_columns = {
    .items = {
        {.least = 8, .best = 12, .grow = 1, .cell = name_cell},
        {.least = 11, .gap = 1, .role = ROLE_MUTED, .cell = state_cell},
        {.least = 8, .best = 10, .gap = 1, .role = ROLE_MUTED, .cell = used_cell},
    }};

/* Returns the row below. */
static int draw_tokens(struct accounts *accounts, const struct canvas *canvas, int row)
{
    struct layout layout;
    struct column_needs needs = {0};
    int width = canvas->columns + 1; /* no scroll bar */
    for (size_t i = 0; i < accounts->tokens->count; i++)
        columns_measure(&accounts_token_columns, accounts, &accounts->tokens->items[i], &needs);
    columns_lay_out(&accounts_token_columns, width, &layout);
    columns_fit(&accounts_token_columns, &needs, width, &layout);
    for (size_t i = 0; i < accounts->tokens->count; i++)
        columns_draw_row(&accounts_token_columns, &layout, canvas, row++, accounts,
                         &accounts->tokens->items[i]);
    if (!accounts->tokens->count) draw_text(canvas, row++, 0, ROLE_MUTED, "none");
    return row;
}

/* "explicit", "build", "build, deploy": where a permission comes from; false: it is not held. */
static bool sources_text(const struct accounts *accounts, int64_t permission, char *out,
                         size_t size)
{
    size_t used = 0;
    *out = 0;
    for (size_t i = 0; i < accounts->sources->count && used < size - 70; i++) {
        const struct permission_source *source = &accounts->sources->items[i];
        char name[68];
        if (source->permission != permission) continue;
        text_visible(name, sizeof name, source->group ? source->group_name : "explicit", 16);
        used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", name);
    }
    return used > 0;
}

/* A permission that the account holds, and through what. */
struct held {
    const struct permission *permission;
    char sources[200];
};

static void held_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell->text = ((const struct held *)row)->permission->name;
}

static void sources_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell->text = ((const struct held *)row)->sources;
}

const struct columns accounts_permission_columns = {
    .items = {
        {.least = 12, .best = 19, .cell = held_cell},
        {.least = 8, .grow = 1, .gap = 1, .role = ROLE_MUTED, .cell = sources_cell},
    }};

/* The next one from `*index` on; false: there is none. */
static bool next_held(const struct accounts *accounts, size_t *index, struct held *held)
{
    for (; *index < accounts->catalogue->count; ++*index) {
        held->permission = &accounts->catalogue->items[*index];
        if (!sources_text(accounts, held->permission->number, held->sources, sizeof held->sources))
            continue;
        ++*index;
        return true;
    }
    return false;
}

static void draw_permissions(struct accounts *accounts, const struct canvas *canvas, int row)
{
    struct layout layout;
    struct column_needs needs = {0};
    struct held held;
    int top = row, width = canvas->columns + 1;
    for (size_t i = 0; next_held(accounts, &i, &held);)
        columns_measure(&accounts_permission_columns, accounts, &held, &needs);
    columns_lay_out(&accounts_permission_columns, width, &layout);
    columns_fit(&accounts_permission_columns, &needs, width, &layout);
    for (size_t i = 0; next_held(accounts, &i, &held);)
        columns_draw_row(&accounts_permission_columns, &layout, canvas, row++, accounts, &held);
    if (row == top) draw_text(canvas, row, 0, ROLE_MUTED, "none");
}

static void draw_side(struct accounts *accounts, const struct canvas *canvas)
{
    for (int row = 0; row < canvas->rows; row++)
        draw_glyph(canvas, row, 0, ROLE_BORDER, GLYPH_BAR);
    if (!accounts->tokens || !accounts->sources || !accounts->catalogue) return;
    struct canvas inside = canvas_part(canvas, 0, 2, canvas->rows, canvas->columns - 3);
    const struct account_row *account = &accounts->side;
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, account->name);
    draw_cell_middle(&inside, 0, 0, inside.columns, ROLE_BOLD, id);
    int row = 1;
    if (account->owner[0]) {
        draw_text(&inside, row, 0, ROLE_MUTED, "owner");
        draw_text(&inside, row++, 6, ROLE_TEXT, account->owner);
    }
    if (account->description[0])
        row += draw_wrapped(&inside, row, 0, inside.columns, ROLE_TEXT, account->description);
    draw_text(&inside, ++row, 0, ROLE_MUTED, "TOKENS");
    row = draw_tokens(accounts, &inside, row + 1) + 1;
    draw_text(&inside, row, 0, ROLE_MUTED, "PERMISSIONS");
    draw_permissions(accounts, &inside, row + 1);
}

static void draw(struct screen *screen, const struct canvas *canvas)
{
    struct accounts *accounts = (struct accounts *)screen;
    accounts->wide = canvas->columns >= SIDE_FROM;
    struct canvas side = table_draw_beside(screen, canvas, accounts->wide ? SIDE_COLUMNS : 0);
    if (accounts->wide) draw_side(accounts, &side);
    struct canvas free = table_free_part(&accounts->base.table, canvas);
    service_line_draw(&accounts->service, &free);
}

enum { SIDE_DELAY_MS = 100 };

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

static void want_side(struct accounts *accounts)
{
    accounts->side_due = ambient_ticks() + SIDE_DELAY_MS;
}

static enum error load(struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    enum error e = table_load(screen);
    if (e) return e;
    accounts->arena_wanted = true;
    want_side(accounts);
    return OK;
}

static int64_t due(const struct screen *screen)
{
    const struct accounts *accounts = (const struct accounts *)screen;
    if (screen->failed_since || screen->wants_load || !table_is_seen(screen)) return INT64_MAX;
    if (accounts_want_names(accounts)) return 0;
    int64_t due = table_due(screen), service = service_line_due(&accounts->service);
    bool side = accounts->wide && !table_is_late(&accounts->base.table);
    if (service < due) due = service;
    return side && accounts->side_due < due ? accounts->side_due : due;
}

static int tick(struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    int effects = table_tick(screen);
    if (effects) return effects;
    if (accounts_want_names(accounts)) accounts_read_names(accounts);
    if (service_line_due(&accounts->service) <= ambient_ticks())
        service_line_ask(&accounts->service, screen->app);
    if (!accounts->wide || accounts->side_due > ambient_ticks()) return EFFECT_NONE;
    accounts->side_due = INT64_MAX;
    return load_side(accounts) ? app_say_error(screen->app) : EFFECT_DRAW;
}

static int key(struct screen *screen, int key)
{
    struct accounts *accounts = (struct accounts *)screen;
    want_side(accounts);
    return table_key(screen, key);
}

static void close_accounts(struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    service_line_leave(&accounts->service, screen->app);
    table_free(&accounts->base.table);
    accounts_free_names(accounts);
    free_side(accounts);
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
    .key = key,
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
    accounts->side_due = INT64_MAX;
    service_line_start(&accounts->service);
    e = name_arena_new(&accounts->arena);
    accounts->base.table.own = accounts->arena;
    if (e)
        close_accounts(screen);
    else
        screen_push(screen);
    return e;
}
