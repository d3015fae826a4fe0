#include "ui/screens/holders.h"

#include "ui/kit/table.h"
#include "ui/screens/account_form.h"
#include "ui/screens/why_dialog.h"

#include <gatehouse/account_list.h>
#include <gatehouse/text.h>
#include <gatehouse/why.h>
#include <stdio.h>
#include <stdlib.h>

struct holder {
    struct account_row row;
    char through[200]; /* "explicit, build, Everyone" */
};

struct holders {
    struct table_screen base;
    int64_t permission;
    char title[PERMISSION_NAME_MAX * 4 + 32]; /* names the permission */
};

static struct account_query query_of(const struct table_reader *reader)
{
    return (struct account_query){.filter = reader->filter,
                                  .descending = reader->descending,
                                  .permission = *(const int64_t *)reader->own};
}

static void name_sources(struct holder *holder, const struct why_holdings *all)
{
    size_t used = 0;
    snprintf(holder->through, sizeof holder->through, "no longer");
    for (size_t i = 0; i < all->count && used < sizeof holder->through - 70; i++) {
        const struct why_source *source = &all->items[i].source;
        char name[68];
        if (all->items[i].account != holder->row.number) continue;
        text_visible(name, sizeof name, source->group ? source->name : "explicit", 16);
        used += (size_t)snprintf(holder->through + used, sizeof holder->through - used, "%s%s",
                                 used ? ", " : "", name);
    }
}

/* Of all at once: the database may be far away. */
static enum error add_sources(const struct table_reader *reader, struct holder *holders,
                              size_t count)
{
    struct why_holdings *all;
    int64_t *numbers = malloc((count + 1) * sizeof *numbers);
    if (!numbers) return fail_memory();
    for (size_t i = 0; i < count; i++)
        numbers[i] = holders[i].row.number;
    enum error e = why_find_all(reader->store, *(const int64_t *)reader->own, numbers, count, &all);
    free(numbers);
    if (e) return e;
    for (size_t i = 0; i < count; i++)
        name_sources(&holders[i], all);
    free(all);
    return OK;
}

static int64_t row_id(const void *row)
{
    return ((const struct holder *)row)->row.number;
}

static enum error read_page(void *arg, const void *from, struct page page, void *out, size_t *count)
{
    const struct table_reader *reader = arg;
    const struct account_query query = query_of(reader);
    struct account_place place = {0};
    struct holder *rows = out;
    if (from) place = account_place_of(&query, &((const struct holder *)from)->row);
    struct account_row *accounts = malloc(page.max * sizeof *accounts);
    if (!accounts) return fail_memory();
    enum error e = account_page(reader->store, reader->now, &query, &place, page, accounts, count);
    for (size_t i = 0; i < *count && !e; i++)
        rows[i].row = accounts[i];
    free(accounts);
    return e ? e : add_sources(reader, rows, *count);
}

static enum error read_one(void *arg, int64_t id, void *out)
{
    const struct table_reader *reader = arg;
    struct holder *holder = out;
    struct account_row account;
    enum error e = account_get(reader->store, reader->now, id, &account);
    if (e) return e;
    holder->row = account;
    return add_sources(reader, holder, 1);
}

static enum error count_rows(const struct table_reader *reader, bool matching, int64_t *count)
{
    struct account_query query = query_of(reader);
    if (!matching) query.filter = "";
    return account_count(reader->store, &query, count);
}

static enum error rows_before(const struct table_reader *reader, const void *row, int64_t total,
                              int64_t *rows)
{
    const struct account_query query = query_of(reader);
    struct account_place place = account_place_of(&query, &((const struct holder *)row)->row);
    struct sample sample;
    enum error e = account_sample(reader->store, &query, &place, &sample);
    *rows = table_part(total, sample.before, sample.matching);
    return e;
}

static void id_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    account_id_text(cell->buffer, ((const struct holder *)row)->row.name);
    cell->text = cell->buffer;
}

static void status_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    bool active = ((const struct holder *)row)->row.active;
    cell->role = active ? ROLE_GOOD : ROLE_MUTED;
    cell_format(cell, "%s %s", text_glyph(active ? GLYPH_ACTIVE : GLYPH_INACTIVE),
                active ? "active" : "inactive");
}

static void through_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell->text = ((const struct holder *)row)->through;
}

const struct columns holders_columns = {.left = 3,
                                        .items = {
                                            {.title = "ACCOUNT ID",
                                             .least = 20,
                                             .best = 28,
                                             .grow = 1,
                                             .align = COLUMN_MIDDLE,
                                             .sort = {"Account ID", 'i', 0},
                                             .cell = id_cell},
                                            {.title = "STATUS",
                                             .is_state = true,
                                             .from = 60,
                                             .least = 10,
                                             .gap = 2,
                                             .cell = status_cell},
                                            {.title = "THROUGH",
                                             .least = 15,
                                             .best = 34,
                                             .grow = 2,
                                             .gap = 2,
                                             .role = ROLE_MUTED,
                                             .cell = through_cell},
                                        }};

static enum error load(struct screen *screen)
{
    struct holders *holders = (struct holders *)screen;
    struct permission permission;
    enum error e = permission_get(screen->app->store, holders->permission, &permission);
    if (e != ERR_NOT_FOUND) return e ? e : table_load(screen);
    screen->gone = "this permission was deleted elsewhere";
    holders->base.table.state = "deleted";
    return OK;
}

static int open_account(struct screen *screen)
{
    const struct holder *here = screen_row(screen);
    account_form_open(screen->app, here->row.number);
    return EFFECT_DRAW;
}

static int why(struct screen *screen)
{
    const struct holder *here = screen_row(screen);
    return why_show(screen->app, here->row.number, ((struct holders *)screen)->permission);
}

static const struct screen_command holders_commands[] = {
    {COMMAND_HOLDER_OPEN, .run = open_account, .needs_row = true},
    {COMMAND_HOLDER_WHY, .run = why, .needs_row = true},
    {.command = COMMAND_NONE},
};

static const enum command footer[] = {COMMAND_FILTER,      COMMAND_HOLDER_OPEN, COMMAND_HOLDER_WHY,
                                      COMMAND_FILTER_KEEP, COMMAND_ESCAPE,      COMMAND_NONE};

static const struct screen_class holders_class = {
    .title = "Who holds a permission",
    .tab = COMMAND_TAB_PERMISSIONS,
    .keeps_typed_ahead = true,
    .footer = footer,
    .contexts = {{CONTEXT_HOLDERS, CONTEXT_LIST, CONTEXT_TABLE}},
    .focus = table_focus,
    .load = load,
    .draw = table_draw,
    .key = table_key,
    .commands = {holders_commands, table_commands},
    .row = table_row,
    .move = table_move,
    .wait = table_wait,
    .due = table_due,
    .tick = table_tick,
    .close = table_close,
};

static const struct table_source source = {
    .one = "holder",
    .many = "holders",
    .empty = "Nobody has this permission.",
    .next = COMMAND_ACCOUNT_ADD,
    .next_text = "on an account to grant it",
    .none = "there is no account",
    .gone = "this account was deleted elsewhere",
    .search = SEARCH_ALWAYS,
    .columns = &holders_columns,
    .rows = {.row_size = sizeof(struct holder), .id = row_id, .page = read_page, .get = read_one},
    .count = count_rows,
    .before = rows_before,
};

int holders_open(struct app *app, const struct permission *permission)
{
    struct screen *screen;
    if (table_screen_new(app, sizeof(struct holders), &holders_class, &source, &screen))
        return app_say_error(app);
    struct holders *holders = (struct holders *)screen;
    holders->permission = permission->number;
    snprintf(holders->title, sizeof holders->title, "Permission %s", permission->name);
    holders->base.table.title = holders->title;
    holders->base.table.own = &holders->permission;
    screen_push(screen);
    return EFFECT_DRAW;
}
