/* Settings: limits and policies, in the database, audited. One table (src/model/setting.c) says
 * what there is; the command line, the screen and the documents read it. */
#ifndef GATEHOUSE_SETTING_H
#define GATEHOUSE_SETTING_H

#include <gatehouse/actor.h>

enum setting {
    SETTING_TOKEN_LIMIT,
    SETTING_TOKEN_KEEP,
    SETTING_TOKEN_EXPIRY_DEFAULT,
    SETTING_TOKEN_EXPIRY_LONGEST,
    SETTING_TOKEN_FORGET,
    SETTING_CLIPBOARD_CLEAR,
    SETTING_VAULT_IDLE,
    SETTING_AUDIT_SYSLOG,
    SETTING_COUNT
};

struct setting_entry {
    const char *name;     /* "token.limit" */
    const char *sentence; /* what it decides, without full stop */
    const char *unit;     /* "days"; NULL: a switch, 0 or 1 */
    const char *zero;     /* what 0 means: "never"; NULL: nothing special */
    int64_t value;        /* unless it is set */
    int64_t least, most;
};
extern const struct setting_entry setting_table[SETTING_COUNT];

enum { SETTING_TEXT_SIZE = 64 };

enum error setting_get(struct store *store, enum setting setting, int64_t *value) MUST_CHECK;
/* One transaction with its event. Already so: OK and no event. ERR_INVALID names the bounds. */
enum error setting_set(const struct act *act, enum setting setting, int64_t value) MUST_CHECK;
/* ERR_NOT_FOUND. */
enum error setting_find(const char *name, enum setting *out) MUST_CHECK;
/* What people type: a number; the word for 0; on and off for a switch. ERR_INVALID. */
enum error setting_parse(enum setting setting, const char *text, int64_t *value) MUST_CHECK;
/* "45 seconds", "never", "on". */
void setting_text(enum setting setting, int64_t value, char out[static SETTING_TEXT_SIZE]);

#endif
