/* How a text field looks. */
#include "ui/kit/field.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <string.h>

enum { LINE_SIZE = 4096 };

static size_t width_between(const struct field *field, size_t from, size_t to)
{
    char part[LINE_SIZE];
    size_t size = to - from;
    if (size >= sizeof part) size = sizeof part - 1;
    if (field->secret) {
        size_t count = 0;
        for (size_t at = from; at < to; at += text_next(field->text + at))
            count++;
        return count;
    }
    memcpy(part, field->text + from, size);
    part[size] = 0;
    return text_width(part);
}

/* The end of the row that begins at `from`: at a line break, or where the columns are used up. */
static size_t row_end(const struct field *field, size_t from, int columns)
{
    size_t at = from;
    while (at < field->size && field->text[at] != '\n') {
        size_t next = at + text_next(field->text + at);
        if (next == at || width_between(field, from, next) > (size_t)columns) break;
        at = next;
    }
    return at;
}

static size_t row_next(const struct field *field, size_t end)
{
    return end < field->size && field->text[end] == '\n' ? end + 1 : end;
}

int field_rows(const struct field *field, int columns)
{
    int rows = 1;
    if (columns < 2) return rows;
    for (size_t at = 0;; rows++) {
        size_t end = row_end(field, at, columns - 1);
        if (end >= field->size) return rows;
        at = row_next(field, end);
    }
}

static void draw_part(const struct field *field, const struct canvas *canvas, int row, int column,
                      int columns, bool focused, size_t from, size_t to)
{
    char part[LINE_SIZE] = "";
    size_t size = to - from < sizeof part ? to - from : sizeof part - 1;
    if (field->secret) {
        size_t bullets = width_between(field, from, to), used = 0;
        const char *bullet = text_glyph(GLYPH_BULLET);
        while (bullets-- && used + 4 < sizeof part)
            used += (size_t)snprintf(part + used, sizeof part - used, "%s", bullet);
    } else {
        memcpy(part, field->text + from, size);
        part[size] = 0;
    }
    draw_cell(canvas, row, column, columns, focused ? ROLE_FOCUS : ROLE_FIELD, part);
}

/* Nothing stays hidden on the left while there is room on the right: after a deletion, or in a
 * terminal that grew. */
static void fill_room(struct field *field, int columns)
{
    while (field->left > 0) {
        size_t left = field->left - text_previous(field->text, field->left);
        if (width_between(field, left, field->size) >= (size_t)columns) return;
        field->left = left;
    }
}

static void draw_single(struct field *field, const struct canvas *canvas, int row, int column,
                        int columns, bool focused)
{
    if (!focused || field->at < field->left) field->left = 0;
    while (focused && field->left < field->at &&
           width_between(field, field->left, field->at) >= (size_t)columns)
        field->left += text_next(field->text + field->left);
    if (focused) fill_room(field, columns);
    size_t end = focused ? row_end(field, field->left, columns) : field->size;
    draw_part(field, canvas, row, column, columns, focused, field->left, end);
    if (focused)
        draw_cursor(canvas, row, column + (int)width_between(field, field->left, field->at), true);
}

static void draw_lines(struct field *field, const struct canvas *canvas, int row, int column,
                       int columns, int rows, bool focused)
{
    int cursor_row = 0, total = field_rows(field, columns);
    size_t at = 0;
    for (int i = 0; i < total; i++) {
        if (at <= field->at) cursor_row = i;
        at = row_next(field, row_end(field, at, columns - 1));
    }
    int first = focused && cursor_row >= rows ? cursor_row - rows + 1 : 0;
    at = 0;
    for (int i = 0; i < first + rows; i++) {
        size_t end = i < total ? row_end(field, at, columns - 1) : at;
        if (i >= first) {
            draw_part(field, canvas, row + i - first, column, columns, focused, at, end);
            if (focused && i == cursor_row)
                draw_cursor(canvas, row + i - first,
                            column + (int)width_between(field, at, field->at), true);
        }
        if (i < total - 1)
            at = row_next(field, end);
        else
            at = field->size;
    }
}

void field_draw(struct field *field, const struct canvas *canvas, int row, int column, int columns,
                int rows, bool focused)
{
    if (columns < 2) return;
    if (field->lines)
        draw_lines(field, canvas, row, column, columns, rows, focused);
    else
        draw_single(field, canvas, row, column, columns, focused);
}
