/* The text of a token: `gth_` + 30 base62 characters + 6 base62 characters of CRC-32 over all
 * before them, most significant first, zero-padded. Alphabet 0-9A-Za-z. Test value:
 * gth_0123456789abcdefghijABCDEFGHIJ05DYyq */
#ifndef GATEHOUSE_TOKEN_FORMAT_H
#define GATEHOUSE_TOKEN_FORMAT_H

#include <gatehouse/error.h>
#include <gatehouse/secret.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    TOKEN_TEXT_SIZE = 40,  /* characters, without a terminating zero */
    TOKEN_VALUE_MAX = 512, /* bytes of a token that was made elsewhere and imported */
    TOKEN_DIGEST_SIZE = 32 /* BLAKE2b-256 */
};

/* A new token from the system's random generator, without modulo bias. Caller frees. */
enum error token_format_generate(struct secret **out) MUST_CHECK;

/* Whether these bytes are a token by form and checksum: a typo is told apart without a look-up.
 * Authenticates nothing. */
bool token_format_valid(const char *bytes, size_t size);

/* Why a value that was made elsewhere must not be taken over as a token, as the end of the sentence
 * "the value …"; NULL when it may: it is at most TOKEN_VALUE_MAX bytes and carries at least 112
 * bits by its form. A UUID of version 4 counts 122 and no other UUID will do; else it is the length
 * times log2 of the smallest of hex, base62 and base64 that holds it. A value with our prefix must
 * be one of our tokens. */
const char *token_value_flaw(const char *bytes, size_t size);

/* The digest by which a token is found. Personalised BLAKE2b ("gatehouse.token", zero-padded to
 * 16). Takes any bytes. */
void token_digest(const void *bytes, size_t size, uint8_t out[static TOKEN_DIGEST_SIZE]);

#endif
