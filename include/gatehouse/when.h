/* Times. All times in Gatehouse are int64_t seconds since 1970-01-01 00:00 UTC; WHEN_NEVER means
 * none and is stored as NULL. Nothing here reads the clock: `now` is always passed in. */
#ifndef GATEHOUSE_WHEN_H
#define GATEHOUSE_WHEN_H

#include <gatehouse/error.h>
#include <stdbool.h>
#include <stdint.h>

#define WHEN_NEVER INT64_MIN

enum { WHEN_SIZE = 32, DAY_SECONDS = 86400 };

/* What "ends soon" means, on every screen, in every list and facet. */
#define WHEN_SOON_TEXT "14 days"
enum { WHEN_SOON = 14 * DAY_SECONDS };

/* "just now", "2 min ago", "1 h ago", "3 d ago" (days from 48 h on), "in 12 d", "in 5 min"; "never"
 * for WHEN_NEVER. */
void when_relative(char out[static WHEN_SIZE], int64_t time, int64_t now);
/* "2026-05-02" and "2026-05-02T09:30:00Z", UTC; "never" for WHEN_NEVER. */
void when_date(char out[static WHEN_SIZE], int64_t time);
void when_iso(char out[static WHEN_SIZE], int64_t time);

/* Parses an expiry as people write it: "never", "90d" (also h, m, w: from now), "2027-01-31" (the
 * last second of that day, UTC) or "2027-01-31T09:30:00Z". ERR_INVALID lists these forms; a time
 * that is not after `now` is refused. */
enum error when_parse_expiry(const char *s, int64_t now, int64_t *out) MUST_CHECK;

/* Parses what when_iso wrote: a full time, or "never". ERR_INVALID. */
enum error when_parse_iso(const char *s, int64_t *out) MUST_CHECK;

/* Parses the start or end of a range in the past: "7d" (also h, m, w: before now), "2026-01-31"
 * (the first second of that day, UTC, or the last if `last`) or a full time. ERR_INVALID lists
 * these forms. */
enum error when_parse_past(const char *s, int64_t now, bool last, int64_t *out) MUST_CHECK;

#endif
