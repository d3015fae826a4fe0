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

const char *token_format_find(const char *bytes, size_t size)
{
    const char *end = bytes + size, *at = bytes;
    while ((at = memmem(at, (size_t)(end - at), prefix, PREFIX_SIZE)) &&
           end - at >= TOKEN_TEXT_SIZE) {
        if (token_format_valid(at, TOKEN_TEXT_SIZE)) return at;
        at += PREFIX_SIZE;
    }
    return NULL;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_uuid(const char *bytes, size_t size)
{
    enum { UUID_SIZE = 36 };
    if (size != UUID_SIZE) return false;
    for (size_t i = 0; i < size; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? bytes[i] != '-' : !is_hex(bytes[i])) return false;
    }
    return true;
}

/* Version 4 has 122 random bits; other versions hold times and names. */
static bool is_random_uuid(const char *bytes)
{
    return bytes[14] == '4' && bytes[19] && strchr("89abAB", bytes[19]);
}

static size_t count(const char *bytes, size_t size, bool (*fits)(char c))
{
    size_t fitting = 0;
    for (size_t i = 0; i < size; i++)
        fitting += fits(bytes[i]);
    return fitting;
}

static bool is_plus_or_slash(char c)
{
    return c == '+' || c == '/';
}

static bool is_minus_or_line(char c)
{
    return c == '-' || c == '_';
}

/* Thousandths of a bit per character of the smallest alphabet that fits; 0: none fits. Either
 * variant of base64 is an alphabet, but not a mixture of both. */
static size_t bits_of_character(const char *bytes, size_t size)
{
    enum { HEX = 4000, BASE62 = 5954, BASE64 = 6000 };
    if (count(bytes, size, is_hex) == size) return HEX;
    size_t plain = count(bytes, size, in_alphabet);
    if (plain == size) return BASE62;
    if (plain + count(bytes, size, is_plus_or_slash) == size) return BASE64;
    if (plain + count(bytes, size, is_minus_or_line) == size) return BASE64;
    return 0;
}

const char *token_value_flaw(const char *bytes, size_t size)
{
    enum { BITS_LEAST = 112, THOUSAND = 1000 };
    if (size > TOKEN_VALUE_MAX) return "is longer than 512 bytes";
    if (size >= PREFIX_SIZE && memcmp(bytes, prefix, PREFIX_SIZE) == 0)
        return token_format_valid(bytes, size) ? NULL
                                               : "looks like a Gatehouse token but is not one";
    if (is_uuid(bytes, size))
        return is_random_uuid(bytes) ? NULL : "is a UUID that is not random (version 4)";
    /* Padding does not count. */
    for (int i = 0; i < 2 && size && bytes[size - 1] == '='; i++)
        size--;
    size_t bits = bits_of_character(bytes, size);
    if (!bits) return "has characters that are neither hex, base62 nor base64";
    return bits * size >= BITS_LEAST * (size_t)THOUSAND ? NULL : "is too short to carry 112 bits";
}

void token_digest(const void *bytes, size_t size, uint8_t out[static TOKEN_DIGEST_SIZE])
{
    static const uint8_t personal[crypto_generichash_blake2b_PERSONALBYTES] = "gatehouse.token";
    crypto_generichash_blake2b_salt_personal(out, TOKEN_DIGEST_SIZE, bytes, size, NULL, 0, NULL,
                                             personal);
}
