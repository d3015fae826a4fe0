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
enum error vault_check_current(struct store *store, const struct vault *vault)
{
    struct vault_keys keys;
    enum error e = vault_read_keys(store, &keys);
    if (!e && memcmp(&keys, &vault->keys, sizeof keys) != 0)
        e = fail(ERR_CONFLICT, "the vault was re-keyed meanwhile: lock it and unlock it again");
    return e;
}

enum error vault_wrap_key(const struct vault *vault, int64_t slot, enum slot_kind kind,
                          const struct secret *unlock, struct kdf_cost cost, struct key_wrap *wrap)
{
    *wrap = (struct key_wrap){.kind = kind, .slot = slot};
    if (kind == SLOT_PASSPHRASE) wrap->cost = cost;
    enum error e = kind == SLOT_PASSPHRASE ? vault_check_passphrase(unlock) : OK;
    if (e) return e;
    return keybox_wrap(wrap, vault->keys.id, vault->keys.public_key, vault->secret_key, unlock);
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

/* Steals both objects. */
static enum error write_event(const struct act *act, const char *verb, int64_t number,
                              json_t *before, json_t *after)
{
    char subject[48];
    snprintf(subject, sizeof subject, "slot %" PRId64, number);
    return audit_write_json(act, verb, subject, 0, 0, before, after);
}

enum error vault_insert_slot(const struct act *act, const char *label, const struct key_wrap *wrap)
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
    if (e) return e;
    return write_event(act, "slot.add", wrap->slot, NULL, slot_json(wrap->kind, label));
}

/* The number that the next slot gets; numbers are not used twice. */
static enum error foresee_number(struct store *store, int64_t *number)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'key_slot'");
    return stmt_int(stmt, number);
}

/* *late: another slot was added since its number was foreseen. */
static enum error add_slot(const struct act *act, const struct vault *vault, const char *label,
                           const struct key_wrap *wrap, bool *late)
{
    int64_t number;
    enum error e = vault_check_current(act->store, vault);
    if (!e) e = foresee_number(act->store, &number);
    if (e) return e;
    *late = number != wrap->slot;
    if (*late) return fail(ERR_BUSY, "somebody else adds a key slot: try again");
    return vault_insert_slot(act, label, wrap);
}

enum error vault_check_label(const char *label)
{
    if (!text_is_printable(label, false) || text_length(label) > SLOT_LABEL_MAX)
        return fail(ERR_INVALID, "a slot's label has at most %d printable characters",
                    SLOT_LABEL_MAX);
    return OK;
}

/* Deriving a key takes its time and the slot's number is part of what is sealed: so the number is
 * foreseen, the key is wrapped without a lock, and once more if the number was taken meanwhile. */
enum error vault_add_slot(const struct act *act, const struct vault *vault, enum slot_kind kind,
                          const char *label, const struct secret *unlock, struct kdf_cost cost,
                          int64_t *out_slot)
{
    enum { TRIES = 5 };
    struct key_wrap wrap = {0};
    bool late = true;
    enum error e = vault_check_label(label);
    for (int i = 0; i < TRIES && late && (!e || e == ERR_BUSY); i++) {
        int64_t number;
        late = false;
        e = foresee_number(act->store, &number);
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
    return e ? e : write_event(act, "slot.remove", slot, slot_json(text.kind, text.label), NULL);
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

enum error vault_update_slot(struct store *store, const struct key_wrap *wrap)
{
    struct stmt *stmt = store_prepare(
        store, "UPDATE key_slot SET operations = :operations, memory = :memory, salt = :salt, "
               "nonce = :nonce, wrapped = :wrapped WHERE number = :number");
    bind_wrap(stmt, wrap);
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
    e = store_end(act->store, change_slot(act, vault, &wrap));
    if (!e) store_truncate_log(act->store);
    return e;
}
