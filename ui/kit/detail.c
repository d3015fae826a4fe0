#include "ui/kit/detail.h"

#include "ui/background.h"

#include <gatehouse/ambient.h>
#include <gatehouse/text.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void free_line(struct detail_line *line)
{
    for (size_t i = 0; i < DETAIL_CELLS; i++)
        free(line->cells[i].text);
}

/* Frees what it holds, and zeroes it. */
static void detail_free(struct detail *detail)
{
    for (size_t i = 0; i < detail->count; i++)
        free_line(&detail->lines[i]);
    free(detail->title);
    *detail = (struct detail){0};
}

static char *copy(struct detail *detail, const char *text)
{
    char *copied = strdup(text);
    if (!copied) detail->failed = true;
    return copied;
}

void detail_title(struct detail *detail, const char *title)
{
    free(detail->title);
    detail->title = copy(detail, title);
}

struct detail_line *detail_row(struct detail *detail, enum detail_kind kind)
{
    if (detail->count == DETAIL_LINES) return NULL;
    struct detail_line *line = &detail->lines[detail->count++];
    *line = (struct detail_line){.kind = kind};
    return line;
}

void detail_cell(struct detail *detail, struct detail_line *line, size_t cell, enum role role,
                 const char *text)
{
    if (!line) return;
    line->cells[cell].text = copy(detail, text);
    line->cells[cell].role = role;
}

static void add_format(struct detail *detail, struct detail_line *line, size_t cell, enum role role,
                       const char *format, va_list arguments) __attribute__((format(printf, 5, 0)));
static void add_format(struct detail *detail, struct detail_line *line, size_t cell, enum role role,
                       const char *format, va_list arguments)
{
    if (!line) return;
    line->cells[cell].role = role;
    if (vasprintf(&line->cells[cell].text, format, arguments) >= 0) return;
    line->cells[cell].text = NULL;
    detail->failed = true;
}

void detail_head(struct detail *detail, const char *title)
{
    detail_cell(detail, detail_row(detail, DETAIL_HEAD), 0, ROLE_MUTED, title);
}

void detail_field(struct detail *detail, const char *label, enum role role, const char *format, ...)
{
    struct detail_line *line = detail_row(detail, DETAIL_FIELD);
    va_list arguments;
    detail_cell(detail, line, 0, ROLE_MUTED, label);
    va_start(arguments, format);
    add_format(detail, line, 1, role, format, arguments);
    va_end(arguments);
}

void detail_text(struct detail *detail, enum role role, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_format(detail, detail_row(detail, DETAIL_TEXT), 0, role, format, arguments);
    va_end(arguments);
}

void detail_rest(struct detail *detail, int64_t shown, int64_t all)
{
    if (!all)
        detail_text(detail, ROLE_MUTED, "none");
    else if (all > shown)
        detail_text(detail, ROLE_MUTED, "+ %s more", number_text(all - shown).text);
}

enum { WIDE_FROM = 120, LEAST_COLUMNS = 36, LEAST_ROWS = 3, LEAST_BESIDE = 8 };

struct detail_room detail_room(const struct app *app, int rows, int columns)
{
    bool wide = columns >= WIDE_FROM;
    int part = wide ? columns / 3 : rows / 3;
    if (!(wide ? app->detail_right : app->detail_below)) return (struct detail_room){0};
    if (wide && columns - part < WIDE_FROM - LEAST_COLUMNS)
        part = columns - (WIDE_FROM - LEAST_COLUMNS);
    if (wide) return (struct detail_room){.columns = part};
    if (part < LEAST_ROWS || rows < LEAST_BESIDE + 2) return (struct detail_room){0};
    return (struct detail_room){.rows = part};
}

int detail_switch(struct app *app)
{
    bool *on = app->columns >= WIDE_FROM ? &app->detail_right : &app->detail_below;
    *on = !*on;
    const struct detail_room room = detail_room(app, app->rows, app->columns);
    if (*on && !room.rows && !room.columns) {
        *on = false;
        app_say(app, ROLE_WARN, "There is no room here for details");
        return EFFECT_DRAW;
    }
    return EFFECT_LOAD;
}

enum { DELAY_MS = 100 };

void detail_want(struct detail_pane *pane)
{
    pane->due = ambient_ticks() + DELAY_MS;
}

struct filling {
    struct job job;
    struct detail_pane *pane;
    detail_read *read;
    int64_t now;
    void *row;
    struct detail detail;
};

static enum error run(struct job *job, struct store *store)
{
    struct filling *filling = (struct filling *)job;
    enum error e = filling->read(store, filling->now, filling->row, &filling->detail);
    return !e && filling->detail.failed ? fail_memory() : e;
}

/* What was there stays if it could not be read, unless the row is gone. */
static void done(struct app *app, struct job *job, enum error e)
{
    struct filling *filling = (struct filling *)job;
    struct detail_pane *pane = filling->pane;
    pane->reading = false;
    if (e == ERR_STOPPED && pane->due == INT64_MAX) detail_want(pane);
    if (e && e != ERR_STOPPED && e != ERR_NOT_FOUND) app_say_error(app);
    if (e && e != ERR_NOT_FOUND) return;
    if (e) detail_free(&filling->detail);
    const struct detail old = pane->shown;
    pane->shown = filling->detail;
    filling->detail = old;
}

static void free_job(struct job *job)
{
    struct filling *filling = (struct filling *)job;
    detail_free(&filling->detail);
    free(filling->row);
    free(filling);
}

void detail_fill(struct detail_pane *pane, struct app *app, detail_read *read, int64_t now,
                 const void *row, size_t size)
{
    pane->due = INT64_MAX;
    if (!row) {
        detail_free(&pane->shown);
        return;
    }
    struct filling *filling = calloc(1, sizeof *filling);
    void *kept = malloc(size);
    if (!filling || !kept) {
        free(filling);
        free(kept);
        return;
    }
    memcpy(kept, row, size);
    filling->job =
        (struct job){.owner = pane, .yields = true, .run = run, .done = done, .free = free_job};
    filling->pane = pane;
    filling->read = read;
    filling->now = now;
    filling->row = kept;
    pane->reading = true;
    background_post(app->background, &filling->job);
}

void detail_leave(struct detail_pane *pane, struct app *app)
{
    if (app && app->background) background_leave(app->background, pane);
    detail_free(&pane->shown);
}

/* Widths of the cells of rows that follow each other, or of a field's label. */
struct widths {
    int cells[DETAIL_CELLS], gap;
};
enum { CELL_GAP = 2 };

static int width_of(const struct detail_line *line, size_t cell)
{
    return line->cells[cell].text ? (int)text_width(line->cells[cell].text) : 0;
}

static bool is_row(const struct detail_line *line)
{
    return line->kind == DETAIL_ROW || line->kind == DETAIL_PAIR;
}

static int total_of(const struct widths *widths)
{
    int total = 0;
    for (size_t i = 0; i < DETAIL_CELLS; i++)
        if (widths->cells[i]) total += widths->cells[i] + (total ? widths->gap : 0);
    return total;
}

/* As wide as their texts; where that is too much, first the gaps give way, then the widest. */
static void fit(struct widths *widths, int columns)
{
    if (total_of(widths) > columns) widths->gap = 1;
    for (int over = total_of(widths) - columns; over > 0; over--) {
        size_t widest = 0;
        for (size_t i = 1; i < DETAIL_CELLS; i++)
            if (widths->cells[i] >= widths->cells[widest]) widest = i;
        if (widths->cells[widest] > 1) widths->cells[widest]--;
    }
}

/* Of the rows around line `at`, which are of one kind. */
static struct widths measure(const struct detail *detail, size_t at, int columns)
{
    struct widths widths = {.gap = CELL_GAP};
    enum detail_kind kind = detail->lines[at].kind;
    while (at && detail->lines[at - 1].kind == kind)
        at--;
    for (; at < detail->count && detail->lines[at].kind == kind; at++)
        for (size_t i = 0; i < DETAIL_CELLS; i++) {
            int width = width_of(&detail->lines[at], i);
            if (width > widths.cells[i]) widths.cells[i] = width;
        }
    fit(&widths, columns);
    return widths;
}

static int label_width(const struct detail *detail)
{
    int width = 0;
    for (size_t i = 0; i < detail->count; i++)
        if (detail->lines[i].kind == DETAIL_FIELD && width_of(&detail->lines[i], 0) > width)
            width = width_of(&detail->lines[i], 0);
    return width + CELL_GAP;
}

/* Returns the rows used. */
static int draw_cells(const struct canvas *canvas, int row, const struct detail_line *line,
                      const struct widths *widths)
{
    int most = 1, column = 0;
    for (size_t i = 0; i < DETAIL_CELLS; i++) {
        const char *text = line->cells[i].text ? line->cells[i].text : "";
        int width = widths->cells[i], rows = 1;
        if (width && line->kind == DETAIL_PAIR)
            rows = draw_wrapped(canvas, row, column, width, line->cells[i].role, text);
        else if (width)
            draw_cell(canvas, row, column, width, line->cells[i].role, text);
        if (rows > most) most = rows;
        if (width) column += width + widths->gap;
    }
    return most;
}

static int draw_line(const struct detail *detail, const struct canvas *canvas, int row, size_t at)
{
    const struct detail_line *line = &detail->lines[at];
    int label = label_width(detail);
    if (is_row(line)) {
        const struct widths widths = measure(detail, at, canvas->columns);
        return draw_cells(canvas, row, line, &widths);
    }
    if (line->kind == DETAIL_FIELD) {
        draw_text(canvas, row, 0, ROLE_MUTED, line->cells[0].text);
        int rows = draw_wrapped(canvas, row, label, canvas->columns - label, line->cells[1].role,
                                line->cells[1].text);
        return rows ? rows : 1;
    }
    return draw_wrapped(canvas, row, 0, canvas->columns, line->cells[0].role, line->cells[0].text);
}

static int rows_of(const struct detail *detail, const struct canvas *canvas, size_t at)
{
    enum { ALL = 1000 };
    struct cursor cursor;
    const struct canvas unseen = canvas_measure(canvas, ALL, &cursor);
    return draw_line(detail, &unseen, 0, at);
}

/* Fills one part after the other from the top, as in a newspaper. A head stays with what follows
 * it. */
static void draw_lines(const struct detail *detail, const struct canvas *parts, size_t part_count)
{
    size_t part = 0;
    int row = 0;
    for (size_t i = 0; i < detail->count; i++) {
        bool head = detail->lines[i].kind == DETAIL_HEAD;
        int rows = rows_of(detail, &parts[part], i), before = head && row ? 1 : 0;
        int after = head && i + 1 < detail->count ? 1 : 0;
        bool last = part + 1 == part_count;
        int room = parts[part].rows - row;
        if (before + rows + after > room && !last && row) {
            part++;
            row = 0;
            i--;
            continue;
        }
        bool more = i + 1 < detail->count;
        if (before + rows + (last && more ? 1 : 0) > room) { /* whatever has room, then … */
            const struct canvas cut =
                canvas_part(&parts[part], row, 0, room - 1, parts[part].columns);
            if (!head) draw_line(detail, &cut, 0, i);
            draw_glyph(&parts[part], parts[part].rows - 1, 0, ROLE_MUTED, GLYPH_ELLIPSIS);
            return;
        }
        row += before + draw_line(detail, &parts[part], row + before, i);
    }
}

void detail_draw_right(const struct detail_pane *pane, const struct canvas *canvas)
{
    const struct detail *detail = &pane->shown;
    for (int row = 0; row < canvas->rows; row++)
        draw_glyph(canvas, row, 0, ROLE_BORDER, GLYPH_BAR);
    struct canvas inside = canvas_part(canvas, 0, 2, canvas->rows, canvas->columns - 3);
    if (!detail->title) return;
    draw_cell_middle(&inside, 0, 0, inside.columns, ROLE_BOLD, detail->title);
    struct canvas rest = canvas_part(&inside, 1, 0, inside.rows - 1, inside.columns);
    draw_lines(detail, &rest, 1);
}

void detail_draw_below(const struct detail_pane *pane, const struct canvas *canvas)
{
    enum { PARTS_MAX = 3, PART_COLUMNS = 38, GAP = 3 };
    const struct detail *detail = &pane->shown;
    struct canvas parts[PARTS_MAX];
    draw_rule(canvas, 0, detail->title ? detail->title : "", "", false);
    int count = canvas->columns / PART_COLUMNS;
    if (count > PARTS_MAX) count = PARTS_MAX;
    if (count < 1) count = 1;
    int width = (canvas->columns - 2 - (count - 1) * GAP) / count;
    for (int i = 0; i < count; i++)
        parts[i] = canvas_part(canvas, 1, 1 + i * (width + GAP), canvas->rows - 1, width);
    if (detail->title) draw_lines(detail, parts, (size_t)count);
}
