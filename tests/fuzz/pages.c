/* The bytes of a database file. An input is a list of changes to a sound one: place (3 bytes), how
 * many, and the bytes. */
#include "fuzz.h"

#include <string.h>

static void damage(uint8_t *bytes, size_t size, const uint8_t *data, size_t left)
{
    while (left >= 5) {
        size_t at = ((size_t)data[0] << 16 | (size_t)data[1] << 8 | data[2]) % size;
        size_t count = data[3] % 32 + 1;
        data += 4, left -= 4;
        if (count > left) count = left;
        if (count > size - at) count = size - at;
        memcpy(bytes + at, data, count);
        data += count, left -= count;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_path();
    size_t whole;
    const uint8_t *sound = fuzz_database(&whole);
    uint8_t *bytes = malloc(whole);
    fuzz_check(bytes);
    memcpy(bytes, sound, whole);
    damage(bytes, whole, data, size);
    fuzz_write(path, bytes, whole);
    free(bytes);
    fuzz_read_database(path);
    return 0;
}
