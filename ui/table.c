#include "ui/table.h"

#include "ui/input.h"
#include "ui/tabs.h"

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
    list_init(&table->list, &source->rows, screen);
    enum error e = field_init(&table->filter, FILTER_MAX, false);
    return e ? e : list_set_height(&table->list, 1);
}

void table_free(struct table *table)
{
    list_free(&table->list);
    field_free(&table->filter);
}

static enum error read_rows(struct table *table)
{
    struct list *list = &table->list;
    if (table->reopen == TABLE_AROUND) return list_open_around(list);
    if (table->reopen == TABLE_TOP) return list_open(list, list_current_id(list));
    enum error e = list_refresh(list);
    return !e && table->drop_gone ? list_drop_gone(list) : e;
}

enum error table_load(struct table *table, int rows)
{
    table_pin_place(table);
    enum error e = table->source->count(table->screen, false, &table->total);
    if (!e) e = list_set_height(&table->list, table_height(rows));
    if (!e) e = read_rows(table);
    if (e) return e;
    table->reopen = TABLE_KEEP;
    table->searching = false;
    table->drop_gone = false;
    table->matching = table->filter.size || table->narrowed ? -1 : table->total;
    return OK;
}

bool table_wants_count(const struct table *table)
{
    return (table->matching < 0 || table->searching || table_wants_place(table)) &&
           !table->screen->wants_load;
}

enum error table_count(struct table *table)
{
    if (table->searching) return table->screen->class->load(table->app, table->screen);
    if (table->matching >= 0) return table_find_place(table);
    enum error e = table->source->count(table->screen, true, &table->matching);
    if (e) table->matching = e == ERR_STOPPED ? -1 : 0;
    return e;
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

static int moved(struct table *table, enum error e)
{
    return e && e != ERR_STOPPED ? app_say_error(table->app) : EFFECT_DRAW;
}

/* A narrower filter begins at its first match; a cleared one stays where the cursor was. What was
 * typed is drawn before its rows are looked for, and the next letter ends the search. */
static int filtered(struct table *table)
{
    int load = table_reopen(table, table->filter.size ? TABLE_TOP : TABLE_AROUND);
    table->searching = true;
    return (load & ~EFFECT_LOAD) | EFFECT_DRAW;
}

/* Whatever else than text is typed is meant for the rows of what was typed before. */
static enum error settle(struct table *table, int key)
{
    bool is_text = table->filtering && key != UI_DOWN && key != UI_UP && key != UI_CLICK;
    if (!table->searching || is_text) return OK;
    return table->screen->class->load(table->app, table->screen);
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
        return moved(table, list_move(&table->list, -WHEEL_ROWS));
    case UI_WHEEL_DOWN:
        return moved(table, list_move(&table->list, WHEEL_ROWS));
    case UI_CLICK:
        return click(table);
    default:
        return EFFECT_PASS;
    }
}

int table_key(struct table *table, int key)
{
    enum field_effect effect;
    if (settle(table, key)) return app_say_error(table->app);
    int effects = mouse(table, key);
    if (!(effects & EFFECT_PASS)) return effects;
    if (!table->filtering) return key == UI_PASTE ? EFFECT_NONE : EFFECT_PASS;
    if (key == UI_DOWN || key == UI_UP)
        return moved(table, list_move(&table->list, key == UI_DOWN ? 1 : -1));
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

static int clear_filter(struct table *table)
{
    if (!table->filtering && !table->filter.size) return EFFECT_PASS;
    bool was_empty = !table->filter.size;
    table->filtering = false;
    field_set(&table->filter, "");
    return was_empty ? EFFECT_DRAW : filtered(table);
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
        return clear_filter(table);
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

int table_run(struct table *table, enum command command)
{
    struct list *list = &table->list;
    switch (command) {
    case COMMAND_DOWN:
        return moved(table, list_move(list, 1));
    case COMMAND_UP:
        return moved(table, list_move(list, -1));
    case COMMAND_PAGE_DOWN:
        return moved(table, list_page(list, false));
    case COMMAND_PAGE_UP:
        return moved(table, list_page(list, true));
    case COMMAND_FIRST:
        return moved(table, list_jump(list, false));
    case COMMAND_LAST:
        return moved(table, list_jump(list, true));
    default:
        return run_view(table, command);
    }
}
