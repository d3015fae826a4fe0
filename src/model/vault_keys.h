/* Inside of the model: what the files about the vault share. */
#ifndef GATEHOUSE_MODEL_VAULT_KEYS_H
#define GATEHOUSE_MODEL_VAULT_KEYS_H

#include <gatehouse/vault.h>

struct vault_keys {
    uint8_t id[KEYBOX_ID_SIZE];
    uint8_t public_key[KEYBOX_PUBLIC_SIZE];
};
struct vault {
    struct vault_keys keys;
    struct secret *secret_key;
    int64_t slot; /* that opened it */
};
/* ERR_CONFLICT when `vault` was unlocked before another key pair came. */
enum error vault_check_current(struct store *store, const struct vault *vault) MUST_CHECK;
/* Makes a slot hold another wrap. Only inside store_begin / store_end. */
enum error vault_update_slot(struct store *store, const struct key_wrap *wrap) MUST_CHECK;
enum error vault_read_keys(struct store *store, struct vault_keys *keys) MUST_CHECK;
enum error vault_check_label(const char *label) MUST_CHECK;
/* Wraps the secret key for a slot; slow for a passphrase, so not while the write lock is held. */
enum error vault_wrap_key(const struct vault *vault, int64_t slot, enum slot_kind kind,
                          const struct secret *unlock, struct kdf_cost cost,
                          struct key_wrap *wrap) MUST_CHECK;
/* Writes a new slot and its event. Only inside store_begin / store_end. */
enum error vault_insert_slot(const struct act *act, const char *label,
                             const struct key_wrap *wrap) MUST_CHECK;

#endif
