#include "ui/screens/permissions.h"

#include "ui/background.h"
#include "ui/kit/dialog.h"
#include "ui/kit/fields.h"
#include "ui/kit/table.h"
#include "ui/kit/undo.h"
#include "ui/screens/holders.h"
#include "ui/screens/panes.h"
#include "ui/screens/whatif_text.h"

#include <gatehouse/permission.h>
#include <gatehouse/permission_change.h>
#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum permissions_sort { BY_NAME, BY_ID, BY_ACCOUNTS, BY_GROUPS };

struct permission_entry {
    struct permission permission;
    int64_t holders; /* effectively; -1: not counted yet */
    bool fresh;      /* counted since the last load */
};

/* The catalogue is short: it is read whole, and the list pages over what matches. */
struct permissions_screen {
    struct table_screen base;
    struct permission_entry *entries; /* those that match, in order */
    size_t count, total;
    bool counting; /* holders, in the background */
};

/* The one under the cursor, or NULL. */
static inline const struct permission *current(const struct permissions_screen *screen)
{
    const struct permission_entry *here = list_current(&screen->base.table.list);
    return here ? &here->permission : NULL;
}

static int compare_by(enum permissions_sort sort, const struct permission *a,
                      const struct permission *b)
{
    int64_t left = sort == BY_ACCOUNTS ? a->accounts : a->groups;
    int64_t right = sort == BY_ACCOUNTS ? b->accounts : b->groups;
    int order = 0;
    if (sort == BY_NAME) order = strcmp(a->name, b->name);
    if (sort == BY_ACCOUNTS || sort == BY_GROUPS) order = (left > right) - (left < right);
    return order ? order : strcmp(a->id, b->id);
}

static int compare(const void *a, const void *b, void *arg)
{
    const struct table *table = arg;
    int order = compare_by((enum permissions_sort)table->sort,
                           &((const struct permission_entry *)a)->permission,
                           &((const struct permission_entry *)b)->permission);
    return table->descending ? -order : order;
}

/* How many accounts hold it effectively; -1: not counted yet. */
static int64_t holders_of(const struct permissions_screen *screen, int64_t number)
{
    for (size_t i = 0; i < screen->count; i++)
        if (screen->entries[i].permission.number == number) return screen->entries[i].holders;
    return -1;
}

/* Counts of holders stay on the screen until they are counted again. */
static enum error read_catalogue(struct permissions_screen *screen)
{
    struct permissions *catalogue;
    enum error e = permission_list(screen->base.table.app->store, &catalogue);
    if (e) return e;
    struct permission_entry *entries = calloc(catalogue->count + 1, sizeof *entries);
    size_t count = 0;
    for (size_t i = 0; entries && i < catalogue->count; i++) {
        if (!permission_matches(&catalogue->items[i], screen->base.table.filter.text)) continue;
        entries[count].permission = catalogue->items[i];
        entries[count++].holders = holders_of(screen, catalogue->items[i].number);
    }
    if (entries) {
        qsort_r(entries, count, sizeof *entries, compare, &screen->base.table);
        free(screen->entries);
        screen->entries = entries;
        screen->count = count;
        screen->total = catalogue->count;
    }
    free(catalogue);
    return entries ? OK : fail_memory();
}

static int64_t row_id(const void *row)
{
    return ((const struct permission_entry *)row)->permission.number;
}

/* The place of a row, or where it would be if it is gone. */
static size_t place_of(const struct permissions_screen *screen, const struct permission_entry *row,
                       bool *there)
{
    size_t at = 0;
    struct table *table = (struct table *)&screen->base.table;
    while (at < screen->count && compare(&screen->entries[at], row, table) < 0)
        at++;
    *there = at < screen->count && row_id(&screen->entries[at]) == row_id(row);
    return at;
}

static enum error read_page(void *arg, const void *from, struct page page, void *rows,
                            size_t *count)
{
    const struct permissions_screen *screen = ((const struct table_reader *)arg)->own;
    size_t first = 0, end = screen->count;
    if (from) {
        bool there;
        size_t at = place_of(screen, from, &there);
        if (page.backward)
            end = at + (there && page.inclusive);
        else
            first = at + (there && !page.inclusive);
    }
    *count = end - first < page.max ? end - first : page.max;
    if (page.backward) first = end - *count;
    memcpy(rows, screen->entries + first, *count * sizeof *screen->entries);
    return OK;
}

static enum error read_one(void *arg, int64_t id, void *row)
{
    const struct permissions_screen *screen = ((const struct table_reader *)arg)->own;
    struct permission_entry *entry = row;
    entry->holders = holders_of(screen, id);
    return permission_get(screen->base.table.app->store, id, &entry->permission);
}

static enum error count_rows(const struct table_reader *reader, bool matching, int64_t *count)
{
    const struct permissions_screen *screen = reader->own;
    *count = (int64_t)(matching ? screen->count : screen->total);
    return OK;
}

static enum error rows_before(const struct table_reader *reader, const void *row, int64_t total,
                              int64_t *rows)
{
    bool there;
    (void)total;
    *rows = (int64_t)place_of(reader->own, row, &there);
    return OK;
}

static const struct permission_entry *entry_of(const void *row)
{
    return row;
}

static void match_filter(const struct permissions_screen *screen, struct cell *cell)
{
    cell_match_words(cell, WORDS_PERMISSIONS, screen->base.table.filter.text, WORD_TEXT);
}

static void name_cell(void *owner, const void *row, struct cell *cell)
{
    cell->text = entry_of(row)->permission.name;
    match_filter(owner, cell);
}

static void id_cell(void *owner, const void *row, struct cell *cell)
{
    cell->text = entry_of(row)->permission.id;
    match_filter(owner, cell);
}

static void accounts_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell_format(cell, "%s", number_text(entry_of(row)->permission.accounts).text);
}

static void groups_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell_format(cell, "%s", number_text(entry_of(row)->permission.groups).text);
}

static void holders_cell(void *owner, const void *row, struct cell *cell)
{
    int64_t holders = holders_of(owner, entry_of(row)->permission.number);
    cell_format(cell, "%s", number_text(holders).text);
    if (holders < 0) cell->text = text_glyph(GLYPH_ELLIPSIS);
}

const struct columns permissions_columns = {
    .left = 3,
    .right = 1,
    .items = {
        {.title = "PERMISSION",
         .least = 14,
         .best = 21,
         .grow = 1,
         .sort = {"Name", 'n', BY_NAME},
         .cell = name_cell},
        {.title = "ID",
         .from = 74,
         .least = 12,
         .best = 20,
         .grow = 2,
         .gap = 2,
         .sort = {"ID", 'i', BY_ID},
         .cell = id_cell},
        {.from = 50, .least = 1, .gap = 1, .cell = columns_menu_cell},
        {.title = "ACCOUNTS",
         .from = 50,
         .least = 9,
         .gap = 1,
         .align = COLUMN_RIGHT,
         .sort = {"Accounts", 'a', BY_ACCOUNTS},
         .cell = accounts_cell},
        {.title = "GROUPS",
         .from = 50,
         .least = 7,
         .gap = 1,
         .align = COLUMN_RIGHT,
         .sort = {"Groups", 'g', BY_GROUPS},
         .cell = groups_cell},
        {.title = "EFFECTIVE",
         .is_state = true,
         .least = 9,
         .gap = 2,
         .align = COLUMN_RIGHT,
         .cell = holders_cell},
    }};

/* What it allows. */
static const char *note_of(const void *row)
{
    return entry_of(row)->permission.sentence;
}

static enum error read_detail(struct store *store, int64_t now, const void *row, struct detail *out)
{
    return permission_pane_read(store, now, row_id(row), out);
}

static const struct table_source source = {
    .detail = read_detail,
    .title = "Permissions",
    .one = "permission",
    .many = "permissions",
    .empty = "The catalogue is empty.",
    .next = COMMAND_PERMISSION_NEW,
    .next_text = "to add a permission",
    .none = "there is no permission",
    .gone = "this permission was deleted elsewhere",
    .words = WORDS_PERMISSIONS,
    .search = SEARCH_NEVER,
    .columns = &permissions_columns,
    .note = note_of,
    .rows = {.row_size = sizeof(struct permission_entry),
             .id = row_id,
             .page = read_page,
             .get = read_one},
    .count = count_rows,
    .before = rows_before,
};

struct holding {
    struct job job;
    struct permissions_screen *screen;
    int64_t permission, holders;
};

static struct permission_entry *uncounted(const struct permissions_screen *screen)
{
    for (size_t i = 0; i < screen->count; i++)
        if (!screen->entries[i].fresh) return &screen->entries[i];
    return NULL;
}

static bool wants_holders(const struct permissions_screen *screen)
{
    bool rests = !screen->base.screen.failed_since && !screen->base.screen.wants_load;
    return rests && !screen->counting && uncounted(screen);
}

static enum error count_job(struct job *job, struct store *store)
{
    struct holding *holding = (struct holding *)job;
    return permission_count_holders(store, holding->permission, &holding->holders);
}

static void done(struct app *app, struct job *job, enum error e)
{
    const struct holding *holding = (struct holding *)job;
    struct permissions_screen *screen = holding->screen;
    screen->counting = false;
    if (e) {
        screen_set_failed(&screen->base.screen);
        app_say_error(app);
    }
    for (size_t i = 0; i < screen->count && !e; i++) {
        if (screen->entries[i].permission.number != holding->permission) continue;
        screen->entries[i].holders = holding->holders;
        screen->entries[i].fresh = true;
    }
}

static void free_job(struct job *job)
{
    free(job);
}

static void count_holders(struct permissions_screen *screen)
{
    struct holding *holding = app_alloc(screen->base.table.app, sizeof *holding);
    if (!holding) {
        screen_set_failed(&screen->base.screen);
        return;
    }
    *holding = (struct holding){
        .job = {.owner = &screen->counting, .run = count_job, .done = done, .free = free_job},
        .screen = screen,
        .permission = uncounted(screen)->permission.number};
    screen->counting = true;
    background_post(screen->base.table.app->background, &holding->job);
}

static void stop_counting(struct permissions_screen *screen)
{
    if (screen->base.table.app)
        background_drop(screen->base.table.app->background, &screen->counting);
    screen->counting = false;
}

/* The permission a question is about. */
struct chosen {
    struct permissions_screen *screen;
    struct permission shown;
};

static enum error create(struct app *app, void *arg, const char *const texts[FIELDS_MAX],
                         size_t *wrong)
{
    struct permissions_screen *screen = arg;
    struct act act = app_act(app);
    int64_t number;
    enum error e = permission_check_id(texts[0]);
    *wrong = 0;
    if (e) return e;
    *wrong = permission_check_texts(texts[1], "") ? 1 : 2;
    e = permission_check_texts(texts[1], texts[2]);
    if (e) return e;
    *wrong = 0;
    e = permission_create(&act, texts[0], texts[1], texts[2], &number);
    if (e) return e;
    app_say(app, ROLE_GOOD, "✓ Created the permission %s", texts[1]);
    table_show(&screen->base.table, number);
    return OK;
}

static int new_permission(struct screen *screen)
{
    struct app *app = screen->app;
    const struct fields fields = {
        .title = "New permission",
        .fields = {{"ID", "1 to 64 of a-z 0-9 _ : . / - ; what services ask for. It never changes.",
                    NULL, PERMISSION_ID_MAX},
                   {"Name", "What lists show.", NULL, PERMISSION_NAME_MAX},
                   {"Sentence", "What it allows.", NULL, PERMISSION_SENTENCE_MAX}},
        .done = create,
        .arg = screen,
    };
    return fields_open(app, &fields) ? app_say_error(app) : EFFECT_DRAW;
}

static struct chosen *choose(struct permissions_screen *screen)
{
    const struct permission *here = current(screen);
    struct chosen *chosen = here ? app_alloc(screen->base.table.app, sizeof *chosen) : NULL;
    if (chosen) *chosen = (struct chosen){screen, *here};
    return chosen;
}

static enum error edited(struct app *app, void *arg, const char *const texts[FIELDS_MAX],
                         size_t *wrong)
{
    struct chosen *chosen = arg;
    struct act act = app_act(app);
    *wrong = permission_check_texts(texts[0], "") ? 0 : 1;
    /* What was not changed here may have been changed elsewhere. */
    const char *name = strcmp(texts[0], chosen->shown.name) != 0 ? texts[0] : NULL;
    const char *sentence = strcmp(texts[1], chosen->shown.sentence) != 0 ? texts[1] : NULL;
    enum error e = permission_edit(&act, chosen->shown.number, name, sentence, NULL);
    if (e) return e;
    undo_say(app, "", "Changed the permission %s", texts[0]);
    free(chosen);
    return OK;
}

static int edit(struct screen *whole)
{
    struct permissions_screen *screen = (struct permissions_screen *)whole;
    struct app *app = screen->base.table.app;
    const struct permission *here = current(screen);
    struct chosen *chosen = choose(screen);
    if (!chosen) return EFFECT_DRAW;
    char title[PERMISSION_ID_MAX + 32];
    snprintf(title, sizeof title, "Permission %s", here->id);
    const struct fields fields = {
        .title = title,
        .fields = {{"Name", "What lists show.", here->name, PERMISSION_NAME_MAX},
                   {"Sentence", "What it allows.", here->sentence, PERMISSION_SENTENCE_MAX}},
        .edits = true,
        .done = edited,
        .cancelled = free,
        .arg = chosen,
    };
    if (!fields_open(app, &fields)) return EFFECT_DRAW;
    free(chosen);
    return app_say_error(app);
}

static int delete_confirmed(struct app *app, void *arg, int choice)
{
    struct chosen *chosen = arg;
    struct act act = app_act(app);
    if (choice && permission_delete(&act, chosen->shown.number))
        app_say_error(app);
    else if (choice)
        app_say(app, ROLE_GOOD, "✓ The permission was deleted");
    chosen->screen->base.table.drop_gone |= choice != 0;
    free(chosen);
    return choice ? EFFECT_LOAD : EFFECT_DRAW;
}

static int delete_permission(struct screen *whole)
{
    struct permissions_screen *screen = (struct permissions_screen *)whole;
    struct app *app = screen->base.table.app;
    const struct permission *here = current(screen);
    struct chosen *chosen = choose(screen);
    char title[PERMISSION_NAME_MAX * 4 + 32], text[900];
    char accounts[TEXT_COUNT_SIZE], groups[TEXT_COUNT_SIZE];
    if (!chosen) return EFFECT_DRAW;
    const struct whatif_change change = {.gone = here->number};
    size_t used = (size_t)snprintf(text, sizeof text, "Held explicitly by %s and %s. ",
                                   text_count(accounts, here->accounts, "account"),
                                   text_count(groups, here->groups, "group"));
    snprintf(title, sizeof title, "Delete the permission %s", here->name);
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

static int open_menu(struct screen *whole)
{
    struct permissions_screen *screen = (struct permissions_screen *)whole;
    static const enum command commands[] = {COMMAND_PERMISSION_HOLDERS, COMMAND_PERMISSION_EDIT,
                                            COMMAND_PERMISSION_DELETE, COMMAND_NONE};
    const struct permission *here = current(screen);
    menu_open(screen->base.table.app, here->name, table_menu_row(&screen->base.table),
              screen->base.table.menu_column, commands);
    return EFFECT_DRAW;
}

static enum error load(struct screen *whole)
{
    struct permissions_screen *screen = (struct permissions_screen *)whole;
    stop_counting(screen);
    enum error e = read_catalogue(screen);
    return e ? e : table_load(whole);
}

static int show_holders(struct screen *whole)
{
    return holders_open(whole->app, current((struct permissions_screen *)whole));
}

static const struct screen_command permissions_commands[] = {
    {COMMAND_PERMISSION_HOLDERS, .run = show_holders, .needs_row = true},
    {COMMAND_PERMISSION_NEW, .run = new_permission},
    {COMMAND_PERMISSION_EDIT, .run = edit, .needs_row = true},
    {COMMAND_PERMISSION_DELETE, .run = delete_permission, .needs_row = true},
    {COMMAND_MENU, .run = open_menu, .needs_row = true},
    {.command = COMMAND_NONE},
};

static int64_t due(const struct screen *whole)
{
    const struct permissions_screen *screen = (const struct permissions_screen *)whole;
    return wants_holders(screen) ? 0 : table_due(whole);
}

static int tick(struct screen *whole)
{
    struct permissions_screen *screen = (struct permissions_screen *)whole;
    if (wants_holders(screen)) count_holders(screen);
    return table_tick(whole);
}

static void close_permissions(struct screen *whole)
{
    struct permissions_screen *screen = (struct permissions_screen *)whole;
    stop_counting(screen);
    free(screen->entries);
    table_close(whole);
}

static const enum command footer[] = {COMMAND_FILTER,         COMMAND_PERMISSION_HOLDERS,
                                      COMMAND_PERMISSION_NEW, COMMAND_PERMISSION_EDIT,
                                      COMMAND_MENU,           COMMAND_PERMISSION_DELETE,
                                      COMMAND_FILTER_KEEP,    COMMAND_ESCAPE,
                                      COMMAND_SORT,           COMMAND_NONE};

static const struct screen_class permissions_class = {
    .title = "Permissions",
    .tab = COMMAND_TAB_PERMISSIONS,
    .keeps_typed_ahead = true,
    .footer = footer,
    .contexts = {{CONTEXT_PERMISSIONS, CONTEXT_LIST, CONTEXT_TABLE}},
    .focus = table_focus,
    .load = load,
    .draw = table_draw,
    .key = table_key,
    .commands = {permissions_commands, table_commands},
    .row = table_row,
    .move = table_move,
    .wait = table_wait,
    .due = due,
    .tick = tick,
    .close = close_permissions,
};

enum error permissions_open(struct app *app)
{
    struct screen *screen;
    enum error e = table_screen_new(app, sizeof(struct permissions_screen), &permissions_class,
                                    &source, &screen);
    if (e) return e;
    ((struct permissions_screen *)screen)->base.table.own = screen;
    screen_push(screen);
    return OK;
}
