#include "json.h"
#include "rows.h"
#include "vault_keys.h"
#include <stdlib.h>
#include <string.h>

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

static enum error write_event(const struct act *act, const char *verb, enum slot_kind kind)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store,
                     audit_write_json(act, verb, "vault", 0, 0, NULL,
                                      json_pack("{s:s}", "kind", slot_kind_text(kind))));
}

static enum error try_slots(const struct vault_keys *keys, const struct wraps *wraps,
                            enum slot_kind kind, const struct secret *unlock,
                            struct secret **secret_key, int64_t *slot)
{
    enum error e = fail(ERR_SECRET, "the vault has no slot for a %s", slot_kind_text(kind));
    for (size_t i = 0; i < wraps->count; i++) {
        *slot = wraps->items[i].slot;
        e = keybox_unwrap(&wraps->items[i], keys->id, keys->public_key, unlock, secret_key);
        if (e != ERR_SECRET) return e;
    }
    if (wraps->count == 0) return e;
    return fail(ERR_SECRET, "that %s does not open the vault", slot_kind_text(kind));
}

enum error vault_unlock(const struct act *act, enum slot_kind kind, const struct secret *unlock,
                        struct vault **out)
{
    struct vault_keys keys;
    struct wraps *wraps;
    enum error e = vault_read_keys(act->store, &keys);
    /* The attempt is on record before anyone can know whether it succeeds. */
    if (!e) e = write_event(act, "vault.unlock-try", kind);
    if (!e) e = read_wraps(act->store, kind, &wraps);
    if (e) return e;
    struct secret *secret_key = NULL;
    int64_t slot = 0;
    e = try_slots(&keys, wraps, kind, unlock, &secret_key, &slot);
    free(wraps);
    struct vault *vault = e ? NULL : malloc(sizeof *vault);
    if (!e && !vault) e = fail(ERR_SYSTEM, "out of memory");
    if (!e) e = write_event(act, "vault.unlock", kind);
    if (e) {
        secret_free(secret_key);
        free(vault);
        return e;
    }
    *vault = (struct vault){.keys = keys, .secret_key = secret_key, .slot = slot};
    *out = vault;
    return OK;
}
