/* Tokens of accounts: states, limits, generating, copying, ending. SQL in src/model/token*.c. */
#ifndef GATEHOUSE_TOKEN_H
#define GATEHOUSE_TOKEN_H

#include <gatehouse/act.h>
#include <gatehouse/token_format.h>
#include <gatehouse/vault.h>

enum { TOKEN_NAME_MAX = 64, TOKEN_LIMIT_DEFAULT = 20 };

enum token_state { TOKEN_LIVE, TOKEN_SUSPENDED, TOKEN_EXPIRED, TOKEN_REVOKED };
const char *
token_state_text(enum token_state state); /* "live", "suspended", "expired", "revoked" */

struct token_row {
    int64_t number;
    int64_t account;
    char name[TOKEN_NAME_MAX * 4 + 1]; /* "" if none */
    char last_four[5];
    int64_t created;
    int64_t expires;        /* WHEN_NEVER: does not expire. Good while now < expires */
    int64_t revoked;        /* when; WHEN_NEVER */
    int64_t last_used;      /* WHEN_NEVER: not used yet */
    bool sealed;            /* a sealed copy exists, so that it can be copied */
    enum token_state state; /* at the time that was asked about */
};
struct token_rows {
    size_t count;
    struct token_row items[];
};

/* Tokens of an account, those in use first by number, then the expired, then (if asked) the
 * revoked. free(). */
enum error token_list(struct store *store, int64_t now, int64_t account, bool with_revoked,
                      struct token_rows **out) MUST_CHECK;
/* One page over all accounts by number, after `after`: for `token list` without an ID. free(). */
enum error token_list_all(struct store *store, int64_t now, int64_t after, size_t max,
                          struct token_rows **out) MUST_CHECK;
/* The row; ERR_NOT_FOUND. */
enum error token_get(struct store *store, int64_t now, int64_t number,
                     struct token_row *out) MUST_CHECK;
/* REF of the command line: a token's number (all digits), or ID/NAME where that is unambiguous. */
enum error token_find(struct store *store, const char *ref, int64_t *number) MUST_CHECK;
/* How many count against the limit (live and suspended), how many are revoked, and the limit
 * itself. */
struct token_counts {
    int64_t used, limit, revoked;
};
enum error token_get_counts(struct store *store, int64_t now, int64_t account,
                            struct token_counts *out) MUST_CHECK;

/* At most TOKEN_NAME_MAX printable characters; part of every change. */
enum error token_check_name(const char *name) MUST_CHECK;
/* Generates, seals where the policy keeps tokens, writes and audits. The secret is the caller's to
 * free. Needs no unlock. `name` may be ""; `expires` WHEN_NEVER or after now. */
enum error token_generate(const struct act *act, int64_t account, const char *name, int64_t expires,
                          int64_t *number, struct secret **text) MUST_CHECK;
/* Opens the sealed copy; its audit event ("copy", "peek" or "reveal") is committed before this
 * returns. Caller frees. */
enum error token_reveal(const struct act *act, int64_t number, const struct vault *vault,
                        const char *how, struct secret **text) MUST_CHECK;

/* Each is one transaction with its event. Already so: OK, *changed false (may be NULL). */
enum error token_rename(const struct act *act, int64_t number, const char *name,
                        bool *changed) MUST_CHECK;
enum error token_set_suspended(const struct act *act, int64_t number, bool suspended,
                               bool *changed) MUST_CHECK;
enum error token_revoke(const struct act *act, int64_t number, bool *changed) MUST_CHECK;

/* Checking: rule 9. */
struct token_pass {
    int64_t token;
    int64_t account;
    char account_name[65];
    int64_t expires;
};
/* OK only for a known, live token of an active account that holds `permission` (a permission
 * number; 0: none asked). Every denial is ERR_NOT_FOUND with one and the same sentence. `reason`
 * (may be NULL) gets the true one, for admins. */
enum error token_check(struct store *store, int64_t now, const void *bytes, size_t size,
                       int64_t permission, struct token_pass *out, const char **reason) MUST_CHECK;
/* Records the use, at most once a minute for each token; never waits; a busy database is no error.
 * Not audited. */
void token_touch(struct store *store, int64_t now, const struct token_pass *pass);

#endif
