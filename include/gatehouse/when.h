/* Times. All times in Gatehouse are int64_t seconds since 1970-01-01 00:00 UTC; WHEN_NEVER stands
 * for none (stored as NULL). Nothing here asks the clock: `now` is always given. */
#ifndef GATEHOUSE_WHEN_H
#define GATEHOUSE_WHEN_H

#include <gatehouse/error.h>
#include <stdbool.h>
#include <stdint.h>

#define WHEN_NEVER INT64_MIN

enum { WHEN_SIZE = 32, DAY_SECONDS = 86400 };

/* "Soon", wherever something says that a token ends: on the screens, in lists and in facets. */
#define WHEN_SOON_TEXT "14 days"
enum { WHEN_SOON = 14 * DAY_SECONDS };

/* "just now", "2 min ago", "1 h ago", "3 d ago" (days from 48 h on), "in 12 d", "in 5 min"; "never"
 * for WHEN_NEVER. */
void when_relative(char out[static WHEN_SIZE], int64_t time, int64_t now);
/* "2026-05-02" and "2026-05-02T09:30:00Z", UTC; "never" for WHEN_NEVER. */
void when_date(char out[static WHEN_SIZE], int64_t time);
void when_iso(char out[static WHEN_SIZE], int64_t time);

/* An expiry as people write it: "never", "90d" (also h, m, w: from now), "2027-01-31" (the last
 * second of that day, UTC) or a full "2027-01-31T09:30:00Z". ERR_INVALID says which forms work; a
 * time that is not after `now` is refused. */
enum error when_parse_expiry(const char *s, int64_t now, int64_t *out) MUST_CHECK;

/* What when_iso wrote: a full time, or "never". ERR_INVALID. */
enum error when_parse_iso(const char *s, int64_t *out) MUST_CHECK;

/* An end of a range of times that lie behind: "7d" (also h, m, w: before now), "2026-01-31" (that
 * day's first second, UTC; its last one where `last`) or a full time. ERR_INVALID says which forms
 * work. */
enum error when_parse_past(const char *s, int64_t now, bool last, int64_t *out) MUST_CHECK;

#endif
