#include <gatehouse/passphrase.h>
#include <gatehouse/setting.h>
#include <gatehouse/stored_text.h>
#include <gatehouse/text.h>
#include <gatehouse/vault.h>

#include "sql.h"
#include "vault_internal.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *slot_kind_text(enum slot_kind kind)
{
    static const char *const texts[] = {"", "passphrase", "key file", "recovery code"};
    /* The number comes from the database. */
    return kind >= SLOT_PASSPHRASE && kind <= SLOT_RECOVERY ? texts[kind] : "unknown kind";
}

static enum error read_keys(struct store *store, struct vault_keys *keys)
{
    struct stmt *stmt = store_prepare(store, "SELECT id, public_key FROM vault");
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_CONFLICT, "this database keeps no tokens: each is shown only once");
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

enum error vault_read_key(struct store *store, char out[static VAULT_KEY_TEXT])
{
    struct stmt *stmt = store_prepare(store, "SELECT lower(hex(public_key)) AS key FROM vault");
    bool row;
    out[0] = 0;
    enum error e = stmt_step(stmt, &row);
    if (e || !row) return e;
    column_copy(stmt, "key", out, VAULT_KEY_TEXT);
    stmt_reset(stmt);
    return OK;
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
    enum error e =
        stmt_int(store_prepare(store, "SELECT count(*) FROM event WHERE kind IN ('vault.create', "
                                      "'database.archive')"),
                 &made);
    if (!e && made > 0) e = fail(ERR_CONFLICT, "this database already has a vault");
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

static void bind_wrap(struct stmt *stmt, const struct key_wrap *wrap)
{
    bind_int(stmt, ":number", wrap->slot);
    bind_int(stmt, ":operations", (int64_t)wrap->cost.operations);
    bind_int(stmt, ":memory", (int64_t)wrap->cost.memory);
    bind_blob(stmt, ":salt", wrap->salt, sizeof wrap->salt);
    bind_blob(stmt, ":nonce", wrap->nonce, sizeof wrap->nonce);
    bind_blob(stmt, ":wrapped", wrap->wrapped, sizeof wrap->wrapped);
}

static json_t *slot_json(enum slot_kind kind, const char *label)
{
    json_t *object = json_object();
    json_object_set_new(object, "kind", json_string(slot_kind_text(kind)));
    json_object_set_new(object, "label", event_text(label));
    return object;
}

/* Frees both objects. */
static enum error write_event(const struct act *act, const char *verb, int64_t number,
                              json_t *before, json_t *after)
{
    char subject[48];
    snprintf(subject, sizeof subject, "slot %" PRId64, number);
    return audit_write_json(act, verb, subject, 0, 0, before, after);
}

static enum error insert_slot(const struct act *act, const char *label, const struct key_wrap *wrap)
{
    struct stmt *stmt = store_prepare(
        act->store, "INSERT INTO key_slot (number, kind, label, created, operations, memory, salt, "
                    "nonce, wrapped) VALUES (:number, :kind, :label, :created, :operations, "
                    ":memory, :salt, :nonce, :wrapped)");
    bind_int(stmt, ":kind", wrap->kind);
    bind_text(stmt, ":label", label);
    bind_int(stmt, ":created", act->now);
    bind_wrap(stmt, wrap);
    enum error e = stmt_run(stmt);
    if (!e) e = store_raise_number(act->store, "key_slot", wrap->slot);
    if (e) return e;
    return write_event(act, "slot.add", wrap->slot, NULL, slot_json(wrap->kind, label));
}

static enum error check_label(const char *label)
{
    if (!text_is_name(label) || text_length(label) > SLOT_LABEL_MAX)
        return fail(ERR_INVALID, "a slot's label has at most %d printable characters",
                    SLOT_LABEL_MAX);
    return stored_text_check("the slot's label", label);
}

static enum error refuse_mark(const struct secret *passphrase)
{
    if (!passphrase_has_mark(passphrase)) return OK;
    return fail(ERR_INVALID, "the passphrase begins with a byte order mark, which some editors "
                             "write: save the file without it");
}

/* A passphrase for a slot, as it is hashed. The caller frees it. */
static enum error compose_passphrase(const struct secret *passphrase, struct secret **out)
{
    enum { PASSPHRASE_LEAST = 12 };
    struct secret *composed = NULL;
    enum error e = refuse_mark(passphrase);
    if (!e) e = passphrase_compose(passphrase, &composed);
    if (!e && text_length(composed->bytes) < PASSPHRASE_LEAST)
        e = fail(ERR_INVALID, "the passphrase is too short: at least %d characters",
                 PASSPHRASE_LEAST);
    if (e)
        secret_free(composed);
    else
        *out = composed;
    return e;
}

enum error vault_check_passphrase(const struct secret *passphrase)
{
    struct secret *composed = NULL;
    enum error e = compose_passphrase(passphrase, &composed);
    secret_free(composed);
    return e;
}

enum error vault_wrap_key(const struct vault *vault, int64_t slot, enum slot_kind kind,
                          const struct secret *unlock, struct kdf_cost cost, struct key_wrap *wrap)
{
    *wrap = (struct key_wrap){.kind = kind, .slot = slot};
    if (kind == SLOT_PASSPHRASE) wrap->cost = cost;
    struct secret *composed = NULL;
    enum error e = OK;
    if (kind == SLOT_KEY_FILE) e = keybox_check_key_file(unlock);
    if (kind == SLOT_PASSPHRASE) e = compose_passphrase(unlock, &composed);
    if (!e)
        e = keybox_wrap(wrap, vault->keys.id, vault->keys.public_key, vault->secret_key,
                        composed ? composed : unlock);
    secret_free(composed);
    return e;
}

const char *vault_key_text(const uint8_t key[static KEYBOX_PUBLIC_SIZE],
                           char out[static VAULT_KEY_TEXT])
{
    return sodium_bin2hex(out, VAULT_KEY_TEXT, key, KEYBOX_PUBLIC_SIZE);
}

/* `vault` is NULL if tokens are shown once only. */
static enum error create(const struct act *act, const struct vault *vault, const char *label,
                         const struct key_wrap *wrap)
{
    char text[VAULT_KEY_TEXT];
    enum error e = refuse_second(act->store);
    if (!e)
        e = audit_write_json(
            act, "vault.create", "vault", 0, 0, NULL,
            json_pack("{s:b, s:s*}", "keeps_tokens", vault != NULL, "public_key",
                      vault ? vault_key_text(vault->keys.public_key, text) : NULL));
    if (e) return e;
    if (!vault) return setting_set(act, SETTING_TOKEN_KEEP, 0);
    e = insert_vault(act->store, &vault->keys);
    return e ? e : insert_slot(act, label, wrap);
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
    enum error e = check_label(label);
    if (!e) e = refuse_second(act->store);
    if (!e) e = keybox_new_pair(vault.keys.public_key, &vault.secret_key);
    if (e) return e;
    randombytes_buf(vault.keys.id, sizeof vault.keys.id);
    e = vault_wrap_key(&vault, FIRST_SLOT, kind, unlock, cost, &wrap);
    if (!e) e = write_all(act, &vault, label, &wrap);
    secret_free(vault.secret_key);
    return e;
}

enum error vault_read_seal_key(struct store *store, uint8_t key[static KEYBOX_PUBLIC_SIZE])
{
    struct vault_keys keys;
    enum error e = read_keys(store, &keys);
    if (!e) memcpy(key, keys.public_key, KEYBOX_PUBLIC_SIZE);
    return e;
}

enum error vault_seal(struct store *store, int64_t token, int64_t account,
                      const struct secret *text, struct keybox *box)
{
    struct vault_keys keys;
    enum error e = read_keys(store, &keys);
    return e ? e : keybox_seal(keys.public_key, token, account, text, box);
}

enum error vault_open_box(const struct vault *vault, int64_t token, int64_t account,
                          const uint8_t *box, size_t size, struct secret **text)
{
    return keybox_open(vault->keys.public_key, vault->secret_key, token, account, box, size, text);
}

enum error vault_sign(const struct vault *vault, const uint8_t *bytes, size_t size,
                      uint8_t key[static KEYBOX_SIGN_KEY_SIZE],
                      uint8_t signature[static KEYBOX_SIGNATURE_SIZE])
{
    return keybox_sign(vault->secret_key, bytes, size, key, signature);
}

void vault_lock(struct vault *vault)
{
    if (!vault) return;
    secret_free(vault->secret_key);
    free(vault);
}

static void read_slot(struct stmt *stmt, void *item)
{
    struct vault_slot *slot = item;
    slot->id = column_int(stmt, "number");
    slot->kind = (enum slot_kind)column_int(stmt, "kind");
    slot->created = column_int(stmt, "created");
    slot->weak = column_int(stmt, "weak");
    column_copy(stmt, "label", slot->label, sizeof slot->label);
}

enum error vault_list_slots(struct store *store, struct vault_slots **out)
{
    struct stmt *stmt = store_prepare(
        store,
        "SELECT number, kind, label, created, kind = 2 AND EXISTS (SELECT 1 FROM event u WHERE "
        "u.kind = 'vault.unlock' AND u.after = '{\"kind\":\"key file\",\"slot\":' || s.number || "
        "',\"weak\":true}' AND u.sequence > coalesce((SELECT max(c.sequence) FROM event c WHERE "
        "c.kind = 'slot.change' AND c.subject = 'slot ' || s.number), 0)) AS weak FROM key_slot s "
        "ORDER BY number");
    return rows_collect(stmt, sizeof(struct vault_slots), sizeof(struct vault_slot), read_slot,
                        (void **)out);
}

/* The key of another database must not be wrapped into this one. */
enum error vault_check_current(struct store *store, const struct vault *vault)
{
    struct vault_keys keys;
    enum error e = read_keys(store, &keys);
    if (!e && memcmp(&keys, &vault->keys, sizeof keys) != 0)
        e = fail(ERR_CONFLICT,
                 "the vault was re-keyed in the meantime: lock it and unlock it again");
    return e;
}

/* The number of the next slot; numbers are never reused. */
static enum error predict_number(struct store *store, int64_t *number)
{
    enum error e = store_last_number(store, "key_slot", number);
    if (!e) ++*number;
    return e;
}

/* *late: another slot has taken the number that was predicted. */
static enum error add_slot(const struct act *act, const struct vault *vault, const char *label,
                           const struct key_wrap *wrap, bool *late)
{
    int64_t number;
    enum error e = vault_check_current(act->store, vault);
    if (!e) e = predict_number(act->store, &number);
    if (e) return e;
    *late = number != wrap->slot;
    if (*late) return fail(ERR_BUSY, "someone else is adding a key slot: try again");
    return insert_slot(act, label, wrap);
}

/* Deriving a key is slow, and the number of the slot is part of what is wrapped. So the number is
 * predicted and the key wrapped without holding the lock; if the number was taken in the meantime,
 * it is done again. */
enum error vault_add_slot(const struct act *act, const struct vault *vault, enum slot_kind kind,
                          const char *label, const struct secret *unlock, struct kdf_cost cost,
                          int64_t *out_slot)
{
    enum { TRIES = 5 };
    struct key_wrap wrap = {0};
    bool late = true;
    enum error e = check_label(label);
    for (int i = 0; i < TRIES && late && (!e || e == ERR_BUSY); i++) {
        int64_t number;
        late = false;
        e = predict_number(act->store, &number);
        if (!e) e = vault_wrap_key(vault, number, kind, unlock, cost, &wrap);
        if (!e) e = store_begin(act->store);
        if (!e) e = store_end(act->store, add_slot(act, vault, label, &wrap, &late));
    }
    if (out_slot) *out_slot = wrap.slot;
    return e;
}

struct slot_text {
    enum slot_kind kind;
    char label[SLOT_LABEL_MAX * 4 + 1];
};

static enum error find_slot(struct store *store, int64_t slot, struct slot_text *out)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT kind, label FROM key_slot WHERE number = :number");
    bind_int(stmt, ":number", slot);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "there is no key slot %" PRId64, slot);
    out->kind = (enum slot_kind)column_int(stmt, "kind");
    column_copy(stmt, "label", out->label, sizeof out->label);
    stmt_reset(stmt);
    return OK;
}

static enum error remove_slot(const struct act *act, int64_t slot)
{
    struct slot_text text;
    int64_t count;
    enum error e = find_slot(act->store, slot, &text);
    if (!e) e = stmt_int(store_prepare(act->store, "SELECT count(*) FROM key_slot"), &count);
    if (!e && count == 1)
        e = fail(ERR_CONFLICT, "the last key slot cannot be removed: add another one first");
    if (e) return e;
    struct stmt *stmt = store_prepare(act->store, "DELETE FROM key_slot WHERE number = :number");
    bind_int(stmt, ":number", slot);
    e = stmt_run(stmt);
    /* An old wrap would still open the vault, so it must not stay in the log. */
    store_truncate_after_commit(act->store);
    return e ? e : write_event(act, "slot.remove", slot, slot_json(text.kind, text.label), NULL);
}

enum error vault_remove_slot(const struct act *act, int64_t slot)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, remove_slot(act, slot));
}

enum error vault_update_slot(struct store *store, const struct key_wrap *wrap)
{
    struct stmt *stmt = store_prepare(
        store, "UPDATE key_slot SET operations = :operations, memory = :memory, salt = :salt, "
               "nonce = :nonce, wrapped = :wrapped WHERE number = :number");
    bind_wrap(stmt, wrap);
    store_truncate_after_commit(store);
    return stmt_run(stmt);
}

static enum error change_slot(const struct act *act, const struct vault *vault,
                              const struct key_wrap *wrap)
{
    struct slot_text text;
    enum error e = vault_check_current(act->store, vault);
    if (!e) e = find_slot(act->store, wrap->slot, &text);
    if (e) return e;
    e = vault_update_slot(act->store, wrap);
    return e ? e
             : write_event(act, "slot.change", wrap->slot, NULL, slot_json(text.kind, text.label));
}

enum error vault_change_slot(const struct act *act, const struct vault *vault, int64_t slot,
                             const struct secret *unlock, struct kdf_cost cost)
{
    struct slot_text text;
    struct key_wrap wrap;
    enum error e = find_slot(act->store, slot, &text);
    if (!e) e = vault_wrap_key(vault, slot, text.kind, unlock, cost, &wrap);
    if (!e) e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, change_slot(act, vault, &wrap));
}

struct wraps {
    size_t count;
    struct key_wrap items[];
};

static void copy_blob(struct stmt *stmt, const char *name, uint8_t *out, size_t out_size)
{
    size_t size;
    const void *bytes = column_blob(stmt, name, &size);
    if (size == out_size) memcpy(out, bytes, size);
}

static void read_wrap(struct stmt *stmt, void *item)
{
    struct key_wrap *wrap = item;
    *wrap = (struct key_wrap){
        .kind = (enum slot_kind)column_int(stmt, "kind"),
        .slot = column_int(stmt, "number"),
        .cost = {.operations = (uint64_t)column_int(stmt, "operations"),
                 .memory = (uint64_t)column_int(stmt, "memory")},
    };
    copy_blob(stmt, "salt", wrap->salt, sizeof wrap->salt);
    copy_blob(stmt, "nonce", wrap->nonce, sizeof wrap->nonce);
    copy_blob(stmt, "wrapped", wrap->wrapped, sizeof wrap->wrapped);
}

static enum error read_wraps(struct store *store, enum slot_kind kind, struct wraps **out)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT number, kind, operations, memory, salt, nonce, wrapped FROM key_slot WHERE "
               "kind = :kind ORDER BY number");
    bind_int(stmt, ":kind", kind);
    return rows_collect(stmt, sizeof(struct wraps), sizeof(struct key_wrap), read_wrap,
                        (void **)out);
}

/* That a key file is weak is known only while it is there: vault_list_slots finds it in the event.
 */
static json_t *unlock_json(enum slot_kind kind, int64_t slot, const struct secret *unlock)
{
    if (!slot || kind != SLOT_KEY_FILE || !keybox_check_key_file(unlock))
        return json_pack("{s:s}", "kind", slot_kind_text(kind));
    return json_pack("{s:s, s:I, s:b}", "kind", slot_kind_text(kind), "slot", (json_int_t)slot,
                     "weak", 1);
}

/* `slot` is 0 for an attempt. */
static enum error write_unlock_event(const struct act *act, const char *verb, enum slot_kind kind,
                                     int64_t slot, const struct secret *unlock)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, audit_write_json(act, verb, "vault", 0, 0, NULL,
                                                  unlock_json(kind, slot, unlock)));
}

static enum error try_slots(const struct vault_keys *keys, const struct wraps *wraps,
                            enum slot_kind kind, const struct secret *unlock,
                            struct secret **secret_key, const struct key_wrap **opened)
{
    enum error e = fail(ERR_SECRET, "the vault has no slot for a %s", slot_kind_text(kind));
    for (size_t i = 0; i < wraps->count; i++) {
        *opened = &wraps->items[i];
        e = keybox_unwrap(&wraps->items[i], keys->id, keys->public_key, unlock, secret_key);
        if (e != ERR_SECRET) return e;
    }
    if (wraps->count == 0) return e;
    return fail(ERR_SECRET, "that %s does not open the vault", slot_kind_text(kind));
}

/* Passphrases used to be hashed as they came, so a slot may only open that way: *old. */
static enum error try_readings(const struct vault_keys *keys, const struct wraps *wraps,
                               const struct secret *typed, struct secret **secret_key,
                               const struct key_wrap **opened, bool *old)
{
    struct secret *composed = NULL;
    enum error e = passphrase_compose(typed, &composed);
    if (e) return e;
    bool same = composed->size == typed->size &&
                sodium_memcmp(composed->bytes, typed->bytes, typed->size) == 0;
    e = ERR_SECRET;
    if (!passphrase_has_mark(typed))
        e = try_slots(keys, wraps, SLOT_PASSPHRASE, composed, secret_key, opened);
    secret_free(composed);
    *old = e == ERR_SECRET && (!same || passphrase_has_mark(typed));
    if (!*old) return e;
    e = try_slots(keys, wraps, SLOT_PASSPHRASE, typed, secret_key, opened);
    return e == ERR_SECRET && refuse_mark(typed) ? ERR_INVALID : e;
}

/* Wraps a slot again that opened with the old reading of a passphrase. If that fails, for example
 * because the disk is full, it goes on opening that way. */
static void renew_slot(const struct act *act, const struct vault *vault, struct kdf_cost cost,
                       const struct secret *typed)
{
    enum error e = vault_change_slot(act, vault, vault->slot, typed, cost);
    (void)e;
}

static enum error open_slots(const struct act *act, const struct wraps *wraps, enum slot_kind kind,
                             const struct secret *unlock, struct vault *vault)
{
    const struct key_wrap *opened = NULL;
    bool old = false;
    enum error e =
        kind == SLOT_PASSPHRASE
            ? try_readings(&vault->keys, wraps, unlock, &vault->secret_key, &opened, &old)
            : try_slots(&vault->keys, wraps, kind, unlock, &vault->secret_key, &opened);
    if (!e) e = write_unlock_event(act, "vault.unlock", kind, opened->slot, unlock);
    if (e) return e;
    vault->slot = opened->slot;
    if (old) renew_slot(act, vault, opened->cost, unlock);
    return OK;
}

enum error vault_unlock(const struct act *act, enum slot_kind kind, const struct secret *unlock,
                        struct vault **out)
{
    struct wraps *wraps = NULL;
    struct vault *vault = calloc(1, sizeof *vault);
    *out = NULL;
    if (!vault) return fail_memory();
    enum error e = read_keys(act->store, &vault->keys);
    /* The attempt is recorded before anyone knows whether it succeeds. */
    if (!e) e = write_unlock_event(act, "vault.unlock-try", kind, 0, unlock);
    if (!e) e = read_wraps(act->store, kind, &wraps);
    if (!e) e = open_slots(act, wraps, kind, unlock, vault);
    free(wraps);
    if (e)
        vault_lock(vault);
    else
        *out = vault;
    return e;
}
