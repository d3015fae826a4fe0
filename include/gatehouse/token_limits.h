/* What a token is held to beside its account: a part of the permissions, networks, being a trap.
 * SQL in src/model/token_limits.c. */
#ifndef GATEHOUSE_TOKEN_LIMITS_H
#define GATEHOUSE_TOKEN_LIMITS_H

#include <gatehouse/account.h>
#include <gatehouse/network.h>

struct token_limits {
    bool narrowed;             /* allowed is what `permissions` and the account have in common */
    struct id_set permissions; /* by number; empty and narrowed: nothing is allowed */
    size_t network_count;      /* 0: from anywhere */
    char (*networks)[NETWORK_TEXT_SIZE]; /* canonical, sorted, each once */
    bool canary;                         /* never passes; each use is an event */
};
void token_limits_free(struct token_limits *limits); /* frees the insides */
/* Adds what was typed, in canonical form. ERR_INVALID. */
enum error token_limits_add_network(struct token_limits *limits, const char *typed) MUST_CHECK;
/* Permissions by id and networks, each separated by commas or blanks, as people type them.
 * `permissions` NULL: not narrowed; "": narrowed to nothing. */
enum error token_limits_parse(struct store *store, const char *permissions, const char *networks,
                              struct token_limits *out) MUST_CHECK;

/* The caller's, token_limits_free. ERR_NOT_FOUND. */
enum error token_limits_load(struct store *store, int64_t token,
                             struct token_limits *out) MUST_CHECK;
/* What the token may do now: the effective permissions of its account, as far as it is not narrowed
 * to fewer. Sorted; id_set_free. */
enum error token_allowed(struct store *store, int64_t token, int64_t account,
                         struct id_set *out) MUST_CHECK;
/* "only Proxies, Alerts; from 10.0.0.0/8"; "" without limits. */
enum error token_limits_text(struct store *store, const struct token_limits *limits, char *out,
                             size_t out_size) MUST_CHECK;

#endif
