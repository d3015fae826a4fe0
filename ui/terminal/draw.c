#include "ui/terminal/draw.h"

#include "ui/terminal/curses.h"
#include "ui/terminal/output.h"

#include <assert.h>
#include <gatehouse/ascii.h>
#include <gatehouse/text.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { LINE_SIZE = 4096, CELLS_MAX = LINE_SIZE / 5 };

/* Signs in the program's own sentences, and what replaces them on ASCII terminals. */
static const struct {
    const char *sign, *plain;
    bool rare; /* replaced where the font is poor, too */
} signs[] = {
    {"·", "-", false}, {"…", "~", false}, {"“", "\"", false}, {"”", "\"", false}, {"×", "x", false},
    {"↑", "^", false}, {"↓", "v", false}, {"←", "<", false},  {"→", ">", false},  {"●", "*", false},
    {"○", "o", true},  {"✓", "+", true},  {"—", "-", false},
};

static size_t copy_plain(char *out, size_t size, const char *text)
{
    size_t used = 0;
    bool all = text_is_ascii();
    while (*text && used + 4 < size) {
        size_t i = 0, count = sizeof signs / sizeof *signs;
        while (i < count && (!(all || signs[i].rare) ||
                             strncmp(text, signs[i].sign, strlen(signs[i].sign)) != 0))
            i++;
        if (i < count) text += strlen(signs[i].sign) - 1;
        out[used++] = i < count ? *signs[i].plain : *text;
        text++;
    }
    out[used] = 0;
    return used;
}

void draw_size(int *rows, int *columns)
{
    *rows = LINES;
    *columns = COLS;
}

struct canvas draw_begin(const struct theme *theme, struct cursor *cursor)
{
    *cursor = (struct cursor){0};
    /* Blanks in the colours of text: switching back to the default costs bytes at every edge. */
    bkgdset((chtype)COLOR_PAIR(theme->pairs[ROLE_TEXT]));
    erase();
    return (struct canvas){.theme = theme,
                           .cursor = cursor,
                           .rows = LINES,
                           .columns = COLS,
                           .window = {.bottom = LINES}};
}

void draw_end(const struct cursor *cursor)
{
    output_begin_frame();
    curs_set(cursor->visible ? 1 : 0);
    move(cursor->row, cursor->column);
    refresh();
    output_end_frame();
}

void draw_everything(void)
{
    clearok(curscr, TRUE);
}

/* The screen's row of a canvas row, or -1. */
static int row_of(const struct canvas *canvas, int row)
{
    int y = canvas->top + row;
    bool inside = row >= 0 && row < canvas->rows;
    return inside && y >= canvas->window.top && y < canvas->window.bottom ? y : -1;
}

static int room(const struct canvas *canvas, int column, int columns)
{
    int left = canvas->columns - column;
    if (column < 0 || left < 0) return 0;
    if (left > CELLS_MAX) left = CELLS_MAX;
    return columns < left ? columns : left;
}

/* A cell of the role, without what stands in it. Pair 0 stands for the colours of text, as it does
 * where curses puts text on the background of draw_begin. */
static cchar_t cell_of(const struct canvas *canvas, enum role role)
{
    const struct theme *theme = canvas->theme;
    cchar_t cell;
    unsigned attributes = theme->attributes[role] ^ (canvas->lit ? theme->lit_reverse : 0);
    short pair = canvas->lit ? theme->lit[role] : theme->pairs[role];
    setcchar(&cell, L" ", attributes, pair ? pair : theme->pairs[ROLE_TEXT], NULL);
    return cell;
}

/* A field is a line to write on, where the terminal underlines nothing, too. */
static wchar_t blank_of(const struct canvas *canvas, enum role role)
{
    bool line = canvas->theme->lacks_underline && (role == ROLE_FIELD || role == ROLE_FOCUS);
    return line ? L'_' : L' ';
}

/* The same sign in each of `count` cells. */
static void put_line(int y, int x, cchar_t cell, wchar_t sign, int count)
{
    cchar_t cells[CELLS_MAX];
    cell.chars[0] = sign;
    for (int i = 0; i < count; i++)
        cells[i] = cell;
    if (count > 0) (mvadd_wchnstr)(y, x, cells, count);
}

/* Whole cells are much faster than text, at each character of which curses looks. False: a
 * character does not take just one cell. */
static bool put_cells(int y, int x, const cchar_t *cell, const char *text)
{
    cchar_t cells[CELLS_MAX];
    mbstate_t state = {0};
    int count = 0;
    while (*text && count < CELLS_MAX) {
        wchar_t sign = (unsigned char)*text;
        bool plain = sign < 0x80;
        size_t size = plain ? 1 : mbrtowc(&sign, text, MB_LEN_MAX, &state);
        if (size > MB_LEN_MAX || (!plain && wcwidth(sign) != 1)) break;
        cells[count] = *cell;
        cells[count++].chars[0] = sign;
        text += size;
    }
    if (!*text) (mvadd_wchnstr)(y, x, cells, count);
    explicit_bzero(cells, (size_t)count * sizeof *cells);
    return !*text;
}

static void put_text(int y, int x, const cchar_t *cell, const char *text)
{
    if (!*text || put_cells(y, x, cell, text)) return;
    wchar_t blank[CCHARW_MAX + 1];
    attr_t attributes;
    short pair;
    getcchar(cell, blank, &attributes, &pair, NULL);
    attr_set(attributes, pair, NULL);
    (mvaddstr)(y, x, text);
    attr_set(0, 0, NULL);
}

enum side { LEFT, RIGHT, MIDDLE };

static int put(const struct canvas *canvas, int row, int column, int columns, enum role role,
               const char *text, enum side side, bool pad)
{
    char line[LINE_SIZE], plain[LINE_SIZE];
    int y = row_of(canvas, row);
    assert(!canvas->whole || row < canvas->rows);
    columns = room(canvas, column, columns);
    if (columns <= 0 || (y < 0 && pad)) return 0;
    if (text_is_ascii() || text_has_poor_font()) {
        copy_plain(plain, sizeof plain, text);
        text = plain;
    }
    size_t width = (size_t)columns;
    size_t used = side == MIDDLE ? text_visible_middle(line, sizeof line, text, width)
                                 : text_visible(line, sizeof line, text, width);
    int blanks = columns - (int)used;
    if (y < 0) return (int)used;
    const cchar_t cell = cell_of(canvas, role);
    const int x = canvas->left + column, shift = side == RIGHT && pad ? blanks : 0;
    if (pad) put_line(y, shift ? x : x + (int)used, cell, blank_of(canvas, role), blanks);
    put_text(y, x + shift, &cell, line);
    explicit_bzero(line, strlen(line)); /* it may be a secret, and the stack is not overwritten */
    if (text == plain) explicit_bzero(plain, strlen(plain));
    return (int)used;
}

struct canvas canvas_part(const struct canvas *canvas, int row, int column, int rows, int columns)
{
    struct canvas part = *canvas;
    if (rows > canvas->rows - row) rows = canvas->rows - row;
    if (columns > canvas->columns - column) columns = canvas->columns - column;
    part.whole = false;
    part.top += row;
    part.left += column;
    part.rows = rows < 0 ? 0 : rows;
    part.columns = columns < 0 ? 0 : columns;
    return part;
}

struct canvas canvas_scrolled(const struct canvas *canvas, int rows, int scroll)
{
    struct canvas scrolled = *canvas;
    int top = canvas->top, bottom = canvas->top + canvas->rows;
    if (scrolled.window.top < top) scrolled.window.top = top;
    if (scrolled.window.bottom > bottom) scrolled.window.bottom = bottom;
    scrolled.top -= scroll;
    scrolled.rows = rows;
    scrolled.whole = true;
    return scrolled;
}

struct canvas canvas_measure(const struct canvas *canvas, int rows, struct cursor *cursor)
{
    struct canvas unseen = *canvas;
    *cursor = (struct cursor){0};
    unseen.cursor = cursor;
    unseen.top = unseen.window.top = unseen.window.bottom = 0;
    unseen.rows = rows;
    return unseen;
}

void draw_cell(const struct canvas *canvas, int row, int column, int columns, enum role role,
               const char *text)
{
    put(canvas, row, column, columns, role, text, LEFT, true);
}

void draw_cell_right(const struct canvas *canvas, int row, int column, int columns, enum role role,
                     const char *text)
{
    put(canvas, row, column, columns, role, text, RIGHT, true);
}

void draw_cell_middle(const struct canvas *canvas, int row, int column, int columns, enum role role,
                      const char *text)
{
    put(canvas, row, column, columns, role, text, MIDDLE, true);
}

int draw_text(const struct canvas *canvas, int row, int column, enum role role, const char *text)
{
    return put(canvas, row, column, INT_MAX, role, text, LEFT, false);
}

int draw_format(const struct canvas *canvas, int row, int column, enum role role,
                const char *format, ...)
{
    char line[LINE_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    return draw_text(canvas, row, column, role, line);
}

int draw_glyph(const struct canvas *canvas, int row, int column, enum role role, int glyph)
{
    return draw_text(canvas, row, column, role, text_glyph((enum glyph)glyph));
}

void draw_underline(const struct canvas *canvas, int row, int column, int columns, enum role role)
{
    int y = row_of(canvas, row);
    columns = room(canvas, column, columns);
    if (y < 0 || columns <= 0) return;
    unsigned mark = canvas->theme->lacks_underline ? A_REVERSE : A_UNDERLINE;
    const struct theme *theme = canvas->theme;
    unsigned attributes = theme->attributes[role] ^ (canvas->lit ? theme->lit_reverse : 0);
    short pair = canvas->lit ? theme->lit[role] : theme->pairs[role];
    (mvchgat)(y, canvas->left + column, columns, attributes ^ mark, pair, NULL);
}

void draw_clear(const struct canvas *canvas)
{
    for (int row = 0; row < canvas->rows; row++)
        put(canvas, row, 0, canvas->columns, ROLE_TEXT, "", LEFT, true);
}

struct canvas canvas_row(const struct canvas *canvas, int row, bool lit, int bar)
{
    struct canvas line = canvas_part(canvas, row, 0, 1, canvas->columns);
    line.lit = lit;
    if (!lit) return line;
    draw_clear(&line);
    draw_glyph(&line, 0, bar, ROLE_CURSOR, GLYPH_CURSOR);
    return line;
}

static void draw_line(const struct canvas *canvas, int row, int column, int columns, enum role role)
{
    int y = row_of(canvas, row);
    wchar_t sign = L' ';
    mbtowc(&sign, text_glyph(GLYPH_LINE), MB_LEN_MAX);
    columns = room(canvas, column, columns);
    if (y >= 0) put_line(y, canvas->left + column, cell_of(canvas, role), sign, columns);
}

void draw_rule(const struct canvas *canvas, int row, const char *left, const char *right,
               bool focused)
{
    draw_line(canvas, row, 0, canvas->columns, ROLE_BORDER);
    if (*left) {
        draw_cell(canvas, row, 2, (int)text_width(left) + 2, ROLE_TEXT, "");
        draw_text(canvas, row, 3, focused ? ROLE_ACCENT : ROLE_BOLD, left);
    }
    int width = (int)text_width(right);
    int column = canvas->columns - width - 4;
    if (*right && column > (int)text_width(left) + 5) {
        draw_cell(canvas, row, column, width + 2, ROLE_TEXT, "");
        draw_text(canvas, row, column + 1, ROLE_MUTED, right);
    }
}

struct canvas draw_box(const struct canvas *canvas, const char *title, bool destroys)
{
    int bottom = canvas->rows - 1, right = canvas->columns - 1;
    enum role frame = destroys ? ROLE_DANGER : ROLE_BORDER;
    enum role role = destroys ? ROLE_DANGER_TITLE : ROLE_BOLD;
    draw_clear(canvas);
    draw_line(canvas, 0, 1, right - 1, frame);
    draw_line(canvas, bottom, 1, right - 1, frame);
    for (int row = 1; row < bottom; row++) {
        draw_glyph(canvas, row, 0, frame, GLYPH_BAR);
        draw_glyph(canvas, row, right, frame, GLYPH_BAR);
    }
    draw_glyph(canvas, 0, 0, frame, GLYPH_TOP_LEFT);
    draw_glyph(canvas, 0, right, frame, GLYPH_TOP_RIGHT);
    draw_glyph(canvas, bottom, 0, frame, GLYPH_BOTTOM_LEFT);
    draw_glyph(canvas, bottom, right, frame, GLYPH_BOTTOM_RIGHT);
    if (title && *title && canvas->columns > 8) {
        struct canvas top = canvas_part(canvas, 0, 1, 1, canvas->columns - 3);
        int used = draw_format(&top, 0, 0, role, " %s", title);
        draw_text(&top, 0, used, role, " ");
    }
    return canvas_part(canvas, 1, 2, canvas->rows - 2, canvas->columns - 4);
}

int draw_button(const struct canvas *canvas, int row, int column, const char *label, bool focused)
{
    int width =
        draw_format(canvas, row, column, focused ? ROLE_SELECTED : ROLE_TEXT, "[ %s ]", label);
    if (focused) draw_cursor(canvas, row, column, false);
    return width;
}

void draw_cursor(const struct canvas *canvas, int row, int column, bool visible)
{
    bool inside = row >= 0 && row < canvas->rows && column >= 0 && column < canvas->columns;
    if (inside)
        *canvas->cursor = (struct cursor){canvas->top + row, canvas->left + column, true, visible};
}

/* The bytes of the next line: as many words as fit `columns`; *next is where the following one
 * starts. */
static size_t line_take(const char *text, int columns, const char **next)
{
    size_t at = 0, blank = 0, used = 0;
    while (text[at] && text[at] != '\n') {
        char one[64];
        size_t step = text_next(text + at);
        if (step >= sizeof one) step = sizeof one - 1;
        memcpy(one, text + at, step);
        one[step] = 0;
        if (text[at] == ' ') blank = at;
        used += text_width(one);
        if (used > (size_t)columns) {
            size_t cut = text[at] == ' ' ? at : blank ? blank : at ? at : step;
            *next = text + cut + (text[cut] == ' ' ? 1 : 0);
            return cut;
        }
        at += step;
    }
    *next = text + at + (text[at] == '\n' ? 1 : 0);
    return at;
}

int draw_wrapped(const struct canvas *canvas, int row, int column, int columns, enum role role,
                 const char *text)
{
    int rows = 0;
    if (columns < 1) return 0;
    while (*text) {
        const char *line = text;
        char copy[2048];
        size_t size = line_take(text, columns, &text);
        snprintf(copy, sizeof copy, "%.*s", (int)size, line);
        draw_cell(canvas, row + rows++, column, columns, role, copy);
    }
    return rows;
}

/* The columns that bytes from `from` to `to` of a line take, in `*at` those before them. */
static int columns_of(const char *line, size_t from, size_t to, int *at)
{
    char copy[LINE_SIZE];
    snprintf(copy, sizeof copy, "%.*s", (int)from, line);
    *at = (int)text_width(copy);
    snprintf(copy, sizeof copy, "%.*s", (int)(to - from), line + from);
    return (int)text_width(copy);
}

/* The part of a match that is in this line of the text: bytes `from` to `to` of the line. */
static void draw_match(const struct canvas *canvas, int row, int column, const char *line,
                       size_t from, size_t to, enum role role, bool present)
{
    char part[LINE_SIZE];
    int at, columns = columns_of(line, from, to, &at);
    snprintf(part, sizeof part, "%.*s", (int)(to - from), line + from);
    if (present)
        draw_text(canvas, row, column + at, ROLE_SELECTED, part);
    else
        draw_underline(canvas, row, column + at, columns, role);
}

/* The matches in a text that begin or end in bytes `first` to `end`, which are one of its lines. */
static void draw_matches(const struct canvas *canvas, int row, int column, enum role role,
                         const char *text, size_t first, size_t end, const struct sought *sought)
{
    const size_t size = strlen(sought->text);
    int nth = sought->count;
    for (const char *found = text; (found = ascii_casestr(found, sought->text)); found += size) {
        size_t from = (size_t)(found - text), to = from + size;
        bool present = nth++ == sought->present;
        if (present && from >= first && from < end) {
            int at;
            columns_of(text + first, from - first, to - first, &at);
            draw_cursor(canvas, row, column + at, false);
        }
        if (from < first) from = first;
        if (to > end) to = end;
        if (from < to)
            draw_match(canvas, row, column, text + first, from - first, to - first, role, present);
    }
}

int draw_wrapped_found(const struct canvas *canvas, int row, int column, int columns,
                       enum role role, const char *text, struct sought *sought)
{
    int rows = draw_wrapped(canvas, row, column, columns, role, text), line = 0;
    const char *next = text;
    if (columns < 1 || !*sought->text) return rows;
    while (*next) {
        size_t first = (size_t)(next - text), size = line_take(next, columns, &next);
        draw_matches(canvas, row + line++, column, role, text, first, first + size, sought);
    }
    for (const char *found = text; (found = ascii_casestr(found, sought->text));
         found += strlen(sought->text))
        sought->count++;
    return rows;
}

int draw_wrapped_rows(const char *text, int columns)
{
    int rows = 0;
    if (columns < 1) return 0;
    while (*text) {
        line_take(text, columns, &text);
        rows++;
    }
    return rows;
}
