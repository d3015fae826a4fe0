#include <gatehouse/token_format.h>

#include <sodium.h>
#include <string.h>
#include <zlib.h>

enum { PREFIX_SIZE = 4, RANDOM_SIZE = 30, CHECKSUM_SIZE = 6 };

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char prefix[] = "gth_";
static const uint8_t personal[crypto_generichash_blake2b_PERSONALBYTES] = "gatehouse.token";

static void write_checksum(const char *body, char out[static CHECKSUM_SIZE])
{
    unsigned long crc = crc32(0, (const Bytef *)body, PREFIX_SIZE + RANDOM_SIZE);
    for (int i = CHECKSUM_SIZE - 1; i >= 0; i--, crc /= 62)
        out[i] = alphabet[crc % 62];
}

enum error token_format_generate(struct secret **out)
{
    struct secret *text;
    enum error e = secret_new(TOKEN_TEXT_SIZE, &text);
    if (e) return e;
    memcpy(text->bytes, prefix, PREFIX_SIZE);
    for (int i = 0; i < RANDOM_SIZE; i++)
        text->bytes[PREFIX_SIZE + i] = alphabet[randombytes_uniform(62)];
    write_checksum(text->bytes, text->bytes + PREFIX_SIZE + RANDOM_SIZE);
    text->size = TOKEN_TEXT_SIZE;
    *out = text;
    return OK;
}

bool token_format_valid(const char *bytes, size_t size)
{
    if (size != TOKEN_TEXT_SIZE || memcmp(bytes, prefix, PREFIX_SIZE) != 0) return false;
    for (size_t i = PREFIX_SIZE; i < TOKEN_TEXT_SIZE; i++)
        if (!memchr(alphabet, bytes[i], 62)) return false;
    char checksum[CHECKSUM_SIZE];
    write_checksum(bytes, checksum);
    return memcmp(checksum, bytes + PREFIX_SIZE + RANDOM_SIZE, CHECKSUM_SIZE) == 0;
}

void token_digest(const void *bytes, size_t size, uint8_t out[static TOKEN_DIGEST_SIZE])
{
    crypto_generichash_blake2b_salt_personal(out, TOKEN_DIGEST_SIZE, bytes, size, NULL, 0, NULL,
                                             personal);
}
