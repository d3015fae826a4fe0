#include <gatehouse/secret.h>

#include <sodium.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum error crypto_init(void)
{
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return fail(ERR_SYSTEM, "cannot switch core dumps off");
    if (sodium_init() < 0) return fail(ERR_SYSTEM, "cannot start libsodium");
    return OK;
}

enum error secret_new(size_t capacity, struct secret **out)
{
    struct secret *secret = sodium_malloc(sizeof *secret);
    char *bytes = sodium_malloc(capacity + 1);
    if (!secret || !bytes) {
        sodium_free(secret);
        sodium_free(bytes);
        return fail(ERR_SYSTEM, "out of guarded memory: raise the limit of locked memory");
    }
    *secret = (struct secret){.capacity = capacity, .bytes = bytes};
    secret_clear(secret);
    *out = secret;
    return OK;
}

void secret_free(struct secret *secret)
{
    if (!secret) return;
    sodium_free(secret->bytes);
    sodium_free(secret);
}

void secret_clear(struct secret *secret)
{
    sodium_memzero(secret->bytes, secret->capacity + 1);
    secret->size = 0;
}

enum error secret_set(struct secret *secret, const void *bytes, size_t size)
{
    secret_clear(secret);
    return secret_append(secret, bytes, size);
}

enum error secret_append(struct secret *secret, const void *bytes, size_t size)
{
    if (size > secret->capacity - secret->size)
        return fail(ERR_INVALID, "the secret is too long: at most %zu bytes", secret->capacity);
    memcpy(secret->bytes + secret->size, bytes, size);
    secret->size += size;
    secret->bytes[secret->size] = 0;
    return OK;
}
