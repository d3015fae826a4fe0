#include "ui/kit/table.h"

#include "ui/background.h"
#include "ui/kit/table_inside.h"
#include "ui/kit/tabs.h"
#include "ui/terminal/input.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct table *table_of(struct screen *screen)
{
    return &((struct table_screen *)screen)->table;
}

/* As many as can stand above, or below. */
static int64_t hidden_rows(const struct table *table)
{
    int64_t hidden = table->matching - (int64_t)table->list.count;
    return hidden < 0 ? 0 : hidden;
}

void table_pin_place(struct table *table)
{
    struct list *list = &table->list;
    table->placeless = false;
    if (table->matching < 0) return;
    if (list->above < 0 && list->below >= 0) list->above = table_rows_above(table);
    if (!list->guessed) table->placed = table->matching;
}

/* So many came or went elsewhere that the thumb would be seen to be wrong. */
static bool is_stale(const struct table *table)
{
    int64_t change = table->matching - table->placed;
    return table->list.guessed && llabs(change) * (int64_t)table->list.height > table->matching;
}

static bool is_lost(const struct table *table)
{
    const struct list *list = &table->list;
    return (list->above < 0 && list->below < 0) || is_stale(table);
}

int64_t table_part(int64_t total, int64_t before, int64_t matching)
{
    return matching ? (int64_t)((double)total * (double)before / (double)matching) : 0;
}

bool table_wants_place(const struct table *table)
{
    const struct list *list = &table->list;
    if (!list->count || table->matching < 0 || !hidden_rows(table)) return false;
    if (table->placeless || table->placing) return false;
    return is_lost(table) || (list->guessed && !list->looked);
}

struct placing {
    struct job job;
    struct table *table;
    const struct table_source *source;
    struct table_reader reader;
    char *rows; /* the first on the screen, the last, and room for one more */
    bool lost;
    int64_t matching, above;         /* a guess, where it was lost */
    bool is_any_above, is_any_below; /* what is guessed may stand at an end after all */
};

static void *row_of(const struct placing *placing, size_t index)
{
    return placing->rows + index * placing->source->rows.row_size;
}

static enum error look(struct placing *placing, size_t from, bool backward, bool *is_any)
{
    size_t count = 0;
    enum error e = placing->source->rows.page(&placing->reader, row_of(placing, from),
                                              (struct page){.max = 1, .backward = backward},
                                              row_of(placing, 2), &count);
    *is_any = count > 0;
    return e;
}

static enum error run(struct job *job, struct store *store)
{
    struct placing *placing = (struct placing *)job;
    enum error e = OK;
    placing->reader.store = store;
    if (placing->lost)
        e = placing->source->before(&placing->reader, row_of(placing, 0), placing->matching,
                                    &placing->above);
    if (!e) e = look(placing, 0, true, &placing->is_any_above);
    return e ? e : look(placing, 1, false, &placing->is_any_below);
}

/* Whether it is still about the rows on the screen. */
static bool is_of(const struct placing *placing, const struct list *list)
{
    int64_t (*id)(const void *row) = list->source->id;
    return list->count && id(list_row(list, 0)) == id(row_of(placing, 0)) &&
           id(list_row(list, list->count - 1)) == id(row_of(placing, 1));
}

/* Without a place there is no bar: what failed will be said where it matters. */
static void done(struct app *app, struct job *job, enum error e)
{
    (void)app;
    const struct placing *placing = (struct placing *)job;
    struct table *table = placing->table;
    table->placing = false;
    table->placeless = e && e != ERR_STOPPED;
    if (e || table->reading || !is_of(placing, &table->list)) return;
    if (placing->lost) {
        list_guess(&table->list, placing->above);
        table->placed = placing->matching;
    }
    list_looked(&table->list, placing->is_any_above, placing->is_any_below);
}

static void free_placing(struct job *job)
{
    free(((struct placing *)job)->rows);
    free(job);
}

static void table_find_place(struct table *table)
{
    const struct list *list = &table->list;
    size_t size = table->source->rows.row_size;
    struct placing *placing = calloc(1, sizeof *placing);
    if (!placing || !(placing->rows = malloc(3 * size))) {
        free(placing);
        table->placeless = true;
        return;
    }
    placing->job = (struct job){
        .owner = &table->placing, .yields = true, .run = run, .done = done, .free = free_placing};
    placing->table = table;
    placing->source = table->source;
    placing->reader = table_reader_of(table);
    placing->reader.behind = true;
    memcpy(row_of(placing, 0), list_row(list, 0), size);
    memcpy(row_of(placing, 1), list_row(list, list->count - 1), size);
    placing->lost = is_lost(table);
    placing->matching = table->matching;
    table->placing = true;
    background_post(table->app->background, &placing->job);
}

int64_t table_rows_above(const struct table *table)
{
    const struct list *list = &table->list;
    int64_t hidden = hidden_rows(table);
    if (table->matching < 0 || (list->above < 0 && list->below < 0)) return -1;
    int64_t above = list->above < 0 ? hidden - list->below : list->above;
    int64_t least = list->guessed ? 1 : 0, most = list->guessed ? hidden - 1 : hidden;
    return above > most ? most : above < least ? least : above;
}

enum { LOW = 12, AROUND_LOW = 4, AROUND = 6 /* tabs, title, filter, heads; result line, footer */ };

struct counting {
    struct job job;
    struct table *table;
    const struct table_source *source;
    struct table_reader reader;
    struct id_set ids;              /* the marked ones, to be looked for */
    int64_t matching, rule, hidden; /* -1: wanted */
};

static enum error count_hidden(struct counting *counting)
{
    const struct id_set *ids = &counting->ids;
    enum error e = OK;
    counting->hidden = 0;
    for (size_t i = 0; i < ids->count && !e; i++) {
        bool matches = false;
        e = counting->source->matches(&counting->reader, ids->ids[i], &matches);
        counting->hidden += !matches;
    }
    return e;
}

static enum error count(struct counting *counting)
{
    const struct table_source *source = counting->source;
    enum error e = OK;
    if (counting->matching < 0) e = source->count(&counting->reader, true, &counting->matching);
    if (!e && counting->rule < 0) {
        const struct table_reader rule = table_rule_reader(&counting->reader);
        e = source->count(&rule, true, &counting->rule);
    }
    return !e && counting->hidden < 0 ? count_hidden(counting) : e;
}

static enum error run_counting(struct job *job, struct store *store)
{
    struct counting *counting = (struct counting *)job;
    counting->reader.store = store;
    return count(counting);
}

static void take(struct table *table, const struct counting *counting)
{
    table->matching = counting->matching;
    table->hidden = counting->hidden;
    if (table->marks.rule) table->marks.rule_matches = counting->rule;
}

static void done_counting(struct app *app, struct job *job, enum error e)
{
    struct counting *counting = (struct counting *)job;
    struct table *table = counting->table;
    table->counting = false;
    if (e) {
        counting->matching = counting->hidden = counting->rule = 0;
        app_say_error(app);
    }
    take(table, counting);
}

static void free_counting(struct job *job)
{
    id_set_free(&((struct counting *)job)->ids);
    free(job);
}

static enum error begin(struct table *table, struct counting *counting)
{
    const struct marks *marks = &table->marks;
    *counting = (struct counting){.table = table,
                                  .source = table->source,
                                  .reader = table_reader_of(table),
                                  .matching = table->matching,
                                  .hidden = table->hidden};
    counting->job = (struct job){.owner = &table->counting,
                                 .run = run_counting,
                                 .done = done_counting,
                                 .free = free_counting};
    counting->reader.behind = true;
    counting->rule = marks->rule ? marks->rule_matches : 0;
    return counting->hidden < 0 ? id_set_copy(&counting->ids, &marks->ids) : OK;
}

static bool wants(const struct table *table)
{
    return table->matching < 0 || table_wants_marks(table);
}

bool table_is_due(const struct table *table)
{
    if (table->screen->wants_load || table->screen->failed_since) return false;
    return table->searching ||
           (!table->reading && !table->counting && (wants(table) || table_wants_place(table)));
}

int64_t table_due(const struct screen *screen)
{
    return table_is_due(&((const struct table_screen *)screen)->table) ? 0 : INT64_MAX;
}

int table_tick(struct screen *screen)
{
    struct table *table = table_of(screen);
    if (!table_is_due(table)) return EFFECT_NONE;
    if (table->searching)
        return screen->class->load(screen) ? app_say_error(table->app) : EFFECT_DRAW;
    if (!wants(table)) return table_find_place(table), EFFECT_NONE;
    struct counting *counting = malloc(sizeof *counting);
    if (!counting || begin(table, counting)) {
        free(counting);
        table->matching = 0;
        return app_say_error(table->app);
    }
    table->counting = true;
    background_post(table->app->background, &counting->job);
    return EFFECT_NONE;
}

/* With a rule none is said to be hidden, and where all rows are shown none is. */
void table_recount_marks(struct table *table)
{
    const struct marks *marks = &table->marks;
    table->hidden = marks->ids.count && !marks->rule && table_is_search(table) ? -1 : 0;
}

void table_drop_counting(struct table *table)
{
    background_drop(table->app->background, &table->counting);
    table->counting = false;
}

size_t table_height(int rows)
{
    int around = rows < LOW ? AROUND_LOW : AROUND;
    return rows > around ? (size_t)(rows - around) : 1;
}

bool table_is_low(const struct canvas *canvas)
{
    return canvas->rows < LOW;
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
                            .matching = -1};
    list_init(&table->list, &source->rows, &table->reader);
    if (source->matches && !(table->anchor = malloc(source->rows.row_size)))
        return fail(ERR_SYSTEM, "out of memory");
    enum error e = field_init(&table->filter, FILTER_MAX, false);
    return e ? e : list_set_height(&table->list, 1);
}

enum error table_screen_new(struct app *app, size_t size, const struct screen_class *class,
                            const struct table_source *source, struct screen **out)
{
    struct table_screen *screen = calloc(1, size);
    if (!screen) return fail(ERR_SYSTEM, "out of memory");
    screen->screen = (struct screen){.class = class, .app = app};
    *out = &screen->screen;
    enum error e = init(&screen->table, &screen->screen, source);
    if (e) class->close(&screen->screen);
    return e;
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

void table_close(struct screen *screen)
{
    table_free(table_of(screen));
    free(screen);
}

struct contexts table_focus(const struct screen *screen)
{
    const struct table *table = &((const struct table_screen *)screen)->table;
    return table->filtering ? (struct contexts){{CONTEXT_FILTER}} : screen->class->contexts;
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
    table->list.cursor = index;
    table->menu_row = row;
    if (column == table->menu_column) return screen_run(table->screen, COMMAND_MENU);
    if (!same || table->filtering) return EFFECT_DRAW;
    struct contexts contexts = screen_contexts(table->screen);
    return screen_run(table->screen, command_of_key(UI_ENTER, &contexts));
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

int table_key(struct screen *screen, int key)
{
    struct table *table = table_of(screen);
    enum field_effect effect;
    int effects = mouse(table, key);
    if (!(effects & EFFECT_PASS)) return effects;
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

static int sort_picked(struct app *app, void *arg, size_t index)
{
    (void)app;
    struct table *table = arg;
    table->descending = table->sort == (int)index && !table->descending;
    table->sort = (int)index;
    return table_reopen(table, TABLE_AROUND);
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
    table_of(screen)->filtering = true;
    return EFFECT_DRAW;
}

static int keep_filter(struct screen *screen)
{
    table_of(screen)->filtering = false;
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

/* Esc ends a range, then clears the filter, then the facet, then drops the marks. */
const struct screen_command table_commands[] = {
    {COMMAND_FILTER, .run = begin_filter},
    {COMMAND_FILTER_KEEP, .run = keep_filter},
    {COMMAND_FILTER_CLEAR, .run = clear_filter},
    {COMMAND_SORT, .run = sort},
    {COMMAND_REFRESH, .run = refresh},
    {COMMAND_MARK, .run = table_mark},
    {COMMAND_RANGE, .run = table_mark_range},
    {COMMAND_MARK_ALL, .run = table_mark_all},
    {COMMAND_UNDO, .run = table_restore_marks, .when = table_has_dropped},
    {COMMAND_ESCAPE, .run = leave_range, .when = is_in_range},
    {COMMAND_ESCAPE, .run = clear_filter, .when = is_filtered},
    {COMMAND_ESCAPE, .run = clear_facet, .when = has_facet},
    {COMMAND_ESCAPE, .run = table_drop_marks, .when = table_has_marks},
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

/* What is done to a row is meant for the rows of what was typed before. */
void table_wait(struct screen *screen)
{
    if (!table_of(screen)->filtering) table_settle(table_of(screen));
}
