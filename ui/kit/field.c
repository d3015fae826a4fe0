#include "ui/kit/field.h"

#include "ui/terminal/input.h"
#include "ui/terminal/key.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t room(const struct field *field)
{
    return field->max * 4;
}

enum error field_init(struct field *field, size_t max, bool lines)
{
    *field = (struct field){.max = max, .lines = lines};
    field->text = calloc(1, room(field) + 1);
    return field->text ? OK : fail_memory();
}

enum error field_init_secret(struct field *field, size_t max)
{
    *field = (struct field){.max = max};
    enum error e = secret_new(room(field), &field->secret);
    if (e) return e;
    field->text = field->secret->bytes;
    field->text[0] = 0;
    return OK;
}

void field_free(struct field *field)
{
    if (field->secret) {
        secret_free(field->secret);
    } else if (field->text) {
        explicit_bzero(field->text, room(field));
        free(field->text);
    }
    *field = (struct field){0};
}

static void resized(struct field *field, size_t size)
{
    field->size = size;
    field->text[size] = 0;
    if (field->secret) field->secret->size = size;
}

static enum field_effect put_in(struct field *field, const char *bytes, size_t size);

void field_set(struct field *field, const char *text)
{
    resized(field, 0);
    field->at = field->left = 0;
    field->is_proposal = false;
    enum field_effect ignored = put_in(field, text, strlen(text));
    (void)ignored;
}

void field_propose(struct field *field, const char *text)
{
    field_set(field, text);
    field->is_proposal = field->size > 0;
}

/* Before something is typed or deleted. */
static void drop_proposal(struct field *field)
{
    if (field->is_proposal) field_set(field, "");
}

enum error field_take_secret(struct field *field, struct secret **out)
{
    struct secret *fresh;
    enum error e = secret_new(room(field), &fresh);
    if (e) return e;
    *out = field->secret;
    field->secret = fresh;
    field->text = fresh->bytes;
    field->at = field->left = 0;
    resized(field, 0);
    return OK;
}

static bool insert(struct field *field, const char *bytes, size_t size)
{
    if (field->size + size > room(field) || text_length(field->text) >= field->max) return false;
    memmove(field->text + field->at + size, field->text + field->at, field->size - field->at);
    memcpy(field->text + field->at, bytes, size);
    field->at += size;
    resized(field, field->size + size);
    return true;
}

static void cut(struct field *field, size_t from, size_t to)
{
    memmove(field->text + from, field->text + to, field->size - to);
    size_t size = field->size - (to - from);
    explicit_bzero(field->text + size, to - from);
    field->at = from;
    resized(field, size);
}

static size_t line_start(const struct field *field)
{
    size_t at = field->at;
    while (at > 0 && field->text[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_end(const struct field *field)
{
    size_t at = field->at;
    while (at < field->size && field->text[at] != '\n')
        at++;
    return at;
}

static size_t word_start(const struct field *field)
{
    size_t at = field->at;
    while (at > 0 && field->text[at - 1] == ' ')
        at--;
    while (at > 0 && field->text[at - 1] != ' ' && field->text[at - 1] != '\n')
        at--;
    return at;
}

/* ↑ and ↓ of the lines as they were typed; the column is kept in bytes, at a character's edge. */
static bool move_line(struct field *field, bool down)
{
    size_t start = line_start(field), column = field->at - start;
    if (down ? line_end(field) == field->size : start == 0) return false;
    field->at = down ? line_end(field) + 1 : start - 1;
    start = line_start(field);
    field->at = start;
    size_t end = line_end(field);
    while (field->at < end && field->at - start < column)
        field->at += text_next(field->text + field->at);
    return true;
}

static enum field_effect erase_range(struct field *field, size_t from, size_t to)
{
    if (from == to) return FIELD_MOVED;
    cut(field, from, to);
    return FIELD_CHANGED;
}

static enum field_effect move_to(struct field *field, size_t at)
{
    field->at = at;
    return FIELD_MOVED;
}

static bool deletes(int key)
{
    return key == UI_BACKSPACE || key == UI_DELETE || key == UI_CTRL('U') || key == UI_CTRL('K') ||
           key == UI_CTRL('W');
}

static enum field_effect edit(struct field *field, int key)
{
    if (field->is_proposal && deletes(key)) {
        drop_proposal(field);
        return FIELD_CHANGED;
    }
    size_t at = field->at;
    switch (key) {
    case UI_BACKSPACE:
        return erase_range(field, at - text_previous(field->text, at), at);
    case UI_DELETE:
        return erase_range(field, at, at + text_next(field->text + at));
    case UI_CTRL('U'):
        return erase_range(field, line_start(field), at);
    case UI_CTRL('K'):
        return erase_range(field, at, line_end(field));
    case UI_CTRL('W'):
        return erase_range(field, word_start(field), at);
    case UI_LEFT:
        return move_to(field, at - text_previous(field->text, at));
    case UI_RIGHT:
        return move_to(field, at + text_next(field->text + at));
    case UI_HOME:
    case UI_CTRL('A'):
        return move_to(field, line_start(field));
    case UI_END:
    case UI_CTRL('E'):
        return move_to(field, line_end(field));
    default:
        return FIELD_PASSED;
    }
}

enum field_effect field_key(struct field *field, int key)
{
    if (field->lines && key == UI_ENTER) return insert(field, "\n", 1) ? FIELD_CHANGED : FIELD_FULL;
    if (field->lines && (key == UI_UP || key == UI_DOWN))
        return move_line(field, key == UI_DOWN) ? FIELD_MOVED : FIELD_PASSED;
    if (!key_is_text(key)) {
        enum field_effect effect = edit(field, key);
        if (effect != FIELD_PASSED) field->is_proposal = false;
        return effect;
    }
    char bytes[5];
    size_t size = key_encode(key, bytes);
    if (!text_is_printable(bytes, false) && text_width(bytes)) {
        explicit_bzero(bytes, sizeof bytes);
        return FIELD_FULL;
    }
    drop_proposal(field);
    bool fits = insert(field, bytes, size);
    explicit_bzero(bytes, sizeof bytes);
    return fits ? FIELD_CHANGED : FIELD_FULL;
}

/* The bytes of a control sequence (`ESC [ 3 1 m`) at the start of a text; 0: there is none. */
static size_t sequence_size(const char *bytes, size_t size)
{
    size_t at = 2;
    if (size < 2 || bytes[0] != UI_ESC || bytes[1] != '[') return 0;
    while (at < size && bytes[at] >= ' ' && bytes[at] < '@')
        at++;
    return at < size ? at + 1 : size;
}

static enum field_effect put_in(struct field *field, const char *bytes, size_t size)
{
    enum field_effect effect = FIELD_MOVED;
    char one[64];
    drop_proposal(field);
    for (size_t i = 0; i < size;) {
        size_t sequence = sequence_size(bytes + i, size - i);
        i += sequence;
        if (sequence) continue;
        size_t step = (unsigned char)bytes[i] < 0x80 ? 1 : text_next(bytes + i);
        if (step == 0 || step > size - i) step = 1;
        bool line = bytes[i] == '\n' || bytes[i] == '\r';
        if (bytes[i] == '\r' && i + 1 < size && bytes[i + 1] == '\n') step = 2;
        const char *from = bytes + i;
        i += step;
        if (step >= sizeof one) continue;
        memcpy(one,
               line            ? field->lines ? "\n" : " "
               : *from == '\t' ? " "
                               : from,
               line || *from == '\t' ? 1 : step);
        one[line || *from == '\t' ? 1 : step] = 0;
        if (!text_is_printable(one, field->lines)) continue;
        if (!insert(field, one, strlen(one))) {
            effect = FIELD_FULL;
            break;
        }
        effect = FIELD_CHANGED;
    }
    explicit_bzero(one, sizeof one);
    return effect;
}

enum field_effect field_press(struct field *field, struct input *input, int key)
{
    size_t size;
    if (key != UI_PASTE) return field_key(field, key);
    const char *paste = input_paste(input, &size);
    return put_in(field, paste, size);
}

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

/* The end of the row that begins at `from`: at a line break, or where the columns are used up. With
 * many lines it is after a blank rather than in a word. */
static size_t row_end(const struct field *field, size_t from, int columns)
{
    size_t at = from, word = 0;
    while (at < field->size && field->text[at] != '\n') {
        size_t next = at + text_next(field->text + at);
        if (next == at || width_between(field, from, next) > (size_t)columns)
            return field->lines && word ? word : at;
        at = next;
        if (field->text[at - 1] == ' ') word = at;
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
    if (!focused || !field->is_proposal) return;
    struct canvas lit = *canvas;
    lit.lit = true;
    draw_text(&lit, row, column, ROLE_TEXT, part);
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
