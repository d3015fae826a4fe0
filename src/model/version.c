#include "version.h"

#include <sodium.h>
#include <string.h>

static void add(crypto_generichash_state *state, const void *bytes, uint64_t size, size_t count)
{
    crypto_generichash_update(state, (const unsigned char *)&size, sizeof size);
    if (size) crypto_generichash_update(state, bytes, (unsigned long long)size * count);
}

int64_t version_of(const char *const *texts, size_t text_count, const struct id_set *const *sets,
                   size_t set_count)
{
    enum { SIZE = 16 }; /* the smallest digest that there is */
    unsigned char digest[SIZE];
    int64_t version;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, SIZE);
    for (size_t i = 0; i < text_count; i++)
        add(&state, texts[i], texts[i] ? strlen(texts[i]) : 0, 1);
    for (size_t i = 0; i < set_count; i++)
        add(&state, sets[i]->ids, sets[i]->count, sizeof *sets[i]->ids);
    crypto_generichash_final(&state, digest, SIZE);
    memcpy(&version, digest, sizeof version);
    return version;
}
