/* Inside of make-db: what the rows of accounts and tokens hold, drawn from the seed. */
#ifndef GATEHOUSE_BENCH_MAKE_DB_ROWS_H
#define GATEHOUSE_BENCH_MAKE_DB_ROWS_H

#include "make_db.h"

#include <stdbool.h>

enum { MAKE_GROUPS = 200 };

/* What the digest of a token needs to know of it. */
struct made_token {
    uint64_t key[2]; /* the front of its digest */
    int64_t number, account, expires;
    bool suspended, revoked;
};

struct maker {
    struct store *store;
    const struct make_db *wanted;
    uint64_t state;
    struct made_token *tokens; /* as many as are wanted */
};

enum error make_groups(struct maker *maker) MUST_CHECK;
/* Accounts with their tokens, counted while they are made; fills maker->tokens. */
enum error make_accounts(struct maker *maker) MUST_CHECK;

#endif
