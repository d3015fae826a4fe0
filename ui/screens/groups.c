#include "ui/screens/groups.h"

#include "ui/kit/dialog.h"
#include "ui/kit/table.h"
#include "ui/kit/undo.h"
#include "ui/screens/group_form.h"
#include "ui/screens/panes.h"
#include "ui/screens/panic.h"
#include "ui/screens/whatif_text.h"

#include <gatehouse/group.h>
#include <gatehouse/group_change.h>
#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>

struct groups {
    struct table_screen base;
};

/* The one under the cursor, or NULL. */
static inline const struct group *current(const struct groups *groups)
{
    return list_current(&groups->base.table.list);
}

/* The group a question is about; by the answer the cursor may be on another row. */
struct chosen {
    struct groups *groups;
    int64_t number;
};

static struct chosen *choose(struct groups *groups)
{
    const struct group *here = current(groups);
    struct chosen *chosen = here ? app_alloc(groups->base.table.app, sizeof *chosen) : NULL;
    if (chosen) *chosen = (struct chosen){groups, here->number};
    return chosen;
}

static enum error name_given(struct app *app, void *arg, const char *text, struct secret *unused)
{
    (void)unused, (void)arg;
    struct act act = app_act(app);
    int64_t number;
    enum error e = group_create(&act, text, &number);
    if (e) return e;
    app_say(app, ROLE_GOOD, "✓ Created the group %s", text);
    group_form_open(app, number);
    return OK;
}

static int new_group(struct screen *screen)
{
    struct app *app = screen->app;
    enum error e = prompt_open(app, &(struct prompt){.title = "New group",
                                                     .label = "Name",
                                                     .note = "1 to 64 printable characters.",
                                                     .max = GROUP_NAME_MAX,
                                                     .done = name_given});
    return e ? app_say_error(app) : EFFECT_DRAW;
}

static enum error renamed(struct app *app, void *arg, const char *text, struct secret *unused)
{
    (void)unused;
    struct chosen *chosen = arg;
    struct act act = app_act(app);
    enum error e = group_rename(&act, chosen->number, text);
    if (e) return e;
    undo_say(app, "", "Renamed the group to %s", text);
    free(chosen);
    return OK;
}

static int rename_group(struct screen *screen)
{
    struct groups *groups = (struct groups *)screen;
    struct app *app = groups->base.table.app;
    struct chosen *chosen = choose(groups);
    if (!chosen) return EFFECT_DRAW;
    enum error e = prompt_open(app, &(struct prompt){.title = "Rename the group",
                                                     .label = "Name",
                                                     .initial = current(groups)->name,
                                                     .edits = true,
                                                     .max = GROUP_NAME_MAX,
                                                     .done = renamed,
                                                     .cancelled = free,
                                                     .arg = chosen});
    if (!e) return EFFECT_DRAW;
    free(chosen);
    return app_say_error(app);
}

static int delete_confirmed(struct app *app, void *arg, int choice)
{
    struct chosen *chosen = arg;
    struct act act = app_act(app);
    if (choice && group_delete(&act, chosen->number))
        app_say_error(app);
    else if (choice)
        app_say(app, ROLE_GOOD, "✓ The group was deleted");
    chosen->groups->base.table.drop_gone |= choice != 0;
    free(chosen);
    return choice ? EFFECT_LOAD : EFFECT_DRAW;
}

static int delete_group(struct screen *screen)
{
    struct groups *groups = (struct groups *)screen;
    struct app *app = groups->base.table.app;
    struct chosen *chosen = choose(groups);
    char title[GROUP_NAME_MAX * 4 + 32], text[900];
    if (!chosen) return EFFECT_DRAW;
    const struct whatif_change change = {.group = chosen->number, .deleted = true};
    size_t used = (size_t)snprintf(text, sizeof text, "%s member%s. ",
                                   number_text(current(groups)->members).text,
                                   current(groups)->members == 1 ? "" : "s");
    snprintf(title, sizeof title, "Delete the group %s", current(groups)->name);
    if (!whatif_describe(app, &change, text + used, sizeof text - used)) {
        free(chosen);
        return EFFECT_DRAW;
    }
    confirm_open(app, &(struct confirm){.title = title,
                                        .destroys = true,
                                        .text = text,
                                        .choices = {{"Delete", 'Y'}},
                                        .done = delete_confirmed,
                                        .arg = chosen});
    return EFFECT_DRAW;
}

static int open_menu(struct screen *screen)
{
    struct groups *groups = (struct groups *)screen;
    static const enum command commands[] = {COMMAND_GROUP_EDIT, COMMAND_GROUP_RENAME,
                                            COMMAND_GROUP_SUSPEND, COMMAND_GROUP_DELETE,
                                            COMMAND_NONE};
    const struct group *here = current(groups);
    menu_open(groups->base.table.app, here->name, table_menu_row(&groups->base.table),
              groups->base.table.menu_column, commands);
    return EFFECT_DRAW;
}

static int64_t row_id(const void *row)
{
    return ((const struct group *)row)->number;
}

static enum error read_page(void *arg, const void *from, struct page page, void *rows,
                            size_t *count)
{
    const struct table_reader *reader = arg;
    const struct group_query query = {.filter = reader->filter,
                                      .sort = (enum group_sort)reader->sort,
                                      .descending = reader->descending};
    return group_page(reader->store, &query, from, page, rows, count);
}

static enum error read_one(void *arg, int64_t id, void *row)
{
    return group_get(((const struct table_reader *)arg)->store, id, row);
}

static enum error count_rows(const struct table_reader *reader, bool matching, int64_t *count)
{
    return group_count(reader->store, matching ? reader->filter : "", count);
}

/* There are few groups, and every page reads all of them anyway. */
static enum error rows_before(const struct table_reader *reader, const void *row, int64_t total,
                              int64_t *rows)
{
    size_t count = 0;
    struct group *groups = calloc((size_t)total, sizeof *groups);
    if (!groups) return fail_memory();
    enum error e = read_page((void *)reader, row,
                             (struct page){.max = (size_t)total, .backward = true}, groups, &count);
    free(groups);
    *rows = (int64_t)count;
    return e;
}

static void match_filter(const struct groups *groups, struct cell *cell, enum word_kind kind)
{
    cell_match_words(cell, WORDS_GROUPS, groups->base.table.filter.text, kind);
}

static void name_cell(void *owner, const void *row, struct cell *cell)
{
    cell->text = ((const struct group *)row)->name;
    match_filter(owner, cell, WORD_TEXT);
}

static void members_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell_format(cell, "%s", number_text(((const struct group *)row)->members).text);
}

static void permissions_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell_format(cell, "%s", number_text(((const struct group *)row)->permissions).text);
}

static void description_cell(void *owner, const void *row, struct cell *cell)
{
    const struct group *group = row;
    cell->text = group->system ? "every account, always" : group->summary;
    match_filter(owner, cell, WORD_DESCRIPTION);
}

const struct columns groups_columns = {
    .left = 3,
    .items = {
        {.title = "GROUP",
         .least = 14,
         .best = 24,
         .grow = 1,
         .sort = {"Name", 'n', GROUP_BY_NAME},
         .cell = name_cell},
        {.from = 60, .least = 1, .gap = 1, .cell = columns_menu_cell},
        {.title = "MEMBERS",
         .is_state = true,
         .least = 8,
         .gap = 1,
         .align = COLUMN_RIGHT,
         .sort = {"Members", 'm', GROUP_BY_MEMBERS},
         .cell = members_cell},
        {.title = "PERMISSIONS",
         .from = 40,
         .least = 12,
         .gap = 1,
         .align = COLUMN_RIGHT,
         .sort = {"Permissions", 'p', GROUP_BY_PERMISSIONS},
         .cell = permissions_cell},
        {.title = "DESCRIPTION",
         .from = 74,
         .least = 19,
         .best = 25,
         .grow = 1,
         .gap = 3,
         .role = ROLE_MUTED,
         .cell = description_cell},
    }};

static enum error read_detail(struct store *store, int64_t now, const void *row, struct detail *out)
{
    return group_pane_read(store, now, row_id(row), out);
}

static const struct table_source source = {
    .detail = read_detail,
    .title = "Groups",
    .one = "group",
    .many = "groups",
    .empty = "No group matches.",
    .columns = &groups_columns,
    .none = "there is no group",
    .gone = "this group was deleted elsewhere",
    .words = WORDS_GROUPS,
    .rows = {.row_size = sizeof(struct group), .id = row_id, .page = read_page, .get = read_one},
    .count = count_rows,
    .before = rows_before,
};

static int edit(struct screen *screen)
{
    group_form_open(screen->app, current((struct groups *)screen)->number);
    return EFFECT_DRAW;
}

static int suspend(struct screen *screen)
{
    return panic_group(screen->app, current((struct groups *)screen)->number);
}

static const char *why_not_change(const struct screen *screen)
{
    return current((const struct groups *)screen)->system ? "Everyone always contains every account"
                                                          : NULL;
}

static const struct screen_command groups_commands[] = {
    {COMMAND_GROUP_EDIT, .run = edit, .needs_row = true},
    {COMMAND_GROUP_NEW, .run = new_group},
    {COMMAND_GROUP_RENAME, .run = rename_group, .why_not = why_not_change, .needs_row = true},
    {COMMAND_GROUP_SUSPEND, .run = suspend, .needs_row = true},
    {COMMAND_GROUP_DELETE, .run = delete_group, .why_not = why_not_change, .needs_row = true},
    {COMMAND_MENU, .run = open_menu, .needs_row = true},
    {.command = COMMAND_NONE},
};

static const enum command footer[] = {
    COMMAND_FILTER, COMMAND_GROUP_EDIT,   COMMAND_GROUP_NEW,   COMMAND_GROUP_RENAME,
    COMMAND_MENU,   COMMAND_GROUP_DELETE, COMMAND_FILTER_KEEP, COMMAND_ESCAPE,
    COMMAND_SORT,   COMMAND_NONE};

static const struct screen_class groups_class = {
    .title = "Groups",
    .tab = COMMAND_TAB_GROUPS,
    .keeps_typed_ahead = true,
    .footer = footer,
    .contexts = {{CONTEXT_GROUPS, CONTEXT_LIST, CONTEXT_TABLE}},
    .focus = table_focus,
    .load = table_load,
    .draw = table_draw,
    .key = table_key,
    .commands = {groups_commands, table_commands},
    .row = table_row,
    .move = table_move,
    .wait = table_wait,
    .due = table_due,
    .tick = table_tick,
    .close = table_close,
};

enum error groups_open(struct app *app)
{
    struct screen *screen;
    enum error e = table_screen_new(app, sizeof(struct groups), &groups_class, &source, &screen);
    if (!e) screen_push(screen);
    return e;
}
