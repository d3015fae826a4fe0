/* Checking whether a token is good. */
#ifndef GATEHOUSE_TOKEN_CHECK_H
#define GATEHOUSE_TOKEN_CHECK_H

#include <gatehouse/actor.h>
#include <gatehouse/token_denial.h>

struct token_question {
    int64_t permission;  /* 0: none asked */
    const char *from;    /* the address that the request came from; NULL: unknown. ERR_INVALID
                            unless IPv4 or IPv6 */
    const char *account; /* the name of the account that it must be a token of; NULL: any */
};

struct token_pass {
    int64_t token; /* 0: unknown */
    int64_t account;
    char account_name[65];
    int64_t expires;
    enum token_denial denial;
    bool canary; /* of a denial: a canary was used, see token_use.h */
};
/* Checks against one store, in its thread, and caches what accounts may do: in bounded memory, and
 * only until an account, a group or a grant changes. The caller frees it before closing the store.
 */
struct token_checker;
enum error token_checker_new(struct store *store, struct token_checker **out) MUST_CHECK;
void token_checker_free(struct token_checker *checker); /* NULL is fine */
/* As permission_find; what it found is remembered while store_state is the same. */
enum error token_checker_permission(struct token_checker *checker, const char *id,
                                    int64_t *number) MUST_CHECK;
/* Tokens that are going to be checked: what is known of them is then read in one statement, in a
 * transaction that the caller has begun and in which it checks them, instead of one by one.
 * ERR_CONFLICT: there are TOKEN_CHECKER_TOGETHER already. To be forgotten (expect_nothing) before
 * that transaction ends. */
enum { TOKEN_CHECKER_TOGETHER = 16 };
enum error token_checker_expect(struct token_checker *checker, const void *bytes,
                                size_t size) MUST_CHECK;
enum error token_checker_read_expected(struct token_checker *checker) MUST_CHECK;
void token_checker_expect_nothing(struct token_checker *checker);
/* OK only for a known, live token of an active account that is allowed what is asked, all read from
 * one state of the database. Every denial is ERR_NOT_FOUND without a message; `reason` (may be
 * NULL) says why, for admins. */
enum error token_check(struct token_checker *checker, int64_t now, const void *bytes, size_t size,
                       const struct token_question *question, struct token_pass *out,
                       const char **reason) MUST_CHECK;

#endif
