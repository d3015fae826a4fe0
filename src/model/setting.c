#include <gatehouse/ascii.h>
#include <gatehouse/audit.h>
#include <gatehouse/setting.h>
#include <gatehouse/stored_text.h>
#include <gatehouse/text.h>

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char none[] = "none"; /* there is no name */
static const char *const colours[] = {none, "red", "yellow", "green", "blue", NULL};

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
    [SETTING_VAULT_IDLE] = {.name = "vault.idle",
                            .sentence = "how long an unlocked vault stays open without a key press",
                            .unit = "seconds",
                            .value = 300,
                            .least = 10,
                            .most = 86400},
    [SETTING_AUDIT_SYSLOG] = {.name = "audit.syslog",
                              .sentence = "whether each event goes to syslog, too",
                              .most = 1},
    [SETTING_DATABASE_NAME] = {.name = "database.name",
                               .sentence = "what the console calls this database, in its title row",
                               .unit = "characters",
                               .most = SETTING_NAME_MAX,
                               .is_text = true},
    [SETTING_DATABASE_COLOUR] = {.name = "database.colour",
                                 .sentence = "the colour of that name, so that nobody mistakes "
                                             "production for staging",
                                 .words = colours,
                                 .most = COLOUR_BLUE},
};

static enum error read_stored(struct store *store, enum setting setting, struct setting_value *out)
{
    struct stmt *stmt = store_prepare(store, "SELECT value, text FROM setting WHERE name = :name");
    bind_text(stmt, ":name", setting_table[setting].name);
    *out = (struct setting_value){.number = setting_table[setting].value};
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e || !row) return e;
    out->number = column_int(stmt, "value");
    column_copy(stmt, "text", out->text, sizeof out->text);
    stmt_reset(stmt);
    return OK;
}

enum error setting_read(struct store *store, enum setting setting, struct setting_value *out)
{
    const struct setting_entry *entry = &setting_table[setting];
    enum error e = read_stored(store, setting, out);
    if (out->number < entry->least) out->number = entry->least;
    if (out->number > entry->most) out->number = entry->most;
    if (!entry->is_text) out->text[0] = 0;
    return e;
}

enum error setting_get(struct store *store, enum setting setting, int64_t *value)
{
    struct setting_value found;
    enum error e = setting_read(store, setting, &found);
    *value = found.number;
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

/* {"value":5}, or as a text where it is one or has a word. To be freed. */
static char *write_json(enum setting setting, const struct setting_value *value)
{
    const struct setting_entry *entry = &setting_table[setting];
    json_t *object = entry->is_text ? json_pack("{s:s}", "value", value->text)
                     : entry->words ? json_pack("{s:s}", "value", entry->words[value->number])
                                    : json_pack("{s:I}", "value", (json_int_t)value->number);
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    return text;
}

static enum error tell(const struct act *act, enum setting setting,
                       const struct setting_value *before, const struct setting_value *after)
{
    char *old = write_json(setting, before), *new = write_json(setting, after);
    enum error e =
        old && new ? audit_write(act, &(struct audit_entry){.kind = "setting.set",
                                                            .subject = setting_table[setting].name,
                                                            .before = old,
                                                            .after = new})
                   : fail_memory();
    free(old);
    free(new);
    return e;
}

static enum error write(const struct act *act, enum setting setting,
                        const struct setting_value *value)
{
    const struct setting_entry *entry = &setting_table[setting];
    struct setting_value stored, before;
    enum error e = read_stored(act->store, setting, &stored);
    if (e || (stored.number == value->number && !strcmp(stored.text, value->text))) return e;
    e = setting_read(act->store, setting, &before);
    if (!e) e = check_vault(act->store, setting, value->number);
    if (e) return e;
    struct stmt *stmt = store_prepare(
        act->store, "INSERT INTO setting (name, value, text) VALUES (:name, :value, :text) ON "
                    "CONFLICT (name) DO UPDATE SET value = excluded.value, text = excluded.text");
    bind_text(stmt, ":name", entry->name);
    bind_int(stmt, ":value", value->number);
    if (entry->is_text) bind_text(stmt, ":text", value->text);
    e = stmt_run(stmt);
    if (!entry->words) before = stored; /* what was out of range, too */
    return e ? e : tell(act, setting, &before, value);
}

void setting_bounds(enum setting setting, char out[static SETTING_BOUNDS_SIZE])
{
    const struct setting_entry *entry = &setting_table[setting];
    size_t used = 0;
    for (int i = 0; entry->words && entry->words[i]; i++)
        used += (size_t)snprintf(out + used, SETTING_BOUNDS_SIZE - used, "%s%s",
                                 !i                    ? ""
                                 : entry->words[i + 1] ? ", "
                                                       : " or ",
                                 entry->words[i]);
    if (entry->is_text)
        snprintf(out, SETTING_BOUNDS_SIZE, "%s, or at most %d printable characters", none,
                 SETTING_NAME_MAX);
    else if (!entry->words && !entry->unit)
        snprintf(out, SETTING_BOUNDS_SIZE, "on or off");
    else if (!entry->words)
        snprintf(out, SETTING_BOUNDS_SIZE, "%s to %s %s%s%s", number_text(entry->least).text,
                 number_text(entry->most).text, entry->unit, entry->zero ? "; 0: " : "",
                 entry->zero ? entry->zero : "");
}

static enum error refuse(enum setting setting)
{
    const struct setting_entry *entry = &setting_table[setting];
    char bounds[SETTING_BOUNDS_SIZE];
    setting_bounds(setting, bounds);
    if (!entry->unit || entry->is_text) return fail(ERR_INVALID, "%s is %s", entry->name, bounds);
    return fail(ERR_INVALID, "%s is a number of %s from %s to %s%s%s", entry->name, entry->unit,
                number_text(entry->least).text, number_text(entry->most).text,
                entry->zero ? "; 0: " : "", entry->zero ? entry->zero : "");
}

static enum error check_text(enum setting setting, const char *text)
{
    bool fits = strlen(text) < SETTING_TEXT_SIZE && text_length(text) <= SETTING_NAME_MAX;
    if (!fits || !text_is_printable(text, false)) return refuse(setting);
    return stored_text_check("the name", text);
}

enum error setting_write(const struct act *act, enum setting setting,
                         const struct setting_value *value)
{
    const struct setting_entry *entry = &setting_table[setting];
    if (value->number < entry->least || value->number > entry->most) return refuse(setting);
    enum error e = check_text(setting, value->text);
    if (!e) e = store_begin(act->store);
    return e ? e : store_end(act->store, write(act, setting, value));
}

enum error setting_set(const struct act *act, enum setting setting, int64_t value)
{
    return setting_write(act, setting, &(struct setting_value){.number = value});
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
    setting_text(setting, &(struct setting_value){.number = *value}, listed);
    return count && (!text[count] || strcmp(text, number_text(*value).text) == 0 ||
                     strcmp(text, listed) == 0);
}

static bool parse_word(const struct setting_entry *entry, const char *text, int64_t *value)
{
    for (*value = 0; entry->words[*value]; ++*value)
        if (ascii_casecmp(text, entry->words[*value]) == 0) return true;
    return false;
}

static enum error parse_text(enum setting setting, const char *text, struct setting_value *out)
{
    enum error e = check_text(setting, text);
    if (!e && ascii_casecmp(text, none) != 0) snprintf(out->text, sizeof out->text, "%s", text);
    return e;
}

enum error setting_parse(enum setting setting, const char *text, struct setting_value *out)
{
    const struct setting_entry *entry = &setting_table[setting];
    *out = (struct setting_value){0};
    if (entry->is_text) return parse_text(setting, text, out);
    bool on = !strcmp(text, "on"), off = !strcmp(text, "off");
    if (entry->words)
        return parse_word(entry, text, &out->number) ? OK : refuse(setting);
    else if (entry->zero && ascii_casecmp(text, entry->zero) == 0)
        return OK;
    else if (!entry->unit && (on || off))
        out->number = on;
    else if (!parse_number(setting, text, &out->number))
        return refuse(setting);
    return out->number < entry->least || out->number > entry->most ? refuse(setting) : OK;
}

void setting_text(enum setting setting, const struct setting_value *value,
                  char out[static SETTING_TEXT_SIZE])
{
    const struct setting_entry *entry = &setting_table[setting];
    int64_t number = value->number;
    if (entry->is_text)
        snprintf(out, SETTING_TEXT_SIZE, "%s", *value->text ? value->text : none);
    else if (entry->words)
        snprintf(out, SETTING_TEXT_SIZE, "%s", entry->words[number]);
    else if (!entry->unit)
        snprintf(out, SETTING_TEXT_SIZE, "%s", number ? "on" : "off");
    else if (number == 0 && entry->zero)
        snprintf(out, SETTING_TEXT_SIZE, "%s", entry->zero);
    else if (number == 1)
        snprintf(out, SETTING_TEXT_SIZE, "1 %.*s", (int)strlen(entry->unit) - 1, entry->unit);
    else
        snprintf(out, SETTING_TEXT_SIZE, "%s %s", number_text(number).text, entry->unit);
}
