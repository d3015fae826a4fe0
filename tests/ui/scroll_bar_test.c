#include "ui/kit/scroll_bar.h"

#include <criterion/criterion.h>

Test(scroll_bar, has_nothing_to_show_where_all_rows_fit)
{
    cr_assert_eq(scroll_thumb(0, 18, 18, 18).length, 0);
    cr_assert_eq(scroll_thumb(0, 3, 3, 18).length, 0);
    cr_assert_eq(scroll_thumb(0, 0, 0, 18).length, 0);
    cr_assert_eq(scroll_thumb(0, 3, 2, 18).length, 0, "one of them was deleted elsewhere");
}

Test(scroll_bar, has_no_room_where_the_middle_could_not_be_told_from_the_ends)
{
    cr_assert_eq(scroll_thumb(0, 2, 100, 2).length, 0);
    cr_assert_eq(scroll_thumb(1, 1, 100, 1).length, 0);
    cr_assert_eq(scroll_thumb(0, 3, 100, 3).length, 1);
}

Test(scroll_bar, is_about_as_long_as_the_part_that_is_shown)
{
    cr_assert_eq(scroll_thumb(0, 18, 36, 18).length, 9);
    cr_assert_eq(scroll_thumb(0, 18, 180, 18).length, 2);
    cr_assert_eq(scroll_thumb(0, 18, 1000000, 18).length, 1);
    cr_assert_eq(scroll_thumb(0, 18, 19, 18).length, 16, "never the whole bar");
}

/* Every position of lists of several lengths. */
Test(scroll_bar, stands_at_an_end_exactly_when_the_rows_do)
{
    for (int height = 3; height <= 40; height++) {
        for (int64_t total = height + 1; total <= 4 * height; total++) {
            int before = 0;
            for (int64_t above = 0; above <= total - height; above++) {
                struct scroll_thumb thumb = scroll_thumb(above, height, total, height);
                int last = height - thumb.length;
                cr_assert_geq(thumb.length, 1);
                cr_assert_eq(thumb.first == 0, above == 0);
                cr_assert_eq(thumb.first == last, above == total - height);
                cr_assert_geq(thumb.first, before, "it never moves against the list");
                before = thumb.first;
            }
        }
    }
}

Test(scroll_bar, bears_numbers_that_no_list_has)
{
    const int64_t total = INT64_C(1) << 50;
    cr_assert_eq(scroll_thumb(total / 2, 18, total, 18).first, 8);
    cr_assert_eq(scroll_thumb(total - 18, 18, total, 18).first, 17);
    cr_assert_eq(scroll_thumb(total - 19, 18, total, 18).first, 16);
}
