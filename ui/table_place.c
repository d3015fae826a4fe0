/* Where the rows on the screen stand in the list. A list of a million rows is not counted for that:
 * the place follows every move from the end where it was known, and is guessed where a list was
 * opened in its middle. */
#include "ui/table.h"

#include "ui/scroll_bar.h"

#include <gatehouse/text.h>
#include <stdlib.h>

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
    if (!list->count || table->matching < 0 || !hidden_rows(table) || table->placeless)
        return false;
    return is_lost(table) || (list->guessed && !list->looked);
}

enum error table_find_place(struct table *table)
{
    struct list *list = &table->list;
    enum error e = OK;
    if (!table_wants_place(table)) return OK;
    if (is_lost(table)) {
        int64_t above = 0;
        e = table->source->before(table->screen, list_row(list, 0), table->matching, &above);
        if (!e) list_guess(list, above);
        if (!e) table->placed = table->matching;
    }
    if (!e) e = list_look_around(list);
    /* Without a place there is no bar: what failed will be said where it matters. */
    if (e && e != ERR_STOPPED) table->placeless = true;
    return e == ERR_STOPPED ? e : OK;
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
