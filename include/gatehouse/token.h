/* Tokens of accounts: reading them, and making new ones. */
#ifndef GATEHOUSE_TOKEN_H
#define GATEHOUSE_TOKEN_H

#include <gatehouse/actor.h>
#include <gatehouse/token_format.h>
#include <gatehouse/vault.h>
#include <gatehouse/when.h>

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

/* Whether a token in use (live or suspended) ends within WHEN_SOON. */
bool token_ends_soon(const struct token_row *row, int64_t now);

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

#endif
