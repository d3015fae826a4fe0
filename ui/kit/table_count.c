/* What a table counts in the background: the rows that match, and the marks. */
#include "ui/background.h"
#include "ui/kit/table.h"
#include "ui/kit/table_inside.h"

#include <stdlib.h>

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

int table_tick(struct table *table)
{
    struct screen *screen = table->screen;
    if (!table_is_due(table)) return EFFECT_NONE;
    if (table->searching)
        return screen->class->load(table->app, screen) ? app_say_error(table->app) : EFFECT_DRAW;
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
