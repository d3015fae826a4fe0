/* Settings: limits and policies, in the database, audited. Names and defaults in one table
 * (src/model/setting.c). */
#ifndef GATEHOUSE_SETTING_H
#define GATEHOUSE_SETTING_H

#include <gatehouse/act.h>

enum setting {
    SETTING_TOKEN_LIMIT,     /* token.limit: live and suspended tokens an account may have */
    SETTING_TOKEN_KEEP,      /* token.keep: 1 sealed for copying, 0 show once */
    SETTING_CLIPBOARD_CLEAR, /* clipboard.clear: seconds, 0 never; default 45 */
    SETTING_VAULT_IDLE,      /* vault.idle: seconds until it locks; default 300 */
    SETTING_COUNT
};

enum error setting_get(struct store *store, enum setting setting, int64_t *value) MUST_CHECK;
enum error setting_set(const struct act *act, enum setting setting, int64_t value) MUST_CHECK;
const char *setting_name(enum setting setting);

#endif
