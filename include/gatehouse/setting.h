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
    SETTING_DATABASE_NAME,
    SETTING_DATABASE_COLOUR,
    SETTING_COUNT
};

struct setting_entry {
    const char *name;         /* "token.limit" */
    const char *sentence;     /* what it controls, without full stop */
    const char *unit;         /* "days"; NULL: on or off (1 or 0), unless it has words or is text */
    const char *const *words; /* what its values 0, 1, … are called, ended by NULL; NULL: numbers */
    bool is_text;             /* at most SETTING_NAME_MAX printable characters, and no number */
    const char *zero;         /* what 0 means: "never"; NULL: nothing special */
    int64_t value;            /* the default */
    int64_t least, most;
};
extern const struct setting_entry setting_table[SETTING_COUNT];

/* The colours of SETTING_DATABASE_COLOUR. */
enum database_colour { COLOUR_NONE, COLOUR_RED, COLOUR_YELLOW, COLOUR_GREEN, COLOUR_BLUE };

enum { SETTING_NAME_MAX = 24, SETTING_TEXT_SIZE = SETTING_NAME_MAX * 4 + 1 };
struct setting_value {
    int64_t number;               /* 0 if it is text */
    char text[SETTING_TEXT_SIZE]; /* "" unless it is */
};

enum error setting_read(struct store *store, enum setting setting,
                        struct setting_value *out) MUST_CHECK;
/* One transaction with its event; no event if nothing would change. ERR_INVALID names the bounds.
 */
enum error setting_write(const struct act *act, enum setting setting,
                         const struct setting_value *value) MUST_CHECK;
/* The same for those that are numbers. */
enum error setting_get(struct store *store, enum setting setting, int64_t *value) MUST_CHECK;
enum error setting_set(const struct act *act, enum setting setting, int64_t value) MUST_CHECK;
/* ERR_NOT_FOUND if there is none. */
enum error setting_find(const char *name, enum setting *out) MUST_CHECK;
/* Parses what people type: a number, the word for 0 or for another value, on and off, or what
 * setting_text writes. ERR_INVALID. */
enum error setting_parse(enum setting setting, const char *text,
                         struct setting_value *out) MUST_CHECK;
/* "45 seconds", "never", "on", "red", or the text itself ("none" if there is none). */
void setting_text(enum setting setting, const struct setting_value *value,
                  char out[static SETTING_TEXT_SIZE]);
/* What it may be: "1 to 1,000 tokens", "on or off", "none, red, yellow, green or blue". */
enum { SETTING_BOUNDS_SIZE = 160 };
void setting_bounds(enum setting setting, char out[static SETTING_BOUNDS_SIZE]);

#endif
