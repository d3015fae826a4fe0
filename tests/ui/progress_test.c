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

static int bar_width(void)
{
    int count = 0;
    for (const char *at = text; *at; at++)
        count += strncmp(at, "█", 3) == 0 || strncmp(at, "░", 3) == 0;
    return count;
}

Test(progress, has_a_bar_of_five_to_twenty_which_takes_the_room_that_is_left)
{
    for (int columns = 5; columns < 200; columns++) {
        at(123456, 1000000, 12345, columns);
        cr_assert_geq(bar_width(), 5, "%d: %s", columns, text);
        cr_assert_leq(bar_width(), 20, "%d: %s", columns, text);
        if (bar_width() < 20) cr_assert_eq((int)text_width(text), columns, "%s", text);
    }
}

Test(progress, says_all_where_the_bar_has_room_for_five)
{
    at(123456, 1000000, 12345, 200);
    const int least = (int)text_width(text) - bar_width() + 5;
    cr_assert(strstr(at(123456, 1000000, 12345, least), "/s ·"), "%s", text);
    cr_assert_eq(bar_width(), 5);
    cr_assert_not(strstr(at(123456, 1000000, 12345, least - 1), "/s ·"), "%s", text);
}

Test(progress, says_no_rate_that_is_none)
{
    cr_assert_not(strstr(at(5, 10, 0, 78), "/s"), "%s", text);
    cr_assert_not(strstr(at(0, 10, 1000, 78), "/s"), "%s", text);
    cr_assert(strstr(at(1, 10, 1000, 78), " · 1/s ·"), "%s", text);
    cr_assert(strstr(at(1, 10, 1, 78), " · 1000/s ·"), "%s", text);
}

Test(progress, has_as_much_of_the_bar_as_is_done)
{
    for (size_t done = 0; done <= 1000; done++) {
        at(done, 1000, 1000, 200);
        size_t full = 0;
        for (const char *found = text; (found = strstr(found, "█")); found += 3)
            full++;
        cr_assert_eq(full, done * 20 / 1000, "%zu: %s", done, text);
    }
}
