/* What restoring an older copy of a database would bring back: tokens that work there but not here.
 */
#ifndef GATEHOUSE_TOKEN_RETURN_H
#define GATEHOUSE_TOKEN_RETURN_H

#include <gatehouse/account.h>
#include <gatehouse/token.h>

enum return_reason {
    RETURN_DEAD,      /* revoked, or its account was deleted: stays dead */
    RETURN_SUSPENDED, /* works again */
    RETURN_EXPIRED,   /* works again */
    RETURN_INACTIVE,  /* its account is inactive: works again */
    RETURN_UNKNOWN,   /* unknown to this database: works */
};
/* "suspended now: it works again", ... */
const char *return_reason_text(enum return_reason reason);

struct token_return {
    int64_t token; /* its number in the older copy */
    enum return_reason reason;
    char name[TOKEN_NAME_MAX * 4 + 1], account_name[ACCOUNT_NAME_MAX + 1];
};
/* Calls `each` for every token that works in `older` but not in `present`. */
enum error token_returns(struct store *older, struct store *present, int64_t now,
                         enum error (*each)(const struct token_return *found, void *arg),
                         void *arg) MUST_CHECK;
/* Makes every digest that is dead in `present` dead in the database of `act` as well, even if it is
 * unknown there; *stopped is how many of them worked. Only between its store_begin and store_end.
 */
enum error token_return_prevent(const struct act *act, struct store *present,
                                int64_t *stopped) MUST_CHECK;

#endif
