/* Marks in a table. */
#include "ui/kit/table.h"
#include "ui/kit/table_inside.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void marks_free(struct marks *marks)
{
    id_set_free(&marks->ids);
    *marks = (struct marks){0};
}

static bool marks_is_empty(const struct marks *marks)
{
    return !marks->rule && !marks->ids.count;
}

static int64_t marks_count(const struct marks *marks)
{
    if (!marks->rule) return (int64_t)marks->ids.count;
    return marks->rule_matches < 0 ? -1 : marks->rule_matches - (int64_t)marks->ids.count;
}

/* `ruled`: whether the row matches the rule. */
static bool marks_has(const struct marks *marks, int64_t id, bool ruled)
{
    bool named = id_set_has(&marks->ids, id);
    return marks->rule ? ruled && !named : named;
}

static enum error marks_flip(struct marks *marks, int64_t id, bool ruled)
{
    if (marks->rule && !ruled)
        return fail(ERR_CONFLICT, "all that match “%s” are marked; * unmarks them first",
                    marks->filter);
    if (!id_set_has(&marks->ids, id)) return id_set_add(&marks->ids, id);
    id_set_remove(&marks->ids, id);
    return OK;
}

/* Whether all that match `filter` and `facet` are marked, apart from those left out. */
static bool marks_has_rule(const struct marks *marks, const char *filter, int facet)
{
    return marks->rule && !strcmp(marks->filter, filter) && marks->facet == facet;
}

/* Marks all that match `filter` and `facet`. `marks` has none. */
static void marks_set_rule(struct marks *marks, const char *filter, int facet)
{
    marks->rule = true;
    marks->rule_matches = -1;
    marks->facet = facet;
    snprintf(marks->filter, sizeof marks->filter, "%s", filter);
}

void marks_text(const struct marks *marks, int64_t hidden, char *out, size_t size)
{
    long long count = marks_count(marks);
    *out = 0;
    if (count < 0)
        snprintf(out, size, " · %s marked", text_glyph(GLYPH_ELLIPSIS));
    else if (count && hidden > 0)
        snprintf(out, size, " · %s marked, %s hidden", number_text(count).text,
                 number_text(hidden).text);
    else if (count)
        snprintf(out, size, " · %s marked", number_text(count).text);
}

struct table_reader table_rule_reader(const struct table_reader *reader)
{
    struct table_reader rule = *reader;
    rule.facet = reader->rule_facet;
    memcpy(rule.filter, reader->rule_filter, sizeof rule.filter);
    return rule;
}

static bool has_mark(const struct table *table, const void *row)
{
    const struct table_source *source = table->source;
    return marks_has(&table->marks, source->rows.id(row), source->is_ruled(row));
}

/* Between the row where the range began and the cursor. */
static bool is_in_range(const struct table *table, const void *row)
{
    const void *here = list_current(&table->list);
    if (!table->in_range || !here) return false;
    int from_anchor = table->source->compare(&table->reader, row, table->anchor);
    int from_here = table->source->compare(&table->reader, row, here);
    return from_anchor * from_here <= 0;
}

bool table_is_marked(const struct table *table, const void *row)
{
    return has_mark(table, row) || is_in_range(table, row);
}

static enum error flip(struct table *table, const void *row)
{
    const struct table_source *source = table->source;
    return marks_flip(&table->marks, source->rows.id(row), source->is_ruled(row));
}

/* Marks from `first` to `last`, which need not be on the screen. `row` is room for one more. */
static enum error mark_between(struct table *table, const void *first, const void *last, void *row)
{
    const struct table_source *source = table->source;
    size_t count = 1;
    struct page page = {.max = 1, .inclusive = true};
    enum error e = OK;
    memcpy(row, first, source->rows.row_size);
    while (!e) {
        e = source->rows.page(&table->reader, row, page, row, &count);
        page.inclusive = false;
        if (e || !count || source->compare(&table->reader, row, last) > 0) break;
        if (!has_mark(table, row)) e = flip(table, row);
    }
    return e;
}

static enum error mark_range(struct table *table)
{
    const void *here = list_current(&table->list);
    if (!here) return OK;
    void *row = malloc(table->source->rows.row_size);
    if (!row) return fail_memory();
    table->reader = table_reader_of(table);
    bool down = table->source->compare(&table->reader, table->anchor, here) <= 0;
    enum error e =
        mark_between(table, down ? table->anchor : here, down ? here : table->anchor, row);
    free(row);
    return e;
}

static int changed(struct table *table, enum error e)
{
    table_drop_counting(table);
    table_recount_marks(table);
    return e ? app_say_error(table->app) : EFFECT_DRAW;
}

static int end_range(struct table *table)
{
    enum error e = mark_range(table);
    table->in_range = false;
    return changed(table, e);
}

int table_mark(struct screen *screen)
{
    struct table *table = &((struct table_screen *)screen)->table;
    const void *here = list_current(&table->list);
    if (table->in_range) return end_range(table);
    if (!here) return EFFECT_NONE;
    enum error e = flip(table, here);
    if (!e) table_go(table, (struct table_step){.kind = STEP_MOVE, .by = 1});
    return changed(table, e);
}

int table_mark_range(struct screen *screen)
{
    struct table *table = &((struct table_screen *)screen)->table;
    const void *here = list_current(&table->list);
    if (table->in_range) return end_range(table);
    if (!here) return EFFECT_NONE;
    memcpy(table->anchor, here, table->source->rows.row_size);
    table->in_range = true;
    return EFFECT_DRAW;
}

/* They can be restored. */
static void drop(struct table *table)
{
    marks_free(&table->dropped);
    table->dropped = table->marks;
    table->marks = (struct marks){0};
}

/* Marks that do not match are dropped, and they may be hidden: that is said. */
int table_mark_all(struct screen *screen)
{
    struct table *table = &((struct table_screen *)screen)->table;
    const char *filter = table->filter.text;
    bool already = marks_has_rule(&table->marks, filter, table->facet);
    bool loses = !already && (table->marks.rule || (table->marks.ids.count && table->hidden));
    if (loses)
        drop(table);
    else
        marks_free(&table->marks);
    if (!already) marks_set_rule(&table->marks, filter, table->facet);
    if (loses)
        app_say(table->app, ROLE_MUTED, "Earlier marks dropped · %s restores",
                command_key(COMMAND_UNDO).text);
    return changed(table, OK) | EFFECT_LOAD;
}

int table_drop_marks(struct screen *screen)
{
    struct table *table = &((struct table_screen *)screen)->table;
    int64_t count = marks_count(&table->marks);
    drop(table);
    char what[48] = "The marks were"; /* not counted yet */
    if (count >= 0)
        snprintf(what, sizeof what, "%s mark%s", number_text(count).text, count == 1 ? "" : "s");
    app_say(table->app, ROLE_MUTED, "%s dropped · %s restores", what,
            command_key(COMMAND_UNDO).text);
    return changed(table, OK);
}

int table_restore_marks(struct screen *screen)
{
    struct table *table = &((struct table_screen *)screen)->table;
    marks_free(&table->marks);
    table->marks = table->dropped;
    table->dropped = (struct marks){0};
    return changed(table, OK) | EFFECT_LOAD;
}

bool table_has_marks(const struct screen *screen)
{
    return !marks_is_empty(&((const struct table_screen *)screen)->table.marks);
}

bool table_is_filtering(const struct screen *screen)
{
    return ((const struct table_screen *)screen)->table.filtering;
}

void table_marked_title(const struct table *table, char *out, size_t size)
{
    long long count = marks_count(&table->marks);
    if (count < 0)
        snprintf(out, size, "%s marked %s", text_glyph(GLYPH_ELLIPSIS), table->source->many);
    else
        snprintf(out, size, "%s marked %s", number_text(count).text,
                 count == 1 ? table->source->one : table->source->many);
}

bool table_has_dropped(const struct screen *screen)
{
    return !marks_is_empty(&((const struct table_screen *)screen)->table.dropped);
}

bool table_wants_marks(const struct table *table)
{
    return table->hidden < 0 || (table->marks.rule && table->marks.rule_matches < 0);
}

/* All that match the rule, except those left out. */
static enum error follow_rule(const struct table *table, struct id_set *out)
{
    const struct table_reader reader = table_reader_of(table);
    const struct table_reader rule = table_rule_reader(&reader);
    enum error e = table->source->numbers(&rule, out);
    for (size_t i = 0; !e && i < table->marks.ids.count; i++)
        id_set_remove(out, table->marks.ids.ids[i]);
    return e;
}

enum error table_chosen(const struct table *table, struct id_set *out)
{
    int64_t here = list_current_id(&table->list);
    *out = (struct id_set){0};
    if (table->marks.rule) return follow_rule(table, out);
    if (table->marks.ids.count) return id_set_copy(out, &table->marks.ids);
    return here ? id_set_add(out, here) : OK;
}
