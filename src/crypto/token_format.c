#include <gatehouse/token_format.h>

#include <sodium.h>
#include <string.h>
#include <zlib.h>

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char prefix[] = "gth_";
enum { BASE = 62, PREFIX_SIZE = 4, SUM_SIZE = 6, BODY_SIZE = TOKEN_TEXT_SIZE - SUM_SIZE };

static void checksum(const char *bytes, char out[static SUM_SIZE])
{
    uint32_t sum = (uint32_t)crc32(0, (const Bytef *)bytes, BODY_SIZE);
    for (int i = SUM_SIZE - 1; i >= 0; i--) {
        out[i] = alphabet[sum % BASE];
        sum /= BASE;
    }
}

enum error token_format_generate(struct secret **out)
{
    struct secret *secret;
    enum error e = secret_new(TOKEN_TEXT_SIZE, &secret);
    if (e) return e;
    memcpy(secret->bytes, prefix, PREFIX_SIZE);
    for (int i = PREFIX_SIZE; i < BODY_SIZE; i++)
        secret->bytes[i] = alphabet[randombytes_uniform(BASE)];
    checksum(secret->bytes, secret->bytes + BODY_SIZE);
    secret->size = TOKEN_TEXT_SIZE;
    *out = secret;
    return OK;
}

static bool in_alphabet(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool token_format_valid(const char *bytes, size_t size)
{
    if (size != TOKEN_TEXT_SIZE || memcmp(bytes, prefix, PREFIX_SIZE) != 0) return false;
    for (size_t i = PREFIX_SIZE; i < size; i++)
        if (!in_alphabet(bytes[i])) return false;
    char sum[SUM_SIZE];
    checksum(bytes, sum);
    return memcmp(sum, bytes + BODY_SIZE, SUM_SIZE) == 0;
}

void token_digest(const void *bytes, size_t size, uint8_t out[static TOKEN_DIGEST_SIZE])
{
    static const uint8_t personal[crypto_generichash_blake2b_PERSONALBYTES] = "gatehouse.token";
    crypto_generichash_blake2b_salt_personal(out, TOKEN_DIGEST_SIZE, bytes, size, NULL, 0, NULL,
                                             personal);
}
