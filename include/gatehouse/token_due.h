/* What comes due by itself: sealed copies to forget (the setting token.forget), and revoked tokens
 * to drop from the lists (token.drop). */
#ifndef GATEHOUSE_TOKEN_DUE_H
#define GATEHOUSE_TOKEN_DUE_H

#include <gatehouse/actor.h>

struct token_due {
    int64_t forgotten; /* sealed copies; the tokens keep working */
    int64_t dropped;   /* rows of revoked tokens; their digests stay dead */
};

/* To be called at each start. A clock may be wrong and this cannot be undone, so something is only
 * deleted if an earlier call, at least a minute ago by its clock, found it due as well, and none
 * between them disagreed. At most TOKEN_DUE_DROPS rows are dropped by one call. `done` may be NULL.
 * Writes nothing if nothing is due. */
enum { TOKEN_DUE_DROPS = 10000 };
enum error token_due_run(const struct act *act, struct token_due *done) MUST_CHECK;

#endif
