#include <gatehouse/ascii.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* 9999-12-31T23:59:59Z: the last time whose year has four digits. */
static const int64_t last_time = 253402300799;

/* Rounded to the nearest unit, so that what ends in 30 days still says so a second later. */
static void format_span(char out[static WHEN_SIZE], int64_t seconds, bool past)
{
    static const struct {
        int64_t below, unit; /* below: in units */
        const char *word;
    } steps[] = {{60, 60, "min"}, {48, 3600, "h"}, {0, DAY_SECONDS, "d"}};
    size_t i = 0;
    int64_t count;
    for (;; i++) {
        int64_t unit = steps[i].unit;
        count = seconds / unit + (seconds % unit >= unit / 2);
        if (!steps[i].below || count < steps[i].below) break;
    }
    snprintf(out, WHEN_SIZE, past ? "%s %s ago" : "in %s %s", number_text(count).text,
             steps[i].word);
}

void when_relative(char out[static WHEN_SIZE], int64_t time, int64_t now)
{
    if (time == WHEN_NEVER) {
        snprintf(out, WHEN_SIZE, "never");
        return;
    }
    bool past = time <= now;
    /* Unsigned: a damaged database may hold times further apart than an int64_t can say. */
    uint64_t apart = past ? (uint64_t)now - (uint64_t)time : (uint64_t)time - (uint64_t)now;
    int64_t seconds = apart > INT64_MAX ? INT64_MAX : (int64_t)apart;
    if (seconds < 60)
        snprintf(out, WHEN_SIZE, past ? "just now" : "in 1 min");
    else
        format_span(out, seconds, past);
}

static bool split_time(int64_t time, struct tm *parts)
{
    time_t seconds = (time_t)time;
    return time != WHEN_NEVER && gmtime_r(&seconds, parts);
}

void when_date(char out[static WHEN_SIZE], int64_t time)
{
    struct tm parts;
    if (split_time(time, &parts))
        strftime(out, WHEN_SIZE, "%Y-%m-%d", &parts);
    else
        snprintf(out, WHEN_SIZE, "never");
}

void when_event(char out[static WHEN_SIZE], int64_t time, int64_t now)
{
    enum { HALF_A_YEAR = 182 * DAY_SECONDS };
    struct tm parts, today;
    bool known = split_time(time, &parts) && split_time(now, &today);
    bool is_today = known && parts.tm_year == today.tm_year && parts.tm_yday == today.tm_yday;
    if (!is_today && (!known || time > now || time < now - HALF_A_YEAR))
        when_date(out, time);
    else
        strftime(out, WHEN_SIZE, is_today ? "%H:%M:%S" : "%m-%d %H:%M", &parts);
}

void when_iso(char out[static WHEN_SIZE], int64_t time)
{
    struct tm parts;
    if (split_time(time, &parts))
        strftime(out, WHEN_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts);
    else
        snprintf(out, WHEN_SIZE, "never");
}

void when_last_day(char out[static WHEN_SIZE], int64_t end)
{
    when_date(out, end == WHEN_NEVER ? end : end - 1);
}

void when_end(char out[static WHEN_SIZE], int64_t end)
{
    if (end % DAY_SECONDS == 0)
        when_last_day(out, end);
    else
        when_iso(out, end);
}

/* "90d" and the like, in seconds. */
static bool parse_span(const char *s, int64_t *seconds)
{
    static const struct {
        char letter;
        int64_t unit;
    } units[] = {{'m', 60}, {'h', 3600}, {'d', DAY_SECONDS}, {'w', INT64_C(7) * DAY_SECONDS}};
    size_t digits = strspn(s, "0123456789");
    if (digits == 0 || digits > 7 || s[digits] == 0 || s[digits + 1] != 0) return false;
    int64_t count = 0;
    for (size_t i = 0; i < digits; i++)
        count = count * 10 + (s[i] - '0');
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (ascii_lower(s[digits]) == units[i].letter) {
            *seconds = count * units[i].unit;
            return true;
        }
    }
    return false;
}

/* What people type means a moment or a whole day: from its first second to the one after it. */
struct period {
    int64_t first, after; /* equal for a moment */
};

/* Only what exists: strptime alone would accept February 31. */
static bool parse_format(const char *s, const char *format, int64_t *time)
{
    struct tm parts = {0};
    const char *end = strptime(s, format, &parts);
    if (!end || *end) return false;
    int day = parts.tm_mday;
    *time = (int64_t)timegm(&parts);
    return parts.tm_mday == day;
}

static bool parse_moment(const char *s, int64_t *time)
{
    return parse_format(s, "%Y-%m-%dT%H:%M:%SZ", time) || parse_format(s, "%Y-%m-%dT%H:%MZ", time);
}

static bool parse_day(const char *s, int64_t now, int64_t *first)
{
    static const struct {
        const char *word;
        int days;
    } words[] = {{"yesterday", -1}, {"today", 0}, {"tomorrow", 1}};
    int64_t today = now - (now % DAY_SECONDS + DAY_SECONDS) % DAY_SECONDS;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        *first = today + words[i].days * (int64_t)DAY_SECONDS;
        if (ascii_casecmp(s, words[i].word) == 0) return true;
    }
    return parse_format(s, "%Y-%m-%d", first);
}

/* The one parser of times that people type; `ahead`: spans count from now on, not back. */
static bool parse_period(const char *s, int64_t now, bool ahead, struct period *out)
{
    int64_t span;
    if (parse_day(s, now, &out->first)) {
        out->after = out->first + DAY_SECONDS;
        return true;
    }
    if (parse_span(s, &span))
        out->first = ahead ? now + span : now - span;
    else if (!parse_moment(s, &out->first))
        return false;
    out->after = out->first;
    return true;
}

#define FORMS "2027-01-31 or 2027-01-31T09:30Z; days are UTC"

/* The end of the period `s`, which must be in the future; `wrong` says what else `s` is not. */
static enum error parse_end(const char *s, int64_t now, const char *wrong, int64_t *out)
{
    struct period period;
    if (!parse_period(s, now, true, &period)) return fail(ERR_INVALID, "“%s” is not %s", s, wrong);
    if (period.after <= now)
        return fail(ERR_INVALID, "“%s” is not in the future: choose a later time", s);
    if (period.after > last_time) return fail(ERR_INVALID, "“%s” is too far away", s);
    *out = period.after;
    return OK;
}

enum error when_parse_expiry(const char *s, int64_t now, int64_t *out)
{
    if (ascii_casecmp(s, "never") != 0)
        return parse_end(s, now,
                         "an expiry: write never, 90d (or m, h, w), today, "
                         "tomorrow, " FORMS,
                         out);
    *out = WHEN_NEVER;
    return OK;
}

enum error when_parse_length(const char *s, int64_t now, int64_t *out)
{
    int64_t until = now;
    bool none = strcmp(s, "0") == 0 || (parse_span(s, out) && *out == 0);
    enum error e = none ? OK
                        : parse_end(s, now,
                                    "a length of time: write 90d (or m, h, w), or its "
                                    "end: today, tomorrow, " FORMS,
                                    &until);
    if (!e) *out = until - now;
    return e;
}

enum error when_parse_past(const char *s, int64_t now, bool last, int64_t *out)
{
    struct period period;
    if (!parse_period(s, now, false, &period))
        return fail(
            ERR_INVALID,
            "“%s” is not a time: write 7d (or m, h, w: before now), today, yesterday, " FORMS, s);
    bool whole_day = period.after > period.first;
    *out = last && whole_day ? period.after - 1 : period.first;
    return OK;
}

enum error when_parse_iso(const char *s, int64_t *out)
{
    *out = WHEN_NEVER;
    if (strcmp(s, "never") == 0) return OK;
    if (parse_moment(s, out)) return OK;
    return fail(ERR_INVALID, "“%s” is not a time: write 2027-01-31T09:30:00Z", s);
}

void when_left(char out[static WHEN_SIZE], size_t done, size_t total, int64_t took_ms)
{
    enum { SECONDS = 60, SHOWN_AS_MINUTES = 120 };
    *out = 0;
    if (!done) return;
    double left = (double)took_ms / 1000 * (double)(total - done) / (double)done;
    long long seconds = (long long)left + 1;
    if (seconds < SHOWN_AS_MINUTES)
        snprintf(out, WHEN_SIZE, "%.20s s left", number_text(seconds).text);
    else
        snprintf(out, WHEN_SIZE, "%.20s min left", number_text(seconds / SECONDS + 1).text);
}
