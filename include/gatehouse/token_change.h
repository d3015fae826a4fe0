/* Changing a token: its name, its state, its end, its sealed copy, its successor. */
#ifndef GATEHOUSE_TOKEN_CHANGE_H
#define GATEHOUSE_TOKEN_CHANGE_H

#include <gatehouse/token.h>
#include <gatehouse/vault.h>

/* Opens the sealed copy; its audit event ("copy", "peek" or "reveal") is committed before this
 * returns. Caller frees. */
enum error token_reveal(const struct act *act, int64_t number, const struct vault *vault,
                        const char *how, struct secret **text) MUST_CHECK;

/* Each is one transaction with its event. Already so: OK, *changed false (may be NULL). */
enum error token_rename(const struct act *act, int64_t number, const char *name,
                        bool *changed) MUST_CHECK;
enum error token_set_suspended(const struct act *act, int64_t number, bool suspended,
                               bool *changed) MUST_CHECK;
enum error token_revoke(const struct act *act, int64_t number, bool *changed) MUST_CHECK;

/* WHEN_NEVER or after now, and within the longest life, counted from now. Expired is final, and so
 * is being replaced: a rotated token can only end earlier. */
enum error token_set_expiry(const struct act *act, int64_t number, int64_t expires,
                            bool *changed) MUST_CHECK;
/* Clears the sealed copy: it cannot be copied any more, and goes on working. */
enum error token_forget(const struct act *act, int64_t number, bool *changed) MUST_CHECK;
/* The same for all whose time came by the setting token.forget; *count may be NULL. Nothing to do:
 * nothing is written. */
enum error token_forget_due(const struct act *act, int64_t *count) MUST_CHECK;
/* Makes it a canary, for good. */
enum error token_make_canary(const struct act *act, int64_t number, bool *changed) MUST_CHECK;

/* A successor with the same name, account and limits and the old one's length of life, counted from
 * now. The old one ends after `grace` seconds, or when it would have ended, if that is earlier. */
enum {
    TOKEN_GRACE_DEFAULT = 86400,
    TOKEN_GRACE_MOST = 30 * 86400,
};
enum error token_rotate(const struct act *act, int64_t number, int64_t grace, int64_t *successor,
                        struct secret **text) MUST_CHECK;

#endif
