/* Drawing a table. */
#include "ui/kit/frame.h"
#include "ui/kit/scroll_bar.h"
#include "ui/kit/table_inside.h"
#include "ui/terminal/key.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <string.h>

enum {
    LOW = 12,
    TITLE_GAP = 4,
    AROUND_LOW = 4,
    AROUND = 6 /* tabs, title, filter, heads; result line, footer */
};

size_t table_height(int rows)
{
    int around = rows < LOW ? AROUND_LOW : AROUND;
    return rows > around ? (size_t)(rows - around) : 1;
}

static bool is_low(const struct canvas *canvas)
{
    return canvas->rows < LOW;
}

/* "11 of 128 · 3 marked". A number that is not known yet keeps its width. */
static void count_text(const struct table *table, const char *more, char *out, size_t size)
{
    char total[NUMBER_TEXT_SIZE], matching[NUMBER_TEXT_SIZE + 8], marked[96];
    *out = 0;
    if (table->total < 0) return;
    snprintf(total, sizeof total, "%s", number_text(table->total).text);
    int width = (int)strlen(total);
    marks_text(&table->marks, table->hidden, marked, sizeof marked);
    if (!table->filter.size && !table->facet) {
        snprintf(out, size, "%s %s%s%s", total,
                 table->total == 1 ? table->source->one : table->source->many, more, marked);
        return;
    }
    const char *unknown = text_glyph(GLYPH_ELLIPSIS);
    if (table->matching < 0)
        snprintf(matching, sizeof matching, "%*s%s", width - 1, "", unknown);
    else
        snprintf(matching, sizeof matching, "%*s", width, number_text(table->matching).text);
    snprintf(out, size, "%s of %s%s%s", matching, total, more, marked);
}

/* False: there is no room for the title beside the count. */
static bool draw_title(const struct table *table, const struct canvas *canvas, int columns)
{
    char title[200];
    snprintf(title, sizeof title, "%s%s%s", table->title, table->state ? " · " : "",
             table->state ? table->state : "");
    bool fits = (int)text_width(table->title) <= columns;
    if (fits) draw_cell(canvas, 1, 1, columns, ROLE_BOLD, title);
    return fits;
}

enum { FILTER_ROW = 2, FILTER_ROW_LOW = 1 };

int table_free_row(const struct table *table, const struct canvas *canvas)
{
    return is_low(canvas) || table->filtering || table->filter.size ? -1 : FILTER_ROW;
}

/* Tabs, title, count, marks and filter. Returns the row of the heads. */
static int draw_top(struct table *table, const struct canvas *canvas)
{
    char count[200], more[64] = "";
    const struct table_source *source = table->source;
    bool low = is_low(canvas), filter = table->filtering || table->filter.size;
    int row = low ? FILTER_ROW_LOW : FILTER_ROW;
    const char *state = table->facet ? source->facet_text(table->facet) : low ? table->state : NULL;
    if (state) snprintf(more, sizeof more, " · %s", state);
    count_text(table, more, count, sizeof count);
    int width = (int)text_width(count);
    frame_draw_tabs(table->screen, canvas);
    bool titled = !low && draw_title(table, canvas, canvas->columns - width - TITLE_GAP);
    bool left = (!titled && !filter) || width + 2 > canvas->columns;
    draw_text(canvas, 1, left ? 1 : canvas->columns - width - 1, ROLE_MUTED, count);
    if (!filter) return row + 1;
    draw_text(canvas, row, 1, ROLE_ACCENT, "/");
    int room = low ? canvas->columns - width - 6 : canvas->columns - 4;
    if (table->filtering)
        field_draw(&table->filter, canvas, row, 3, room, 1, true);
    else
        draw_cell(canvas, row, 3, room, ROLE_TEXT, table->filter.text);
    if (table->filtering && !table->filter.size && !low && source->hint)
        draw_text(canvas, row, 5, ROLE_MUTED, source->hint);
    return row + 1;
}

static void draw_bar(const struct table *table, const struct canvas *rows)
{
    int64_t above = table_rows_above(table);
    if (above < 0) return;
    struct scroll_thumb thumb =
        scroll_thumb(above, (int64_t)table->list.count, table->matching, (int)table->list.height);
    /* In the colour of text, as the blanks around it: when the list scrolls, every step draws two
     * cells of it. */
    for (int i = 0; i < thumb.length; i++)
        draw_glyph(rows, 1 + thumb.first + i, rows->columns - 1, ROLE_TEXT, GLYPH_THUMB);
}

/* And what would match, or what the filter knows. */
static void draw_no_match(const struct table *table, const struct canvas *canvas, int row)
{
    const char *hint = table->source->hint;
    draw_text(canvas, row, 5, ROLE_MUTED, "Nothing matches. Esc clears the filter.");
    if (table->others[0])
        draw_wrapped(canvas, row + 1, 5, canvas->columns - 6, ROLE_TEXT, table->others);
    else if (hint)
        draw_wrapped(canvas, row + 1, 5, canvas->columns - 6, ROLE_MUTED, hint);
}

static void draw_empty(const struct table *table, const struct canvas *canvas, int row)
{
    if (table->screen->wants_load || table_is_late(table)) return;
    if (table->problem[0])
        draw_wrapped(canvas, row, 5, canvas->columns - 6, ROLE_WARN, table->problem);
    if (table->problem[0] || table->total < 0) return;
    const struct table_source *source = table->source;
    if (table->filter.size)
        draw_no_match(table, canvas, row);
    else if (source->next_text)
        draw_format(canvas, row, 5, ROLE_MUTED, "%s Press %s %s.", source->empty,
                    command_key(source->next).text, source->next_text);
    else
        draw_text(canvas, row, 5, ROLE_MUTED, source->empty);
}

/* Only the bar shows which row it is: lighting more would be sent twice for every step. */
static void draw_row(struct table *table, const struct canvas *rows, const struct layout *layout,
                     size_t index)
{
    const void *item = list_row(&table->list, index);
    int row = (int)index + 1;
    if (index == table->list.cursor) {
        draw_glyph(rows, row, layout->bar, ROLE_CURSOR, GLYPH_CURSOR);
        table->menu_column = rows->left + layout->menu;
        if (!table->filtering) draw_cursor(rows, row, 3, false);
    }
    bool gone = index == table->list.cursor && table->list.gone;
    if (table->source->matches && !gone && table_is_marked(table, item))
        draw_glyph(rows, row, layout->mark, ROLE_MARKED, GLYPH_MARK);
    (gone ? columns_draw_gone : columns_draw_row)(table->source->columns, layout, rows, row,
                                                  table->screen, item);
}

/* A click on a head sorts by its column. */
static void add_head_targets(const struct table *table, const struct canvas *canvas,
                             const struct layout *layout)
{
    for (size_t i = 0; i < COLUMNS_MAX; i++) {
        const struct column *column = &table->source->columns->items[i];
        if (column->title && column->sort.key && layout->at[i].width)
            screen_target(table->screen, canvas, 0, layout->at[i].x, layout->at[i].width,
                          UI_TARGET + column->sort.number);
    }
}

static void draw_rows(struct table *table, const struct canvas *canvas)
{
    const struct columns *columns = table->source->columns;
    struct layout layout;
    columns_lay_out(columns, canvas->columns, &layout);
    columns_draw_heads(columns, &layout, canvas, 0, table->sort, table->descending);
    add_head_targets(table, canvas, &layout);
    table->top = canvas->top + 1;
    for (size_t i = 0; i < table->list.count && (int)i + 1 < canvas->rows; i++)
        draw_row(table, canvas, &layout, i);
    draw_bar(table, canvas);
    if (!table->list.count) draw_empty(table, canvas, 2);
}

/* While there is no message: what the row under the cursor has no room for. */
static void draw_note(const struct table *table, const struct canvas *canvas)
{
    const struct screen *screen = table->screen;
    const void *here = list_current(&table->list);
    bool quiet = !screen->app->message[0] && !screen->failed_since && !is_low(canvas);
    if (here && quiet && table->source->note)
        draw_cell(canvas, canvas->rows - 2, 1, canvas->columns - 2, ROLE_MUTED,
                  table->source->note(here));
}

struct canvas table_draw_beside(struct screen *screen, const struct canvas *canvas, int columns)
{
    struct table *table = &((struct table_screen *)screen)->table;
    struct canvas body = frame_draw_bottom(screen, canvas);
    int first = draw_top(table, canvas), width = canvas->columns - columns;
    struct canvas rows = canvas_part(&body, first, 0, body.rows - first, width);
    draw_rows(table, &rows);
    draw_note(table, canvas);
    return canvas_part(&body, first, width, body.rows - first, columns);
}

void table_draw(struct screen *screen, const struct canvas *canvas)
{
    table_draw_beside(screen, canvas, 0);
}
