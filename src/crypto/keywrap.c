#include <gatehouse/keybox.h>

#include <sodium.h>
#include <string.h>

/* Above these a damaged or hostile slot would only burn time and memory. */
static const uint64_t operations_cap = 16;
static const uint64_t memory_cap = UINT64_C(1) << 30;

enum { KEY_SIZE = crypto_aead_xchacha20poly1305_ietf_KEYBYTES };
/* vault id, slot, kind, operations, memory, salt, public key */
enum { DATA_SIZE = KEYBOX_ID_SIZE + 8 + 8 + 8 + 8 + KEYBOX_SALT_SIZE + KEYBOX_PUBLIC_SIZE };

static uint8_t *put_number(uint8_t *out, uint64_t number)
{
    for (int i = 0; i < 8; i++)
        *out++ = (uint8_t)(number >> (8 * i) & 0xFF);
    return out;
}

static void write_data(uint8_t data[static DATA_SIZE], const struct key_wrap *wrap,
                       const uint8_t *vault_id, const uint8_t *public_key)
{
    uint8_t *at = data;
    memcpy(at, vault_id, KEYBOX_ID_SIZE);
    at = put_number(at + KEYBOX_ID_SIZE, (uint64_t)wrap->slot);
    at = put_number(at, (uint64_t)wrap->kind);
    at = put_number(at, wrap->cost.operations);
    at = put_number(at, wrap->cost.memory);
    memcpy(at, wrap->salt, KEYBOX_SALT_SIZE);
    memcpy(at + KEYBOX_SALT_SIZE, public_key, KEYBOX_PUBLIC_SIZE);
}

static enum error derive_slowly(const struct key_wrap *wrap, const struct secret *unlock,
                                struct secret *key)
{
    if (wrap->cost.operations > operations_cap || wrap->cost.memory > memory_cap)
        return fail(ERR_SECRET, "the slot asks for more work than is allowed: restore a backup");
    if (crypto_pwhash((uint8_t *)key->bytes, KEY_SIZE, unlock->bytes, unlock->size, wrap->salt,
                      wrap->cost.operations, (size_t)wrap->cost.memory,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return fail(ERR_SYSTEM, "not enough memory to derive the key: %llu MiB are needed",
                    (unsigned long long)(wrap->cost.memory >> 20));
    return OK;
}

static enum error derive(const struct key_wrap *wrap, const struct secret *unlock,
                         struct secret **out)
{
    struct secret *key;
    enum error e = secret_new(KEY_SIZE, &key);
    if (e) return e;
    key->size = KEY_SIZE;
    if (wrap->kind == SLOT_PASSPHRASE)
        e = derive_slowly(wrap, unlock, key);
    else if (crypto_generichash((uint8_t *)key->bytes, KEY_SIZE, (const uint8_t *)unlock->bytes,
                                unlock->size, wrap->salt, KEYBOX_SALT_SIZE) != 0)
        e = fail(ERR_SYSTEM, "cannot derive the key");
    if (e)
        secret_free(key);
    else
        *out = key;
    return e;
}

enum error keybox_wrap(struct key_wrap *wrap, const uint8_t vault_id[static KEYBOX_ID_SIZE],
                       const uint8_t public_key[static KEYBOX_PUBLIC_SIZE],
                       const struct secret *secret_key, const struct secret *unlock)
{
    randombytes_buf(wrap->salt, sizeof wrap->salt);
    randombytes_buf(wrap->nonce, sizeof wrap->nonce);
    struct secret *key;
    enum error e = derive(wrap, unlock, &key);
    if (e) return e;
    uint8_t data[DATA_SIZE];
    write_data(data, wrap, vault_id, public_key);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        wrap->wrapped, NULL, (const uint8_t *)secret_key->bytes, KEYBOX_SECRET_SIZE, data,
        sizeof data, NULL, wrap->nonce, (const uint8_t *)key->bytes);
    secret_free(key);
    return OK;
}

static enum error check_pair(const uint8_t *public_key, const struct secret *secret_key)
{
    uint8_t computed[KEYBOX_PUBLIC_SIZE];
    crypto_scalarmult_base(computed, (const uint8_t *)secret_key->bytes);
    if (sodium_memcmp(computed, public_key, sizeof computed) == 0) return OK;
    return fail(ERR_SECRET, "the vault's public key was exchanged: restore a backup");
}

enum error keybox_unwrap(const struct key_wrap *wrap, const uint8_t vault_id[static KEYBOX_ID_SIZE],
                         const uint8_t public_key[static KEYBOX_PUBLIC_SIZE],
                         const struct secret *unlock, struct secret **secret_key)
{
    struct secret *key, *opened;
    enum error e = derive(wrap, unlock, &key);
    if (e) return e;
    e = secret_new(KEYBOX_SECRET_SIZE, &opened);
    if (e) {
        secret_free(key);
        return e;
    }
    uint8_t data[DATA_SIZE];
    write_data(data, wrap, vault_id, public_key);
    opened->size = KEYBOX_SECRET_SIZE;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            (uint8_t *)opened->bytes, NULL, NULL, wrap->wrapped, KEYBOX_WRAPPED_SIZE, data,
            sizeof data, wrap->nonce, (const uint8_t *)key->bytes) != 0)
        e = fail(ERR_SECRET, "that does not open the vault");
    else
        e = check_pair(public_key, opened);
    secret_free(key);
    if (e)
        secret_free(opened);
    else
        *secret_key = opened;
    return e;
}
