/* The hash that chains events: one definition for writing and for verifying. */
#ifndef GATEHOUSE_MODEL_AUDIT_HASH_H
#define GATEHOUSE_MODEL_AUDIT_HASH_H

#include <gatehouse/audit.h>

/* Every column of an event as it is stored; null texts are NULL, null numbers have their flag off.
 */
struct event_record {
    int64_t sequence, at, uid, login_uid, account, token;
    bool has_login, has_account, has_token;
    const char *user, *login, *claim, *host, *terminal, *kind, *subject, *before, *after;
};
void audit_hash(const uint8_t previous[static AUDIT_HASH_SIZE], const struct event_record *record,
                uint8_t out[static AUDIT_HASH_SIZE]);

#endif
