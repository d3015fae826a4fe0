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
    int64_t expires;         /* WHEN_NEVER: does not expire. Good while now < expires */
    int64_t revoked;         /* when; WHEN_NEVER */
    int64_t last_used;       /* WHEN_NEVER: not used yet */
    char last_from[64];      /* where that came from; "" if not known */
    bool narrowed, networks; /* held to fewer permissions, to networks */
    bool canary;             /* never passes */
    int64_t successor;       /* the token that replaces it; 0: none */
    int64_t predecessor;     /* the token that it replaces; 0: none */
    int64_t rotated;         /* when the successor was made; WHEN_NEVER */
    bool sealed;             /* a sealed copy exists, so that it can be copied */
    enum token_state state;  /* at the time that was asked about */
};
struct token_rows {
    size_t count;
    struct token_row items[];
};

/* Tokens of an account, those in use first by number (one that is replaced before its successor),
 * then the expired, then (if asked) the revoked. free(). */
enum error token_list(struct store *store, int64_t now, int64_t account, bool with_revoked,
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
/* A token to be. */
struct token_limits;
struct token_plan {
    const char *name;                  /* may be "" */
    int64_t expires;                   /* WHEN_NEVER, or after now and within the longest life */
    const struct token_limits *limits; /* NULL: none */
};
/* Generates, seals where the policy keeps tokens, writes and audits. The secret is the caller's to
 * free. Needs no unlock. */
enum error token_generate(const struct act *act, int64_t account, const struct token_plan *plan,
                          int64_t *number, struct secret **text) MUST_CHECK;
/* The expiry that what was typed means; NULL or "": the default of the settings. */
enum error token_parse_expiry(struct store *store, int64_t now, const char *typed,
                              int64_t *out) MUST_CHECK;
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

/* WHEN_NEVER or after now, and within the longest life, counted from now. Expired is final, and so
 * is being replaced: a rotated token can only end earlier. */
enum error token_set_expiry(const struct act *act, int64_t number, int64_t expires,
                            bool *changed) MUST_CHECK;
/* Clears the sealed copy: it cannot be copied any more, and goes on working. */
enum error token_forget(const struct act *act, int64_t number, bool *changed) MUST_CHECK;
/* The same for all whose time came by the setting token.forget; *count may be NULL. Nothing to do:
 * nothing is written. */
enum error token_forget_due(const struct act *act, int64_t *count) MUST_CHECK;
/* Makes it a canary, for good. */
enum error token_make_canary(const struct act *act, int64_t number, bool *changed) MUST_CHECK;

/* A successor with the same name, account and limits and the old one's length of life, counted from
 * now. The old one ends after `grace` seconds, or when it would have ended, if that is earlier. */
enum {
    TOKEN_GRACE_DEFAULT = 86400,
    TOKEN_GRACE_MOST = 30 * 86400,
};
enum error token_rotate(const struct act *act, int64_t number, int64_t grace, int64_t *successor,
                        struct secret **text) MUST_CHECK;

/* Checking: rule 9. */
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
