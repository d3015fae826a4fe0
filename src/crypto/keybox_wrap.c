#include "bytes.h"

#include <gatehouse/keybox.h>

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

enum {
    WRAP_VERSION = 1,
    KEY_SIZE = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    CLAIM_SIZE = 1 + KEYBOX_ID_SIZE + 8 + 1 + 8 + 8 + KEYBOX_SALT_SIZE + KEYBOX_PUBLIC_SIZE,
    OPERATIONS_MAX = 16,
    MEMORY_MAX = 1 << 30
};
_Static_assert(KEYBOX_SALT_SIZE == crypto_pwhash_SALTBYTES, "Argon2id's salt");
_Static_assert(KEYBOX_SALT_SIZE >= crypto_generichash_blake2b_KEYBYTES_MIN, "BLAKE2b's key");
_Static_assert(KEYBOX_NONCE_SIZE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "the nonce");
_Static_assert(KEYBOX_WRAPPED_SIZE ==
                   KEYBOX_SECRET_SIZE + crypto_aead_xchacha20poly1305_ietf_ABYTES,
               "secret key and tag");

/* The associated data: everything a slot says about itself, so that no field can be changed. */
static void write_claim(const struct key_wrap *wrap, const uint8_t *vault_id,
                        const uint8_t *public_key, uint8_t out[static CLAIM_SIZE])
{
    *out++ = WRAP_VERSION;
    memcpy(out, vault_id, KEYBOX_ID_SIZE);
    out += KEYBOX_ID_SIZE;
    bytes_put64(out, (uint64_t)wrap->slot);
    out += 8;
    *out++ = (uint8_t)wrap->kind;
    bytes_put64(out, wrap->cost.operations);
    out += 8;
    bytes_put64(out, wrap->cost.memory);
    out += 8;
    memcpy(out, wrap->salt, KEYBOX_SALT_SIZE);
    out += KEYBOX_SALT_SIZE;
    memcpy(out, public_key, KEYBOX_PUBLIC_SIZE);
}

/* Before any work: a tampered slot must not make this program eat the machine. */
static enum error check_cost(const struct key_wrap *wrap)
{
    const struct kdf_cost *cost = &wrap->cost;
    bool fits = false;
    if (wrap->kind == SLOT_PASSPHRASE)
        fits = cost->operations >= crypto_pwhash_OPSLIMIT_MIN &&
               cost->operations <= OPERATIONS_MAX && cost->memory >= crypto_pwhash_MEMLIMIT_MIN &&
               cost->memory <= MEMORY_MAX;
    else if (wrap->kind == SLOT_KEY_FILE || wrap->kind == SLOT_RECOVERY)
        fits = cost->operations == 0 && cost->memory == 0;
    if (fits) return OK;
    return fail(ERR_SECRET,
                "key slot %lld has a kind or a cost that is out of bounds: use another "
                "slot, or restore a backup",
                (long long)wrap->slot);
}

static enum error derive(const struct key_wrap *wrap, const struct secret *unlock,
                         struct secret *key)
{
    static const uint8_t personal[crypto_generichash_blake2b_PERSONALBYTES] = "gatehouse.slot";
    int bad;
    if (wrap->kind == SLOT_PASSPHRASE)
        bad = crypto_pwhash((uint8_t *)key->bytes, KEY_SIZE, unlock->bytes, unlock->size,
                            wrap->salt, wrap->cost.operations, (size_t)wrap->cost.memory,
                            crypto_pwhash_ALG_ARGON2ID13);
    else
        bad = crypto_generichash_blake2b_salt_personal(
            (uint8_t *)key->bytes, KEY_SIZE, (const uint8_t *)unlock->bytes, unlock->size,
            wrap->salt, KEYBOX_SALT_SIZE, NULL, personal);
    if (bad)
        return fail(ERR_SYSTEM, "not enough memory to derive the key: it takes %llu MiB",
                    (unsigned long long)(wrap->cost.memory >> 20));
    key->size = KEY_SIZE;
    return OK;
}

/* A recovery code opens however it was typed. */
static enum error derive_key(const struct key_wrap *wrap, const struct secret *unlock,
                             struct secret **out)
{
    enum error e = check_cost(wrap);
    if (e) return e;
    if (unlock->size == 0) return fail(ERR_INVALID, "an empty secret protects nothing");
    struct secret *code = NULL, *key = NULL;
    if (wrap->kind == SLOT_RECOVERY) {
        e = secret_new(unlock->size, &code);
        if (!e) e = secret_set(code, unlock->bytes, unlock->size);
        if (!e) e = keybox_recovery_normalise(code);
    }
    if (!e) e = secret_new(KEY_SIZE, &key);
    if (!e) e = derive(wrap, code ? code : unlock, key);
    secret_free(code);
    if (e)
        secret_free(key);
    else
        *out = key;
    return e;
}

static bool is_pair(const uint8_t *public_key, const struct secret *secret_key)
{
    uint8_t computed[KEYBOX_PUBLIC_SIZE];
    return crypto_scalarmult_base(computed, (const uint8_t *)secret_key->bytes) == 0 &&
           sodium_memcmp(computed, public_key, KEYBOX_PUBLIC_SIZE) == 0;
}

enum error keybox_wrap(struct key_wrap *wrap, const uint8_t vault_id[static KEYBOX_ID_SIZE],
                       const uint8_t public_key[static KEYBOX_PUBLIC_SIZE],
                       const struct secret *secret_key, const struct secret *unlock)
{
    if (secret_key->size != KEYBOX_SECRET_SIZE || !is_pair(public_key, secret_key))
        return fail(ERR_SECRET, "the secret key does not belong to this vault");
    struct secret *key = NULL;
    randombytes_buf(wrap->salt, sizeof wrap->salt);
    randombytes_buf(wrap->nonce, sizeof wrap->nonce);
    enum error e = derive_key(wrap, unlock, &key);
    if (e) return e;
    uint8_t claim[CLAIM_SIZE];
    write_claim(wrap, vault_id, public_key, claim);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        wrap->wrapped, NULL, (const uint8_t *)secret_key->bytes, KEYBOX_SECRET_SIZE, claim,
        sizeof claim, NULL, wrap->nonce, (const uint8_t *)key->bytes);
    secret_free(key);
    return OK;
}

static enum error open_wrap(const struct key_wrap *wrap, const uint8_t *vault_id,
                            const uint8_t *public_key, const struct secret *key,
                            struct secret *secret_key)
{
    uint8_t claim[CLAIM_SIZE];
    write_claim(wrap, vault_id, public_key, claim);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            (uint8_t *)secret_key->bytes, NULL, NULL, wrap->wrapped, sizeof wrap->wrapped, claim,
            sizeof claim, wrap->nonce, (const uint8_t *)key->bytes) != 0)
        return fail(ERR_SECRET, "this secret does not open the vault");
    secret_key->size = KEYBOX_SECRET_SIZE;
    if (!is_pair(public_key, secret_key))
        return fail(ERR_SECRET, "the public key of this vault does not belong to its secret key: "
                                "restore a backup");
    return OK;
}

enum error keybox_unwrap(const struct key_wrap *wrap, const uint8_t vault_id[static KEYBOX_ID_SIZE],
                         const uint8_t public_key[static KEYBOX_PUBLIC_SIZE],
                         const struct secret *unlock, struct secret **secret_key)
{
    struct secret *key = NULL, *secret = NULL;
    enum error e = derive_key(wrap, unlock, &key);
    if (e) return e;
    e = secret_new(KEYBOX_SECRET_SIZE, &secret);
    if (!e) e = open_wrap(wrap, vault_id, public_key, key, secret);
    secret_free(key);
    if (e)
        secret_free(secret);
    else
        *secret_key = secret;
    return e;
}
