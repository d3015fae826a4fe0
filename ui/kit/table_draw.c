/* Drawing a table. */
#include "ui/kit/frame.h"
#include "ui/kit/overview.h"
#include "ui/kit/scroll_bar.h"
#include "ui/kit/table_inside.h"
#include "ui/terminal/key.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <string.h>

enum {
    LOW = 12,
    LOWEST = 10, /* below it there is no overview */
    TITLE_GAP = 4,
    AROUND_LOWEST = 4,
    AROUND_LOW = 5,
    AROUND = 6 /* tabs, title, filter or overview, heads; result line, footer */
};

static struct detail_room room_of_detail(const struct table *table)
{
    const struct app *app = table->app;
    return table->source->detail ? detail_room(app, app->rows, app->columns)
                                 : (struct detail_room){0};
}

size_t table_height(const struct table *table)
{
    int rows = table->app->rows - room_of_detail(table).rows, whole = table->app->rows;
    int around = whole < LOWEST ? AROUND_LOWEST : whole < LOW ? AROUND_LOW : AROUND;
    return rows > around ? (size_t)(rows - around) : 1;
}

static bool is_low(const struct canvas *canvas)
{
    return canvas->rows < LOW;
}

/* What the title row ends with, and where in it the place of the cursor stands. */
struct count {
    char text[280], place[2 * NUMBER_TEXT_SIZE];
    int at;
};

/* 100 is the last row only. */
static void percent_text(int64_t place, int64_t matching, char *out, size_t size)
{
    int percent = matching ? (int)((double)place * 100 / (double)matching + 0.5) : 0;
    if (percent >= 100) percent = place < matching ? 99 : 100;
    if (place < 0)
        snprintf(out, size, "%s", text_glyph(GLYPH_ELLIPSIS));
    else
        snprintf(out, size, "%d%%", percent);
}

/* As a number, or as a part of all where it is only an estimate. */
static void place_text(const struct table *table, int64_t place, char *out, size_t size)
{
    bool all = table->matching == (int64_t)table->list.count;
    bool guessed = table->list.guessed && !table->source->span;
    if (place < 0 || (guessed && !all))
        percent_text(place, table->matching, out, size);
    else
        snprintf(out, size, "%s", number_text(place).text);
}

/* "4 of 128 accounts · 3 marked". */
static void count_all(const struct table *table, const char *more, struct count *count)
{
    char marked[96], total[NUMBER_TEXT_SIZE], place[NUMBER_TEXT_SIZE] = "";
    marks_text(&table->marks, table->hidden, marked, sizeof marked);
    snprintf(total, sizeof total, "%s", number_text(table->total).text);
    if (table->list.count) place_text(table, table_place(table), place, sizeof place);
    int blanks = (int)strlen(total) - (int)text_width(place);
    snprintf(count->place, sizeof count->place, "%*s%s", blanks > 0 && *place ? blanks : 0, "",
             place);
    snprintf(count->text, sizeof count->text, "%s%s%s %s%s%s", count->place, *place ? " of " : "",
             total, table->total == 1 ? table->source->one : table->source->many, more, marked);
}

/* "11 of 128 · 3 marked ·  17%". */
static void count_matching(const struct table *table, const char *more, bool placed,
                           struct count *count)
{
    enum { PERCENT_COLUMNS = 4 };
    char marked[96], total[NUMBER_TEXT_SIZE], matching[NUMBER_TEXT_SIZE + 8], percent[8] = "";
    marks_text(&table->marks, table->hidden, marked, sizeof marked);
    snprintf(total, sizeof total, "%s", number_text(table->total).text);
    const char *unknown = text_glyph(GLYPH_ELLIPSIS);
    int width = (int)strlen(total);
    if (table->matching < 0)
        snprintf(matching, sizeof matching, "%*s%s", width - 1, "", unknown);
    else
        snprintf(matching, sizeof matching, "%*s", width, number_text(table->matching).text);
    snprintf(count->text, sizeof count->text, "%s of %s%s%s", matching, total, more, marked);
    if (!placed) return;
    if (table->list.count)
        percent_text(table_place(table), table->matching, percent, sizeof percent);
    int blanks = PERCENT_COLUMNS - (int)text_width(percent);
    size_t size = strlen(count->text);
    snprintf(count->text + size, sizeof count->text - size, " %s ", text_glyph(GLYPH_DOT));
    count->at = (int)text_width(count->text);
    snprintf(count->place, sizeof count->place, "%*s%s", blanks, "", percent);
    size = strlen(count->text);
    snprintf(count->text + size, sizeof count->text - size, "%s", count->place);
}

/* Numbers that are not known yet keep their width, and so does the place: nothing jumps. On low
 * screens the filter stands beside it: there it has no place. */
static void count_of(const struct table *table, const char *more, bool low, struct count *count)
{
    *count = (struct count){.at = 0};
    if (table->total < 0) return;
    if (table->filter.size || table->facet)
        count_matching(table, more, !low, count);
    else
        count_all(table, more, count);
}

/* The place is in the colour of text: switching to another costs bytes in every step. */
static void draw_count(const struct canvas *canvas, int column, const struct count *count)
{
    draw_text(canvas, 1, column, ROLE_MUTED, count->text);
    draw_text(canvas, 1, column + count->at, ROLE_TEXT, count->place);
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

struct canvas table_free_part(const struct table *table, const struct canvas *canvas)
{
    return canvas_part(canvas, 1, table->free.column, 1, table->free.columns);
}

/* The words of the filter, or what the one being typed finds. */
static void draw_words(const struct table *table, const struct canvas *canvas, int row, int column,
                       int columns)
{
    char hint[WORDS_HINT_SIZE];
    words_hint(table->source->words, table->filter.text, columns, hint);
    if (columns > 0) draw_cell(canvas, row, column, columns, ROLE_MUTED, hint);
}

static void draw_filter(struct table *table, const struct canvas *canvas, int row, int room)
{
    draw_text(canvas, row, 1, ROLE_ACCENT, "/");
    if (table->filtering)
        field_draw(&table->filter, canvas, row, 3, room, 1, true);
    else
        draw_cell(canvas, row, 3, room, ROLE_TEXT, table->filter.text);
    if (is_low(canvas) && table->filtering && !table->filter.size)
        draw_words(table, canvas, row, 5, room - 2);
}

/* Tabs, title, count, marks, filter and overview. Returns the row of the heads. */
static int draw_top(struct table *table, const struct canvas *canvas)
{
    enum { OVERVIEW_ROW = 2 };
    char more[64] = "";
    struct count count;
    const struct table_source *source = table->source;
    bool low = is_low(canvas), filter = table->filtering || table->filter.size;
    const char *state = table->facet ? source->facet_text(table->facet) : low ? table->state : NULL;
    if (state) snprintf(more, sizeof more, " · %s", state);
    count_of(table, more, low, &count);
    int width = (int)text_width(count.text);
    frame_draw_tabs(table->screen, canvas);
    bool titled = !low && draw_title(table, canvas, canvas->columns - width - TITLE_GAP);
    bool left = (!titled && !filter) || width + 2 > canvas->columns;
    draw_count(canvas, left ? 1 : canvas->columns - width - 1, &count);
    int from = titled ? (int)text_width(table->title) + 1 + TITLE_GAP / 2 : 0;
    table->free.column = from;
    table->free.columns = titled ? canvas->columns - width - TITLE_GAP / 2 - from : 0;
    if (filter && low) draw_filter(table, canvas, 1, canvas->columns - width - 6);
    if (filter && !low) draw_filter(table, canvas, 2, canvas->columns - 4);
    if (canvas->rows < LOWEST || (filter && low)) return OVERVIEW_ROW;
    if (!filter) overview_draw(table->screen, canvas, OVERVIEW_ROW);
    return OVERVIEW_ROW + 1;
}

static void draw_bar(const struct table *table, const struct canvas *rows)
{
    int64_t above = table_rows_above(table);
    if (above < 0) return;
    struct scroll_thumb thumb =
        scroll_thumb(above, table_rows_shown(table), table->matching, (int)table->list.height);
    /* In the colour of text, as the blanks around it: when the list scrolls, every step draws two
     * cells of it. */
    for (int i = 0; i < thumb.length; i++)
        draw_glyph(rows, 1 + thumb.first + i, rows->columns - 1, ROLE_TEXT, GLYPH_THUMB);
}

/* And what would match, or what the filter knows. */
static void draw_no_match(const struct table *table, const struct canvas *canvas, int row)
{
    char hint[WORDS_HINT_SIZE];
    const char *said = words_hint(table->source->words, "", WORDS_HINT_SIZE, hint);
    draw_text(canvas, row, 5, ROLE_MUTED, "Nothing matches. Esc clears the filter.");
    if (table->others[0])
        draw_wrapped(canvas, row + 1, 5, canvas->columns - 6, ROLE_TEXT, table->others);
    else if (!table->filtering)
        draw_wrapped(canvas, row + 1, 5, canvas->columns - 6, ROLE_MUTED, said);
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
    else if (table->facet)
        draw_text(canvas, row, 5, ROLE_MUTED, "Nothing matches. Esc clears the facet.");
    else if (source->next_text)
        draw_format(canvas, row, 5, ROLE_MUTED, "%s Press %s %s.", source->empty,
                    command_key(source->next).text, source->next_text);
    else
        draw_text(canvas, row, 5, ROLE_MUTED, source->empty);
}

static void draw_row(struct table *table, const struct canvas *rows, const struct layout *layout,
                     size_t index)
{
    const void *item = list_row(&table->list, index);
    bool here = index == table->list.cursor, gone = here && table->list.gone;
    struct canvas line = canvas_row(rows, (int)index + 1, here, layout->bar);
    if (here) {
        table->menu_column = rows->left + layout->menu;
        if (!table->filtering) draw_cursor(&line, 0, 3, false);
    }
    if (table->source->matches && !gone && table_is_marked(table, item))
        draw_glyph(&line, 0, layout->mark, ROLE_MARKED, GLYPH_MARK);
    (gone ? columns_draw_gone : columns_draw_row)(table->source->columns, layout, &line, 0,
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
    struct column_needs needs = table->needs;
    for (size_t i = 0; i < COLUMNS_MAX && !table->knows_needs; i++)
        needs.widths[i] += needs.widths[i] / 4;
    if (table->source->search != SEARCH_ALWAYS)
        columns_fit_texts(columns, &needs, canvas->columns, &layout);
    columns_draw_heads(columns, &layout, canvas, 0, table->sort, table->descending);
    add_head_targets(table, canvas, &layout);
    table->top = canvas->top + 1;
    for (size_t i = 0; i < table->list.count && (int)i + 1 < canvas->rows; i++)
        draw_row(table, canvas, &layout, i);
    draw_bar(table, canvas);
    if (!table->list.count) draw_empty(table, canvas, 2);
}

bool table_shows_detail(const struct table *table)
{
    const struct detail_room room = room_of_detail(table);
    return room.rows || room.columns;
}

/* While there is no message: what the filter knows, or what the row under the cursor has no room
 * for, unless the pane says more. */
static void draw_note(const struct table *table, const struct canvas *canvas)
{
    const struct screen *screen = table->screen;
    const void *here = list_current(&table->list);
    bool quiet = !screen->app->message[0] && !screen->failed_since && !is_low(canvas);
    if (quiet && table->filtering)
        draw_words(table, canvas, canvas->rows - 2, 1, canvas->columns - 2);
    else if (here && quiet && !table_shows_detail(table) && table->source->note)
        draw_cell(canvas, canvas->rows - 2, 1, canvas->columns - 2, ROLE_TEXT,
                  table->source->note(here));
}

void table_draw(struct screen *screen, const struct canvas *canvas)
{
    struct table *table = &((struct table_screen *)screen)->table;
    const struct detail_room room = room_of_detail(table);
    struct canvas body = frame_draw_bottom(screen, canvas);
    int first = draw_top(table, canvas), width = canvas->columns - room.columns;
    int height = body.rows - first - room.rows;
    struct canvas rows = canvas_part(&body, first, 0, height, width);
    struct canvas right = canvas_part(&body, first, width, height, room.columns);
    struct canvas below = canvas_part(&body, first + height, 0, room.rows, canvas->columns);
    draw_rows(table, &rows);
    draw_note(table, canvas);
    if (room.columns) detail_draw_right(&table->detail, &right);
    if (room.rows) detail_draw_below(&table->detail, &below);
}
