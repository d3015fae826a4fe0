#include "ui/kit/table.h"

#include "ui/kit/frame.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <string.h>

enum { LOW = 12, AROUND_LOW = 4, AROUND = 6 /* tabs, title, filter, heads; result line, footer */ };

size_t table_height(int rows)
{
    int around = rows < LOW ? AROUND_LOW : AROUND;
    return rows > around ? (size_t)(rows - around) : 1;
}

bool table_is_low(const struct canvas *canvas)
{
    return canvas->rows < LOW;
}

/* "11 of 128 · 3 marked". What is not known yet keeps its width. */
static void count_text(const struct table *table, const char *more, char *out, size_t size)
{
    char total[24], matching[24], marked[64];
    *out = 0;
    if (table->total < 0) return;
    snprintf(total, sizeof total, "%lld", (long long)table->total);
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
        snprintf(matching, sizeof matching, "%*lld", width, (long long)table->matching);
    snprintf(out, size, "%s of %s%s%s", matching, total, more, marked);
}

int table_draw_top(struct table *table, const struct canvas *canvas, const char *more)
{
    char count[200];
    bool low = table_is_low(canvas), filter = table->filtering || table->filter.size;
    int row = low ? 1 : 2;
    count_text(table, more, count, sizeof count);
    int width = (int)text_width(count);
    frame_draw_tabs(table->app, table->screen, canvas);
    if (!low) draw_text(canvas, 1, 1, ROLE_BOLD, table->source->title);
    draw_text(canvas, 1, low && !filter ? 1 : canvas->columns - width - 1, ROLE_MUTED, count);
    if (!filter) return row + 1;
    draw_text(canvas, row, 1, ROLE_ACCENT, "/");
    int room = low ? canvas->columns - width - 6 : canvas->columns - 4;
    if (table->filtering)
        field_draw(&table->filter, canvas, row, 3, room, 1, true);
    else
        draw_cell(canvas, row, 3, room, ROLE_TEXT, table->filter.text);
    return row + 1;
}

void table_draw_head(const struct table *table, const struct canvas *canvas, int row, int column,
                     int width, const char *label, int sort)
{
    char text[64];
    if (column < 0) return;
    bool here = sort >= 0 && table->sort == sort;
    const char *arrow = text_glyph(table->descending ? GLYPH_DOWN : GLYPH_UP);
    bool tight = (int)text_width(label) + 2 > width;
    int cut = here && tight && width < 6 ? width - 1 : (int)strlen(label);
    snprintf(text, sizeof text, "%.*s%s%s", cut, label, here && !tight ? " " : "",
             here ? arrow : "");
    draw_text(canvas, row, column, here ? ROLE_ACCENT : ROLE_MUTED, text);
}

void table_draw_empty(const struct table *table, const struct canvas *canvas, int row)
{
    if (table->screen->wants_load || table_is_late(table)) return;
    if (table->problem[0])
        draw_wrapped(canvas, row, 5, canvas->columns - 6, ROLE_WARN, table->problem);
    if (table->problem[0] || table->total < 0) return;
    draw_text(canvas, row, 5, ROLE_MUTED,
              table->filter.size ? "Nothing matches. Esc clears the filter."
                                 : table->source->empty);
}

/* The bar alone tells the row: what it lit beside would be sent twice for every step. */
void table_place_row(struct table *table, const struct canvas *rows, size_t index, int bar_column,
                     int menu_column)
{
    int row = (int)index + 1;
    table->top = rows->top + 1;
    if (index != table->list.cursor) return;
    draw_glyph(rows, row, bar_column, ROLE_CURSOR, GLYPH_CURSOR);
    table->menu_row = rows->top + row;
    table->menu_column = rows->left + menu_column;
    if (!table->filtering) draw_cursor(rows, row, menu_column < 3 ? menu_column : 3, false);
}

void table_underline(const struct canvas *canvas, int row, int column, int width, const char *text,
                     size_t start, size_t length)
{
    char before[1024], match[1024];
    if (start + length >= sizeof before || (int)text_width(text) > width) return;
    snprintf(before, sizeof before, "%.*s", (int)start, text);
    snprintf(match, sizeof match, "%.*s", (int)length, text + start);
    draw_underline(canvas, row, column + (int)text_width(before), (int)text_width(match),
                   ROLE_TEXT);
}
