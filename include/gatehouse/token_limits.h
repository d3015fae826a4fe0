/* What restricts a token beyond its account: to some of the permissions, to networks, or to being a
 * canary. */
#ifndef GATEHOUSE_TOKEN_LIMITS_H
#define GATEHOUSE_TOKEN_LIMITS_H

#include <gatehouse/account.h>
#include <gatehouse/network.h>

struct token_limits {
    bool narrowed;             /* allows only what both `permissions` and the account have */
    struct id_set permissions; /* by number; if narrowed and empty, nothing is allowed */
    size_t network_count;      /* 0: anywhere */
    char (*networks)[NETWORK_TEXT_SIZE]; /* canonical, sorted, without duplicates */
    bool canary;                         /* never passes a check; each use is an event */
};
void token_limits_free(struct token_limits *limits); /* frees the members */
/* Adds a network that was typed, in canonical form. ERR_INVALID. */
enum error token_limits_add_network(struct token_limits *limits, const char *typed) MUST_CHECK;
/* Parses what people type: permissions by id, separated by commas or blanks, or by the name that
 * the screens show, separated by commas; networks, separated by commas or blanks. `permissions`
 * NULL: not narrowed; "": narrowed to nothing. */
enum error token_limits_parse(struct store *store, const char *permissions, const char *networks,
                              struct token_limits *out) MUST_CHECK;

/* The caller frees them with token_limits_free. ERR_NOT_FOUND. */
enum error token_limits_load(struct store *store, int64_t token,
                             struct token_limits *out) MUST_CHECK;
/* What the token allows now: the effective permissions of its account, unless it is narrowed to
 * fewer. Freed with id_set_free. */
enum error token_allowed(struct store *store, int64_t token, int64_t account,
                         struct id_set *out) MUST_CHECK;
/* Whether `after` may allow an address that `before` does not: it has a network that none of those
 * before covers. */
bool token_limits_open(const struct token_limits *before, const struct token_limits *after);
/* "only Proxies, Alerts; from 10.0.0.0/8"; "" if there are no limits. */
enum error token_limits_text(struct store *store, const struct token_limits *limits, char *out,
                             size_t out_size) MUST_CHECK;

#endif
