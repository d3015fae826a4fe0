#include "src/cli/print.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { BATCH = 1000, GAP = 2, USUAL_WIDTH = 80 };

struct table {
    const struct column *columns;
    size_t column_count;
    size_t natural[TABLE_COLUMNS_MAX]; /* widest cell so far, title included */
    size_t width[TABLE_COLUMNS_MAX];   /* as printed; 0: left out */
    bool terminal, started;
    size_t rows;
    char *cells[BATCH][TABLE_COLUMNS_MAX];
};

enum error table_new(const struct column *columns, struct table **out)
{
    struct table *table = calloc(1, sizeof *table);
    if (!table) return fail(ERR_SYSTEM, "out of memory");
    table->columns = columns;
    table->terminal = isatty(STDOUT_FILENO);
    for (; columns[table->column_count].title; table->column_count++)
        table->natural[table->column_count] = strlen(columns[table->column_count].title);
    *out = table;
    return OK;
}

static size_t total_width(const struct table *table)
{
    size_t total = 0;
    for (size_t c = 0; c < table->column_count; c++)
        if (table->width[c]) total += table->width[c] + (total ? GAP : 0);
    return total;
}

/* The widest column that may still be cut; column_count if none. */
static size_t widest_cuttable(const struct table *table)
{
    size_t found = table->column_count;
    for (size_t c = 0; c < table->column_count; c++)
        if (table->columns[c].least && table->width[c] > table->columns[c].least &&
            (found == table->column_count || table->width[c] > table->width[found]))
            found = c;
    return found;
}

static void fit(struct table *table)
{
    memcpy(table->width, table->natural, sizeof table->width);
    if (!table->terminal) return;
    struct winsize size = {0};
    size_t room = USUAL_WIDTH;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col) room = size.ws_col;

    size_t shown = table->column_count;
    while (total_width(table) > room) {
        size_t c = widest_cuttable(table);
        if (c < table->column_count)
            table->width[c]--;
        else if (shown > 1)
            table->width[--shown] = 0;
        else
            break;
    }
}

static void print_cell(const struct table *table, size_t c, const char *text, bool last)
{
    size_t width = table->width[c], size = width * 4 + 64;
    char *out = malloc(size);
    if (!out) return;
    size_t used = table->columns[c].middle ? text_visible_middle(out, size, text, width)
                                           : text_visible(out, size, text, width);
    fputs(out, stdout);
    if (!last) printf("%*s", (int)(width - used + GAP), "");
    free(out);
}

static void print_row(const struct table *table, char *const *cells)
{
    size_t last = table->column_count;
    while (last > 1 && !table->width[last - 1])
        last--;
    for (size_t c = 0; c < last; c++)
        if (table->width[c])
            print_cell(table, c, cells ? cells[c] : table->columns[c].title, c == last - 1);
    putchar('\n');
}

static void print_batch(struct table *table)
{
    fit(table);
    if (!table->started) print_row(table, NULL);
    table->started = true;
    for (size_t r = 0; r < table->rows; r++) {
        print_row(table, table->cells[r]);
        for (size_t c = 0; c < table->column_count; c++)
            free(table->cells[r][c]);
    }
    table->rows = 0;
}

enum error table_add(struct table *table, const char *const *cells)
{
    if (table->rows == BATCH) print_batch(table);
    if (ferror(stdout)) return fail(ERR_SYSTEM, "cannot write to standard output");
    char **row = table->cells[table->rows++];
    bool complete = true;
    for (size_t c = 0; c < table->column_count; c++) {
        row[c] = strdup(cells[c]);
        complete = complete && row[c];
        size_t width = text_width(cells[c]);
        if (width > table->natural[c]) table->natural[c] = width;
    }
    if (complete) return OK;
    table->rows--;
    for (size_t c = 0; c < table->column_count; c++)
        free(row[c]);
    return fail(ERR_SYSTEM, "out of memory");
}

void table_end(struct table *table, const char *empty)
{
    if (table->rows)
        print_batch(table);
    else if (!table->started && table->terminal && empty)
        puts(empty);
    free(table);
}
