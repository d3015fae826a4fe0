/* Times. All times in Gatehouse are int64_t seconds since 1970-01-01 00:00 UTC; WHEN_NEVER means
 * none and is stored as NULL. Nothing here reads the clock: `now` is always passed in. */
#ifndef GATEHOUSE_WHEN_H
#define GATEHOUSE_WHEN_H

#include <gatehouse/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WHEN_NEVER INT64_MIN

enum { WHEN_SIZE = 32, DAY_SECONDS = 86400 };

/* What "ends soon" means, on every screen, in every list and facet. */
#define WHEN_SOON_TEXT "14 days"
enum { WHEN_SOON = 14 * DAY_SECONDS };

/* "just now", "2 min ago", "1 h ago", "3 d ago" (days from 48 h on), "in 12 d", "in 5 min"; "never"
 * for WHEN_NEVER. Rounded to the nearest unit. */
void when_relative(char out[static WHEN_SIZE], int64_t time, int64_t now);
/* "2026-05-02" and "2026-05-02T09:30:00Z", UTC; "never" for WHEN_NEVER. */
void when_date(char out[static WHEN_SIZE], int64_t time);
void when_iso(char out[static WHEN_SIZE], int64_t time);
/* Of an event: "13:21:07" today, "11-17 09:05" in the last half year, else the date; UTC. */
enum { WHEN_EVENT_WIDTH = 11 };
void when_event(char out[static WHEN_SIZE], int64_t time, int64_t now);
/* Of an end, which is the first second in which something no longer works: the last day on which
 * it does; and what to type to get this end: a day, or a full time. "never" for WHEN_NEVER. */
void when_last_day(char out[static WHEN_SIZE], int64_t end);
void when_end(char out[static WHEN_SIZE], int64_t end);

/* Times as people type them, the same everywhere: "90d" (also m, h, w), "today", "yesterday",
 * "tomorrow", "2027-01-31" (days are UTC), "2027-01-31T09:30Z" or with seconds. ERR_INVALID lists
 * these forms.
 *
 * An expiry: also "never"; spans count from now; of a day, its last second is included, so the end
 * is the first second after it. A time that is not after `now` is refused. */
enum error when_parse_expiry(const char *s, int64_t now, int64_t *out) MUST_CHECK;
/* How long something goes on from now, in seconds: "0", or written like an expiry, except "never".
 */
enum error when_parse_length(const char *s, int64_t now, int64_t *out) MUST_CHECK;
/* The start or end of a range in the past: spans count back from now; of a day its first second,
 * or its last if `last`. */
enum error when_parse_past(const char *s, int64_t now, bool last, int64_t *out) MUST_CHECK;

/* Parses what when_iso wrote: a full time, or "never". ERR_INVALID. */
enum error when_parse_iso(const char *s, int64_t *out) MUST_CHECK;

/* What is left of work, at the rate so far: "4 s left", "17 min left"; "" as long as nothing is
 * done. Rounded up: as long as there is something to do, it takes a second. */
void when_left(char out[static WHEN_SIZE], size_t done, size_t total, int64_t took_ms);

#endif
