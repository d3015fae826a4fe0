#include <gatehouse/setting.h>
#include <gatehouse/text.h>

#include "json.h"
#include "vault_keys.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

const char *slot_kind_text(enum slot_kind kind)
{
    static const char *const texts[] = {"", "passphrase", "key file", "recovery code"};
    /* The number comes from the database. */
    return kind >= SLOT_PASSPHRASE && kind <= SLOT_RECOVERY ? texts[kind] : "unknown kind";
}

enum error vault_read_keys(struct store *store, struct vault_keys *keys)
{
    struct stmt *stmt = store_prepare(store, "SELECT id, public_key FROM vault");
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_CONFLICT, "this database keeps no tokens: they are shown once only");
    size_t id_size, key_size;
    const void *id = column_blob(stmt, "id", &id_size);
    const void *key = column_blob(stmt, "public_key", &key_size);
    if (id_size == sizeof keys->id && key_size == sizeof keys->public_key) {
        memcpy(keys->id, id, id_size);
        memcpy(keys->public_key, key, key_size);
    } else {
        e = fail(ERR_STORE, "the vault is damaged: restore a backup");
    }
    stmt_reset(stmt);
    return e;
}

enum error vault_keeps_tokens(struct store *store, bool *keeps)
{
    int64_t wanted, vaults = 0;
    enum error e = setting_get(store, SETTING_TOKEN_KEEP, &wanted);
    if (!e) e = stmt_int(store_prepare(store, "SELECT count(*) FROM vault"), &vaults);
    *keeps = !e && wanted && vaults > 0;
    return e;
}

static enum error refuse_second(struct store *store)
{
    int64_t made;
    enum error e = stmt_int(
        store_prepare(store, "SELECT count(*) FROM event WHERE kind = 'vault.create'"), &made);
    if (!e && made > 0) e = fail(ERR_CONFLICT, "this database has its vault already");
    return e;
}

static enum error insert_vault(struct store *store, const struct vault_keys *keys)
{
    struct stmt *stmt =
        store_prepare(store, "INSERT INTO vault (id, public_key) VALUES (:id, :public_key)");
    bind_blob(stmt, ":id", keys->id, sizeof keys->id);
    bind_blob(stmt, ":public_key", keys->public_key, sizeof keys->public_key);
    return stmt_run(stmt);
}

/* `vault` is NULL where tokens are shown once. */
static enum error create(const struct act *act, const struct vault *vault, const char *label,
                         const struct key_wrap *wrap)
{
    enum error e = refuse_second(act->store);
    if (!e)
        e = audit_write_json(act, "vault.create", "vault", 0, 0, NULL,
                             json_pack("{s:b}", "keeps_tokens", vault != NULL));
    if (e) return e;
    if (!vault) return setting_set(act, SETTING_TOKEN_KEEP, 0);
    e = insert_vault(act->store, &vault->keys);
    return e ? e : vault_insert_slot(act, label, wrap);
}

static enum error write_all(const struct act *act, const struct vault *vault, const char *label,
                            const struct key_wrap *wrap)
{
    enum error e = store_begin(act->store);
    return e ? e : store_end(act->store, create(act, vault, label, wrap));
}

enum error vault_create(const struct act *act, enum slot_kind kind, const char *label,
                        const struct secret *unlock, struct kdf_cost cost)
{
    enum { FIRST_SLOT = 1 };
    struct vault vault = {0};
    struct key_wrap wrap;
    if (!unlock) return write_all(act, NULL, label, NULL);
    enum error e = vault_check_label(label);
    if (!e) e = refuse_second(act->store);
    if (!e) e = keybox_new_pair(vault.keys.public_key, &vault.secret_key);
    if (e) return e;
    randombytes_buf(vault.keys.id, sizeof vault.keys.id);
    e = vault_wrap_key(&vault, FIRST_SLOT, kind, unlock, cost, &wrap);
    if (!e) e = write_all(act, &vault, label, &wrap);
    secret_free(vault.secret_key);
    return e;
}

enum error vault_check_passphrase(const struct secret *passphrase)
{
    enum { PASSPHRASE_LEAST = 12 };
    if (text_length(passphrase->bytes) < PASSPHRASE_LEAST)
        return fail(ERR_INVALID, "the passphrase is too short: at least %d characters",
                    PASSPHRASE_LEAST);
    return OK;
}

enum error vault_seal(struct store *store, int64_t token, int64_t account,
                      const struct secret *text, struct keybox *box)
{
    struct vault_keys keys;
    enum error e = vault_read_keys(store, &keys);
    return e ? e : keybox_seal(keys.public_key, token, account, text, box);
}

enum error vault_open_box(const struct vault *vault, int64_t token, int64_t account,
                          const uint8_t *box, size_t size, struct secret **text)
{
    return keybox_open(vault->keys.public_key, vault->secret_key, token, account, box, size, text);
}

void vault_lock(struct vault *vault)
{
    if (!vault) return;
    secret_free(vault->secret_key);
    free(vault);
}
