/* Why a token was denied. */
#ifndef GATEHOUSE_TOKEN_DENIAL_H
#define GATEHOUSE_TOKEN_DENIAL_H
#include <gatehouse/when.h>

/* How long a denial counts as one of now. */
enum { TOKEN_DENIED_RECENT = 7 * DAY_SECONDS };

/* The numbers are stored. */
enum token_denial {
    DENIAL_NONE = 0,
    DENIAL_FORM = 1, /* not the text of a token */
    DENIAL_UNKNOWN = 2,
    DENIAL_DELETED = 3, /* its account was */
    DENIAL_REVOKED = 4,
    DENIAL_CANARY = 5,
    DENIAL_EXPIRED = 6,
    DENIAL_SUSPENDED = 7,
    DENIAL_INACTIVE = 8,    /* its account is */
    DENIAL_ACCOUNT = 9,     /* of another account than asked */
    DENIAL_NO_ADDRESS = 10, /* restricted to networks, and no address was given */
    DENIAL_NETWORK = 11,
    DENIAL_NARROWED = 12,   /* good, but narrowed to other permissions than the one asked */
    DENIAL_PERMISSION = 13, /* good, but its account does not hold the permission */
    DENIAL_COUNT
};
/* "revoked", "the account is inactive"; "" for DENIAL_NONE and for numbers that are none. */
const char *token_denial_text(int denial);

#endif
