#include <gatehouse/when.h>

#include <criterion/criterion.h>

static const int64_t now = 1795435200; /* 2026-11-23T12:00:00Z */

static void relative(int64_t time, const char *expected)
{
    char out[WHEN_SIZE];
    when_relative(out, time, now);
    cr_assert_str_eq(out, expected);
}

Test(when, relative_times_read_naturally)
{
    relative(WHEN_NEVER, "never");
    relative(now, "just now");
    relative(now - 60, "1 min ago");
    relative(now - 3600, "1 h ago");
    relative(now - 172800, "2 d ago");
    relative(now + 12 * DAY_SECONDS, "in 12 d");
}

Test(when, a_day_means_its_last_second)
{
    int64_t time;
    char out[WHEN_SIZE];
    cr_assert_eq(when_parse_expiry("2027-01-31", now, &time), OK);
    when_iso(out, time);
    cr_assert_str_eq(out, "2027-01-31T23:59:59Z");
}

Test(when, spans_count_from_now)
{
    int64_t time;
    cr_assert_eq(when_parse_expiry("90d", now, &time), OK);
    cr_assert_eq(time, now + 90 * DAY_SECONDS);
    cr_assert_eq(when_parse_expiry("never", now, &time), OK);
    cr_assert_eq(time, WHEN_NEVER);
}

Test(when, nonsense_and_the_past_are_refused)
{
    static const char *const wrong[] = {"",           "90",   "d",   "2027-02-31",
                                        "2020-01-01", "soon", "-5d", "0d"};
    int64_t time;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_eq(when_parse_expiry(wrong[i], now, &time), ERR_INVALID, "%s", wrong[i]);
}

Test(when, a_time_behind_has_a_first_and_a_last_second)
{
    int64_t time;
    cr_assert_eq(when_parse_past("7d", 1000000, false, &time), OK);
    cr_assert_eq(time, 1000000 - 7 * DAY_SECONDS);
    cr_assert_eq(when_parse_past("2027-01-15", 0, false, &time), OK);
    cr_assert_eq(time, INT64_C(1799971200));
    cr_assert_eq(when_parse_past("2027-01-15", 0, true, &time), OK);
    cr_assert_eq(time, INT64_C(1799971200) + DAY_SECONDS - 1);
    cr_assert_eq(when_parse_past("2027-01-15T08:00:00Z", 0, true, &time), OK);
    cr_assert_eq(time, INT64_C(1800000000));
    cr_assert_eq(when_parse_past("2027-02-30", 0, true, &time), ERR_INVALID);
    cr_assert_eq(when_parse_past("never", 0, true, &time), ERR_INVALID);
}
