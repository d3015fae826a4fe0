/* Whether a token is good: rule 9. */
#ifndef GATEHOUSE_TOKEN_CHECK_H
#define GATEHOUSE_TOKEN_CHECK_H

#include <gatehouse/actor.h>

struct token_question {
    int64_t permission; /* 0: none asked */
    const char *from;   /* the address the request came from; NULL: not known. ERR_INVALID unless
                         * IPv4 or IPv6 */
};
struct token_pass {
    int64_t token; /* 0: not known at all */
    int64_t account;
    char account_name[65];
    int64_t expires;
    bool canary; /* of a denial: somebody used a canary, see token_alarm */
};
/* Checks against one store, in its thread, and keeps in mind what accounts may do: in a bounded
 * part of memory, and only until anybody changes an account, a group or a grant. The caller's, to
 * be freed before the store is closed. */
struct token_checker;
enum error token_checker_new(struct store *store, struct token_checker **out) MUST_CHECK;
void token_checker_free(struct token_checker *checker); /* NULL is fine */
/* OK only for a known, live token of an active account that may do what is asked; all of it read
 * from one state of the database. Every denial is ERR_NOT_FOUND with one and the same sentence.
 * `reason` (may be NULL) gets the true one, for admins. */
enum error token_check(struct token_checker *checker, int64_t now, const void *bytes, size_t size,
                       const struct token_question *question, struct token_pass *out,
                       const char **reason) MUST_CHECK;
/* Records the use and where it came from (NULL: not known), at most once a minute for each token;
 * never waits; a busy database is no error. Not audited. */
void token_touch(struct store *store, int64_t now, const struct token_pass *pass, const char *from);
/* The event of a canary's use, and its last use. */
enum error token_alarm(const struct act *act, const struct token_pass *pass,
                       const char *from) MUST_CHECK;

#endif
