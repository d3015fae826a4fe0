/* A list of numbers, some of which were deleted. The list's idea of its position is compared with
 * the real one. */
#include "ui/kit/list.h"

#include <criterion/criterion.h>
#include <string.h>

enum { MOST = 200, HEIGHT = 10 };

struct numbers {
    size_t count;
    int64_t rows[MOST];
    bool stopped; /* every read is interrupted */
};

static int64_t id(const void *row)
{
    return *(const int64_t *)row;
}

static enum error read_page(void *arg, const void *from, struct page page, void *out, size_t *count)
{
    const struct numbers *numbers = arg;
    size_t first = 0, end = numbers->count;
    *count = 0;
    if (numbers->stopped) return fail(ERR_STOPPED, "stopped");
    if (from && page.backward)
        while (end > 0 && (page.inclusive ? numbers->rows[end - 1] > id(from)
                                          : numbers->rows[end - 1] >= id(from)))
            end--;
    if (from && !page.backward)
        while (first < end && (page.inclusive ? numbers->rows[first] < id(from)
                                              : numbers->rows[first] <= id(from)))
            first++;
    *count = end - first < page.max ? end - first : page.max;
    memcpy(out, numbers->rows + (page.backward ? end - *count : first), *count * sizeof(int64_t));
    return OK;
}

static enum error get(void *arg, int64_t number, void *row)
{
    const struct numbers *numbers = arg;
    for (size_t i = 0; i < numbers->count; i++)
        if (numbers->rows[i] == number) {
            *(int64_t *)row = number;
            return OK;
        }
    return fail(ERR_NOT_FOUND, "gone");
}

static const struct list_source source = {
    .row_size = sizeof(int64_t), .id = id, .page = read_page, .get = get};

static struct numbers numbers;
static struct list list;

/* 10, 20, 30, … */
static void setup(void)
{
    numbers = (struct numbers){.count = 100};
    for (size_t i = 0; i < numbers.count; i++)
        numbers.rows[i] = 10 * (int64_t)(i + 1);
    list_init(&list, &source, &numbers);
    cr_assert_eq(list_set_height(&list, HEIGHT), OK);
    cr_assert_eq(list_open(&list, 0), OK);
}

static void teardown(void)
{
    list_free(&list);
}

static int64_t rows_above(void)
{
    int64_t above = 0;
    while (numbers.rows[above] < id(list_row(&list, 0)))
        above++;
    return above;
}

static void assert_right(void)
{
    int64_t above = rows_above(), below = (int64_t)(numbers.count - list.count) - above;
    cr_assert(!list.guessed);
    cr_assert(list.above >= 0 || list.below >= 0);
    if (list.above >= 0) cr_assert_eq(list.above, above, "%d above", (int)list.above);
    if (list.below >= 0) cr_assert_eq(list.below, below, "%d below", (int)list.below);
}

TestSuite(list, .init = setup, .fini = teardown);

Test(list, knows_its_place_from_the_top)
{
    cr_assert_eq(list.above, 0);
    cr_assert_eq(list.below, -1);
    for (int i = 0; i < 30; i++) {
        cr_assert_eq(list_move(&list, 1), OK);
        assert_right();
    }
    cr_assert_eq(list.above, 21);
    cr_assert_eq(list_move(&list, -15), OK);
    cr_assert_eq(list.above, 15);
    cr_assert_eq(list_move(&list, -3), OK);
    cr_assert_eq(list.above, 12);
}

Test(list, knows_its_place_from_the_end)
{
    cr_assert_eq(list_jump(&list, true), OK);
    cr_assert_eq(list.above, -1);
    cr_assert_eq(list.below, 0);
    for (int i = 0; i < 30; i++) {
        cr_assert_eq(list_move(&list, -1), OK);
        assert_right();
    }
    cr_assert_eq(list.below, 21);
    cr_assert_eq(list_page(&list, true), OK);
    cr_assert_eq(list.below, 30);
    cr_assert_eq(list_page(&list, false), OK);
    cr_assert_eq(list.below, 21);
}

Test(list, keeps_its_place_through_pages_and_other_heights)
{
    for (int i = 0; i < 15; i++) {
        cr_assert_eq(list_page(&list, i > 11), OK);
        assert_right();
    }
    cr_assert_eq(list_set_height(&list, 4), OK);
    assert_right();
    cr_assert_eq(list_set_height(&list, 17), OK);
    assert_right();
}

Test(list, learns_both_ends_when_it_meets_them)
{
    cr_assert_eq(list_jump(&list, true), OK);
    for (int i = 0; i < 12; i++)
        cr_assert_eq(list_page(&list, true), OK);
    cr_assert(list.at_top);
    cr_assert_eq(list.above, 0);
    for (int i = 0; i < 12; i++)
        cr_assert_eq(list_page(&list, false), OK);
    cr_assert_eq(list.below, 0);
    cr_assert_eq(list.above, 90);
    assert_right();
}

Test(list, does_not_know_its_place_where_it_was_opened_in_the_middle)
{
    cr_assert_eq(list_move(&list, 50), OK);
    cr_assert_eq(list_open_around(&list), OK);
    cr_assert_eq(list.above, -1);
    cr_assert_eq(list.below, -1);
    list_guess(&list, 60);
    cr_assert_eq(list_move(&list, 1), OK);
    cr_assert(list.guessed);
    cr_assert_eq(list.above, 61, "a guess follows the moves, too");
}

Test(list, knows_again_where_a_guess_meets_an_end)
{
    list_guess(&list, 60);
    cr_assert_eq(list_page(&list, true), OK);
    assert_right();
    cr_assert_eq(list.above, 0);
    for (int i = 0; i < 12; i++) {
        list_guess(&list, 5);
        cr_assert_eq(list_page(&list, false), OK);
    }
    assert_right();
    cr_assert_eq(list.below, 0);
}

/* The last step reads one row, which does not say that it was the last. */
Test(list, looks_whether_a_guess_stands_at_an_end)
{
    cr_assert_eq(list_jump(&list, true), OK);
    cr_assert_eq(list_move(&list, -10), OK);
    list_guess(&list, 7);
    list_check_ends(&list, true, true);
    cr_assert(list.ends_checked && list.guessed);
    cr_assert_eq(list_move(&list, 10), OK);
    cr_assert(!list.ends_checked);
    list_check_ends(&list, true, false);
    cr_assert_eq(list.below, 0);
    assert_right();

    cr_assert_eq(list_jump(&list, false), OK);
    list_guess(&list, 7);
    list_check_ends(&list, false, true);
    cr_assert_eq(list.above, 0);
    assert_right();
}

Test(list, doubts_its_place_when_it_was_read_anew)
{
    cr_assert_eq(list_move(&list, 19), OK);
    numbers.count--; /* the last one is deleted: that does not show here */
    cr_assert_eq(list_refresh(&list), OK);
    cr_assert(list.guessed);
    cr_assert_eq(list.above, 10);
    cr_assert_eq(list_jump(&list, false), OK);
    cr_assert_eq(list_refresh(&list), OK);
    assert_right();
}

Test(list, follows_rows_that_come_in_above)
{
    cr_assert_eq(list_move(&list, 9), OK); /* the cursor on the last row of the screen */
    memmove(numbers.rows + 1, numbers.rows, numbers.count++ * sizeof(int64_t));
    numbers.rows[0] = 5;
    cr_assert_eq(list_refresh(&list), OK);
    cr_assert_eq(list_current_id(&list), 100);
    cr_assert_eq(list.above, 1);
    cr_assert_eq(rows_above(), 1);
}

Test(list, keeps_its_place_where_reading_is_interrupted)
{
    cr_assert_eq(list_move(&list, 30), OK);
    numbers.stopped = true;
    cr_assert_eq(list_move(&list, 30), ERR_STOPPED);
    cr_assert_eq(list_page(&list, true), ERR_STOPPED);
    assert_right();
}

Test(list, comes_back_to_the_row_it_had_before_there_were_none)
{
    cr_assert_eq(list_move(&list, 15), OK);
    int64_t here = list_current_id(&list);
    cr_assert_gt(here, 10);
    numbers.count = 0;
    cr_assert_eq(list_open(&list, here), OK);
    cr_assert_eq(list.count, 0);
    cr_assert_eq(list_open_around(&list), OK, "still none");
    numbers.count = 100;
    cr_assert_eq(list_open_around(&list), OK);
    cr_assert_eq(list_current_id(&list), here);
    list_clear(&list);
    cr_assert_eq(list_current_id(&list), 0);
    cr_assert_eq(list_open_around(&list), OK);
    cr_assert_eq(list_current_id(&list), here);
}

Test(list, begins_at_the_top_where_the_row_before_is_gone)
{
    cr_assert_eq(list_move(&list, 15), OK);
    int64_t here = list_current_id(&list);
    list_clear(&list);
    numbers.rows[here / 10 - 1]++;
    cr_assert_eq(list_open_around(&list), OK);
    cr_assert_eq(list_current_id(&list), 10);
}

/* Not where the cursor was when the filter was typed, which depends on how fast that was. */
Test(list, begins_at_the_top_where_the_last_row_of_a_filter_was_dropped)
{
    cr_assert_eq(list_move(&list, 1), OK);
    numbers.count = 1;
    numbers.rows[0] = 70;
    cr_assert_eq(list_open(&list, 0), OK);
    numbers.count = 0;
    cr_assert_eq(list_refresh(&list), OK);
    cr_assert_eq(list_drop_gone(&list), OK);
    cr_assert_eq(list.count, 0);
    numbers = (struct numbers){.count = 3, .rows = {10, 20, 30}};
    cr_assert_eq(list_open_around(&list), OK);
    cr_assert_eq(list_current_id(&list), 10);
}
