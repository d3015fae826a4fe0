#include "ui/kit/table.h"

#include "ui/background.h"
#include "ui/kit/table_inside.h"
#include "ui/kit/tabs.h"
#include "ui/terminal/input.h"

#include <stdlib.h>

static struct table *table_of(struct screen *screen)
{
    return &((struct table_screen *)screen)->table;
}

static enum error init(struct table *table, struct screen *screen,
                       const struct table_source *source)
{
    *table = (struct table){.source = source,
                            .app = screen->app,
                            .screen = screen,
                            .title = source->title,
                            .reopen = TABLE_TOP,
                            .total = -1,
                            .matching = -1,
                            .needs_version = -1};
    list_init(&table->list, &source->rows, &table->reader);
    if (source->matches && !(table->anchor = malloc(source->rows.row_size))) return fail_memory();
    enum error e = field_init(&table->filter, FILTER_MAX, false);
    return e ? e : list_set_height(&table->list, 1);
}

enum error table_screen_new(struct app *app, size_t size, const struct screen_class *class,
                            const struct table_source *source, struct screen **out)
{
    struct table_screen *screen = screen_new(app, class, size);
    if (!screen) return ERR_SYSTEM;
    *out = &screen->screen;
    enum error e = init(&screen->table, &screen->screen, source);
    if (e) class->close(&screen->screen);
    return e;
}

void table_leave(struct table *table)
{
    struct background *background = table->app ? table->app->background : NULL;
    if (!background) return;
    background_leave(background, table);
    background_leave(background, &table->counting);
    background_leave(background, &table->locating);
    background_leave(background, &table->others);
    table->reading = table->counting = table->locating = table->screen->is_loading = false;
}

void table_free(struct table *table)
{
    table_leave(table);
    if (table->app && table->app->background) detail_leave(&table->detail, table->app);
    list_free(&table->list);
    field_free(&table->filter);
    marks_free(&table->marks);
    marks_free(&table->dropped);
    free(table->anchor);
}

void table_close(struct screen *screen)
{
    table_free(table_of(screen));
    free(screen);
}

struct contexts table_focus(const struct screen *screen)
{
    const struct table *table = &((const struct table_screen *)screen)->table;
    if (table->filtering) return (struct contexts){{CONTEXT_FILTER, CONTEXT_LIST}};
    return screen->class->contexts;
}

int table_reopen(struct table *table, enum table_reopen how)
{
    if (table->reopen < how) table->reopen = how;
    table->matching = -1;
    return EFFECT_LOAD;
}

int table_show(struct table *table, int64_t id)
{
    field_set(&table->filter, "");
    table->filtering = false;
    table->facet = 0;
    table->origin = 0;
    table_stop_reading(table);
    list_clear(&table->list);
    table->list.last = id;
    table->list.gone = false;
    table->reopen = TABLE_KEEP; /* also where it has not been loaded yet */
    return table_reopen(table, TABLE_AROUND);
}

int table_facet(const struct screen *screen)
{
    return ((const struct table_screen *)screen)->table.facet;
}

int table_show_facet(struct screen *screen, int facet)
{
    struct table *table = table_of(screen);
    if (table->facet == facet) return EFFECT_NONE;
    if (facet) field_set(&table->filter, "");
    table->filtering = false;
    table->origin = 0;
    table->facet = facet;
    table_stop_reading(table);
    return table_reopen(table, facet ? TABLE_TOP : TABLE_AROUND);
}

static int go(struct table *table, enum table_step_kind kind, int by)
{
    table->origin = 0;
    return table_go(table, (struct table_step){.kind = kind, .by = by});
}

/* A filter begins on the row of before if that is among its first matches, else on the first one:
 * whatever the letters on the way matched. A cleared one stays where the cursor is, and goes back
 * to the row of before when nothing matched or the search had not ended. What was typed is drawn
 * before the search for it begins, and ends the previous search. */
static int filtered(struct table *table)
{
    int load = table_reopen(table, table->filter.size ? TABLE_TOP : TABLE_AROUND);
    table_stop_reading(table);
    table_drop_counting(table);
    table->next_count = 0;
    table->searching = true;
    return (load & ~EFFECT_LOAD) | EFFECT_DRAW;
}

/* A click on the row under the cursor does what Enter does. */
static int click(struct table *table)
{
    struct app *app = table->app;
    int row, column;
    input_mouse(app->input, &row, &column);
    if (row == 0) return screen_run(table->screen, tabs_at(app, column, table->screen->class->tab));
    size_t index = (size_t)(row - table->top);
    if (row < table->top || index >= table->list.count) return EFFECT_NONE;
    bool same = index == table->list.cursor;
    table->origin = 0;
    table->list.cursor = index;
    if (column == table->menu_column) return screen_run(table->screen, COMMAND_MENU);
    if (!same || table->filtering) return EFFECT_DRAW;
    struct contexts contexts = screen_contexts(table->screen);
    return screen_run(table->screen, command_of_key(UI_ENTER, &contexts));
}

static int sort_picked(struct app *app, void *arg, size_t index)
{
    (void)app;
    struct table *table = arg;
    table->descending = table->sort == (int)index && !table->descending;
    table->sort = (int)index;
    return table_reopen(table, TABLE_AROUND);
}

static int mouse(struct table *table, int key)
{
    enum { WHEEL_ROWS = 3 };
    switch (key) {
    case UI_WHEEL_UP:
        return go(table, STEP_MOVE, -WHEEL_ROWS);
    case UI_WHEEL_DOWN:
        return go(table, STEP_MOVE, WHEEL_ROWS);
    case UI_CLICK:
        return click(table);
    default:
        return key >= UI_TARGET ? sort_picked(table->app, table, (size_t)(key - UI_TARGET))
                                : EFFECT_PASS;
    }
}

int table_key(struct screen *screen, int key)
{
    struct table *table = table_of(screen);
    detail_want(&table->detail);
    int effects = mouse(table, key);
    if (!(effects & EFFECT_PASS)) return effects;
    if (!table->filtering) return key == UI_PASTE ? EFFECT_NONE : EFFECT_PASS;
    enum field_effect effect = field_press(&table->filter, table->app->input, key);
    if (effect == FIELD_PASSED) return EFFECT_PASS;
    return effect == FIELD_CHANGED ? filtered(table) : EFFECT_DRAW;
}

static bool is_in_range(const struct screen *screen)
{
    const struct table *table = &((const struct table_screen *)screen)->table;
    return table->in_range && !table->filtering;
}

static int leave_range(struct screen *screen)
{
    table_of(screen)->in_range = false;
    return EFFECT_DRAW;
}

static bool is_filtered(const struct screen *screen)
{
    const struct table *table = &((const struct table_screen *)screen)->table;
    return table->filtering || table->filter.size;
}

static int clear_filter(struct screen *screen)
{
    struct table *table = table_of(screen);
    bool was_empty = !table->filter.size;
    if (table->list.count && !table_is_late(table)) table->origin = 0;
    table->filtering = false;
    field_set(&table->filter, "");
    return was_empty ? EFFECT_DRAW : filtered(table);
}

static bool has_facet(const struct screen *screen)
{
    return ((const struct table_screen *)screen)->table.facet != 0;
}

static int clear_facet(struct screen *screen)
{
    table_of(screen)->facet = 0;
    return table_reopen(table_of(screen), TABLE_AROUND);
}

static int begin_filter(struct screen *screen)
{
    struct table *table = table_of(screen);
    table->filtering = true;
    table->origin = list_current_id(&table->list);
    return EFFECT_DRAW;
}

static int keep_filter(struct screen *screen)
{
    struct table *table = table_of(screen);
    table->filtering = false;
    if (table->list.count) table->origin = 0;
    return EFFECT_DRAW;
}

static int sort(struct screen *screen)
{
    struct table *table = table_of(screen);
    struct picker_entry entries[COLUMNS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < COLUMNS_MAX; i++) {
        const struct column *column = &table->source->columns->items[i];
        if (!column->sort.key) continue;
        entries[column->sort.number] = (struct picker_entry){column->sort.label, column->sort.key};
        count++;
    }
    if (count)
        picker_open(screen->app, "Sort by", 3, 4, entries, count, (size_t)table->sort, sort_picked,
                    table);
    return EFFECT_DRAW;
}

static int refresh(struct screen *screen)
{
    return table_reopen(table_of(screen), TABLE_AROUND);
}

static bool has_detail(const struct screen *screen)
{
    return ((const struct table_screen *)screen)->table.source->detail != NULL;
}

static int switch_detail(struct screen *screen)
{
    return detail_switch(screen->app);
}

/* Esc ends a range, then clears the filter, then the facet, then drops the marks. */
const struct screen_command table_commands[] = {
    {COMMAND_FILTER, .run = begin_filter},
    {COMMAND_FILTER_KEEP, .run = keep_filter},
    {COMMAND_FILTER_CLEAR, .run = clear_filter},
    {COMMAND_SORT, .run = sort},
    {COMMAND_REFRESH, .run = refresh},
    {COMMAND_MARK, .run = table_mark, .needs_row = true},
    {COMMAND_RANGE, .run = table_mark_range, .needs_row = true},
    {COMMAND_MARK_ALL, .run = table_mark_all},
    {COMMAND_DETAIL, .run = switch_detail, .when = has_detail},
    {COMMAND_UNDO, .run = table_restore_marks, .when = table_has_dropped},
    {COMMAND_ESCAPE, .run = leave_range, .when = is_in_range, .hint = "end range"},
    {COMMAND_ESCAPE, .run = clear_filter, .when = is_filtered, .hint = "clear filter"},
    {COMMAND_ESCAPE, .run = clear_facet, .when = has_facet, .hint = "clear facet"},
    {COMMAND_ESCAPE, .run = table_drop_marks, .when = table_has_marks, .hint = "drop marks"},
    {.command = COMMAND_NONE},
};

int table_move(struct screen *screen, enum command command)
{
    struct table *table = table_of(screen);
    switch (command) {
    case COMMAND_DOWN:
        return go(table, STEP_MOVE, 1);
    case COMMAND_UP:
        return go(table, STEP_MOVE, -1);
    case COMMAND_PAGE_DOWN:
        return go(table, STEP_PAGE, 1);
    case COMMAND_PAGE_UP:
        return go(table, STEP_PAGE, -1);
    case COMMAND_FIRST:
        return go(table, STEP_FIRST, 0);
    case COMMAND_LAST:
        return go(table, STEP_LAST, 0);
    default:
        return EFFECT_NONE;
    }
}

const void *table_row(const struct screen *screen, const char **why_not)
{
    const struct table *table = &((const struct table_screen *)screen)->table;
    const void *row = list_current(&table->list);
    *why_not = row ? table->source->gone : table->source->none;
    return table->list.gone ? NULL : row;
}

/* A command on a row is meant for the rows that match what was typed before it. */
void table_wait(struct screen *screen)
{
    if (!table_of(screen)->filtering) table_settle(table_of(screen));
}

int table_menu_row(const struct table *table)
{
    return table->top + (int)table->list.cursor;
}
