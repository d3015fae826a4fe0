/* Where the rows on the screen stand in the list. A list of a million rows is not counted for that:
 * the place follows every move from the end where it was known, and is guessed where a list was
 * opened in its middle. */
#include "ui/kit/table.h"

#include "ui/background.h"
#include "ui/kit/scroll_bar.h"
#include "ui/kit/table_inside.h"

#include <gatehouse/text.h>
#include <stdlib.h>
#include <string.h>

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
    enum error e = placing->source->rows.page(&placing->reader, row_of(placing, from), backward,
                                              false, row_of(placing, 2), 1, &count);
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

void table_find_place(struct table *table)
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

void table_draw_bar(const struct table *table, const struct canvas *rows)
{
    int64_t above = table_rows_above(table);
    if (above < 0) return;
    struct scroll_thumb thumb =
        scroll_thumb(above, (int64_t)table->list.count, table->matching, (int)table->list.height);
    /* In the colour of text, as the blanks around it: where the list scrolls, two cells of it are
     * drawn in every step. */
    for (int i = 0; i < thumb.length; i++)
        draw_glyph(rows, 1 + thumb.first + i, rows->columns - 1, ROLE_TEXT, GLYPH_THUMB);
}
