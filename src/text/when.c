#include <gatehouse/ascii.h>
#include <gatehouse/when.h>

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* 9999-12-31T23:59:59Z: the last time whose year has four digits. */
static const int64_t last_time = 253402300799;

static void format_span(char out[static WHEN_SIZE], int64_t seconds, bool past)
{
    static const struct {
        int64_t below, unit;
        const char *word;
    } steps[] = {{3600, 60, "min"}, {172800, 3600, "h"}, {0, 86400, "d"}};
    size_t i = 0;
    while (steps[i].below && seconds >= steps[i].below)
        i++;
    int64_t count = seconds / steps[i].unit;
    snprintf(out, WHEN_SIZE, past ? "%" PRId64 " %s ago" : "in %" PRId64 " %s", count,
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

void when_iso(char out[static WHEN_SIZE], int64_t time)
{
    struct tm parts;
    if (split_time(time, &parts))
        strftime(out, WHEN_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts);
    else
        snprintf(out, WHEN_SIZE, "never");
}

/* "90d" and the like, in seconds from now. */
static bool parse_span(const char *s, int64_t *seconds)
{
    static const struct {
        char letter;
        int64_t unit;
    } units[] = {{'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
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

/* A date that exists (its first second, or its last if `last`) or a full time; strptime alone would
 * accept February 31. */
static bool parse_date(const char *s, bool last, int64_t *time)
{
    struct tm parts = {0};
    const char *end = strptime(s, "%Y-%m-%d", &parts);
    bool whole_day = end && *end == 0;
    if (!whole_day) {
        memset(&parts, 0, sizeof parts);
        end = strptime(s, "%Y-%m-%dT%H:%M:%SZ", &parts);
        if (!end || *end) return false;
    } else if (last) {
        parts.tm_hour = 23;
        parts.tm_min = parts.tm_sec = 59;
    }
    int day = parts.tm_mday;
    *time = (int64_t)timegm(&parts);
    return parts.tm_mday == day;
}

enum error when_parse_expiry(const char *s, int64_t now, int64_t *out)
{
    int64_t value;
    if (strcmp(s, "never") == 0) {
        *out = WHEN_NEVER;
        return OK;
    }
    if (parse_span(s, &value))
        value += now;
    else if (!parse_date(s, true, &value))
        return fail(ERR_INVALID,
                    "“%s” is not an expiry: write never, 90d (or m, h, w), 2027-01-31 or "
                    "2027-01-31T09:30:00Z",
                    s);
    if (value <= now) return fail(ERR_INVALID, "“%s” is not in the future: choose a later time", s);
    if (value > last_time) return fail(ERR_INVALID, "“%s” is too far away: write never instead", s);
    *out = value;
    return OK;
}

enum error when_parse_past(const char *s, int64_t now, bool last, int64_t *out)
{
    int64_t span;
    if (parse_span(s, &span)) {
        *out = now - span;
        return OK;
    }
    if (parse_date(s, last, out)) return OK;
    return fail(ERR_INVALID,
                "“%s” is not a time: write 7d (or m, h, w: before now), 2026-01-31 or "
                "2026-01-31T09:30:00Z",
                s);
}

enum error when_parse_iso(const char *s, int64_t *out)
{
    *out = WHEN_NEVER;
    if (strcmp(s, "never") == 0) return OK;
    if (strchr(s, 'T') && parse_date(s, false, out)) return OK;
    return fail(ERR_INVALID, "“%s” is not a time: write 2027-01-31T09:30:00Z", s);
}
