#include "ui/kit/field.h"

#include "ui/terminal/input.h"

#include <gatehouse/text.h>
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
    return field->text ? OK : fail(ERR_SYSTEM, "out of memory");
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

void field_set(struct field *field, const char *text)
{
    resized(field, 0);
    field->at = field->left = 0;
    enum field_effect ignored = field_paste(field, text, strlen(text));
    (void)ignored;
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

static size_t encode(int key, char out[static 5])
{
    unsigned code = (unsigned)key;
    size_t size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = size - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(lead[size] | code);
    out[size] = 0;
    return size;
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

static enum field_effect edit(struct field *field, int key)
{
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
    if (!key_is_text(key)) return edit(field, key);
    char bytes[5];
    size_t size = encode(key, bytes);
    if (!text_is_printable(bytes, false) && text_width(bytes)) {
        explicit_bzero(bytes, sizeof bytes);
        return FIELD_FULL;
    }
    bool fits = insert(field, bytes, size);
    explicit_bzero(bytes, sizeof bytes);
    return fits ? FIELD_CHANGED : FIELD_FULL;
}

enum field_effect field_paste(struct field *field, const char *bytes, size_t size)
{
    enum field_effect effect = FIELD_MOVED;
    char one[64];
    for (size_t i = 0; i < size;) {
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
