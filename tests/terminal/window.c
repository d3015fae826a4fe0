#include "window.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { LOW_OVERVIEW = 10, LOW_TAB = 12, BOX_FROM = 46 };

struct window {
    int rows, columns, row, column; /* the last two: of the cursor */
    struct terminal_cell cells[];
};

/* A part of a window. */
struct region {
    const struct window *window;
    int top, bottom, left, right; /* the last row and column are outside */
};

struct window *window_take(const struct terminal *terminal, int rows, int columns)
{
    size_t count = (size_t)rows * (size_t)columns;
    struct window *window = calloc(1, sizeof *window + count * sizeof *window->cells);
    cr_assert(window);
    window->rows = rows;
    window->columns = columns;
    terminal_cursor(terminal, &window->row, &window->column);
    for (int row = 0; row < rows; row++)
        for (int column = 0; column < columns; column++)
            window->cells[row * columns + column] = terminal_cell(terminal, row, column);
    return window;
}

void window_free(struct window *window)
{
    free(window);
}

static const struct terminal_cell *cell_at(const struct window *window, int row, int column)
{
    return &window->cells[row * window->columns + column];
}

static uint32_t at(const struct window *window, int row, int column)
{
    uint32_t character = cell_at(window, row, column)->character;
    return character && character != (uint32_t)-1 ? character : ' ';
}

static void print_row(FILE *file, const struct window *window, int row, int left, int right)
{
    for (int column = left; column < right; column++)
        if (cell_at(window, row, column)->character != (uint32_t)-1)
            fprintf(file, "%lc", (wint_t)at(window, row, column));
}

void window_print(const struct window *window)
{
    fprintf(stderr, "%d columns, %d rows, cursor at row %d, column %d\n", window->columns,
            window->rows, window->row + 1, window->column + 1);
    for (int row = 0; row < window->rows; row++) {
        fprintf(stderr, "%3d|", row + 1);
        print_row(stderr, window, row, 0, window->columns);
        fputc('\n', stderr);
    }
}

static bool is_blank(const struct region *region, int row)
{
    for (int column = region->left; column < region->right; column++)
        if (at(region->window, row, column) != ' ') return false;
    return true;
}

static bool same_character(const struct terminal_cell *a, const struct terminal_cell *b)
{
    return (a->character ? a->character : ' ') == (b->character ? b->character : ' ');
}

/* The foreground of a blank cannot be seen: it depends on how ncurses cleared it. */
static bool same_cell(const struct terminal_cell *a, const struct terminal_cell *b)
{
    if (!same_character(a, b) || a->underline != b->underline || a->reverse != b->reverse)
        return false;
    bool blank = !a->character || a->character == ' ';
    if (blank && !a->underline && !a->reverse) return true;
    return a->bold == b->bold && a->foreground == b->foreground;
}

static bool same_row(const struct region *low, int row, const struct region *high, int other)
{
    int columns = low->right - low->left;
    if (columns != high->right - high->left) return false;
    for (int i = 0; i < columns; i++)
        if (!same_cell(cell_at(low->window, row, low->left + i),
                       cell_at(high->window, other, high->left + i)))
            return false;
    return true;
}

/* Of a row that is nowhere: the first cell that differs from the row with the same text. */
static void explain(const struct region *low, int row, const struct region *high, char *why,
                    size_t size)
{
    size_t used =
        (size_t)snprintf(why, size, "row %d is not in the high window, or not there", row + 1);
    for (int other = high->top; other < high->bottom; other++) {
        int i = 0, differs = -1;
        for (; low->left + i < low->right && high->left + i < high->right; i++) {
            const struct terminal_cell *a = cell_at(low->window, row, low->left + i);
            const struct terminal_cell *b = cell_at(high->window, other, high->left + i);
            if (!same_character(a, b)) break;
            if (differs < 0 && !same_cell(a, b)) differs = i;
        }
        if (low->left + i < low->right || differs < 0) continue;
        snprintf(why + used, size - used, "; row %d differs in the look of column %d", other + 1,
                 low->left + differs + 1);
        return;
    }
}

static bool rows_match(const struct region *low, const struct region *high, char *why, size_t size)
{
    int next = high->top;
    for (int row = low->top; row < low->bottom; row++) {
        if (is_blank(low, row)) continue;
        while (next < high->bottom && !same_row(low, row, high, next))
            next++;
        if (next++ < high->bottom) continue;
        explain(low, row, high, why, size);
        return false;
    }
    return true;
}

static bool holds(const struct region *region, int row, int column)
{
    return row >= region->top && row < region->bottom && column >= region->left &&
           column <= region->right;
}

static bool cursor_matches(const struct region *low, const struct region *high, char *why,
                           size_t size)
{
    const struct window *a = low->window, *b = high->window;
    if (!holds(low, a->row, a->column)) return true;
    if (holds(high, b->row, b->column) && a->column - low->left == b->column - high->left &&
        same_row(low, a->row, high, b->row))
        return true;
    snprintf(why, size, "the cursor at row %d, column %d is at row %d, column %d of the high one",
             a->row + 1, a->column + 1, b->row + 1, b->column + 1);
    return false;
}

/* The box around the cursor whose upper left corner is there, if no other lies on its upper edge.
 */
static bool find_box_at(const struct window *window, int top, int left, struct region *box)
{
    int right = left + 1, bottom = top + 1;
    while (right < window->columns && !wcschr(L"╭╮│", (wchar_t)at(window, top, right)))
        right++;
    while (bottom < window->rows && at(window, bottom, left) == L'│')
        bottom++;
    if (right == window->columns || bottom == window->rows) return false;
    if (at(window, top, right) != L'╮') return false;
    if (at(window, bottom, left) != L'╰' || at(window, bottom, right) != L'╯') return false;
    const struct region found = {window, top, bottom + 1, left, right - 1};
    if (!holds(&found, window->row, window->column)) return false;
    *box = found;
    return true;
}

static bool find_box(const struct window *window, struct region *box)
{
    bool found = false;
    for (int row = 0; row < window->rows; row++)
        for (int column = 0; column < window->columns; column++)
            if (at(window, row, column) == L'╭') found |= find_box_at(window, row, column, box);
    return found;
}

/* The column of the line before the pane beside a list; the number of columns if there is none. */
static int find_pane(const struct window *window)
{
    enum { BELOW_TOP = 4 };
    for (int column = window->columns - 2; column > window->columns / 2; column--) {
        uint32_t line = at(window, BELOW_TOP, column);
        if ((line == L'│' || line == '|') && at(window, BELOW_TOP + 1, column) == line)
            return column;
    }
    return window->columns;
}

/* A low tab has its title, filter and count in one row: their words are those of the high one. */
static bool top_matches(const struct window *low, const struct window *high, char *why, size_t size)
{
    char words[2048] = "", all[8192] = "", *rest;
    FILE *file = fmemopen(words, sizeof words, "w");
    print_row(file, low, 1, 0, low->columns);
    fclose(file);
    file = fmemopen(all, sizeof all, "w");
    print_row(file, high, 1, 0, high->columns);
    print_row(file, high, 2, 0, high->columns);
    fclose(file);
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (strstr(all, word) || strstr(word, "…")) continue;
        snprintf(why, size, "“%s” of row 2 is not at the top of the high window", word);
        return false;
    }
    return true;
}

/* A pane that shows not all of it ends in a row with an ellipsis. */
static int end_of_pane(const struct window *window, int pane)
{
    int row = 0;
    while (row < window->rows &&
           !(pane + 2 < window->columns &&
             (at(window, row, pane + 2) == L'…' || at(window, row, pane + 2) == L'~')))
        row++;
    return row;
}

static bool tab_matches(const struct window *low, const struct window *high, char *why, size_t size)
{
    int pane = find_pane(high), top = 0;
    if (low->rows < LOW_TAB) {
        if (!top_matches(low, high, why, size)) return false;
        top = low->rows < LOW_OVERVIEW ? 2 : 3; /* the overview has a row beside the filter */
    }
    const struct region list = {low, top, low->rows, 0, pane - 1};
    const struct region high_list = {high, top, high->rows, 0, pane - 1};
    const struct region beside = {low, top, end_of_pane(low, pane), pane, low->columns};
    const struct region high_beside = {high, top, high->rows, pane, high->columns};
    if (!rows_match(&list, &high_list, why, size)) return false;
    if (!rows_match(&beside, &high_beside, why, size)) return false;
    return cursor_matches(&list, &high_list, why, size);
}

bool window_is_part_of(const struct window *low, const struct window *high, enum window_kind kind,
                       char *why, size_t size)
{
    struct region a = {low, 0, low->rows, 0, low->columns - 1};
    struct region b = {high, 0, high->rows, 0, high->columns - 1};
    if (low->row == 0 && low->column == 0) {
        snprintf(why, size, "the cursor was not placed");
        return false;
    }
    if (kind == WINDOW_TAB) return tab_matches(low, high, why, size);
    bool boxed = kind == WINDOW_MENU || (kind == WINDOW_DIALOG && low->columns >= BOX_FROM);
    if (boxed && (!find_box(low, &a) || !find_box(high, &b))) {
        snprintf(why, size, "there is no whole box around the cursor");
        return false;
    }
    /* The footer of a dialog names ↓ and ↑ only where there is more to see. */
    if (kind == WINDOW_DIALOG && !boxed) a.bottom--;
    return rows_match(&a, &b, why, size) && cursor_matches(&a, &b, why, size);
}
