/* Settings: limits and policies, kept in the database and audited. They are defined in one table
 * (src/model/setting.c), from which the command line, the console and the documents are made. */
#ifndef GATEHOUSE_SETTING_H
#define GATEHOUSE_SETTING_H

#include <gatehouse/actor.h>

enum setting {
    SETTING_TOKEN_LIMIT,
    SETTING_TOKEN_KEEP,
    SETTING_TOKEN_EXPIRY_DEFAULT,
    SETTING_TOKEN_EXPIRY_LONGEST,
    SETTING_TOKEN_FORGET,
    SETTING_TOKEN_DROP,
    SETTING_TOKEN_REVOKE_HELD,
    SETTING_CLIPBOARD_CLEAR,
    SETTING_VAULT_IDLE,
    SETTING_AUDIT_SYSLOG,
    SETTING_COUNT
};

struct setting_entry {
    const char *name;     /* "token.limit" */
    const char *sentence; /* what it controls, without full stop */
    const char *unit;     /* "days"; NULL: on or off (1 or 0) */
    const char *zero;     /* what 0 means: "never"; NULL: nothing special */
    int64_t value;        /* the default */
    int64_t least, most;
};
extern const struct setting_entry setting_table[SETTING_COUNT];

enum { SETTING_TEXT_SIZE = 64 };

enum error setting_get(struct store *store, enum setting setting, int64_t *value) MUST_CHECK;
/* One transaction with its event; no event if nothing would change. ERR_INVALID names the bounds.
 */
enum error setting_set(const struct act *act, enum setting setting, int64_t value) MUST_CHECK;
/* ERR_NOT_FOUND if there is none. */
enum error setting_find(const char *name, enum setting *out) MUST_CHECK;
/* Parses what people type: a number, the word for 0, on and off, or what setting_text writes.
 * ERR_INVALID. */
enum error setting_parse(enum setting setting, const char *text, int64_t *value) MUST_CHECK;
/* "45 seconds", "never", "on". */
void setting_text(enum setting setting, int64_t value, char out[static SETTING_TEXT_SIZE]);

#endif
