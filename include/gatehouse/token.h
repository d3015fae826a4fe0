/* Tokens of accounts: reading them, and generating new ones. */
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
    int64_t expires;         /* WHEN_NEVER: does not expire. Valid while now < expires */
    int64_t revoked;         /* when; WHEN_NEVER */
    int64_t last_used;       /* WHEN_NEVER: not used yet */
    char last_from[64];      /* where that use came from; "" if unknown */
    int64_t denied;          /* when it was last denied, though known; WHEN_NEVER */
    char denied_from[64];    /* from where; "" if unknown */
    int denied_why;          /* enum token_denial */
    bool narrowed, networks; /* restricted to some permissions, to networks */
    bool canary;             /* never passes */
    int64_t successor;       /* the token that replaces it; 0: none */
    int64_t predecessor;     /* the token that it replaces; 0: none */
    int64_t rotated;         /* when the successor was generated; WHEN_NEVER */
    bool sealed;             /* has a sealed copy, so its secret can be copied */
    enum token_state state;  /* at the time the caller asked about */
};

/* Whether it was denied in the last 7 days: something still tries to use it. */
bool token_is_knocking(const struct token_row *row, int64_t now);
/* Whether a token in use (live or suspended) ends within WHEN_SOON. */
bool token_ends_soon(const struct token_row *row, int64_t now);

struct token_rows {
    size_t count;
    struct token_row items[];
};

/* Tokens of an account: those in use by number (a replaced one right before its successor), then
 * the expired, then, if asked for, the revoked. Freed with free(). */
enum error token_list(struct store *store, int64_t now, int64_t account, bool with_revoked,
                      struct token_rows **out) MUST_CHECK;
/* ERR_NOT_FOUND if there is none. */
enum error token_get(struct store *store, int64_t now, int64_t number,
                     struct token_row *out) MUST_CHECK;
/* REF of the command line: a token's number (also #NUMBER and ID/#NUMBER), or ID/NAME. Of several
 * tokens of that name the one that works is meant, after a rotation the successor; ERR_CONFLICT if
 * there is more than one of the best. */
enum error token_find(struct store *store, int64_t now, const char *ref,
                      int64_t *number) MUST_CHECK;
/* How many count against the limit (live and suspended), how many are revoked, and the limit
 * itself. */
struct token_counts {
    int64_t used, limit, revoked;
};
enum error token_get_counts(struct store *store, int64_t now, int64_t account,
                            struct token_counts *out) MUST_CHECK;

/* At most TOKEN_NAME_MAX printable characters; every change applies this rule. */
enum error token_check_name(const char *name) MUST_CHECK;
/* A token to be generated. */
struct token_limits;
struct token_plan {
    const char *name; /* may be "" */
    int64_t expires;  /* WHEN_NEVER, or a time in the future within the longest lifetime */
    const struct token_limits *limits; /* NULL: none */
};
/* Generates a token, seals it if the policy keeps tokens, and writes it with its event. The vault
 * need not be unlocked. The caller frees the secret. */
enum error token_generate(const struct act *act, int64_t account, const struct token_plan *plan,
                          int64_t *number, struct secret **text) MUST_CHECK;
/* How many days a token lives unless an expiry is given: the smaller of the settings for the
 * default and the longest lifetime; 0: it never expires. */
enum error token_default_days(struct store *store, int64_t *days) MUST_CHECK;
/* Whether a token generated at `created` would outlive the longest lifetime of the settings.
 * Nothing that is generated may; an import takes what is there and says so. */
enum error token_lives_too_long(struct store *store, int64_t created, int64_t expires,
                                bool *out) MUST_CHECK;
/* Parses an expiry; NULL or "" means the default. */
enum error token_parse_expiry(struct store *store, int64_t now, const char *typed,
                              int64_t *out) MUST_CHECK;

#endif
