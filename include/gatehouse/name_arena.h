/* The names of all accounts in memory, sorted, for searching them by substring faster than the
 * database can: about 40 bytes for each. Follows the database by the accounts that are newer than
 * those it knows and by the events of those that were deleted. One thread. */
#ifndef GATEHOUSE_NAME_ARENA_H
#define GATEHOUSE_NAME_ARENA_H

#include <gatehouse/account_list.h>

struct name_arena;

enum error name_arena_new(struct name_arena **out) MUST_CHECK;
void name_arena_free(struct name_arena *arena); /* NULL is fine */

/* Reads on, a few milliseconds at the most, or follows what has changed; *done: there is nothing
 * more to read. */
enum error name_arena_step(struct name_arena *arena, struct store *store, bool *done) MUST_CHECK;
/* Whether it can answer this query now: all names are there, none came or went since, and only
 * names are asked for, in their own order. */
enum error name_arena_serves(const struct name_arena *arena, struct store *store,
                             const struct account_query *query, bool *serves) MUST_CHECK;
/* As account_page, but gives numbers; only where it serves. ERR_STOPPED by the interrupt of the
 * store, which is asked now and then; so is the next. */
enum error name_arena_page(const struct name_arena *arena, struct store *store,
                           const struct account_query *query, const struct account_place *from,
                           struct page page, int64_t *numbers, size_t *count) MUST_CHECK;
enum error name_arena_count(const struct name_arena *arena, struct store *store,
                            const struct account_query *query, int64_t *count) MUST_CHECK;

#endif
