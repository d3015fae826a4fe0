/* What long work says of itself. */
#include "ui/kit/progress.h"

#include <criterion/criterion.h>
#include <gatehouse/text.h>
#include <locale.h>
#include <string.h>

static void set_up(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    text_set_ascii(false);
}

TestSuite(progress, .init = set_up);

static char text[PROGRESS_SIZE];

static const char *at(size_t done, size_t total, int64_t took_ms, int columns)
{
    progress_text(text, "Deactivating", done, total, took_ms, columns);
    cr_assert_leq((int)text_width(text), columns, "%s", text);
    return text;
}

Test(progress, is_a_bar_with_count_rate_and_time_left)
{
    cr_assert_str_eq(
        at(2500, 10000, 1000, 78),
        "Deactivating ████░░░░░░░░░░░░░░ 2500 of 10,000 · 2500/s · 4 s left · Esc stops");
}

Test(progress, says_less_where_there_is_less_room)
{
    cr_assert_str_eq(at(2500, 10000, 1000, 60),
                     "Deactivating ██░░░░░░░ 2500 of 10,000 · 4 s left · Esc stops");
    cr_assert_str_eq(at(2500, 10000, 1000, 38), "███░░░░░░░░░░░░ · 4 s left · Esc stops");
    cr_assert_str_eq(at(2500, 10000, 1000, 18), "█░░░░░ · Esc stops");
}

Test(progress, never_says_that_nothing_is_left)
{
    for (size_t done = 1; done < 1000; done++)
        cr_assert_not(strstr(at(done, 1000, 100, 78), " 0 s"), "%s", text);
    cr_assert(strstr(at(999, 1000, 1, 78), "· 1 s left"), "%s", text);
    cr_assert(strstr(at(1, 1000, 1000, 78), "· 17 min left"), "%s", text);
    cr_assert_not(strstr(at(0, 1000, 400, 78), "left"), "%s", text);
}

Test(progress, never_looks_complete_before_it_is)
{
    cr_assert(strstr(at(999999, 1000000, 9000, 78), "░"), "%s", text);
}

Test(progress, has_a_plain_form)
{
    text_set_ascii(true);
    cr_assert(strstr(at(5000, 10000, 1000, 78), "######......."), "%s", text);
}

Test(progress, fits_every_width)
{
    for (int columns = 18; columns < 200; columns++)
        at(123456, 1000000, 12345, columns);
}
