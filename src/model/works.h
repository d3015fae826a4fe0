/* When a token works, and when something goes on using one that does not, in SQL; token_works and
 * token_is_knocking of token.h are the same in C. */
#ifndef GATEHOUSE_MODEL_WORKS_H
#define GATEHOUSE_MODEL_WORKS_H

/* Whether it would if its account were active. Needs the token table as t, and :now. */
#define TOKEN_WOULD_WORK                                                                           \
    "t.revoked IS NULL AND t.suspended = 0 AND (t.expires IS NULL OR t.expires > :now) AND "       \
    "t.canary = 0"
/* Needs the account table as a, too. The + keeps SQLite from reading all active accounts first. */
#define TOKEN_WORKS TOKEN_WOULD_WORK " AND +a.active = 1"
/* Needs a as well, and :recently, which is :now less TOKEN_DENIED_RECENT. The numbers are
 * DENIAL_REVOKED and DENIAL_INACTIVE. */
#define TOKEN_KNOCKS                                                                               \
    "+t.denied > :recently AND t.denied_why BETWEEN 4 AND 8 AND (t.revoked IS NULL OR t.denied "   \
    ">= t.revoked) AND NOT (" TOKEN_WORKS ")"

#endif
