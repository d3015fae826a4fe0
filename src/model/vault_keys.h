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
};
enum error vault_read_keys(struct store *store, struct vault_keys *keys) MUST_CHECK;

#endif
