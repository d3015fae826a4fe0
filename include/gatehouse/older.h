/* What an older copy of a database allows that the current one does not, and what would stop
 * working: what an admin must know before the copy replaces it. */
#ifndef GATEHOUSE_OLDER_H
#define GATEHOUSE_OLDER_H

#include <gatehouse/account.h>
#include <gatehouse/token.h>

enum older_effect {
    OLDER_MORE,  /* allowed in the copy, and not now */
    OLDER_STAYS, /* the same, but it is taken over from now: dead tokens, canaries (carry.h) */
    OLDER_STOPS, /* a token that works now, and not in the copy */
};
struct older_find {
    enum older_effect effect;
    int64_t token;                         /* 0: not about a token */
    char name[TOKEN_NAME_MAX * 4 + 1];     /* of the token */
    char account[ACCOUNT_NAME_MAX + 1];    /* "": about something else, */
    char subject[TOKEN_NAME_MAX * 4 + 16]; /* such as "group deploy" */
    char change[512];                      /* "suspended now: it works again" */
};

/* Calls `each` for every token that works in one and not in the other, or may do more in the copy
 * (permissions, networks, expiry) or be copied again; for every account that is active only in the
 * copy; for every grant and membership that gives an account, or a group, more than it has now; for
 * every key slot whose secret would open the vault again; and for every setting that is looser in
 * the copy. Both are read in order, so that a million accounts take little memory. */
enum error older_compare(struct store *older, struct store *present, int64_t now,
                         enum error (*each)(const struct older_find *found, void *arg),
                         void *arg) MUST_CHECK;

#endif
