/* What a table finds out in the background while nothing else is to be read: how many rows match,
 * how many marks are hidden, and where the rows on the screen stand in the list. */
#include "ui/background.h"
#include "ui/kit/table_inside.h"

#include <stdlib.h>
#include <string.h>

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

static enum error run_placing(struct job *job, struct store *store)
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
static void done_placing(struct app *app, struct job *job, enum error e)
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

static void find_place(struct table *table)
{
    const struct list *list = &table->list;
    size_t size = table->source->rows.row_size;
    struct placing *placing = calloc(1, sizeof *placing);
    if (!placing || !(placing->rows = malloc(3 * size))) {
        free(placing);
        table->placeless = true;
        return;
    }
    placing->job = (struct job){.owner = &table->placing,
                                .yields = true,
                                .run = run_placing,
                                .done = done_placing,
                                .free = free_placing};
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
    struct table *table = &((struct table_screen *)screen)->table;
    if (!table_is_due(table)) return EFFECT_NONE;
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
