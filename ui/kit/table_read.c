/* Reading the rows of a table: at once where that costs next to nothing, else in the background. */
#include "ui/background.h"
#include "ui/kit/overview.h"
#include "ui/kit/table.h"
#include "ui/kit/table_inside.h"
#include "ui/loop.h"

#include <gatehouse/ambient.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct job job;
    struct table *table;
    const struct table_source *source;
    struct table_reader reader;
    struct list list; /* the table's as it was, then as it will be */
    struct table_step step;
    int64_t total;
};

struct table_reader table_reader_of(const struct table *table)
{
    const struct marks *marks = &table->marks;
    struct table_reader reader = {.store = table->app->store,
                                  .now = table->now,
                                  .own = table->own,
                                  .sort = table->sort,
                                  .facet = table->facet,
                                  .descending = table->descending,
                                  .rule = marks->rule,
                                  .rule_facet = marks->facet};
    snprintf(reader.filter, sizeof reader.filter, "%s", table->filter.text);
    snprintf(reader.rule_filter, sizeof reader.rule_filter, "%s", marks->filter);
    return reader;
}

bool table_is_search(const struct table *table)
{
    if (table->source->search != SEARCH_FILTERED) return table->source->search == SEARCH_ALWAYS;
    return table->filter.size || table->facet;
}

bool table_is_late(const struct table *table)
{
    const struct table_step *step = &table->under_way;
    bool refresh = step->kind == STEP_LOAD && step->reopen == TABLE_KEEP;
    return table->searching || (table->reading && !refresh);
}

static enum error load(struct list *list, const struct table_step *step)
{
    enum error e = list_set_height(list, step->height);
    if (e) return e;
    switch (step->reopen) {
    case TABLE_AROUND:
        if (step->row) list_clear(list), list->last = step->row;
        return list_open_around(list);
    case TABLE_TOP:
        return list_open(list, step->row ? step->row : list_current_id(list));
    case TABLE_FIRST:
        return list_open(list, 0);
    case TABLE_KEEP:
        break;
    }
    e = list_refresh(list);
    return !e && step->drop_gone ? list_drop_gone(list) : e;
}

static enum error turn(struct list *list, int pages)
{
    enum error e = OK;
    for (int i = abs(pages); i > 0 && !e; i--)
        e = list_page(list, pages < 0);
    return e;
}

static enum error take_step(struct list *list, const struct table_step *step)
{
    switch (step->kind) {
    case STEP_LOAD:
        return load(list, step);
    case STEP_MOVE:
        return list_move(list, step->by);
    case STEP_PAGE:
        return turn(list, step->by);
    case STEP_FIRST:
    case STEP_LAST:
        break;
    }
    return list_jump(list, step->kind == STEP_LAST);
}

/* After rows were read they must be counted again, unless all of them are on the screen. */
static void loaded(struct table *table, int64_t total)
{
    const struct list *list = &table->list;
    bool whole = list->above == 0 && list->below == 0 && !list->gone && !table->source->span;
    table->total = total;
    table->problem[0] = 0;
    table->matching = !table_is_search(table) ? total : whole ? (int64_t)list->count : -1;
    table_check_marks(table);
    if (table->marks.rule) table->marks.rule_matches = -1;
}

/* An invalid filter matches nothing. */
static bool is_problem(struct table *table, enum error e)
{
    if (e != ERR_INVALID && e != ERR_NOT_FOUND) return false;
    snprintf(table->problem, sizeof table->problem, "%s", error_message());
    list_clear(&table->list);
    table->matching = table->hidden = 0;
    return true;
}

static enum error run_reading(struct job *job, struct store *store)
{
    struct reading *reading = (struct reading *)job;
    enum error e = OK;
    reading->reader.store = store;
    reading->list.arg = &reading->reader;
    if (reading->step.kind == STEP_LOAD)
        e = reading->source->count(&reading->reader, false, &reading->total);
    return e ? e : take_step(&reading->list, &reading->step);
}

static void free_reading(struct job *job)
{
    list_free(&((struct reading *)job)->list);
    free(job);
}

/* What else would match is looked for when it is seen that nothing does. */
struct asking {
    struct job job;
    struct table *table;
    const struct table_source *source;
    struct table_reader reader;
    char others[TABLE_OTHERS];
};

static enum error run_asking(struct job *job, struct store *store)
{
    struct asking *asking = (struct asking *)job;
    asking->reader.store = store;
    return asking->source->others(&asking->reader, asking->others, sizeof asking->others);
}

/* An error will show up where it matters. */
static void done_asking(struct app *app, struct job *job, enum error e)
{
    const struct asking *asking = (const struct asking *)job;
    (void)app;
    if (!e) memcpy(asking->table->others, asking->others, sizeof asking->others);
}

static void free_asking(struct job *job)
{
    free(job);
}

static void ask_for_others(struct table *table)
{
    const struct table_source *source = table->source;
    table->others[0] = 0;
    if (table->list.count || !table->filter.size || !source->others) return;
    struct asking *asking = calloc(1, sizeof *asking);
    if (!asking) return;
    asking->job = (struct job){
        .owner = &table->others, .run = run_asking, .done = done_asking, .free = free_asking};
    asking->table = table;
    asking->source = source;
    asking->reader = table_reader_of(table);
    asking->reader.in_background = true;
    background_post(table->app->background, &asking->job);
}

/* The cursor may have been moved while the rows were refreshed. */
static void take_list(struct table *table, struct reading *reading)
{
    const struct list old = table->list;
    int64_t here = list_current_id(&old);
    table->list = reading->list;
    table->list.arg = &table->reader;
    reading->list = old;
    bool refreshed = reading->step.kind == STEP_LOAD && reading->step.reopen == TABLE_KEEP;
    if (refreshed && !table->list.gone) list_find(&table->list, here);
}

static void go_on(struct table *table)
{
    if (table->reading || !table->next_count) return;
    struct table_step step = table->next[0];
    table->next_count--;
    memmove(table->next, table->next + 1, table->next_count * sizeof *table->next);
    table_go(table, step);
    go_on(table);
}

/* Then a change that was made elsewhere meanwhile. */
static void refresh_late(struct table *table)
{
    if (table->refresh) table->screen->wants_load = true;
    table->refresh = false;
}

static void done_reading(struct app *app, struct job *job, enum error e)
{
    struct reading *reading = (struct reading *)job;
    struct table *table = reading->table;
    struct screen *screen = table->screen;
    table->reading = screen->is_loading = false;
    refresh_late(table);
    if (!e || is_problem(table, e)) {
        screen->failed_since = 0;
        detail_want(&table->detail);
        if (!e) take_list(table, reading);
        if (!e && reading->step.kind == STEP_LOAD) loaded(table, reading->total);
        ask_for_others(table);
        go_on(table);
        return;
    }
    screen_set_failed(screen);
    if (table->reopen < reading->step.reopen) table->reopen = reading->step.reopen;
    table->next_count = 0;
    app_say_error(app);
}

static enum error read_in_background(struct table *table, struct table_step step)
{
    struct reading *reading = calloc(1, sizeof *reading);
    if (!reading || list_copy(&reading->list, &table->list)) {
        free(reading);
        return fail_memory();
    }
    reading->job = (struct job){
        .owner = table, .run = run_reading, .done = done_reading, .free = free_reading};
    reading->table = table;
    reading->source = table->source;
    reading->reader = table->reader = table_reader_of(table);
    reading->reader.in_background = true;
    reading->step = table->under_way = step;
    table->reading = true;
    table->screen->is_loading = true;
    background_drop(table->app->background, &table->others);
    background_post(table->app->background, &reading->job);
    return OK;
}

/* A step for rows that are not there yet waits for them; two of one kind become one. */
static int wait_with(struct table *table, struct table_step step)
{
    struct table_step *last = table->next_count ? &table->next[table->next_count - 1] : NULL;
    bool adds = step.kind == STEP_MOVE || step.kind == STEP_PAGE;
    if (last && last->kind == step.kind && adds)
        last->by += step.by;
    else if (table->next_count < STEPS_MAX)
        table->next[table->next_count++] = step;
    return EFFECT_NONE;
}

static bool is_at_hand(const struct table *table, const struct table_step *step)
{
    return !table_is_search(table) ||
           (step->kind == STEP_MOVE && list_holds(&table->list, step->by));
}

int table_go(struct table *table, struct table_step step)
{
    enum error e = OK;
    bool here = is_at_hand(table, &step);
    /* No step overtakes an earlier one. */
    bool waits = table_is_late(table) || table->next_count || !here;
    if (table->searching || (table->reading && waits)) return wait_with(table, step);
    if (here) {
        table->reader = table_reader_of(table);
        e = take_step(&table->list, &step);
    } else {
        e = read_in_background(table, step);
    }
    return e && e != ERR_STOPPED ? app_say_error(table->app) : EFFECT_DRAW;
}

void table_stop_reading(struct table *table)
{
    background_drop(table->app->background, table);
    table->reading = table->screen->is_loading = false;
}

static void measure_rows(struct table *table, const void *rows, size_t count)
{
    const struct table_source *source = table->source;
    for (size_t i = 0; i < count; i++)
        columns_measure_texts(source->columns, table->screen,
                              (const char *)rows + i * source->rows.row_size, &table->needs);
}

/* Reads rows of the whole list for that alone, in its first order; they follow `from`. */
static enum error measure_from(struct table *table, bool backward, const void *from, size_t max,
                               size_t *count)
{
    enum { FEW = 16 };
    const size_t size = table->source->rows.row_size;
    struct table_reader reader = table_reader_of(table);
    size_t found = FEW;
    enum error e = OK;
    char *rows = malloc((FEW + 1) * size);
    if (!rows) return fail_memory();
    reader.sort = reader.facet = 0;
    reader.rule = reader.descending = false;
    reader.texts = true;
    reader.filter[0] = 0;
    for (*count = 0; !e && found == FEW && *count < max; *count += found) {
        const size_t left = max - *count;
        const struct page page = {.max = left < FEW ? left : FEW, .backward = backward};
        e = table->source->rows.page(&reader, from, page, rows, &found);
        if (e || !found) break;
        measure_rows(table, rows, found);
        from = memcpy(rows + FEW * size, rows + (found - 1) * size, size);
    }
    free(rows);
    return e;
}

static enum error measure_ends(struct table *table)
{
    enum { FIRST = 50, LAST = 8 };
    const struct list *list = &table->list;
    const bool here = list->at_top && !table->sort && !table->descending && !table_is_search(table);
    const size_t known = !here ? 0 : list->count < FIRST ? list->count : FIRST;
    size_t count = 0, last;
    measure_rows(table, list->rows, known);
    enum error e =
        measure_from(table, false, known ? list_row(list, known - 1) : NULL, FIRST - known, &count);
    table->knows_needs = known + count < FIRST;
    return e || table->knows_needs ? e : measure_from(table, true, NULL, LAST, &last);
}

/* How wide the texts of the list are: those of its first and last rows, so that the columns neither
 * move as it scrolls nor depend on the height of the screen. Other rows may be longer. The last
 * ones must be read for this alone, before the first frame: a few are enough. When something has
 * changed it is what is on the screen, unless the list is short. */
static enum error measure(struct table *table, const struct table_step *step)
{
    const struct table_source *source = table->source;
    const int64_t version = app_data_version(table->app);
    const bool all = source->search == SEARCH_FILTERED || !table->filter.size;
    enum error e = OK;
    if (source->search == SEARCH_ALWAYS || !all || version == table->needs_version) return OK;
    const bool shown = step->reopen == TABLE_KEEP && !table_is_search(table);
    if (table->needs_version >= 0 && shown && !table->knows_needs)
        measure_rows(table, table->list.rows, table->list.count);
    else
        e = measure_ends(table);
    if (!e) table->needs_version = version;
    return e;
}

static enum error read_now(struct table *table, const struct table_step *step)
{
    int64_t total;
    table_stop_reading(table);
    table->reader = table_reader_of(table);
    enum error e = table->source->count(&table->reader, false, &total);
    if (!e) e = take_step(&table->list, step);
    if (is_problem(table, e)) return OK;
    if (!e) loaded(table, total);
    if (!e && table->source->search == SEARCH_NEVER)
        e = table->source->count(&table->reader, true, &table->matching);
    return e;
}

/* Rows, counts and widths are of one state of the database. */
static enum error load_state(struct table *table, const struct table_step *step)
{
    struct store *store = table->app->store;
    enum error e = store_begin_read(store);
    if (e) return e;
    e = overview_load(table->app);
    if (!e) e = table_is_search(table) ? read_in_background(table, *step) : read_now(table, step);
    if (!e) e = measure(table, step);
    return store_end(store, e);
}

enum error table_load(struct screen *screen)
{
    struct table *table = &((struct table_screen *)screen)->table;
    /* Rows have come to a filter that had found nothing: the cursor is on one of them. */
    if (!table->filtering && table->filter.size && table->list.count) table->origin = 0;
    const struct table_step step = {.kind = STEP_LOAD,
                                    .height = table_height(table),
                                    .reopen = table->reopen,
                                    .row = table->origin,
                                    .drop_gone = table->drop_gone};
    table->now = ambient_now();
    detail_want(&table->detail);
    table_pin_place(table);
    /* A change made elsewhere does not end a search; it is read afterwards. */
    table->refresh = table->reading && step.reopen == TABLE_KEEP;
    if (table->refresh) return OK;
    table_drop_counting(table);
    enum error e = load_state(table, &step);
    if (e) return e;
    table->reopen = TABLE_KEEP;
    if (!table->filtering && !table->filter.size) table->origin = 0;
    table->searching = false;
    table->drop_gone = false;
    go_on(table);
    return OK;
}

void table_settle(struct table *table)
{
    struct screen *screen = table->screen;
    if (table->searching && screen->class->load(screen)) app_say_error(table->app);
    while (table->reading && (table_is_late(table) || table->next_count))
        background_wait(table->app, table);
}
