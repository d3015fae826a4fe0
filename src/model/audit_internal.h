/* What the files about events share with each other and the rest of the model. */
#ifndef GATEHOUSE_MODEL_AUDIT_INTERNAL_H
#define GATEHOUSE_MODEL_AUDIT_INTERNAL_H

#include <gatehouse/audit.h>

#include <jansson.h>

/* A JSON string of untrusted bytes: what is not UTF-8 becomes a placeholder. NULL only if out of
 * memory. */
json_t *event_text(const char *text);
/* {"key": "value"} */
json_t *event_field(const char *key, const char *value);
/* As it is stored, to be freed; NULL if out of memory. */
char *event_field_text(const char *key, const char *value);
/* As audit_write, with `before` and `after` as JSON objects (or NULL), which it frees. */
enum error audit_write_json(const struct act *act, const char *kind, const char *subject,
                            int64_t account, int64_t token, json_t *before,
                            json_t *after) MUST_CHECK;

/* Every column of an event as stored. Null texts are NULL; null numbers have a false flag. */
struct event_record {
    int64_t sequence, at, uid, login_uid, account, token;
    bool has_login, has_account, has_token;
    const char *user, *login, *claim, *host, *terminal, *kind, *subject, *before, *after;
};
#define EVENT_COLUMNS                                                                              \
    "sequence, at, uid, username, login_uid, login, claim, host, terminal, kind, subject, "        \
    "account, "                                                                                    \
    "token, before, after, hash"
/* The same for a struct audit_event, which the caller frees, also after an error. */
#define EVENT_LISTED EVENT_COLUMNS ", (SELECT min(o.sequence) FROM event o) AS oldest"
enum error audit_read_row(struct stmt *stmt, struct audit_event *event) MUST_CHECK;
/* From a row with EVENT_COLUMNS; its texts are valid until the next step. */
void event_read(struct stmt *stmt, struct event_record *record);
/* As it is, with the hash that it has: audit_write makes new ones. */
enum error event_insert(struct store *store, const struct event_record *record,
                        const uint8_t hash[static AUDIT_HASH_SIZE]) MUST_CHECK;
/* New events have the typed hash, which also covers what each field is: a text, a number or null.
 * Those of earlier versions of the program keep theirs. */
enum { AUDIT_HASH_PLAIN = 1, AUDIT_HASH_TYPED };
void audit_hash(int version, const uint8_t previous[static AUDIT_HASH_SIZE],
                const struct event_record *record, uint8_t out[static AUDIT_HASH_SIZE]);

/* Sends the committed events `first` to `last` to syslog if the setting audit.syslog is on, and the
 * event that switched it off. Cannot fail, and waits for a moment at most: what syslog does not
 * take is counted, and the count goes there once it listens again. */
void audit_syslog(struct store *store, int64_t first, int64_t last);
/* How many events were lost since syslog last took one. */
enum error audit_syslog_lost(struct store *store, int64_t *count) MUST_CHECK;

#endif
