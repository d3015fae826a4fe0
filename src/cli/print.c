#include "src/cli/print.h"

#include <errno.h>
#include <gatehouse/memory.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* ASCII only: JSON may be read on a terminal, too. */
enum { JSON_STYLE = JSON_ENSURE_ASCII | JSON_PRESERVE_ORDER };

static bool starved; /* memory ran out for something that should have been printed */

void print_watch_memory(void)
{
    json_set_alloc_funcs(memory_allocate, free);
}

enum error print_flush(void)
{
    bool lost = ferror(stdout);
    errno = 0;
    if (fflush(stdout) != 0 || lost)
        return fail(ERR_SYSTEM, "cannot write to standard output: %s",
                    errno ? strerror(errno) : "some of it was lost");
    return starved || memory_failures() ? fail_memory() : OK;
}

/* The visible form, not cut; NULL when out of memory. A placeholder is at most eight bytes for each
 * byte of the text. */
static char *make_visible(const char *text)
{
    size_t size = strlen(text) * 8 + 16;
    char *out = memory_allocate(size);
    if (out) text_visible(out, size, text, SIZE_MAX);
    if (out) text_hide_tokens(out);
    return out;
}

void print_field(const char *label, const char *value)
{
    char *visible = make_visible(value);
    printf("%-13s%s\n", label, visible ? visible : "");
    free(visible);
}

static void print_visible(FILE *out, const char *before, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));
static void print_visible(FILE *out, const char *before, const char *format, va_list arguments)
{
    char *line = NULL;
    if (vasprintf(&line, format, arguments) < 0) {
        starved = true;
        return;
    }
    char *visible = make_visible(line);
    if (visible) fprintf(out, "%s%s\n", before, visible);
    free(visible);
    free(line);
}

void print_line(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_visible(stdout, "", format, arguments);
    va_end(arguments);
}

void print_warning(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_visible(stderr, "gatehouse: ", format, arguments);
    va_end(arguments);
}

json_t *json_text(const char *text)
{
    json_t *value = strstr(text, "gth_") ? NULL : json_string(text);
    if (value) return value;
    char *visible = make_visible(text);
    value = visible ? json_string(visible) : NULL;
    free(visible);
    return value;
}

json_t *json_time(int64_t time)
{
    if (time == WHEN_NEVER) return json_null();
    char text[WHEN_SIZE];
    when_iso(text, time);
    return json_string(text);
}

static enum error print_styled(json_t *value, size_t style)
{
    if (!value) return fail_memory();
    if (json_dumpf(value, stdout, style)) starved = starved || !ferror(stdout);
    putchar('\n');
    json_decref(value);
    return OK;
}

enum error print_json(json_t *value)
{
    return print_styled(value, JSON_STYLE | JSON_INDENT(2));
}

enum error print_json_line(json_t *value)
{
    return print_styled(value, JSON_STYLE);
}

enum error json_list_add(struct json_list *list, json_t *value)
{
    if (!value) return fail_memory();
    fputs(list->count++ ? ",\n  " : "[\n  ", stdout);
    if (json_dumpf(value, stdout, JSON_STYLE)) starved = starved || !ferror(stdout);
    json_decref(value);
    return OK;
}

void json_list_end(struct json_list *list)
{
    puts(list->count ? "\n]" : "[]");
}

static enum error write_all(const char *bytes, size_t size)
{
    while (size) {
        ssize_t written = write(STDOUT_FILENO, bytes, size);
        if (written < 0 && errno != EINTR)
            return fail(ERR_SYSTEM, "cannot write to standard output: %s", strerror(errno));
        if (written < 0) continue;
        bytes += written;
        size -= (size_t)written;
    }
    return OK;
}

/* Not through stdio, which would keep a copy in its buffer. */
enum error print_secret(const struct secret *secret)
{
    fflush(stdout);
    enum error e = write_all(secret->bytes, secret->size);
    return e ? e : write_all("\n", 1);
}

enum error print_json_secret(json_t *value, const char *field, const struct secret *secret)
{
    char *text = value ? json_dumps(value, JSON_STYLE) : NULL;
    json_decref(value);
    if (!text) return fail_memory();
    char *middle = NULL;
    int length = asprintf(&middle, "%.*s, \"%s\": \"", (int)strlen(text) - 1, text, field);
    free(text);
    if (length < 0) return fail_memory();
    fflush(stdout);
    enum error e = write_all(middle, (size_t)length);
    if (!e) e = write_all(secret->bytes, secret->size);
    if (!e) e = write_all("\"}\n", 3);
    free(middle);
    return e;
}

enum { BATCH = 1000, GAP = 2, USUAL_WIDTH = 80 };

struct table {
    const struct column *columns;
    int64_t now;
    size_t column_count;
    size_t natural[TABLE_COLUMNS_MAX]; /* widest cell so far, title included */
    size_t width[TABLE_COLUMNS_MAX];   /* as printed; 0: left out */
    bool terminal, started;
    size_t rows;
    char *cells[BATCH][TABLE_COLUMNS_MAX];
};

enum error table_new(const struct column *columns, int64_t now, struct table **out)
{
    struct table *table = calloc(1, sizeof *table);
    if (!table) return fail_memory();
    table->columns = columns;
    table->now = now;
    table->terminal = isatty(STDOUT_FILENO);
    for (; columns[table->column_count].title; table->column_count++) {
        if (table->column_count == TABLE_COLUMNS_MAX) abort();
        table->natural[table->column_count] = strlen(columns[table->column_count].title);
    }
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
    char *out = memory_allocate(size);
    if (!out) return;
    size_t used = table->columns[c].middle ? text_visible_middle(out, size, text, width)
                                           : text_visible(out, size, text, width);
    text_hide_tokens(out);
    int padding = (int)(width - used);
    bool right = table->columns[c].right;
    printf("%*s%s%*s", right ? padding : 0, "", out, last ? 0 : GAP + (right ? 0 : padding), "");
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

const char *cell_print(struct cell *cell, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(cell->text, sizeof cell->text, format, arguments);
    va_end(arguments);
    return cell->text;
}

enum error table_add(struct table *table, const void *row)
{
    if (table->rows == BATCH) print_batch(table);
    if (ferror(stdout)) return fail(ERR_SYSTEM, "cannot write to standard output");
    char **cells = table->cells[table->rows++];
    struct cell cell = {.row = row, .now = table->now};
    bool complete = true;
    for (size_t c = 0; c < table->column_count; c++) {
        const char *text = table->columns[c].text(&cell);
        cells[c] = strdup(text);
        complete = complete && cells[c];
        size_t width = text_width(text);
        if (width > table->natural[c]) table->natural[c] = width;
    }
    if (complete) return OK;
    table->rows--;
    for (size_t c = 0; c < table->column_count; c++)
        free(cells[c]);
    return fail_memory();
}

void table_end(struct table *table, const char *empty)
{
    if (table->rows)
        print_batch(table);
    else if (!table->started && table->terminal && empty)
        puts(empty);
    free(table);
}
