#include <gatehouse/ascii.h>
#include <gatehouse/audit.h>
#include <gatehouse/setting.h>
#include <gatehouse/text.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct setting_entry setting_table[SETTING_COUNT] = {
    [SETTING_TOKEN_LIMIT] = {.name = "token.limit",
                             .sentence = "how many live and suspended tokens an account may have",
                             .unit = "tokens",
                             .value = 20,
                             .least = 1,
                             .most = 1000},
    [SETTING_TOKEN_KEEP] = {.name = "token.keep",
                            .sentence = "whether tokens are kept sealed, for copying later; off: "
                                        "each is shown once",
                            .value = 1,
                            .most = 1},
    [SETTING_TOKEN_EXPIRY_DEFAULT] = {.name = "token.expiry.default",
                                      .sentence =
                                          "when a new token expires, unless another time is given",
                                      .unit = "days",
                                      .zero = "never",
                                      .most = 36500},
    [SETTING_TOKEN_EXPIRY_LONGEST] = {.name = "token.expiry.longest",
                                      .sentence = "the longest life a token may be given",
                                      .unit = "days",
                                      .zero = "no limit",
                                      .most = 36500},
    [SETTING_TOKEN_FORGET] = {.name = "token.forget",
                              .sentence = "how long after a token is generated its sealed copy "
                                          "is deleted automatically",
                              .unit = "days",
                              .zero = "never",
                              .most = 36500},
    [SETTING_TOKEN_DROP] = {.name = "token.drop",
                            .sentence = "how long a revoked token stays in the lists; it is "
                                        "refused for good either way",
                            .unit = "days",
                            .zero = "forever",
                            .most = 36500},
    [SETTING_TOKEN_REVOKE_HELD] = {.name = "token.revoke.held",
                                   .sentence = "whether whoever holds a token may revoke it at "
                                               "/revoke of the check service",
                                   .value = 1,
                                   .most = 1},
    [SETTING_CLIPBOARD_CLEAR] = {.name = "clipboard.clear",
                                 .sentence = "how long a copied token stays in the clipboard",
                                 .unit = "seconds",
                                 .zero = "never cleared",
                                 .value = 45,
                                 .most = 86400},
    [SETTING_VAULT_IDLE] =
        {.name = "vault.idle",
         .sentence = "how long an unlocked vault stays open without a key press press press",
         .unit = "seconds",
         .value = 300,
         .least = 10,
         .most = 86400},
    [SETTING_AUDIT_SYSLOG] = {.name = "audit.syslog",
                              .sentence = "whether each event goes to syslog, too",
                              .most = 1},
};

static enum error read_stored(struct store *store, enum setting setting, int64_t *value)
{
    struct stmt *stmt = store_prepare(store, "SELECT value FROM setting WHERE name = :name");
    bind_text(stmt, ":name", setting_table[setting].name);
    enum error e = stmt_int(stmt, value);
    if (e != ERR_NOT_FOUND) return e;
    *value = setting_table[setting].value;
    return OK;
}

enum error setting_get(struct store *store, enum setting setting, int64_t *value)
{
    const struct setting_entry *entry = &setting_table[setting];
    enum error e = read_stored(store, setting, value);
    if (!e && *value < entry->least) *value = entry->least;
    if (!e && *value > entry->most) *value = entry->most;
    return e;
}

/* Without a key pair nothing can be sealed. */
static enum error check_vault(struct store *store, enum setting setting, int64_t value)
{
    int64_t vaults;
    if (setting != SETTING_TOKEN_KEEP || value == 0) return OK;
    enum error e = stmt_int(store_prepare(store, "SELECT count(*) FROM vault"), &vaults);
    if (e || vaults) return e;
    return fail(ERR_CONFLICT, "this database was made without a vault: it shows each token once");
}

static enum error write(const struct act *act, enum setting setting, int64_t value)
{
    int64_t before;
    enum error e = read_stored(act->store, setting, &before);
    if (e || before == value) return e;
    e = check_vault(act->store, setting, value);
    if (e) return e;
    struct stmt *stmt =
        store_prepare(act->store, "INSERT INTO setting (name, value) VALUES (:name, :value) "
                                  "ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    bind_text(stmt, ":name", setting_table[setting].name);
    bind_int(stmt, ":value", value);
    e = stmt_run(stmt);
    if (e) return e;
    char old[64], new[64];
    snprintf(old, sizeof old, "{\"value\":%" PRId64 "}", before);
    snprintf(new, sizeof new, "{\"value\":%" PRId64 "}", value);
    return audit_write(act, &(struct audit_entry){.kind = "setting.set",
                                                  .subject = setting_table[setting].name,
                                                  .before = old,
                                                  .after = new});
}

static enum error refuse(const struct setting_entry *entry)
{
    if (!entry->unit) return fail(ERR_INVALID, "%s is on or off", entry->name);
    return fail(ERR_INVALID, "%s is a number of %s from %s to %s%s%s", entry->name, entry->unit,
                number_text(entry->least).text, number_text(entry->most).text,
                entry->zero ? "; 0: " : "", entry->zero ? entry->zero : "");
}

enum error setting_set(const struct act *act, enum setting setting, int64_t value)
{
    const struct setting_entry *entry = &setting_table[setting];
    if (value < entry->least || value > entry->most) return refuse(entry);
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, write(act, setting, value));
}

enum error setting_find(const char *name, enum setting *out)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (strcmp(setting_table[i].name, name) != 0) continue;
        *out = (enum setting)i;
        return OK;
    }
    return fail(ERR_NOT_FOUND, "there is no setting “%s”; gatehouse setting list shows them", name);
}

/* "36500", and what lists show: "36,500", "36,500 days". */
static bool parse_number(enum setting setting, const char *text, int64_t *value)
{
    char digits[10] = "", listed[SETTING_TEXT_SIZE];
    size_t length = strspn(text, "0123456789,"), count = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == ',') continue;
        if (count + 1 == sizeof digits) return false;
        digits[count++] = text[i];
    }
    *value = strtoll(digits, NULL, 10);
    setting_text(setting, *value, listed);
    return count && (!text[count] || strcmp(text, number_text(*value).text) == 0 ||
                     strcmp(text, listed) == 0);
}

enum error setting_parse(enum setting setting, const char *text, int64_t *value)
{
    const struct setting_entry *entry = &setting_table[setting];
    if (entry->zero && ascii_casecmp(text, entry->zero) == 0)
        *value = 0;
    else if (!entry->unit && (strcmp(text, "on") == 0 || strcmp(text, "off") == 0))
        *value = text[1] == 'n';
    else if (!parse_number(setting, text, value))
        return refuse(entry);
    return *value < entry->least || *value > entry->most ? refuse(entry) : OK;
}

void setting_text(enum setting setting, int64_t value, char out[static SETTING_TEXT_SIZE])
{
    const struct setting_entry *entry = &setting_table[setting];
    if (!entry->unit)
        snprintf(out, SETTING_TEXT_SIZE, "%s", value ? "on" : "off");
    else if (value == 0 && entry->zero)
        snprintf(out, SETTING_TEXT_SIZE, "%s", entry->zero);
    else if (value == 1)
        snprintf(out, SETTING_TEXT_SIZE, "1 %.*s", (int)strlen(entry->unit) - 1, entry->unit);
    else
        snprintf(out, SETTING_TEXT_SIZE, "%s %s", number_text(value).text, entry->unit);
}
