#include <gatehouse/keybox.h>

#include <sodium.h>
#include <string.h>

enum { BOX_VERSION = 1, PLAIN_SIZE = KEYBOX_BOX_SIZE - crypto_box_SEALBYTES };
_Static_assert(crypto_box_SEALBYTES == 48, "the size of a box is part of the format");

enum error keybox_new_pair(uint8_t public_key[static KEYBOX_PUBLIC_SIZE],
                           struct secret **secret_key)
{
    struct secret *key;
    enum error e = secret_new(KEYBOX_SECRET_SIZE, &key);
    if (e) return e;
    crypto_box_keypair(public_key, (uint8_t *)key->bytes);
    key->size = KEYBOX_SECRET_SIZE;
    *secret_key = key;
    return OK;
}

static void put_number(char *out, int64_t number)
{
    uint64_t bits = (uint64_t)number;
    for (int i = 0; i < 8; i++)
        out[i] = (char)(bits >> (8 * i) & 0xFF);
}

static void write_head(char head[static 17], int64_t token, int64_t account)
{
    head[0] = BOX_VERSION;
    put_number(head + 1, token);
    put_number(head + 9, account);
}

enum error keybox_seal(const uint8_t public_key[static KEYBOX_PUBLIC_SIZE], int64_t token,
                       int64_t account, const struct secret *text,
                       uint8_t box[static KEYBOX_BOX_SIZE])
{
    if (text->size != TOKEN_TEXT_SIZE) return fail(ERR_INVALID, "only a token can be sealed");
    struct secret *plain;
    enum error e = secret_new(PLAIN_SIZE, &plain);
    if (e) return e;
    write_head(plain->bytes, token, account);
    memcpy(plain->bytes + 17, text->bytes, TOKEN_TEXT_SIZE);
    if (crypto_box_seal(box, (const uint8_t *)plain->bytes, PLAIN_SIZE, public_key) != 0)
        e = fail(ERR_SECRET, "the vault's public key is not usable: restore a backup");
    secret_free(plain);
    return e;
}

static enum error take_text(const struct secret *plain, int64_t token, int64_t account,
                            struct secret **text)
{
    char head[17];
    write_head(head, token, account);
    if (memcmp(head, plain->bytes, sizeof head) != 0)
        return fail(ERR_SECRET, "the sealed copy belongs to another token: the database was "
                                "changed by hand; restore a backup");
    enum error e = secret_new(TOKEN_TEXT_SIZE, text);
    return e ? e : secret_set(*text, plain->bytes + sizeof head, TOKEN_TEXT_SIZE);
}

enum error keybox_open(const uint8_t public_key[static KEYBOX_PUBLIC_SIZE],
                       const struct secret *secret_key, int64_t token, int64_t account,
                       const uint8_t *box, size_t box_size, struct secret **text)
{
    struct secret *plain;
    enum error e = secret_new(PLAIN_SIZE, &plain);
    if (e) return e;
    if (box_size != KEYBOX_BOX_SIZE ||
        crypto_box_seal_open((uint8_t *)plain->bytes, box, box_size, public_key,
                             (const uint8_t *)secret_key->bytes) != 0)
        e = fail(ERR_SECRET, "the sealed copy does not open: it was damaged or exchanged; revoke "
                             "the token and generate another");
    else
        e = take_text(plain, token, account, text);
    secret_free(plain);
    return e;
}
