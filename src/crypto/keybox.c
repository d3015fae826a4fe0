#include "bytes.h"

#include <gatehouse/keybox.h>

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

/* A token of our own has one length; that of another stands before it, and zeros after. */
enum {
    BOX_OWN = 1,
    BOX_ANY = 2,
    TOKEN_AT = 1,
    ACCOUNT_AT = TOKEN_AT + 8,
    OWN_AT = ACCOUNT_AT + 8,
    LENGTH_AT = OWN_AT,
    ANY_AT = LENGTH_AT + 2,
    OWN_SIZE = OWN_AT + TOKEN_TEXT_SIZE
};
_Static_assert(KEYBOX_BOX_SIZE == OWN_SIZE + crypto_box_SEALBYTES, "the header");
_Static_assert(KEYBOX_BOX_MAX == ANY_AT + TOKEN_VALUE_MAX + crypto_box_SEALBYTES, "the header");
_Static_assert(TOKEN_VALUE_MAX % KEYBOX_PAD == 0, "the longest text needs no padding");
_Static_assert(KEYBOX_PUBLIC_SIZE == crypto_box_PUBLICKEYBYTES, "an X25519 public key");
_Static_assert(KEYBOX_SECRET_SIZE == crypto_box_SECRETKEYBYTES, "an X25519 secret key");

enum error keybox_new_pair(uint8_t public_key[static KEYBOX_PUBLIC_SIZE],
                           struct secret **secret_key)
{
    struct secret *secret;
    enum error e = secret_new(KEYBOX_SECRET_SIZE, &secret);
    if (e) return e;
    if (crypto_box_keypair(public_key, (uint8_t *)secret->bytes) != 0) {
        secret_free(secret);
        return fail(ERR_SYSTEM, "cannot make a key pair");
    }
    secret->size = KEYBOX_SECRET_SIZE;
    *secret_key = secret;
    return OK;
}

/* The zeros of a fresh secret are the padding. */
static size_t write_plain(const struct secret *text, uint8_t *bytes)
{
    if (text->size == TOKEN_TEXT_SIZE) {
        bytes[0] = BOX_OWN;
        memcpy(bytes + OWN_AT, text->bytes, text->size);
        return OWN_SIZE;
    }
    bytes[0] = BOX_ANY;
    bytes[LENGTH_AT] = (uint8_t)(text->size & 0xFF);
    bytes[LENGTH_AT + 1] = (uint8_t)(text->size >> 8);
    memcpy(bytes + ANY_AT, text->bytes, text->size);
    return ANY_AT + (text->size + KEYBOX_PAD - 1) / KEYBOX_PAD * KEYBOX_PAD;
}

enum error keybox_seal(const uint8_t public_key[static KEYBOX_PUBLIC_SIZE], int64_t token,
                       int64_t account, const struct secret *text, struct keybox *box)
{
    if (text->size == 0 || text->size > TOKEN_VALUE_MAX)
        return fail(ERR_INVALID, "only a token of 1 to %d bytes can be sealed", TOKEN_VALUE_MAX);
    struct secret *plain;
    enum error e = secret_new(KEYBOX_BOX_MAX, &plain);
    if (e) return e;
    uint8_t *bytes = (uint8_t *)plain->bytes;
    size_t size = write_plain(text, bytes);
    bytes_put64(bytes + TOKEN_AT, (uint64_t)token);
    bytes_put64(bytes + ACCOUNT_AT, (uint64_t)account);
    box->size = size + crypto_box_SEALBYTES;
    if (crypto_box_seal(box->bytes, bytes, size, public_key) != 0)
        e = fail(ERR_SECRET, "the public key of the vault is no valid key: restore a backup");
    secret_free(plain);
    return e;
}

/* Where the text stands in an opened box; false when the box contradicts itself. */
static bool find_text(const struct secret *plain, size_t *at, size_t *size)
{
    const uint8_t *bytes = (const uint8_t *)plain->bytes;
    if (bytes[0] == BOX_OWN) {
        *at = OWN_AT;
        *size = TOKEN_TEXT_SIZE;
        return plain->size == OWN_SIZE;
    }
    if (plain->size <= ANY_AT) return false;
    *at = ANY_AT;
    *size = (size_t)bytes[LENGTH_AT] | (size_t)bytes[LENGTH_AT + 1] << 8;
    return *size > 0 && *size <= plain->size - ANY_AT;
}

static enum error read_plain(const struct secret *plain, int64_t token, int64_t account,
                             struct secret **text)
{
    const uint8_t *bytes = (const uint8_t *)plain->bytes;
    size_t at, size;
    if (bytes[0] != BOX_OWN && bytes[0] != BOX_ANY)
        return fail(ERR_SECRET, "this sealed token has format %d: a newer gatehouse reads it",
                    bytes[0]);
    if (!find_text(plain, &at, &size))
        return fail(ERR_SECRET, "the sealed copy is damaged: rotate the token");
    if (bytes_get64(bytes + TOKEN_AT) != (uint64_t)token ||
        bytes_get64(bytes + ACCOUNT_AT) != (uint64_t)account)
        return fail(ERR_SECRET, "the sealed copy belongs to another token: the database was "
                                "tampered with; restore a backup or rotate the token");
    struct secret *secret;
    enum error e = secret_new(size, &secret);
    if (e) return e;
    e = secret_set(secret, bytes + at, size);
    if (e)
        secret_free(secret);
    else
        *text = secret;
    return e;
}

enum error keybox_open(const uint8_t public_key[static KEYBOX_PUBLIC_SIZE],
                       const struct secret *secret_key, int64_t token, int64_t account,
                       const uint8_t *box, size_t box_size, struct secret **text)
{
    if (box_size < OWN_AT + crypto_box_SEALBYTES || box_size > KEYBOX_BOX_MAX ||
        secret_key->size != KEYBOX_SECRET_SIZE)
        return fail(ERR_SECRET, "the sealed copy is damaged: rotate the token");
    struct secret *plain;
    enum error e = secret_new(KEYBOX_BOX_MAX, &plain);
    if (e) return e;
    plain->size = box_size - crypto_box_SEALBYTES;
    if (crypto_box_seal_open((uint8_t *)plain->bytes, box, box_size, public_key,
                             (const uint8_t *)secret_key->bytes) != 0)
        e = fail(ERR_SECRET, "the sealed copy does not open: rotate the token");
    else
        e = read_plain(plain, token, account, text);
    secret_free(plain);
    return e;
}
