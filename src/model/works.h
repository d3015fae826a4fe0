/* When a token works, in SQL; token_works of token.h is the same in C. */
#ifndef GATEHOUSE_MODEL_WORKS_H
#define GATEHOUSE_MODEL_WORKS_H

/* Whether it would if its account were active. Needs the token table as t, and :now. */
#define TOKEN_WOULD_WORK                                                                           \
    "t.revoked IS NULL AND t.suspended = 0 AND (t.expires IS NULL OR t.expires > :now) AND "       \
    "t.canary = 0"
/* Needs the account table as a, too. The + keeps SQLite from reading all active accounts first. */
#define TOKEN_WORKS TOKEN_WOULD_WORK " AND +a.active = 1"

#endif
