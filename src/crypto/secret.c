#include <gatehouse/secret.h>

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum error crypto_init(void)
{
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return fail(ERR_SYSTEM, "cannot switch core dumps off");
    if (sodium_init() < 0)
        return fail(ERR_SYSTEM, "libsodium does not start: the system has no random generator");
    return OK;
}

/* To map, guard and lock pages and to give them back costs twenty system calls, more than all else
 * that issuing a token does beside the disk: wiped buffers are kept for the next secrets. Only for
 * those of exactly the same size, so that each ends where its guard page begins. */
enum { SPARES = 4, SPARE_MOST = 1024 };
static _Thread_local struct secret *spares[SPARES];

static struct secret *take_spare(size_t capacity)
{
    for (int i = 0; i < SPARES; i++) {
        struct secret *secret = spares[i];
        if (!secret || secret->capacity != capacity) continue;
        spares[i] = NULL;
        return secret;
    }
    return NULL;
}

static void give_back(struct secret *secret)
{
    if (!secret) return;
    sodium_free(secret->bytes);
    free(secret);
}

enum error secret_new(size_t capacity, struct secret **out)
{
    *out = take_spare(capacity);
    if (*out) return OK;
    struct secret *secret = malloc(sizeof *secret);
    char *bytes = capacity < SIZE_MAX ? sodium_malloc(capacity + 1) : NULL;
    if (!secret || !bytes) {
        free(secret);
        sodium_free(bytes);
        return fail(ERR_SYSTEM, "out of memory for secrets: free some, or raise `ulimit -l`");
    }
    *secret = (struct secret){.size = 0, .capacity = capacity, .bytes = bytes};
    sodium_memzero(bytes, capacity + 1);
    *out = secret;
    return OK;
}

void secret_free(struct secret *secret)
{
    static _Thread_local unsigned oldest;
    if (!secret) return;
    if (secret->capacity > SPARE_MOST) {
        give_back(secret);
        return;
    }
    secret_clear(secret);
    int place = 0;
    while (place < SPARES && spares[place])
        place++;
    if (place == SPARES) place = (int)(oldest++ % SPARES);
    give_back(spares[place]);
    spares[place] = secret;
}

void secret_clear(struct secret *secret)
{
    sodium_memzero(secret->bytes, secret->capacity + 1);
    secret->size = 0;
}

enum error secret_set(struct secret *secret, const void *bytes, size_t size)
{
    if (size > secret->capacity)
        return fail(ERR_INVALID, "too long: at most %zu bytes", secret->capacity);
    if (size) memmove(secret->bytes, bytes, size);
    sodium_memzero(secret->bytes + size, secret->capacity + 1 - size);
    secret->size = size;
    return OK;
}

enum error secret_append(struct secret *secret, const void *bytes, size_t size)
{
    if (size > secret->capacity - secret->size)
        return fail(ERR_INVALID, "too long: at most %zu bytes", secret->capacity);
    if (size) memmove(secret->bytes + secret->size, bytes, size);
    secret->size += size;
    secret->bytes[secret->size] = '\0';
    return OK;
}
