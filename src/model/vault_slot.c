#include "json.h"
#include "rows.h"
#include "vault_keys.h"
#include <gatehouse/text.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void read_slot(struct stmt *stmt, void *item)
{
    struct vault_slot *slot = item;
    slot->id = column_int(stmt, "number");
    slot->kind = (enum slot_kind)column_int(stmt, "kind");
    slot->created = column_int(stmt, "created");
    column_copy(stmt, "label", slot->label, sizeof slot->label);
}

enum error vault_list_slots(struct store *store, struct vault_slots **out)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT number, kind, label, created FROM key_slot ORDER BY number");
    return rows_collect(stmt, sizeof(struct vault_slots), sizeof(struct vault_slot), read_slot,
                        (void **)out);
}

/* An unlocked vault of another database must not be wrapped into this one. */
static enum error check_vault(struct store *store, const struct vault *vault)
{
    struct vault_keys keys;
    enum error e = vault_read_keys(store, &keys);
    if (!e && memcmp(&keys, &vault->keys, sizeof keys) != 0)
        e = fail(ERR_CONFLICT, "the vault was re-keyed meanwhile: lock it and unlock it again");
    return e;
}

static enum error wrap_slot(struct store *store, const struct vault *vault, int64_t number,
                            enum slot_kind kind, const struct secret *unlock, struct kdf_cost cost)
{
    struct key_wrap wrap = {.kind = kind, .slot = number};
    if (kind == SLOT_PASSPHRASE) wrap.cost = cost;
    enum error e =
        keybox_wrap(&wrap, vault->keys.id, vault->keys.public_key, vault->secret_key, unlock);
    if (e) return e;
    struct stmt *stmt = store_prepare(
        store,
        "UPDATE key_slot SET operations = :operations, memory = :memory, salt = :salt, nonce "
        "= :nonce, wrapped = :wrapped WHERE number = :number");
    bind_int(stmt, ":operations", (int64_t)wrap.cost.operations);
    bind_int(stmt, ":memory", (int64_t)wrap.cost.memory);
    bind_blob(stmt, ":salt", wrap.salt, sizeof wrap.salt);
    bind_blob(stmt, ":nonce", wrap.nonce, sizeof wrap.nonce);
    bind_blob(stmt, ":wrapped", wrap.wrapped, sizeof wrap.wrapped);
    bind_int(stmt, ":number", number);
    return stmt_run(stmt);
}

static enum error write_event(const struct act *act, const char *verb, int64_t number,
                              enum slot_kind kind)
{
    char subject[48];
    snprintf(subject, sizeof subject, "slot %" PRId64, number);
    return audit_write_json(act, verb, subject, 0, 0, NULL,
                            json_pack("{s:s}", "kind", slot_kind_text(kind)));
}

static enum error insert_slot(const struct act *act, enum slot_kind kind, const char *label,
                              int64_t *number)
{
    struct stmt *stmt = store_prepare(
        act->store, "INSERT INTO key_slot (kind, label, created, operations, memory, salt, nonce, "
                    "wrapped) VALUES (:kind, :label, :created, 0, 0, x'', x'', x'')");
    bind_int(stmt, ":kind", kind);
    bind_text(stmt, ":label", label);
    bind_int(stmt, ":created", act->now);
    enum error e = stmt_run(stmt);
    *number = store_last_id(act->store);
    return e;
}

static enum error add_slot(const struct act *act, const struct vault *vault, enum slot_kind kind,
                           const char *label, const struct secret *unlock, struct kdf_cost cost,
                           int64_t *number)
{
    enum error e = check_vault(act->store, vault);
    if (!e) e = insert_slot(act, kind, label, number);
    if (!e) e = wrap_slot(act->store, vault, *number, kind, unlock, cost);
    return e ? e : write_event(act, "slot.add", *number, kind);
}

static enum error check_label(const char *label)
{
    if (!text_is_printable(label, false) || text_length(label) > SLOT_LABEL_MAX)
        return fail(ERR_INVALID, "a slot's label has at most %d printable characters",
                    SLOT_LABEL_MAX);
    return OK;
}

enum error vault_add_slot(const struct act *act, const struct vault *vault, enum slot_kind kind,
                          const char *label, const struct secret *unlock, struct kdf_cost cost,
                          int64_t *out_slot)
{
    int64_t number = 0;
    enum error e = check_label(label);
    if (!e) e = store_begin(act->store);
    if (e) return e;
    e = store_end(act->store, add_slot(act, vault, kind, label, unlock, cost, &number));
    if (out_slot) *out_slot = number;
    return e;
}

static enum error find_kind(struct store *store, int64_t slot, enum slot_kind *kind)
{
    struct stmt *stmt = store_prepare(store, "SELECT kind FROM key_slot WHERE number = :number");
    bind_int(stmt, ":number", slot);
    int64_t value = 0;
    enum error e = stmt_int(stmt, &value);
    *kind = (enum slot_kind)value;
    return e == ERR_NOT_FOUND ? fail(e, "there is no key slot %" PRId64, slot) : e;
}

static enum error remove_slot(const struct act *act, int64_t slot)
{
    enum slot_kind kind;
    int64_t count;
    enum error e = find_kind(act->store, slot, &kind);
    if (!e) e = stmt_int(store_prepare(act->store, "SELECT count(*) FROM key_slot"), &count);
    if (!e && count == 1)
        e = fail(ERR_CONFLICT, "the last key slot cannot be removed: add another one first");
    if (e) return e;
    struct stmt *stmt = store_prepare(act->store, "DELETE FROM key_slot WHERE number = :number");
    bind_int(stmt, ":number", slot);
    e = stmt_run(stmt);
    return e ? e : write_event(act, "slot.remove", slot, kind);
}

enum error vault_remove_slot(const struct act *act, int64_t slot)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    e = store_end(act->store, remove_slot(act, slot));
    /* The old wrap must not live on in the write-ahead log. */
    if (!e) store_truncate_log(act->store);
    return e;
}

static enum error change_slot(const struct act *act, const struct vault *vault, int64_t slot,
                              const struct secret *unlock, struct kdf_cost cost)
{
    enum slot_kind kind;
    enum error e = check_vault(act->store, vault);
    if (!e) e = find_kind(act->store, slot, &kind);
    if (!e) e = wrap_slot(act->store, vault, slot, kind, unlock, cost);
    return e ? e : write_event(act, "slot.change", slot, kind);
}

enum error vault_change_slot(const struct act *act, const struct vault *vault, int64_t slot,
                             const struct secret *unlock, struct kdf_cost cost)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    e = store_end(act->store, change_slot(act, vault, slot, unlock, cost));
    if (!e) store_truncate_log(act->store);
    return e;
}
