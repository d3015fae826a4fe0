#include "ui/kit/table_inside.h"

#include <criterion/criterion.h>

static const struct table_source of_rows = {0};

/* Ten rows of a list on the screen. */
static struct table table_of(int64_t matching, int64_t above, int64_t below, bool guessed)
{
    return (struct table){
        .source = &of_rows,
        .matching = matching,
        .placed = matching,
        .list = {.count = 10, .height = 10, .above = above, .below = below, .guessed = guessed}};
}

static int64_t rows_above(int64_t matching, int64_t above, int64_t below, bool guessed)
{
    struct table table = table_of(matching, above, below, guessed);
    return table_rows_above(&table);
}

static bool wants(int64_t matching, int64_t above, int64_t below, bool guessed)
{
    struct table table = table_of(matching, above, below, guessed);
    return table_wants_place(&table);
}

Test(table_place, is_not_known_before_the_matches_are_counted)
{
    cr_assert_eq(rows_above(-1, 0, -1, false), -1);
    cr_assert_eq(rows_above(-1, -1, 0, false), -1);
    cr_assert_not(wants(-1, -1, -1, false));
}

Test(table_place, is_told_from_either_end)
{
    cr_assert_eq(rows_above(100, 30, -1, false), 30);
    cr_assert_eq(rows_above(100, -1, 30, false), 60);
    cr_assert_eq(rows_above(100, -1, 0, false), 90);
    cr_assert_eq(rows_above(100, 95, -1, false), 90, "rows were deleted elsewhere");
    cr_assert_not(wants(100, 30, -1, false));
}

Test(table_place, is_no_end_when_it_is_guessed)
{
    cr_assert_eq(rows_above(100, 0, -1, true), 1);
    cr_assert_eq(rows_above(100, 99, -1, true), 89);
    cr_assert_eq(rows_above(100, 42, -1, true), 42);
    cr_assert(wants(100, 42, -1, true), "to look whether it is");
}

static void span(const void *row, int64_t total, int64_t *above, int64_t *below)
{
    *above = *(const int64_t *)row - 1;
    *below = total - *(const int64_t *)row;
}

/* Where rows tell it, but a first match has only been counted. */
Test(table_place, is_the_top_before_the_first_row_is_read)
{
    static const struct list_source numbers = {.row_size = sizeof(int64_t)};
    static const struct table_source of_events = {.span = span};
    int64_t row = 4;
    struct table table = {.source = &of_events, .total = 10, .matching = 10};
    table.list = (struct list){.source = &numbers, .rows = (char *)&row, .count = 1};
    table.list.above = table.list.below = -1;
    cr_assert_eq(table_rows_above(&table), 3);
    table.matching = 1;
    table.list = (struct list){.source = &numbers};
    cr_assert_eq(table_rows_above(&table), 0);
    cr_assert_eq(table_place(&table), 1);
}

Test(table_place, is_looked_for_only_where_rows_are_hidden)
{
    cr_assert(wants(100, -1, -1, false));
    cr_assert_not(wants(10, -1, -1, false));
    cr_assert_not(wants(9, -1, -1, false));
    cr_assert_eq(rows_above(10, -1, -1, true), 0, "all are on the screen");
}

Test(table_place, is_guessed_anew_when_many_rows_came_or_went)
{
    struct table table = table_of(10000, 4000, -1, true);
    table.list.ends_checked = true;
    cr_assert_not(table_wants_place(&table));
    table.placed = 9500;
    cr_assert_not(table_wants_place(&table));
    table.placed = 8500;
    cr_assert(table_wants_place(&table));
}

Test(table_place, is_counted_in_a_short_list)
{
    struct table table = table_of(1000, 400, -1, true);
    table.list.ends_checked = true;
    cr_assert(table_wants_place(&table));
}

Test(table_place, keeps_what_was_known_only_from_the_end)
{
    struct table table = table_of(100, -1, 20, false);
    table_pin_place(&table);
    cr_assert_eq(table.list.above, 70);
}

Test(table_place, is_a_part_of_any_total)
{
    cr_assert_eq(table_part(1000000, 50, 200), 250000);
    cr_assert_eq(table_part(INT64_C(1) << 50, 100, 200), INT64_C(1) << 49);
    cr_assert_eq(table_part(7, 0, 0), 0);
}
