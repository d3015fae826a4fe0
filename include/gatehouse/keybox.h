/* The formats of the vault: sealed boxes (X25519, crypto_box_seal) and wrapped secret keys
 * (XChaCha20-Poly1305 under a key derived by Argon2id or BLAKE2b). Independent of the database. All
 * integers in the formats are little-endian. */
#ifndef GATEHOUSE_KEYBOX_H
#define GATEHOUSE_KEYBOX_H

#include <gatehouse/secret.h>
#include <gatehouse/token_format.h>
#include <stdint.h>

enum {
    KEYBOX_PUBLIC_SIZE = 32,
    KEYBOX_SECRET_SIZE = 32,
    KEYBOX_ID_SIZE = 16, /* vault id */
    KEYBOX_SALT_SIZE = 16,
    KEYBOX_NONCE_SIZE = 24,
    KEYBOX_WRAPPED_SIZE = 48, /* secret key + tag */
    /* Version 1: version (1) + token number (8) + account number (8) + token (40), sealed (+48).
       Version 2, for tokens of other lengths: version, numbers, length (2), text padded with zeros
       to a multiple of KEYBOX_PAD, sealed; so a box reveals only a range of lengths. */
    KEYBOX_BOX_SIZE = 1 + 8 + 8 + TOKEN_TEXT_SIZE + 48, /* of version 1 */
    KEYBOX_PAD = 64,
    KEYBOX_BOX_MAX = 1 + 8 + 8 + 2 + TOKEN_VALUE_MAX + 48
};

enum slot_kind { SLOT_PASSPHRASE = 1, SLOT_KEY_FILE = 2, SLOT_RECOVERY = 3 };

/* Nobody waits longer than some seconds for a slot, whatever was written into it. */
enum { KEYBOX_OPERATIONS_MAX = 16, KEYBOX_MEMORY_MAX = 1 << 30 };
#define KEYBOX_WORK_MAX (UINT64_C(4) << 30) /* operations × memory: libsodium's SENSITIVE */

struct kdf_cost {
    uint64_t operations; /* Argon2id opslimit */
    uint64_t memory;     /* bytes */
};

/* What one slot holds. The wrap's associated data: vault id, slot id, kind, cost, salt, public key.
 */
struct key_wrap {
    enum slot_kind kind;
    int64_t slot;
    struct kdf_cost cost; /* zero for key files and recovery codes, which are strong as they are */
    uint8_t salt[KEYBOX_SALT_SIZE];
    uint8_t nonce[KEYBOX_NONCE_SIZE];
    uint8_t wrapped[KEYBOX_WRAPPED_SIZE];
};

/* A new key pair. The secret key is in guarded memory; the caller frees it. */
enum error keybox_new_pair(uint8_t public_key[static KEYBOX_PUBLIC_SIZE],
                           struct secret **secret_key) MUST_CHECK;

/* Wraps / unwraps the secret key with a passphrase, the content of a key file or a recovery code.
 * Wrapping fills salt, nonce and wrapped; kind, slot and cost are given. Unwrapping first limits
 * the cost (KEYBOX_…_MAX), then checks that the public key belongs to the secret
 * key. ERR_SECRET for a wrong secret. */
enum error keybox_wrap(struct key_wrap *wrap, const uint8_t vault_id[static KEYBOX_ID_SIZE],
                       const uint8_t public_key[static KEYBOX_PUBLIC_SIZE],
                       const struct secret *secret_key, const struct secret *unlock) MUST_CHECK;
enum error keybox_unwrap(const struct key_wrap *wrap, const uint8_t vault_id[static KEYBOX_ID_SIZE],
                         const uint8_t public_key[static KEYBOX_PUBLIC_SIZE],
                         const struct secret *unlock, struct secret **secret_key) MUST_CHECK;

/* A sealed token. */
struct keybox {
    size_t size;
    uint8_t bytes[KEYBOX_BOX_MAX];
};
/* Seals a token of 1 to TOKEN_VALUE_MAX bytes together with its numbers; needs only the public key.
 */
enum error keybox_seal(const uint8_t public_key[static KEYBOX_PUBLIC_SIZE], int64_t token,
                       int64_t account, const struct secret *text, struct keybox *box) MUST_CHECK;
/* Opens a box and compares both numbers, which catches swapped rows (ERR_SECRET). The caller frees
 * the text. */
enum error keybox_open(const uint8_t public_key[static KEYBOX_PUBLIC_SIZE],
                       const struct secret *secret_key, int64_t token, int64_t account,
                       const uint8_t *box, size_t box_size, struct secret **text) MUST_CHECK;

/* Signs with the Ed25519 key whose seed is the BLAKE2b of a fixed text, keyed with the secret key.
 */
enum { KEYBOX_SIGN_KEY_SIZE = 32, KEYBOX_SIGNATURE_SIZE = 64 };
enum error keybox_sign(const struct secret *secret_key, const uint8_t *bytes, size_t size,
                       uint8_t key[static KEYBOX_SIGN_KEY_SIZE],
                       uint8_t signature[static KEYBOX_SIGNATURE_SIZE]) MUST_CHECK;
bool keybox_is_signed(const uint8_t key[static KEYBOX_SIGN_KEY_SIZE], const uint8_t *bytes,
                      size_t size, const uint8_t signature[static KEYBOX_SIGNATURE_SIZE]);

/* A recovery code: 130 random bits as 26 Crockford base32 characters, in groups of 4 or 5 joined by
 * '-'. Reading ignores case, blanks and dashes, and accepts O for 0, I and L for 1.
 * keybox_recovery_normalise brings `code` into that canonical form. */
enum error keybox_recovery_code(struct secret **out) MUST_CHECK;
enum error keybox_recovery_normalise(struct secret *code) MUST_CHECK;
/* A new key file: 32 random bytes as one line of base64, 0600; refuses to overwrite. */
enum error keybox_write_key_file(const char *path) MUST_CHECK;
/* No slow hash protects a key file, so a new one must carry 32 random bytes or more by its form:
 * base64 of 43 characters or more, or 64 hex digits or more, of which eight differ. ERR_INVALID
 * says what to do. Older slots may have been made with other files. */
enum error keybox_check_key_file(const struct secret *content) MUST_CHECK;
/* The key file for a new slot: read, and written first if nothing has this name (*made). The caller
 * frees the content, and removes a file that was made for a slot that was not. */
enum error keybox_take_key_file(const char *path, bool *made, struct secret **content) MUST_CHECK;

#endif
