/* What the files about events share. */
#ifndef GATEHOUSE_MODEL_AUDIT_INTERNAL_H
#define GATEHOUSE_MODEL_AUDIT_INTERNAL_H

#include <gatehouse/audit.h>

#include <jansson.h>

/* The objects that stand in events as before and after. */

/* Text of an untrusted byte string: what is not UTF-8 becomes a placeholder. Never NULL but for
 * memory. */
json_t *event_text(const char *text);
/* {"key": "value"} */
json_t *event_field(const char *key, const char *value);
/* As audit_write, with the objects as jansson's; steals both (NULL is fine). */
enum error audit_write_json(const struct act *act, const char *kind, const char *subject,
                            int64_t account, int64_t token, json_t *before,
                            json_t *after) MUST_CHECK;

/* Every column of an event as it is stored; null texts are NULL, null numbers have their flag off.
 */
struct event_record {
    int64_t sequence, at, uid, login_uid, account, token;
    bool has_login, has_account, has_token;
    const char *user, *login, *claim, *host, *terminal, *kind, *subject, *before, *after;
};
void audit_hash(const uint8_t previous[static AUDIT_HASH_SIZE], const struct event_record *record,
                uint8_t out[static AUDIT_HASH_SIZE]);

#define EVENT_COLUMNS                                                                              \
    "sequence, at, uid, user, login_uid, login, claim, host, terminal, kind, subject, account, "   \
    "token, before, after, hash"

/* Events go to syslog once they are committed: sends the events `first` to `last` where the setting
 * audit.syslog says so; that it was switched off is sent, too. Nothing here can fail what was
 * committed. */
void audit_syslog(struct store *store, int64_t first, int64_t last);

#endif
