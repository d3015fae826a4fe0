/* What a screen looks like, as text. */
#include "terminal_inside.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOK_SIZE = 96 };

static VTermScreenCell cell_at(const struct terminal *terminal, int row, int column)
{
    VTermScreenCell cell;
    cr_assert(vterm_screen_get_cell(terminal->screen, (VTermPos){row, column}, &cell));
    return cell;
}

static bool is_second_half(const VTermScreenCell *cell)
{
    return cell->chars[0] == (uint32_t)-1;
}

static void put_text(struct terminal *terminal, FILE *out, int row)
{
    for (int column = 0; column < terminal->columns; column++) {
        char text[64];
        VTermScreenCell cell = cell_at(terminal, row, column);
        if (is_second_half(&cell)) continue;
        const VTermRect rect = {row, row + 1, column, column + cell.width};
        size_t size = vterm_screen_get_text(terminal->screen, text, sizeof text, rect);
        fprintf(out, "%.*s", size ? (int)size : 1, size ? text : " ");
    }
    fputs("|\n", out);
}

static void add(char look[static LOOK_SIZE], const char *word)
{
    size_t size = strlen(look);
    snprintf(look + size, LOOK_SIZE - size, " %s", word);
}

static void add_colour(char look[static LOOK_SIZE], const char *what, const VTermColor *colour)
{
    char word[16];
    if (VTERM_COLOR_IS_DEFAULT_FG(colour) || VTERM_COLOR_IS_DEFAULT_BG(colour)) return;
    if (VTERM_COLOR_IS_INDEXED(colour))
        snprintf(word, sizeof word, "%s%d", what, colour->indexed.idx);
    else
        snprintf(word, sizeof word, "%s#%02x%02x%02x", what, colour->rgb.red, colour->rgb.green,
                 colour->rgb.blue);
    add(look, word);
}

/* How a cell is drawn, "" if it is plain; false if nothing of it can be seen, however it is
 * drawn. */
static bool look_of(const struct terminal *terminal, int row, int column,
                    char look[static LOOK_SIZE])
{
    VTermScreenCell cell = cell_at(terminal, row, column);
    bool blank = cell.chars[0] == 0 || cell.chars[0] == ' ';
    bool lined = cell.attrs.underline || cell.attrs.reverse || cell.attrs.strike;
    *look = 0;
    if (is_second_half(&cell)) return false;
    if (cell.attrs.bold && !blank) add(look, "bold");
    if (cell.attrs.italic && !blank) add(look, "italic");
    if (cell.attrs.blink && !blank) add(look, "blink");
    if (cell.attrs.underline) add(look, "underline");
    if (cell.attrs.reverse) add(look, "reverse");
    if (cell.attrs.strike) add(look, "strike");
    if (!blank || lined) add_colour(look, "fg", &cell.fg);
    add_colour(look, "bg", &cell.bg);
    return !blank || *look;
}

struct run {
    int row, first, last;
    char look[LOOK_SIZE];
};

static void put_run(FILE *out, const struct run *run, bool *begun)
{
    if (!*run->look) return;
    if (*begun)
        fputc(';', out);
    else
        fprintf(out, "%2d ", run->row + 1);
    *begun = true;
    fprintf(out, " %d", run->first + 1);
    if (run->last > run->first) fprintf(out, "-%d", run->last + 1);
    fputs(run->look, out);
}

static void put_looks(const struct terminal *terminal, FILE *out, int row)
{
    struct run run = {.row = row};
    bool begun = false;
    for (int column = 0; column < terminal->columns; column++) {
        char look[LOOK_SIZE];
        if (!look_of(terminal, row, column, look)) continue;
        if (strcmp(look, run.look) != 0) {
            put_run(out, &run, &begun);
            run.first = column;
            memcpy(run.look, look, sizeof look);
        }
        run.last = column;
    }
    put_run(out, &run, &begun);
    if (begun) fputc('\n', out);
}

char *terminal_picture(struct terminal *terminal)
{
    char *picture = NULL;
    size_t size;
    int row, column;
    FILE *out = open_memstream(&picture, &size);
    cr_assert(out);
    for (row = 0; row < terminal->rows; row++)
        put_text(terminal, out, row);
    terminal_cursor(terminal, &row, &column);
    fprintf(out, "cursor %d,%d%s\n", row + 1, column + 1, terminal->cursor_hidden ? " hidden" : "");
    for (row = 0; row < terminal->rows; row++)
        put_looks(terminal, out, row);
    fclose(out);
    return picture;
}

/* Reads a picture line by line. */
struct reader {
    const char *rest, *line;
    int size, row; /* the length without the newline; the row that the line describes */
    enum { TEXT, CURSOR, LOOKS, END } part;
};

static void read_line(struct reader *reader)
{
    reader->line = reader->rest;
    reader->size = (int)strcspn(reader->rest, "\n");
    reader->rest += reader->size;
    if (*reader->rest) reader->rest++;
    if (!*reader->line)
        reader->part = END;
    else if (reader->part == CURSOR || reader->part == LOOKS)
        reader->part = LOOKS;
    else if (!strncmp(reader->line, "cursor ", 7))
        reader->part = CURSOR;
    reader->row = reader->part == TEXT    ? reader->row + 1
                  : reader->part == LOOKS ? (int)strtol(reader->line, NULL, 10)
                                          : 0;
}

static int compare(const struct reader *a, const struct reader *b)
{
    return a->part != b->part ? (int)a->part - (int)b->part : a->row - b->row;
}

static void print_line(const char *name, const struct reader *reader, bool there)
{
    if (there)
        fprintf(stderr, "  %-8s  %.*s\n", name, reader->size, reader->line);
    else
        fprintf(stderr, "  %-8s  nothing\n", name);
}

void terminal_print_difference(const char *expected, const char *found)
{
    static const char *const parts[] = {"row", "cursor", "attributes of row"};
    struct reader a = {.rest = expected}, b = {.rest = found};
    read_line(&a), read_line(&b);
    while (a.part != END || b.part != END) {
        int order = compare(&a, &b);
        const struct reader *first = order <= 0 ? &a : &b;
        if (order || a.size != b.size || strncmp(a.line, b.line, (size_t)a.size) != 0) {
            fprintf(stderr, "%s", parts[first->part]);
            fprintf(stderr, first->row ? " %d\n" : "\n", first->row);
            print_line("expected", &a, order <= 0);
            print_line("found", &b, order >= 0);
        }
        if (order <= 0) read_line(&a);
        if (order >= 0) read_line(&b);
    }
}
