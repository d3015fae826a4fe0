#include <gatehouse/when.h>

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

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
    relative(now - 10000 * (int64_t)DAY_SECONDS, "10,000 d ago");
    relative(now + 12 * DAY_SECONDS, "in 12 d");
}

Test(when, relative_times_are_rounded_to_the_nearest_unit)
{
    relative(now + 30 * DAY_SECONDS - 1, "in 30 d");
    relative(now + DAY_SECONDS - 1, "in 24 h");
    relative(now + 3600 - 1, "in 1 h");
    relative(now + 60 - 1, "in 1 min");
    relative(now + 48 * 3600 - 1, "in 2 d");
    relative(now - 59 * 60 - 29, "59 min ago");
    relative(now - 59 * 60 - 30, "1 h ago");
    relative(now - 3600 - 1799, "1 h ago");
    relative(now - 3600 - 1800, "2 h ago");
    relative(now - 2 * DAY_SECONDS - DAY_SECONDS / 2, "3 d ago");
}

Test(when, the_end_of_a_day_includes_its_last_second)
{
    int64_t time, again;
    char out[WHEN_SIZE];
    cr_assert_eq(when_parse_expiry("2027-01-31", now, &time), OK);
    when_iso(out, time);
    cr_assert_str_eq(out, "2027-02-01T00:00:00Z"); /* good while now < expires */
    when_last_day(out, time);
    cr_assert_str_eq(out, "2027-01-31");
    when_end(out, time);
    cr_assert_str_eq(out, "2027-01-31");
    cr_assert_eq(when_parse_expiry(out, now, &again), OK);
    cr_assert_eq(again, time);
    when_last_day(out, time - 1);
    cr_assert_str_eq(out, "2027-01-31");
    when_end(out, time - 1);
    cr_assert_str_eq(out, "2027-01-31T23:59:59Z");
    when_end(out, WHEN_NEVER);
    cr_assert_str_eq(out, "never");
}

Test(when, a_time_means_the_same_as_an_expiry_and_in_a_range)
{
    static const int64_t today = 1795392000; /* 2026-11-23 */
    static const struct {
        const char *typed;
        int64_t expiry, since, until; /* expiry 0: it is past */
    } rows[] = {
        {"2h", now + 7200, now - 7200, now - 7200},
        {"today", today + DAY_SECONDS, today, today + DAY_SECONDS - 1},
        {"Yesterday", 0, today - DAY_SECONDS, today - 1},
        {"tomorrow", today + 2 * DAY_SECONDS, today + DAY_SECONDS, today + 2 * DAY_SECONDS - 1},
        {"2026-11-23", today + DAY_SECONDS, today, today + DAY_SECONDS - 1},
        {"2026-11-23T18:00Z", today + 64800, today + 64800, today + 64800},
        {"2026-11-23T18:00:00Z", today + 64800, today + 64800, today + 64800},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t time;
        enum error e = when_parse_expiry(rows[i].typed, now, &time);
        cr_expect_eq(e, rows[i].expiry ? OK : ERR_INVALID, "%s", rows[i].typed);
        if (!e) cr_expect_eq(time, rows[i].expiry, "%s", rows[i].typed);
        cr_expect_eq(when_parse_past(rows[i].typed, now, false, &time), OK, "%s", rows[i].typed);
        cr_expect_eq(time, rows[i].since, "%s", rows[i].typed);
        cr_expect_eq(when_parse_past(rows[i].typed, now, true, &time), OK, "%s", rows[i].typed);
        cr_expect_eq(time, rows[i].until, "%s", rows[i].typed);
    }
}

Test(when, a_length_may_be_none_but_not_endless)
{
    static const char *const wrong[] = {"0x", "never", "yesterday", "", "00"};
    int64_t grace = 1;
    cr_assert_eq(when_parse_length("0", now, &grace), OK);
    cr_assert_eq(grace, 0);
    grace = 1;
    cr_assert_eq(when_parse_length("0h", now, &grace), OK);
    cr_assert_eq(grace, 0);
    cr_assert_eq(when_parse_length("24h", now, &grace), OK);
    cr_assert_eq(grace, DAY_SECONDS);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_eq(when_parse_length(wrong[i], now, &grace), ERR_INVALID, "%s", wrong[i]);
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

Test(when, a_day_in_the_past_has_a_first_and_a_last_second)
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

Test(when, of_an_event_the_time_of_day_is_shown_while_it_matters)
{
    static const struct {
        const char *now, *time, *shown;
    } cases[] = {
        {"2026-11-23T13:30:00Z", "2026-11-23T13:21:07Z", "13:21:07"},
        {"2026-11-23T13:30:00Z", "2026-11-23T00:00:00Z", "00:00:00"},
        {"2026-11-23T13:30:00Z", "2026-11-22T23:59:59Z", "11-22 23:59"},
        {"2026-11-23T13:30:00Z", "2026-05-26T09:05:00Z", "05-26 09:05"},
        {"2026-01-02T13:30:00Z", "2025-12-31T09:05:00Z", "12-31 09:05"},
        {"2026-11-23T13:30:00Z", "2026-05-20T09:05:00Z", "2026-05-20"},
        {"2026-11-23T13:30:00Z", "2025-11-23T13:30:00Z", "2025-11-23"},
        {"2026-11-23T13:30:00Z", "2026-11-23T14:00:00Z", "14:00:00"},
        {"2026-11-23T13:30:00Z", "2026-11-24T14:00:00Z", "2026-11-24"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t present, time;
        char shown[WHEN_SIZE];
        cr_assert_eq(when_parse_iso(cases[i].now, &present), OK);
        cr_assert_eq(when_parse_iso(cases[i].time, &time), OK);
        when_event(shown, time, present);
        cr_assert_str_eq(shown, cases[i].shown, "%s at %s", cases[i].time, cases[i].now);
    }
    char shown[WHEN_SIZE];
    when_event(shown, WHEN_NEVER, 0);
    cr_assert_str_eq(shown, "never");
}

/* The console and the command line say the same. */
Test(when, work_that_goes_on_never_has_nothing_left)
{
    char out[WHEN_SIZE];
    for (size_t done = 1; done < 1000; done++) {
        when_left(out, done, 1000, 100);
        cr_assert(out[0] > '0' && out[0] <= '9', "%s", out);
    }
    when_left(out, 2500, 10000, 1000);
    cr_assert_str_eq(out, "4 s left");
    when_left(out, 1, 1000, 1000);
    cr_assert_str_eq(out, "17 min left");
    when_left(out, 0, 1000, 400);
    cr_assert_str_eq(out, "");
}

Test(when, relative_times_change_their_unit_at_its_border)
{
    static const struct {
        int64_t apart;
        const char *past, *ahead;
    } rows[] = {
        {1, "just now", "in 1 min"},
        {59, "just now", "in 1 min"},
        {60, "1 min ago", "in 1 min"},
        {89, "1 min ago", "in 1 min"},
        {90, "2 min ago", "in 2 min"},
        {59 * 60 + 29, "59 min ago", "in 59 min"},
        {59 * 60 + 30, "1 h ago", "in 1 h"},
        {90 * 60 - 1, "1 h ago", "in 1 h"},
        {90 * 60, "2 h ago", "in 2 h"},
        {47 * 3600 + 1799, "47 h ago", "in 47 h"},
        {47 * 3600 + 1800, "2 d ago", "in 2 d"},
        {60 * 3600 - 1, "2 d ago", "in 2 d"},
        {60 * 3600, "3 d ago", "in 3 d"},
        {INT64_MAX, "106,751,991,167,301 d ago", "in 106,751,991,167,301 d"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[WHEN_SIZE];
        when_relative(out, 0, rows[i].apart);
        cr_expect_str_eq(out, rows[i].past, "%s, not %s", out, rows[i].past);
        when_relative(out, rows[i].apart, 0);
        cr_expect_str_eq(out, rows[i].ahead, "%s, not %s", out, rows[i].ahead);
    }
    char out[WHEN_SIZE];
    when_relative(out, INT64_MIN + 1, INT64_MAX);
    cr_assert_str_eq(out, "106,751,991,167,301 d ago");
    when_relative(out, INT64_MAX, INT64_MIN + 1);
    cr_assert_str_eq(out, "in 106,751,991,167,301 d");
}

Test(when, half_a_year_is_the_border_of_the_year)
{
    static const int64_t half = 182 * (int64_t)DAY_SECONDS;
    char out[WHEN_SIZE];
    when_event(out, now - half, now);
    cr_assert_str_eq(out, "05-25 12:00");
    when_event(out, now - half - 1, now);
    cr_assert_str_eq(out, "2026-05-25");
    when_event(out, now, WHEN_NEVER);
    cr_assert_str_eq(out, "2026-11-23");
}

Test(when, a_span_has_up_to_seven_digits_and_one_unit)
{
    static const struct {
        const char *typed;
        int64_t span; /* 0: it is none */
    } rows[] = {
        {"1m", 60},       {"1h", 3600},     {"1d", 86400},     {"1w", 604800},
        {"2M", 120},      {"10W", 6048000}, {"0000009m", 540}, {"1234567m", 74074020},
        {"12345678m", 0}, {"00000009m", 0}, {"1y", 0},         {"1", 0},
        {"m", 0},         {"1mm", 0},       {"1 m", 0},        {"+1m", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t time = 0;
        enum error e = when_parse_expiry(rows[i].typed, now, &time);
        cr_expect_eq(e, rows[i].span ? OK : ERR_INVALID, "%s", rows[i].typed);
        if (!e) cr_expect_eq(time, now + rows[i].span, "%s", rows[i].typed);
    }
}

Test(when, what_is_typed_must_be_within_the_years_of_four_digits_and_in_the_future)
{
    int64_t time;
    cr_assert_eq(when_parse_expiry("9999-12-30", now, &time), OK);
    cr_assert_eq(time, INT64_C(253402214400));
    cr_assert_eq(when_parse_expiry("9999-12-31T23:59:59Z", now, &time), OK);
    cr_assert_eq(time, INT64_C(253402300799));
    cr_assert_eq(when_parse_expiry("9999-12-31", now, &time), ERR_INVALID);
    cr_assert(strstr(error_message(), "is too far away"), "%s", error_message());
    cr_assert_eq(when_parse_expiry("2026-11-23T12:00:00Z", now, &time), ERR_INVALID);
    cr_assert(strstr(error_message(), "is not in the future: choose a later time"), "%s",
              error_message());
    cr_assert_eq(when_parse_expiry("2026-11-23T12:00:01Z", now, &time), OK);
    cr_assert_eq(time, now + 1);
    cr_assert_eq(when_parse_expiry("0d", now, &time), ERR_INVALID);
    cr_assert(strstr(error_message(), "is not in the future"), "%s", error_message());
    cr_assert_eq(when_parse_length("2026-11-23T12:00:00Z", now, &time), ERR_INVALID);
    cr_assert_eq(when_parse_length("tomorrow", now, &time), OK);
    cr_assert_eq(time, 36 * 3600);
}

Test(when, what_is_no_time_is_told_the_forms)
{
    int64_t time;
    cr_assert_eq(when_parse_expiry("soon", now, &time), ERR_INVALID);
    cr_assert(strstr(error_message(),
                     "is not an expiry: write never, 90d (or m, h, w), today, tomorrow, "
                     "2027-01-31 or 2027-01-31T09:30Z; days are UTC"),
              "%s", error_message());
    cr_assert_eq(when_parse_length("soon", now, &time), ERR_INVALID);
    cr_assert(strstr(error_message(), "is not a length of time: write 90d (or m, h, w), or its "
                                      "end: today, tomorrow, 2027-01-31 or 2027-01-31T09:30Z; "
                                      "days are UTC"),
              "%s", error_message());
    cr_assert_eq(when_parse_past("soon", now, false, &time), ERR_INVALID);
    cr_assert(strstr(error_message(), "is not a time: write 7d (or m, h, w: before now), today, "
                                      "yesterday, 2027-01-31 or 2027-01-31T09:30Z; days are UTC"),
              "%s", error_message());
    cr_assert_eq(when_parse_iso("2027-01-31", &time), ERR_INVALID);
    cr_assert(strstr(error_message(), "is not a time: write 2027-01-31T09:30:00Z"), "%s",
              error_message());
    cr_assert_eq(when_parse_iso("never", &time), OK);
    cr_assert_eq(time, WHEN_NEVER);
    cr_assert_eq(when_parse_iso("1969-12-31T23:59:59Z", &time), OK);
    cr_assert_eq(time, -1);
}

/* The day before 1970 begins at midnight, too. */
Test(when, today_begins_at_midnight)
{
    static const int64_t moments[][2] = {{0, 0},           {1, 0},       {86399, 0},
                                         {86400, 86400},   {-1, -86400}, {-86400, -86400},
                                         {-86401, -172800}};
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        int64_t time;
        cr_assert_eq(when_parse_past("today", moments[i][0], false, &time), OK);
        cr_assert_eq(time, moments[i][1], "%d", (int)moments[i][0]);
        cr_assert_eq(when_parse_past("tomorrow", moments[i][0], false, &time), OK);
        cr_assert_eq(time, moments[i][1] + 86400);
        cr_assert_eq(when_parse_past("yesterday", moments[i][0], true, &time), OK);
        cr_assert_eq(time, moments[i][1] - 1);
    }
}

Test(when, what_is_left_is_said_in_minutes_from_two_on)
{
    static const struct {
        size_t total;
        const char *left;
    } rows[] = {
        {1, "1 s left"},     {2, "2 s left"},     {119, "119 s left"},         {120, "3 min left"},
        {180, "4 min left"}, {179, "3 min left"}, {1200000, "20,001 min left"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[WHEN_SIZE];
        when_left(out, 1, rows[i].total, 1000);
        cr_expect_str_eq(out, rows[i].left, "%s, not %s", out, rows[i].left);
    }
}
