#include <gatehouse/token_denial.h>

const char *token_denial_text(int denial)
{
    static const char *const texts[DENIAL_COUNT] = {
        [DENIAL_NONE] = "",
        [DENIAL_FORM] = "not a token: a typo, or cut off",
        [DENIAL_UNKNOWN] = "unknown",
        [DENIAL_DELETED] = "the account was deleted",
        [DENIAL_REVOKED] = "revoked",
        [DENIAL_CANARY] = "a canary",
        [DENIAL_EXPIRED] = "expired",
        [DENIAL_SUSPENDED] = "suspended",
        [DENIAL_INACTIVE] = "the account is inactive",
        [DENIAL_ACCOUNT] = "the token is another account's",
        [DENIAL_NO_ADDRESS] = "no address was given, and the token is restricted to networks",
        [DENIAL_NETWORK] = "the address is in none of the token's networks",
        [DENIAL_NARROWED] = "the token is narrowed to other permissions",
        [DENIAL_PERMISSION] = "the account does not hold the permission",
    };
    return denial > 0 && denial < DENIAL_COUNT ? texts[denial] : "";
}
