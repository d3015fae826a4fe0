/* The text of a token: `gth_` + 30 base62 characters + 6 base62 characters of CRC-32 over
 * everything before them, most significant first, zero-padded. Alphabet 0-9A-Za-z. Test value:
 * gth_0123456789abcdefghijABCDEFGHIJ05DYyq */
#ifndef GATEHOUSE_TOKEN_FORMAT_H
#define GATEHOUSE_TOKEN_FORMAT_H

#include <gatehouse/error.h>
#include <gatehouse/secret.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    TOKEN_TEXT_SIZE = 40,  /* characters, without a terminating zero */
    TOKEN_VALUE_MAX = 512, /* bytes of an imported token at most */
    TOKEN_DIGEST_SIZE = 32 /* BLAKE2b-256 */
};

/* A new token from the system's random generator, without modulo bias. Caller frees. */
enum error token_format_generate(struct secret **out) MUST_CHECK;

/* Whether these bytes have the form and the checksum of a token: detects typos without a look-up,
 * and authenticates nothing. */
bool token_format_valid(const char *bytes, size_t size);

/* The first token, by form and checksum, anywhere in the bytes; NULL: none. */
const char *token_format_find(const char *bytes, size_t size);

/* Why a foreign value must not be imported as a token, as the end of the sentence "the value …";
 * NULL if it may. It must have at most TOKEN_VALUE_MAX bytes and, judged by its form, at least 112
 * bits. A UUID of version 4 counts as 122 bits, other UUIDs are refused; otherwise it is the length
 * times log2 of the smallest of hex, base62 and base64 that fits. A value with our prefix must be
 * one of our tokens. */
const char *token_value_flaw(const char *bytes, size_t size);

/* The digest that a token is stored and found by: BLAKE2b personalised with "gatehouse.token"
 * (zero-padded to 16). Accepts any bytes. */
void token_digest(const void *bytes, size_t size, uint8_t out[static TOKEN_DIGEST_SIZE]);

#endif
