/* What the files about the vault share. */
#ifndef GATEHOUSE_MODEL_VAULT_INTERNAL_H
#define GATEHOUSE_MODEL_VAULT_INTERNAL_H

#include <gatehouse/vault.h>

#include "audit_internal.h"

struct vault_keys {
    uint8_t id[KEYBOX_ID_SIZE];
    uint8_t public_key[KEYBOX_PUBLIC_SIZE];
};
struct vault {
    struct vault_keys keys;
    struct secret *secret_key;
    int64_t slot; /* the slot that opened it */
};

/* `unlock` is checked first: nothing weak becomes the secret of a slot. */
enum error vault_wrap_key(const struct vault *vault, int64_t slot, enum slot_kind kind,
                          const struct secret *unlock, struct kdf_cost cost,
                          struct key_wrap *wrap) MUST_CHECK;
enum error vault_update_slot(struct store *store, const struct key_wrap *wrap) MUST_CHECK;
/* The event that made a key names it, so that one exchanged past Gatehouse is noticed. */
const char *vault_key_text(const uint8_t key[static KEYBOX_PUBLIC_SIZE],
                           char out[static VAULT_KEY_TEXT]);

#endif
