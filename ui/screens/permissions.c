#include "ui/screens/permissions.h"

#include "ui/kit/frame.h"
#include "ui/screens/holders.h"
#include "ui/screens/permissions_screen.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum error load(struct app *app, struct screen *whole)
{
    struct permissions_screen *screen = (struct permissions_screen *)whole;
    permissions_stop_counting(screen);
    enum error e = permissions_read(screen);
    return e ? e : table_load(&screen->table, app->rows);
}

struct columns {
    int name_width, id, id_width, menu, accounts, groups, holders;
};

static struct columns place(int width)
{
    struct columns at = {.id = -1, .menu = -1, .accounts = -1, .groups = -1};
    at.holders = width - 11;
    at.name_width = width - 16;
    if (width < 50) return at;
    at.groups = width - 20;
    at.accounts = width - 30;
    at.menu = width - 33;
    at.name_width = width - 37;
    if (width < 74) return at;
    at.name_width = 24;
    at.id = 29;
    at.id_width = at.menu - at.id - 1;
    return at;
}

static void draw_count(const struct canvas *rows, int row, int column, int width, int64_t number)
{
    char text[24];
    if (column < 0) return;
    snprintf(text, sizeof text, "%lld", (long long)number);
    draw_cell_right(rows, row, column, width, ROLE_TEXT,
                    number < 0 ? text_glyph(GLYPH_ELLIPSIS) : text);
}

static void draw_row(struct permissions_screen *screen, const struct canvas *rows,
                     const struct columns *at, size_t index)
{
    const struct permission_entry *entry = list_row(&screen->table.list, index);
    const struct permission *permission = &entry->permission;
    int row = (int)index + 1;
    table_place_row(&screen->table, rows, index, 1, at->menu >= 0 ? at->menu : 4);
    draw_cell(rows, row, 3, at->name_width, ROLE_TEXT, permission->name);
    if (at->id >= 0) draw_cell(rows, row, at->id, at->id_width, ROLE_MUTED, permission->id);
    if (at->menu >= 0) draw_glyph(rows, row, at->menu, ROLE_MUTED, GLYPH_MENU);
    draw_count(rows, row, at->accounts, 8, permission->accounts);
    draw_count(rows, row, at->groups, 6, permission->groups);
    draw_count(rows, row, at->holders, 9, permissions_holders(screen, permission->number));
}

/* The line below the list says what the permission under the cursor allows. */
static void draw(struct app *app, struct screen *whole, const struct canvas *canvas)
{
    struct permissions_screen *screen = (struct permissions_screen *)whole;
    struct table *table = &screen->table;
    struct canvas body = frame_draw_bottom(app, whole, canvas);
    int first = table_draw_top(table, canvas, "");
    struct columns at = place(canvas->columns);
    struct canvas rows = canvas_part(&body, first, 0, body.rows - first, canvas->columns);
    table_draw_head(table, &rows, 0, 3, at.name_width, "PERMISSION", BY_NAME);
    table_draw_head(table, &rows, 0, at.id, at.id_width, "ID", BY_ID);
    table_draw_head(table, &rows, 0, at.accounts, 10, "ACCOUNTS", BY_ACCOUNTS);
    table_draw_head(table, &rows, 0, at.groups, 8, "GROUPS", BY_GROUPS);
    table_draw_head(table, &rows, 0, at.holders, 9, "EFFECTIVE", -1);
    for (size_t i = 0; i < table->list.count && (int)i + 1 < rows.rows; i++)
        draw_row(screen, &rows, &at, i);
    table_draw_bar(table, &rows);
    if (!table->list.count) table_draw_empty(table, &rows, 2);
    const struct permission_entry *here = list_current(&table->list);
    bool quiet = !app->message[0] && !whole->failed_since && canvas->rows >= 12;
    if (here && quiet)
        draw_cell(canvas, canvas->rows - 2, 1, canvas->columns - 2, ROLE_MUTED,
                  here->permission.sentence);
}

static int run(struct app *app, struct screen *whole, enum command command)
{
    struct permissions_screen *screen = (struct permissions_screen *)whole;
    int effects = table_run(&screen->table, command);
    if (!(effects & EFFECT_PASS)) return effects;
    switch (command) {
    case COMMAND_ESCAPE:
        return EFFECT_NONE;
    case COMMAND_PERMISSION_HOLDERS:
        if (permissions_current(screen)) holders_open(app, permissions_current(screen));
        return EFFECT_DRAW;
    case COMMAND_PERMISSION_NEW:
        return permissions_new(app);
    case COMMAND_PERMISSION_EDIT:
        return permissions_edit(screen);
    case COMMAND_PERMISSION_DELETE:
        return permissions_delete(screen);
    case COMMAND_MENU:
        return permissions_menu(screen);
    default:
        return EFFECT_PASS;
    }
}

static const char *why_not(const struct app *app, const struct screen *whole, enum command command)
{
    (void)app;
    const struct permissions_screen *screen = (const struct permissions_screen *)whole;
    bool needs_row = command == COMMAND_PERMISSION_HOLDERS || command == COMMAND_PERMISSION_EDIT ||
                     command == COMMAND_PERMISSION_DELETE;
    if (!needs_row) return NULL;
    if (!permissions_current(screen)) return "there is no permission";
    return screen->table.list.gone ? "this permission was deleted elsewhere" : NULL;
}

static unsigned contexts(const struct app *app, const struct screen *screen)
{
    (void)app;
    return table_contexts(&((const struct permissions_screen *)screen)->table, CONTEXT_PERMISSIONS);
}

static int key(struct app *app, struct screen *screen, int pressed)
{
    (void)app;
    return table_key(&((struct permissions_screen *)screen)->table, pressed);
}

static int64_t due(const struct app *app, const struct screen *whole)
{
    (void)app;
    const struct permissions_screen *screen = (const struct permissions_screen *)whole;
    return table_is_due(&screen->table) || permissions_want_holders(screen) ? 0 : INT64_MAX;
}

static int tick(struct app *app, struct screen *whole, int64_t ticks)
{
    (void)app, (void)ticks;
    struct permissions_screen *screen = (struct permissions_screen *)whole;
    if (permissions_want_holders(screen)) permissions_count_holders(screen);
    return table_tick(&screen->table);
}

static void close_permissions(struct app *app, struct screen *whole)
{
    (void)app;
    struct permissions_screen *screen = (struct permissions_screen *)whole;
    permissions_stop_counting(screen);
    table_free(&screen->table);
    free(screen->entries);
    free(screen);
}

static const enum command footer[] = {COMMAND_FILTER,
                                      COMMAND_PERMISSION_HOLDERS,
                                      COMMAND_PERMISSION_NEW,
                                      COMMAND_PERMISSION_EDIT,
                                      COMMAND_MENU,
                                      COMMAND_PERMISSION_DELETE,
                                      COMMAND_FILTER_KEEP,
                                      COMMAND_FILTER_CLEAR,
                                      COMMAND_SORT,
                                      COMMAND_HELP,
                                      COMMAND_NONE};

static const struct screen_class permissions_class = {
    .title = "Permissions",
    .tab = COMMAND_TAB_PERMISSIONS,
    .keeps_typed_ahead = true,
    .footer = footer,
    .contexts = contexts,
    .load = load,
    .draw = draw,
    .key = key,
    .run = run,
    .why_not = why_not,
    .due = due,
    .tick = tick,
    .close = close_permissions,
};

enum error permissions_open(struct app *app)
{
    struct permissions_screen *screen = calloc(1, sizeof *screen);
    if (!screen) return fail(ERR_SYSTEM, "out of memory");
    screen->screen.class = &permissions_class;
    enum error e = table_init(&screen->table, app, &screen->screen, &permissions_source);
    if (e) {
        close_permissions(app, &screen->screen);
        return e;
    }
    screen->table.own = screen;
    screen_push(app, &screen->screen);
    return OK;
}
