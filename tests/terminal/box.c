#include "box.h"

#include <criterion/criterion.h>

static uint32_t at(const struct terminal *terminal, int row, int column)
{
    return terminal_cell(terminal, row, column).character;
}

static bool stands(const struct terminal *terminal, int row, int column, int columns,
                   const char *ascii)
{
    while (*ascii && column < columns && at(terminal, row, column) == (unsigned char)*ascii)
        ascii++, column++;
    return !*ascii;
}

static bool find(const struct terminal *terminal, const char *title, int rows, int columns,
                 int *row, int *left)
{
    for (*row = 0; *row < rows; ++*row)
        for (*left = 0; *left < columns; ++*left)
            if (at(terminal, *row, *left) == L'╭' &&
                stands(terminal, *row, *left + 2, columns, title))
                return true;
    return false;
}

bool box_is_whole(const struct terminal *terminal, const char *title, int rows, int columns)
{
    int top, left, right, bottom;
    if (!find(terminal, title, rows, columns, &top, &left)) return false;
    for (right = left + 1; right < columns && at(terminal, top, right) != L'╮'; right++)
        continue;
    cr_assert_lt(right, columns, "%s: no upper right corner", title);
    for (bottom = top + 1; bottom < rows && at(terminal, bottom, left) == L'│'; bottom++)
        cr_assert_eq(at(terminal, bottom, right), L'│', "%s: a gap on the right", title);
    cr_assert_lt(bottom, rows, "%s: no lower edge", title);
    cr_assert_eq(at(terminal, bottom, left), L'╰', "%s: no lower left corner", title);
    cr_assert_eq(at(terminal, bottom, right), L'╯', "%s: no lower right corner", title);
    for (int column = left + 1; column < right; column++)
        cr_assert_eq(at(terminal, bottom, column), L'─', "%s: a gap below", title);
    return true;
}

int box_column(const struct terminal *terminal, int row, int columns, const char *ascii)
{
    for (int column = 0; column < columns; column++)
        if (stands(terminal, row, column, columns, ascii)) return column;
    return -1;
}
