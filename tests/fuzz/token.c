/* The form of tokens, of values that were made elsewhere, of recovery codes, and sealed boxes. */
#include "fuzz.h"

#include <gatehouse/keybox.h>
#include <gatehouse/token_format.h>
#include <string.h>

static void read_recovery_code(const uint8_t *data, size_t size)
{
    struct secret *code;
    fuzz_check(secret_new(size + 1, &code) == OK && secret_set(code, data, size) == OK);
    if (keybox_recovery_normalise(code) == OK) {
        char first[64];
        fuzz_check(code->size < sizeof first);
        memcpy(first, code->bytes, code->size);
        size_t length = code->size;
        fuzz_check(keybox_recovery_normalise(code) == OK && code->size == length &&
                   memcmp(code->bytes, first, length) == 0);
    }
    secret_free(code);
}

static void open_box(const uint8_t *data, size_t size)
{
    static uint8_t public_key[KEYBOX_PUBLIC_SIZE];
    static struct secret *secret_key;
    if (!secret_key) fuzz_check(keybox_new_pair(public_key, &secret_key) == OK);
    struct secret *text = NULL;
    fuzz_check(keybox_open(public_key, secret_key, 1, 1, data, size, &text) != OK && !text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_check(crypto_init() == OK);
    const char *bytes = (const char *)data;
    bool ours = token_format_valid(bytes, size);
    const char *flaw = token_value_flaw(bytes, size);
    fuzz_check(!ours || !flaw);
    if (size >= 4 && memcmp(bytes, "gth_", 4) == 0) fuzz_check(ours == !flaw);
    fuzz_check(flaw || size <= TOKEN_VALUE_MAX);
    read_recovery_code(data, size);
    open_box(data, size);
    return 0;
}
