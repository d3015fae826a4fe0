/* What came of checks, recorded: the last use of a token and, of one that is known but was denied,
 * the last denial. Neither is an event; the use of a canary is. */
#ifndef GATEHOUSE_TOKEN_USE_H
#define GATEHOUSE_TOKEN_USE_H

#include <gatehouse/token_check.h>

struct token_use {
    int64_t token, account;
    int64_t at;
    enum token_denial denial; /* DENIAL_NONE: it was used */
    char from[64];            /* the address; "" if unknown */
};
/* Records them in one transaction, a use and a denial of each token at most once in `interval`
 * seconds; a stored time that is ahead of `at` by more than a minute is replaced. Never waits:
 * ERR_BUSY while somebody else writes. Takes no lock if nothing is due. */
enum error token_use_record(struct store *store, const struct token_use *uses, size_t count,
                            int interval) MUST_CHECK;

/* For a single check: records its use, or by pass->denial its denial, and where it came from (NULL:
 * unknown), at most once a minute per token; an unknown token leaves no trace. Never waits: if the
 * database is busy, nothing is recorded. */
void token_touch(struct store *store, int64_t now, const struct token_pass *pass, const char *from);
/* Records the use of a canary: an event, and the last use. */
enum error token_alarm(const struct act *act, const struct token_pass *pass,
                       const char *from) MUST_CHECK;

#endif
