#include "ui/kit/columns.h"

#include <gatehouse/ascii.h>
#include <gatehouse/text.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { EDGE = 1 /* the scroll bar's */ };

void cell_format(struct cell *cell, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(cell->buffer, sizeof cell->buffer, format, args);
    va_end(args);
    cell->text = cell->buffer;
}

void cell_match(struct cell *cell, size_t start, size_t length)
{
    if (cell->match_count == CELL_MATCHES_MAX) return;
    cell->matches[cell->match_count].start = start;
    cell->matches[cell->match_count++].length = length;
}

void cell_match_word(struct cell *cell, const char *word)
{
    const char *found = *word ? ascii_casestr(cell->text, word) : NULL;
    if (found) cell_match(cell, (size_t)(found - cell->text), strlen(word));
}

void cell_match_words(struct cell *cell, enum words_list list, const char *typed,
                      enum word_kind kind)
{
    struct word word;
    while (word_next(list, &typed, &word)) {
        char text[sizeof cell->buffer];
        snprintf(text, sizeof text, "%.*s", (int)word.size, word.text);
        if (word.kind == kind) cell_match_word(cell, text);
    }
}

void columns_menu_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner, (void)row;
    cell->text = text_glyph(GLYPH_MENU);
}

static bool is_column(const struct columns *columns, size_t i)
{
    return i < COLUMNS_MAX && columns->items[i].cell;
}

static bool is_narrow(int width)
{
    return width < COLUMNS_NARROW_BELOW;
}

/* Blanks before column `i`. */
static int gap_of(const struct columns *columns, size_t i, int width)
{
    int gap = i ? columns->items[i].gap : 0;
    return is_narrow(width) && gap > 1 ? 1 : gap;
}

static int left_of(const struct columns *columns, int width)
{
    return columns->left + (columns->marks && !is_narrow(width) ? 2 : 0);
}

/* How much of the width is unused; negative: too much is shown. */
static int room(const struct columns *columns, const struct layout *layout, int width)
{
    int left = width - left_of(columns, width) - columns->right - EDGE;
    for (size_t i = 0; is_column(columns, i); i++)
        if (layout->at[i].width) left -= gap_of(columns, i, width) + layout->at[i].width;
    return left;
}

static void drop(const struct columns *columns, struct layout *layout, size_t i)
{
    layout->at[i].width = columns->items[i].stub;
    layout->at[i].is_stub = true;
}

/* Drops the column that goes first; false: all that are left stay. */
static bool drop_one(const struct columns *columns, struct layout *layout)
{
    size_t first = COLUMNS_MAX;
    for (size_t i = 0; is_column(columns, i); i++) {
        int from = columns->items[i].from;
        if (!from || layout->at[i].is_stub) continue;
        if (first == COLUMNS_MAX || from > columns->items[first].from) first = i;
    }
    if (first < COLUMNS_MAX) drop(columns, layout, first);
    return first < COLUMNS_MAX;
}

static void squeeze(const struct columns *columns, struct layout *layout, int too_much)
{
    while (too_much-- > 0) {
        size_t widest = 0;
        for (size_t i = 1; is_column(columns, i); i++)
            if (layout->at[i].width > layout->at[widest].width) widest = i;
        if (layout->at[widest].width > 1) layout->at[widest].width--;
    }
}

/* Adds `more` to the widths in proportion to the weights; the remainder goes to the last ones. */
static void share(struct layout *layout, const int weights[static COLUMNS_MAX], int more)
{
    int sum = 0, left = more;
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        sum += weights[i];
    for (size_t i = 0; i < COLUMNS_MAX && sum; i++) {
        int part = more * weights[i] / sum;
        layout->at[i].width += part;
        left -= part;
    }
    for (size_t i = COLUMNS_MAX; i-- > 0 && sum && left > 0;) {
        if (!weights[i]) continue;
        layout->at[i].width++;
        left--;
    }
}

/* Gives the columns with this `from` their best width, as far as there is room. */
static void widen(const struct columns *columns, struct layout *layout, int from, int width)
{
    int weights[COLUMNS_MAX] = {0}, sum = 0, left = room(columns, layout, width);
    for (size_t i = 0; is_column(columns, i); i++) {
        int more = columns->items[i].best - layout->at[i].width;
        if (columns->items[i].from != from || layout->at[i].is_stub || more <= 0) continue;
        weights[i] = more;
        sum += more;
    }
    share(layout, weights, left < sum ? left : sum);
}

/* The next greater `from` of a column; `from` itself when there is none. */
static int next_from(const struct columns *columns, int from)
{
    int next = from;
    for (size_t i = 0; is_column(columns, i); i++) {
        int candidate = columns->items[i].from;
        if (candidate > from && (next == from || candidate < next)) next = candidate;
    }
    return next;
}

static void grow(const struct columns *columns, struct layout *layout, int width)
{
    int weights[COLUMNS_MAX] = {0};
    for (size_t i = 0; is_column(columns, i); i++)
        if (!layout->at[i].is_stub) weights[i] = columns->items[i].grow;
    share(layout, weights, room(columns, layout, width));
}

static void set_places(const struct columns *columns, struct layout *layout, int width)
{
    int x = left_of(columns, width);
    layout->bar = columns->marks ? (is_narrow(width) ? 0 : 1) : columns->left - 2;
    layout->mark = layout->bar + 2;
    layout->menu = -1;
    for (size_t i = 0; is_column(columns, i); i++) {
        bool is_menu = columns->items[i].cell == columns_menu_cell;
        if (layout->at[i].width) x += gap_of(columns, i, width);
        layout->at[i].x = x;
        x += layout->at[i].width;
        if (is_menu) layout->menu = layout->at[i].x;
        if (is_menu && !layout->at[i].width)
            layout->menu = layout->at[0].x + layout->at[0].width - 1;
    }
}

void columns_lay_out(const struct columns *columns, int width, struct layout *layout)
{
    *layout = (struct layout){0};
    for (size_t i = 0; is_column(columns, i); i++) {
        layout->at[i].width = columns->items[i].least;
        if (width < columns->items[i].from) drop(columns, layout, i);
    }
    while (room(columns, layout, width) < 0 && drop_one(columns, layout))
        ;
    squeeze(columns, layout, -room(columns, layout, width));
    int from = 0, next;
    widen(columns, layout, from, width);
    for (; (next = next_from(columns, from)) != from; from = next)
        widen(columns, layout, next, width);
    if (room(columns, layout, width) > 0) grow(columns, layout, width);
    set_places(columns, layout, width);
}

static void measure_cell(const struct column *column, void *owner, const void *item, int *width)
{
    struct cell cell = {.width = column->best > column->least ? column->best : column->least,
                        .text = "",
                        .role = column->role};
    column->cell(owner, item, &cell);
    int need = (int)text_width(cell.text);
    if (need > *width) *width = need;
}

void columns_measure(const struct columns *columns, void *owner, const void *item,
                     struct column_needs *needs)
{
    for (size_t i = 0; is_column(columns, i); i++)
        measure_cell(&columns->items[i], owner, item, &needs->widths[i]);
}

void columns_measure_texts(const struct columns *columns, void *owner, const void *item,
                           struct column_needs *needs)
{
    for (size_t i = 0; is_column(columns, i); i++)
        if (columns->items[i].grow)
            measure_cell(&columns->items[i], owner, item, &needs->widths[i]);
}

/* With its head. */
static int need_of(const struct column *column, int text)
{
    const char *title = column->brief ? column->brief : column->title;
    int head = title ? (int)text_width(title) : 0;
    return head > text ? head : text;
}

void columns_fit(const struct columns *columns, const struct column_needs *needs, int width,
                 struct layout *layout)
{
    for (;;) {
        size_t cut = COLUMNS_MAX, wide = COLUMNS_MAX;
        for (size_t i = 0; is_column(columns, i); i++) {
            int over = layout->at[i].width - need_of(&columns->items[i], needs->widths[i]);
            if (!layout->at[i].width || layout->at[i].is_stub) continue;
            if (over < 0 && cut == COLUMNS_MAX) cut = i;
            if (over > 0 && wide == COLUMNS_MAX) wide = i;
        }
        if (cut == COLUMNS_MAX || wide == COLUMNS_MAX) break;
        layout->at[wide].width--;
        layout->at[cut].width++;
    }
    set_places(columns, layout, width);
}

int columns_width(const struct columns *columns, const struct column_needs *needs)
{
    int width = left_of(columns, COLUMNS_NARROW_BELOW) + columns->right + EDGE;
    for (size_t i = 0; is_column(columns, i); i++) {
        const struct column *column = &columns->items[i];
        int best = column->best > column->least ? column->best : column->least;
        int need = need_of(column, needs->widths[i]);
        width += gap_of(columns, i, COLUMNS_NARROW_BELOW) + (need > best ? need : best);
    }
    return width;
}

/* A ⋮ that follows closely is not to touch the text. */
static int need_of_text(const struct columns *columns, const struct column_needs *needs, size_t i)
{
    bool last = !is_column(columns, i + 1);
    const struct column *next = &columns->items[last ? i : i + 1];
    bool touches = !last && next->cell == columns_menu_cell && !next->gap;
    return need_of(&columns->items[i], needs->widths[i]) + touches;
}

/* The text column that lacks most of its width; COLUMNS_MAX: none does. */
static size_t most_cut(const struct columns *columns, const struct column_needs *needs,
                       const struct layout *layout)
{
    size_t found = COLUMNS_MAX;
    int most = 0;
    for (size_t i = 0; is_column(columns, i); i++) {
        int lacks = need_of_text(columns, needs, i) - layout->at[i].width;
        if (!columns->items[i].grow || !layout->at[i].width || lacks <= most) continue;
        most = lacks;
        found = i;
    }
    return found;
}

void columns_fit_texts(const struct columns *columns, const struct column_needs *needs, int width,
                       struct layout *layout)
{
    int spare = room(columns, layout, width);
    for (size_t i = 0; is_column(columns, i); i++) {
        int over = layout->at[i].width - need_of_text(columns, needs, i);
        if (!columns->items[i].grow || layout->at[i].is_stub || over <= 0) continue;
        layout->at[i].width -= over;
        spare += over;
    }
    for (size_t i; spare > 0 && (i = most_cut(columns, needs, layout)) < COLUMNS_MAX; spare--)
        layout->at[i].width++;
    set_places(columns, layout, width);
}

/* Where the head of column `i` must end: one blank before the next head. */
static int head_end(const struct columns *columns, const struct layout *layout, size_t i)
{
    int end = layout->at[i].x + layout->at[i].width;
    for (size_t next = i + 1; is_column(columns, next); next++)
        if (layout->at[next].width && columns->items[next].title)
            return layout->at[next].x - 1 > end ? layout->at[next].x - 1 : end;
    return end;
}

static void draw_head(const struct columns *columns, const struct layout *layout,
                      const struct canvas *canvas, int row, size_t i, const char *arrow)
{
    const struct column *column = &columns->items[i];
    char text[64];
    int x = layout->at[i].x, end = head_end(columns, layout, i);
    const char *title = column->title;
    int more = *arrow ? 1 : 0;
    if ((int)text_width(title) + more > end - x && column->brief) title = column->brief;
    int width = (int)text_width(title), blanks = layout->at[i].width - width;
    if (x + blanks + width + more > end) blanks = end - x - width - more; /* the arrow is last */
    if (column->align == COLUMN_RIGHT && blanks > 0) x += blanks;
    int cut = *arrow && width + 1 > end - x ? end - x - 1 : width;
    snprintf(text, sizeof text, "%.*s%s%s", cut < 0 ? 0 : cut, title,
             *arrow && width + 2 <= end - x ? " " : "", arrow);
    struct canvas spot = canvas_part(canvas, row, x, 1, end - x);
    draw_text(&spot, 0, 0, *arrow ? ROLE_ACCENT : ROLE_MUTED, text);
}

void columns_draw_heads(const struct columns *columns, const struct layout *layout,
                        const struct canvas *canvas, int row, int sort, bool descending)
{
    for (size_t i = 0; is_column(columns, i); i++) {
        const struct column *column = &columns->items[i];
        bool here = column->sort.label && column->sort.number == sort;
        if (!column->title || !layout->at[i].width || layout->at[i].is_stub) continue;
        draw_head(columns, layout, canvas, row, i,
                  here ? text_glyph(descending ? GLYPH_DOWN : GLYPH_UP) : "");
    }
}

static void draw_matches(const struct cell *cell, const struct canvas *spot)
{
    char part[1024];
    if ((int)text_width(cell->text) > spot->columns) return;
    for (size_t i = 0; i < cell->match_count; i++) {
        size_t start = cell->matches[i].start, length = cell->matches[i].length;
        if (start + length >= sizeof part) continue;
        snprintf(part, sizeof part, "%.*s", (int)start, cell->text);
        int x = (int)text_width(part);
        snprintf(part, sizeof part, "%.*s", (int)length, cell->text + start);
        draw_underline(spot, 0, x, (int)text_width(part), ROLE_TEXT);
    }
}

/* Each change of the role costs bytes in every row. Blanks have the column's, whatever the text
 * has, unless the text has that of the next column. */
static enum role role_of_blanks(const struct columns *columns, const struct layout *layout,
                                size_t i, const struct cell *cell)
{
    for (size_t next = i + 1; is_column(columns, next); next++)
        if (layout->at[next].width)
            return columns->items[next].role == cell->role ? cell->role : columns->items[i].role;
    return columns->items[i].role;
}

static void draw_cell_of(const struct column *column, const struct cell *cell,
                         enum role blanks_role, const struct canvas *canvas)
{
    struct canvas spot = *canvas;
    if (cell->field) {
        field_draw(cell->field, &spot, 0, 0, spot.columns, 1, true);
        return;
    }
    if (cell->role != blanks_role) {
        int width = (int)text_width(cell->text), blanks = spot.columns - width;
        draw_cell(&spot, 0, 0, spot.columns, blanks_role, "");
        if (blanks > 0)
            spot = canvas_part(&spot, 0, column->align == COLUMN_RIGHT ? blanks : 0, 1, width);
    }
    switch (column->align) {
    case COLUMN_LEFT:
        draw_cell(&spot, 0, 0, spot.columns, cell->role, cell->text);
        break;
    case COLUMN_RIGHT:
        draw_cell_right(&spot, 0, 0, spot.columns, cell->role, cell->text);
        break;
    case COLUMN_MIDDLE:
        draw_cell_middle(&spot, 0, 0, spot.columns, cell->role, cell->text);
        break;
    }
    draw_matches(cell, &spot);
}

/* The blanks between two columns have their role if they share one. */
static void draw_gap(const struct columns *columns, const struct layout *layout,
                     const struct canvas *canvas, int row, size_t before, enum role last, size_t i)
{
    int end = layout->at[before].x + layout->at[before].width;
    enum role role = columns->items[i].role;
    if (role != ROLE_TEXT && last == role)
        draw_cell(canvas, row, end, layout->at[i].x - end, role, "");
}

/* What was shown of it last is dimmed; its state says why. */
static void mark_gone(const struct column *column, struct cell *cell)
{
    enum { WORD = 7, GLYPH_AND_WORD = 9 };
    cell->role = column->is_state ? ROLE_BAD : ROLE_MUTED;
    if (!column->is_state) return;
    cell->match_count = 0;
    cell_format(cell, "%s%s",
                cell->width >= GLYPH_AND_WORD || cell->width < WORD ? text_glyph(GLYPH_DEAD) : "",
                cell->width >= GLYPH_AND_WORD ? " deleted"
                : cell->width >= WORD         ? "deleted"
                                              : "");
}

static void draw_row(const struct columns *columns, const struct layout *layout,
                     const struct canvas *canvas, int row, void *owner, const void *item, bool gone)
{
    size_t before = COLUMNS_MAX;
    enum role last = ROLE_TEXT; /* of the blanks at the end of that one */
    for (size_t i = 0; is_column(columns, i); i++) {
        const struct column *column = &columns->items[i];
        if (!layout->at[i].width) continue;
        struct cell cell = {.width = layout->at[i].width,
                            .narrow = is_narrow(canvas->columns),
                            .text = "",
                            .role = column->role};
        column->cell(owner, item, &cell);
        if (gone) mark_gone(column, &cell);
        if (before < COLUMNS_MAX) draw_gap(columns, layout, canvas, row, before, last, i);
        if (cell.spans) cell.width = canvas->columns - EDGE - layout->at[i].x;
        struct canvas spot = canvas_part(canvas, row, layout->at[i].x, 1, cell.width);
        last = role_of_blanks(columns, layout, i, &cell);
        draw_cell_of(column, &cell, last, &spot);
        if (cell.spans) return;
        before = i;
    }
}

void columns_draw_row(const struct columns *columns, const struct layout *layout,
                      const struct canvas *canvas, int row, void *owner, const void *item)
{
    draw_row(columns, layout, canvas, row, owner, item, false);
}

void columns_draw_gone(const struct columns *columns, const struct layout *layout,
                       const struct canvas *canvas, int row, void *owner, const void *item)
{
    draw_row(columns, layout, canvas, row, owner, item, true);
}
