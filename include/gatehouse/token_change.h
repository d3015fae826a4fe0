/* Changing tokens: name, state, expiry, sealed copy, successor. */
#ifndef GATEHOUSE_TOKEN_CHANGE_H
#define GATEHOUSE_TOKEN_CHANGE_H

#include <gatehouse/token.h>
#include <gatehouse/vault.h>

/* Opens the sealed copy. `how` ("copy", "peek" or "reveal") names the event, which is committed
 * before this returns. The caller frees the text. */
enum error token_reveal(const struct act *act, int64_t number, const struct vault *vault,
                        const char *how, struct secret **text) MUST_CHECK;

/* Each is one transaction with its event. If nothing would change: OK, and *changed (may be NULL)
 * is false. */
enum error token_rename(const struct act *act, int64_t number, const char *name,
                        bool *changed) MUST_CHECK;
enum error token_set_suspended(const struct act *act, int64_t number, bool suspended,
                               bool *changed) MUST_CHECK;
enum error token_revoke(const struct act *act, int64_t number, bool *changed) MUST_CHECK;
/* The same for a client that presents the token itself, from this address ("": unknown), which the
 * event names. */
enum error token_revoke_from(const struct act *act, int64_t number, const char *from,
                             bool *changed) MUST_CHECK;

/* WHEN_NEVER or a time in the future, within the longest lifetime counted from now. An expired
 * token stays expired, and a rotated one can only end earlier. */
enum error token_set_expiry(const struct act *act, int64_t number, int64_t expires,
                            bool *changed) MUST_CHECK;
/* Deletes the sealed copy: the secret can no longer be copied, but the token keeps working. */
enum error token_forget(const struct act *act, int64_t number, bool *changed) MUST_CHECK;
/* Turns the token into a canary, permanently. */
enum error token_make_canary(const struct act *act, int64_t number, bool *changed) MUST_CHECK;

/* Generates a successor with the same name, account, limits and lifetime, counted from now. The old
 * token ends after `grace` seconds, or at its own expiry if that is earlier. */
enum {
    TOKEN_GRACE_DEFAULT = 86400,
    TOKEN_GRACE_MOST = 30 * 86400,
};
enum error token_rotate(const struct act *act, int64_t number, int64_t grace, int64_t *successor,
                        struct secret **text) MUST_CHECK;

#endif
