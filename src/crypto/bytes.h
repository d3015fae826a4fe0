/* Integers in the formats: little-endian, whatever the machine. */
#ifndef GATEHOUSE_SRC_CRYPTO_BYTES_H
#define GATEHOUSE_SRC_CRYPTO_BYTES_H

#include <stdint.h>

static inline void bytes_put64(uint8_t *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(value >> (8 * i));
}

static inline uint64_t bytes_get64(const uint8_t *in)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value |= (uint64_t)in[i] << (8 * i);
    return value;
}

#endif
