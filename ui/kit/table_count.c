/* What a table determines in the background while there is nothing else to read: how many rows
 * match, how many marks are hidden, and where the rows on the screen are in the list. */
#include "ui/background.h"
#include "ui/kit/overview.h"
#include "ui/kit/table_inside.h"

#include <gatehouse/ambient.h>
#include <stdlib.h>
#include <string.h>

struct counting {
    struct job job;
    struct table *table;
    const struct table_source *source;
    struct table_reader reader;
    struct id_set ids;              /* the marked ones, to be checked */
    struct id_set gone;             /* of these, those that were deleted */
    int64_t matching, rule, hidden; /* -1: wanted */
};

/* With a rule, hidden marks are not counted. */
static enum error check_mark(struct counting *counting, int64_t id, void *row)
{
    const struct table_source *source = counting->source;
    bool matches = true;
    enum error e = source->rows.get(&counting->reader, id, row);
    if (e == ERR_NOT_FOUND) return id_set_add(&counting->gone, id);
    if (!e && !counting->reader.rule) e = source->matches(&counting->reader, id, &matches);
    counting->hidden += !matches;
    return e;
}

static enum error check_marks(struct counting *counting)
{
    const struct id_set *ids = &counting->ids;
    void *row = malloc(counting->source->rows.row_size);
    enum error e = row ? OK : fail_memory();
    counting->hidden = 0;
    for (size_t i = 0; i < ids->count && !e; i++)
        e = check_mark(counting, ids->ids[i], row);
    free(row);
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
    return !e && counting->hidden < 0 ? check_marks(counting) : e;
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
    for (size_t i = 0; i < counting->gone.count; i++)
        id_set_remove(&table->marks.ids, counting->gone.ids[i]);
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
    id_set_free(&((struct counting *)job)->gone);
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
    counting->reader.in_background = true;
    counting->rule = marks->rule ? marks->rule_matches : 0;
    return counting->hidden < 0 ? id_set_copy(&counting->ids, &marks->ids) : OK;
}

/* Where rows tell their place among all; those that match are assumed to be spread evenly. */
static void span_of(const struct table *table, size_t first, size_t last, int64_t *above,
                    int64_t *below)
{
    const struct list *list = &table->list;
    int64_t ignored;
    table->source->span(list_row(list, first), table->total, above, &ignored);
    table->source->span(list_row(list, last), table->total, &ignored, below);
    *above = table_part(table->matching, *above, table->total);
    *below = table_part(table->matching, *below, table->total);
    if (first == 0 && list->above == 0) *above = 0;
    if (last + 1 == list->count && list->below == 0) *below = 0;
}

/* Rows of the list that are not on the screen. */
static int64_t hidden_rows(const struct table *table)
{
    if (table->source->span && table->list.count) {
        int64_t above, below;
        span_of(table, 0, table->list.count - 1, &above, &below);
        return above + below;
    }
    int64_t hidden = table->matching - (int64_t)table->list.count;
    return hidden < 0 ? 0 : hidden;
}

void table_pin_place(struct table *table)
{
    struct list *list = &table->list;
    table->place_failed = false;
    if (table->matching < 0) return;
    if (list->above < 0 && list->below >= 0) list->above = table_rows_above(table);
    if (!list->guessed) table->placed = table->matching;
}

/* So many rows came or went elsewhere that the thumb would be visibly wrong. */
static bool is_stale(const struct table *table)
{
    int64_t change = table->matching - table->placed;
    return table->list.guessed && llabs(change) * (int64_t)table->list.height > table->matching;
}

/* In a short list the rows above are counted, not guessed. */
enum { COUNTED_MAX = 1000 };

static bool is_lost(const struct table *table)
{
    const struct list *list = &table->list;
    return (list->above < 0 && list->below < 0) || is_stale(table) ||
           (list->guessed && table->matching <= COUNTED_MAX);
}

int64_t table_part(int64_t total, int64_t before, int64_t matching)
{
    return matching ? (int64_t)((double)total * (double)before / (double)matching) : 0;
}

bool table_wants_place(const struct table *table)
{
    const struct list *list = &table->list;
    if (!list->count || table->matching < 0 || table->source->span || !hidden_rows(table))
        return false;
    if (table->place_failed || table->locating) return false;
    return is_lost(table) || (list->guessed && !list->ends_checked);
}

struct locating {
    struct job job;
    struct table *table;
    const struct table_source *source;
    struct table_reader reader;
    char *rows;                      /* the first on the screen, the last, and room for one more */
    bool lost, exact;                /* exact: they were counted */
    int64_t matching, above;         /* a guess, if it was lost */
    bool is_any_above, is_any_below; /* of a guess, which may be at an end after all */
};

static void *row_of(const struct locating *locating, size_t index)
{
    return locating->rows + index * locating->source->rows.row_size;
}

static enum error look(struct locating *locating, size_t from, bool backward, bool *is_any)
{
    size_t count = 0;
    enum error e = locating->source->rows.page(&locating->reader, row_of(locating, from),
                                               (struct page){.max = 1, .backward = backward},
                                               row_of(locating, 2), &count);
    *is_any = count > 0;
    return e;
}

static enum error count_above(struct locating *locating)
{
    size_t count = 0, most = (size_t)locating->matching + 1;
    void *rows = calloc(most, locating->source->rows.row_size);
    if (!rows) return fail_memory();
    enum error e =
        locating->source->rows.page(&locating->reader, row_of(locating, 0),
                                    (struct page){.max = most, .backward = true}, rows, &count);
    free(rows);
    locating->above = (int64_t)count;
    locating->exact = count < most;
    return e;
}

static enum error run_locating(struct job *job, struct store *store)
{
    struct locating *locating = (struct locating *)job;
    enum error e = OK;
    locating->reader.store = store;
    if (locating->lost && locating->matching <= COUNTED_MAX) e = count_above(locating);
    if (!e && locating->lost && !locating->exact)
        e = locating->source->before(&locating->reader, row_of(locating, 0), locating->matching,
                                     &locating->above);
    if (!e) e = look(locating, 0, true, &locating->is_any_above);
    return e ? e : look(locating, 1, false, &locating->is_any_below);
}

/* Whether the rows are still those on the screen. */
static bool is_of(const struct locating *locating, const struct list *list)
{
    int64_t (*id)(const void *row) = list->source->id;
    return list->count && id(list_row(list, 0)) == id(row_of(locating, 0)) &&
           id(list_row(list, list->count - 1)) == id(row_of(locating, 1));
}

/* Without a place there is no bar; an error will show up where it matters. */
static void done_locating(struct app *app, struct job *job, enum error e)
{
    (void)app;
    const struct locating *locating = (struct locating *)job;
    struct table *table = locating->table;
    table->locating = false;
    table->place_failed = e && e != ERR_STOPPED;
    if (e || table->reading || !is_of(locating, &table->list)) return;
    if (locating->lost) {
        list_guess(&table->list, locating->above);
        table->list.guessed = !locating->exact;
        table->placed = locating->matching;
    }
    list_check_ends(&table->list, locating->is_any_above, locating->is_any_below);
}

static void free_locating(struct job *job)
{
    free(((struct locating *)job)->rows);
    free(job);
}

static void find_place(struct table *table)
{
    const struct list *list = &table->list;
    size_t size = table->source->rows.row_size;
    struct locating *locating = calloc(1, sizeof *locating);
    if (!locating || !(locating->rows = malloc(3 * size))) {
        free(locating);
        table->place_failed = true;
        return;
    }
    locating->job = (struct job){.owner = &table->locating,
                                 .yields = true,
                                 .run = run_locating,
                                 .done = done_locating,
                                 .free = free_locating};
    locating->table = table;
    locating->source = table->source;
    locating->reader = table_reader_of(table);
    locating->reader.in_background = true;
    memcpy(row_of(locating, 0), list_row(list, 0), size);
    memcpy(row_of(locating, 1), list_row(list, list->count - 1), size);
    locating->lost = is_lost(table);
    locating->matching = table->matching;
    table->locating = true;
    background_post(table->app->background, &locating->job);
}

int64_t table_rows_above(const struct table *table)
{
    const struct list *list = &table->list;
    int64_t hidden = hidden_rows(table);
    if (table->matching < 0) return -1;
    if (!hidden) return 0;
    /* Of rows that were counted before any was read, none tells its place. */
    if (table->source->span && list->count) {
        int64_t above, below;
        span_of(table, 0, list->count - 1, &above, &below);
        return above;
    }
    if (list->above < 0 && list->below < 0) return -1;
    int64_t above = list->above < 0 ? hidden - list->below : list->above;
    int64_t least = list->guessed ? 1 : 0, most = list->guessed ? hidden - 1 : hidden;
    return above > most ? most : above < least ? least : above;
}

int64_t table_place(const struct table *table)
{
    const struct list *list = &table->list;
    int64_t above = table_rows_above(table), below;
    if (above < 0) return -1;
    if (!table->source->span || !list->count) return above + (int64_t)list->cursor + 1;
    span_of(table, list->cursor, list->cursor, &above, &below);
    return below ? above + 1 : table->matching;
}

int64_t table_rows_shown(const struct table *table)
{
    int64_t hidden = hidden_rows(table);
    return table->source->span ? table->matching - hidden : (int64_t)table->list.count;
}

static bool wants(const struct table *table)
{
    return table->matching < 0 || table_wants_marks(table);
}

/* Whether there is something to search or to count. */
static bool is_due(const struct table *table)
{
    if (table->screen->wants_load || table->screen->failed_since) return false;
    return table->searching ||
           (!table->reading && !table->counting && (wants(table) || table_wants_place(table)));
}

bool table_is_seen(const struct screen *screen)
{
    const struct screen *top = screen->app->top;
    return top == screen || (top->class->popup && top->below == screen);
}

static int64_t detail_due(const struct table *table)
{
    bool waits = table->detail.reading || table_is_late(table) || !table_shows_detail(table);
    return waits ? INT64_MAX : table->detail.due;
}

static void fill_detail(struct table *table)
{
    const void *row = table->list.gone ? NULL : list_current(&table->list);
    detail_fill(&table->detail, table->app, table->source->detail, table->now, row,
                table->source->rows.row_size);
}

int64_t table_due(const struct screen *screen)
{
    if (screen->wants_load || screen->failed_since) return INT64_MAX;
    const struct table *table = &((const struct table_screen *)screen)->table;
    if (is_due(table)) return 0;
    if (!table_is_seen(screen)) return INT64_MAX;
    int64_t detail = detail_due(table), overview = overview_due(screen->app);
    return detail < overview ? detail : overview;
}

int table_tick(struct screen *screen)
{
    struct table *table = &((struct table_screen *)screen)->table;
    if (!is_due(table)) {
        int64_t ticks = ambient_ticks();
        bool gone = false;
        if (detail_due(table) <= ticks) {
            overview_give_way(screen->app);
            fill_detail(table);
            gone = !table->detail.reading;
        }
        if (overview_due(screen->app) <= ticks) overview_count(screen->app);
        return gone ? EFFECT_DRAW : EFFECT_NONE;
    }
    if (table->searching)
        return screen->class->load(screen) ? app_say_error(table->app) : EFFECT_DRAW;
    if (!wants(table)) return find_place(table), EFFECT_NONE;
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

/* With a rule hidden marks are not counted, and when all rows are shown there are none. */
void table_recount_marks(struct table *table)
{
    const struct marks *marks = &table->marks;
    table->hidden = marks->ids.count && !marks->rule && table_is_search(table) ? -1 : 0;
}

void table_check_marks(struct table *table)
{
    table->hidden = table->marks.ids.count ? -1 : 0;
}

void table_drop_counting(struct table *table)
{
    background_drop(table->app->background, &table->counting);
    table->counting = false;
}
