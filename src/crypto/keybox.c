#include "bytes.h"

#include <gatehouse/keybox.h>

#include <sodium.h>
#include <string.h>

enum {
    BOX_VERSION = 1,
    TOKEN_AT = 1,
    ACCOUNT_AT = TOKEN_AT + 8,
    TEXT_AT = ACCOUNT_AT + 8,
    PLAIN_SIZE = TEXT_AT + TOKEN_TEXT_SIZE
};
_Static_assert(KEYBOX_BOX_SIZE == PLAIN_SIZE + crypto_box_SEALBYTES, "the box of the header");
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

enum error keybox_seal(const uint8_t public_key[static KEYBOX_PUBLIC_SIZE], int64_t token,
                       int64_t account, const struct secret *text,
                       uint8_t box[static KEYBOX_BOX_SIZE])
{
    if (text->size != TOKEN_TEXT_SIZE)
        return fail(ERR_INVALID, "only a token of %d characters can be sealed", TOKEN_TEXT_SIZE);
    struct secret *plain;
    enum error e = secret_new(PLAIN_SIZE, &plain);
    if (e) return e;
    uint8_t *bytes = (uint8_t *)plain->bytes;
    bytes[0] = BOX_VERSION;
    bytes_put64(bytes + TOKEN_AT, (uint64_t)token);
    bytes_put64(bytes + ACCOUNT_AT, (uint64_t)account);
    memcpy(bytes + TEXT_AT, text->bytes, TOKEN_TEXT_SIZE);
    if (crypto_box_seal(box, bytes, PLAIN_SIZE, public_key) != 0)
        e = fail(ERR_SECRET, "the public key of the vault is no valid key: restore a backup");
    secret_free(plain);
    return e;
}

static enum error read_plain(const struct secret *plain, int64_t token, int64_t account,
                             struct secret **text)
{
    const uint8_t *bytes = (const uint8_t *)plain->bytes;
    if (bytes[0] != BOX_VERSION)
        return fail(ERR_SECRET, "this sealed token has format %d: a newer gatehouse reads it",
                    bytes[0]);
    if (bytes_get64(bytes + TOKEN_AT) != (uint64_t)token ||
        bytes_get64(bytes + ACCOUNT_AT) != (uint64_t)account)
        return fail(ERR_SECRET, "the sealed copy belongs to another token: the database was "
                                "tampered with; restore a backup or rotate the token");
    struct secret *secret;
    enum error e = secret_new(TOKEN_TEXT_SIZE, &secret);
    if (e) return e;
    e = secret_set(secret, bytes + TEXT_AT, TOKEN_TEXT_SIZE);
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
    if (box_size != KEYBOX_BOX_SIZE || secret_key->size != KEYBOX_SECRET_SIZE)
        return fail(ERR_SECRET, "the sealed copy is damaged: rotate the token");
    struct secret *plain;
    enum error e = secret_new(PLAIN_SIZE, &plain);
    if (e) return e;
    if (crypto_box_seal_open((uint8_t *)plain->bytes, box, box_size, public_key,
                             (const uint8_t *)secret_key->bytes) != 0)
        e = fail(ERR_SECRET, "the sealed copy does not open: rotate the token");
    else
        e = read_plain(plain, token, account, text);
    secret_free(plain);
    return e;
}
