/* Wrapping of sentences, apart from draw.c because nothing there knows of words. */
#include "ui/terminal/draw.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <string.h>

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
