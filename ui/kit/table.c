#include "ui/kit/table.h"

#include "ui/background.h"
#include "ui/kit/table_inside.h"
#include "ui/kit/tabs.h"
#include "ui/terminal/input.h"

#include <stdlib.h>

enum error table_init(struct table *table, struct app *app, struct screen *screen,
                      const struct table_source *source)
{
    *table = (struct table){.source = source,
                            .app = app,
                            .screen = screen,
                            .reopen = TABLE_TOP,
                            .total = -1,
                            .matching = -1};
    list_init(&table->list, &source->rows, &table->reader);
    if (source->matches && !(table->anchor = malloc(source->rows.row_size)))
        return fail(ERR_SYSTEM, "out of memory");
    enum error e = field_init(&table->filter, FILTER_MAX, false);
    return e ? e : list_set_height(&table->list, 1);
}

void table_free(struct table *table)
{
    struct background *background = table->app ? table->app->background : NULL;
    if (background) {
        background_leave(background, table);
        background_leave(background, &table->counting);
        background_leave(background, &table->placing);
    }
    list_free(&table->list);
    field_free(&table->filter);
    marks_free(&table->marks);
    marks_free(&table->dropped);
    free(table->anchor);
}

unsigned table_contexts(const struct table *table, unsigned own)
{
    return table->filtering ? CONTEXT_TEXT | CONTEXT_FILTER : CONTEXT_TAB | CONTEXT_LIST | own;
}

int table_reopen(struct table *table, enum table_reopen how)
{
    if (table->reopen < how) table->reopen = how;
    table->matching = -1;
    return EFFECT_LOAD;
}

static int go(struct table *table, enum table_step_kind kind, int by)
{
    return table_go(table, (struct table_step){.kind = kind, .by = by});
}

/* A narrower filter begins at its first match; a cleared one stays where the cursor was. What was
 * typed is drawn before its rows are looked for, and ends the search for what was typed before. */
static int filtered(struct table *table)
{
    int load = table_reopen(table, table->filter.size ? TABLE_TOP : TABLE_AROUND);
    table_stop_reading(table);
    table_drop_counting(table);
    table->next_count = 0;
    table->searching = true;
    return (load & ~EFFECT_LOAD) | EFFECT_DRAW;
}

/* What is done to a row is meant for the rows of what was typed before; looking on need not wait.
 */
static bool needs_rows(const struct table *table, int key)
{
    enum { ANY = CONTEXT_EVERYWHERE | CONTEXT_TAB | CONTEXT_LIST | CONTEXT_TEXT | CONTEXT_FILTER };
    enum command command = command_of_key(key, screen_contexts(table->app, table->screen));
    if (command == COMMAND_NONE || command == COMMAND_FILTER) return false;
    return (command_table[command].contexts & ~(unsigned)ANY) != 0;
}

/* A click on the row under the cursor does what Enter does. */
static int click(struct table *table)
{
    struct app *app = table->app;
    int row, column;
    input_mouse(app->input, &row, &column);
    if (row == 0)
        return screen_run(app, table->screen,
                          tabs_at(app->columns, column, table->screen->class->tab));
    size_t index = (size_t)(row - table->top);
    if (row < table->top || index >= table->list.count) return EFFECT_NONE;
    bool same = index == table->list.cursor;
    table->list.cursor = index;
    table->menu_row = row;
    if (column == table->menu_column) return screen_run(app, table->screen, COMMAND_MENU);
    if (!same || table->filtering) return EFFECT_DRAW;
    return screen_run(app, table->screen,
                      command_of_key(UI_ENTER, screen_contexts(app, table->screen)));
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
        return EFFECT_PASS;
    }
}

int table_key(struct table *table, int key)
{
    enum field_effect effect;
    int effects = mouse(table, key);
    if (!(effects & EFFECT_PASS)) return effects;
    if (!table->filtering && needs_rows(table, key)) table_settle(table);
    if (!table->filtering) return key == UI_PASTE ? EFFECT_NONE : EFFECT_PASS;
    if (key == UI_DOWN || key == UI_UP) return go(table, STEP_MOVE, key == UI_DOWN ? 1 : -1);
    if (key == UI_PASTE) {
        size_t size;
        const char *paste = input_paste(table->app->input, &size);
        effect = field_paste(&table->filter, paste, size);
    } else {
        effect = field_key(&table->filter, key);
    }
    if (effect == FIELD_PASSED) return EFFECT_PASS;
    return effect == FIELD_CHANGED ? filtered(table) : EFFECT_DRAW;
}

static int pick_sort(struct app *app, void *arg, size_t index)
{
    (void)app;
    struct table *table = arg;
    table->descending = table->sort == (int)index && !table->descending;
    table->sort = (int)index;
    return table_reopen(table, TABLE_AROUND);
}

/* A range, then the filter, then the facet. */
static int clear(struct table *table)
{
    bool was_empty = !table->filter.size;
    if (table->in_range && !table->filtering) {
        table->in_range = false;
        return EFFECT_DRAW;
    }
    if (table->filtering || !was_empty) {
        table->filtering = false;
        field_set(&table->filter, "");
        return was_empty ? EFFECT_DRAW : filtered(table);
    }
    if (!table->facet) return EFFECT_PASS;
    table->facet = 0;
    return table_reopen(table, TABLE_AROUND);
}

static int run_view(struct table *table, enum command command)
{
    switch (command) {
    case COMMAND_FILTER:
        table->filtering = true;
        return EFFECT_DRAW;
    case COMMAND_FILTER_KEEP:
        table->filtering = false;
        return EFFECT_DRAW;
    case COMMAND_FILTER_CLEAR:
    case COMMAND_ESCAPE:
        return clear(table);
    case COMMAND_SORT:
        picker_open(table->app, "Sort by", 3, 4, table->source->sorts, table->source->sort_count,
                    (size_t)table->sort, pick_sort, table);
        return EFFECT_DRAW;
    case COMMAND_REFRESH:
        return table_reopen(table, TABLE_AROUND);
    default:
        return EFFECT_PASS;
    }
}

static int run_move(struct table *table, enum command command)
{
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
        return EFFECT_PASS;
    }
}

int table_run(struct table *table, enum command command)
{
    int effects = run_move(table, command);
    if (effects & EFFECT_PASS) effects = run_view(table, command);
    if (!(effects & EFFECT_PASS)) return effects;
    table_settle(table); /* from a menu or the palette no key has */
    return table_run_marks(table, command);
}
