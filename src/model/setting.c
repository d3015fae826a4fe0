#include <gatehouse/audit.h>
#include <gatehouse/setting.h>

#include <inttypes.h>
#include <stdio.h>

static const struct {
    const char *name;
    int64_t value, least, most;
} settings[SETTING_COUNT] = {
    [SETTING_TOKEN_LIMIT] = {"token.limit", 20, 1, 1000},
    [SETTING_TOKEN_KEEP] = {"token.keep", 1, 0, 1},
    [SETTING_CLIPBOARD_CLEAR] = {"clipboard.clear", 45, 0, 86400},
    [SETTING_VAULT_IDLE] = {"vault.idle", 300, 10, 86400},
};

const char *setting_name(enum setting setting)
{
    return settings[setting].name;
}

enum error setting_get(struct store *store, enum setting setting, int64_t *value)
{
    struct stmt *stmt = store_prepare(store, "SELECT value FROM setting WHERE name = :name");
    bind_text(stmt, ":name", settings[setting].name);
    enum error e = stmt_int(stmt, value);
    if (e != ERR_NOT_FOUND) return e;
    *value = settings[setting].value;
    return OK;
}

static enum error write(const struct act *act, enum setting setting, int64_t value)
{
    int64_t before;
    enum error e = setting_get(act->store, setting, &before);
    if (e || before == value) return e;
    struct stmt *stmt =
        store_prepare(act->store, "INSERT INTO setting (name, value) VALUES (:name, :value) "
                                  "ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    bind_text(stmt, ":name", settings[setting].name);
    bind_int(stmt, ":value", value);
    e = stmt_run(stmt);
    if (e) return e;
    char old[64], new[64];
    snprintf(old, sizeof old, "{\"value\":%" PRId64 "}", before);
    snprintf(new, sizeof new, "{\"value\":%" PRId64 "}", value);
    return audit_write(act, &(struct audit_entry){.kind = "setting.set",
                                                  .subject = settings[setting].name,
                                                  .before = old,
                                                  .after = new});
}

enum error setting_set(const struct act *act, enum setting setting, int64_t value)
{
    if (value < settings[setting].least || value > settings[setting].most)
        return fail(ERR_INVALID, "%s is a number from %" PRId64 " to %" PRId64,
                    settings[setting].name, settings[setting].least, settings[setting].most);
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, write(act, setting, value));
}
