/* The names of all accounts in memory, sorted, for substring searches faster than the database can
 * do them. About 40 bytes per account. Keeps up with the database by reading accounts newer than
 * those it has, and the events of deletions. Used by one thread. */
#ifndef GATEHOUSE_NAME_ARENA_H
#define GATEHOUSE_NAME_ARENA_H

#include <gatehouse/account_list.h>

struct name_arena;

enum error name_arena_new(struct name_arena **out) MUST_CHECK;
void name_arena_free(struct name_arena *arena); /* NULL is fine */

/* Reads more names, for a few milliseconds at most, or catches up with changes; *done: everything
 * has been read. */
enum error name_arena_step(struct name_arena *arena, struct store *store, bool *done) MUST_CHECK;
/* Whether it can answer this query now: all names have been read, none was added or removed since,
 * and the query searches names only and sorts by them. */
enum error name_arena_serves(const struct name_arena *arena, struct store *store,
                             const struct account_query *query, bool *serves) MUST_CHECK;
/* As account_page, but returns numbers; only if name_arena_serves. Asks the store's interrupt now
 * and then (ERR_STOPPED), as does name_arena_count. */
enum error name_arena_page(const struct name_arena *arena, struct store *store,
                           const struct account_query *query, const struct account_place *from,
                           struct page page, int64_t *numbers, size_t *count) MUST_CHECK;
enum error name_arena_count(const struct name_arena *arena, struct store *store,
                            const struct account_query *query, int64_t *count) MUST_CHECK;

#endif
