#include <gatehouse/passphrase.h>

#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

bool passphrase_has_mark(const struct secret *typed)
{
    static const char mark[] = "\xEF\xBB\xBF";
    return typed->size >= sizeof mark - 1 && memcmp(typed->bytes, mark, sizeof mark - 1) == 0;
}

static enum error copy(const void *bytes, size_t size, struct secret **out)
{
    struct secret *secret;
    enum error e = secret_new(size, &secret);
    if (!e) e = secret_set(secret, bytes, size);
    if (!e) *out = secret;
    return e;
}

/* utf8proc's own function for this allocates; here all stays in guarded memory. */
enum error passphrase_compose(const struct secret *typed, struct secret **out)
{
    const utf8proc_option_t how = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)typed->bytes;
    size_t size = typed->size;
    if (size && bytes[size - 1] == '\r') size--;
    utf8proc_ssize_t count = utf8proc_decompose(bytes, (utf8proc_ssize_t)size, NULL, 0, how);
    if (count <= 0) return copy(bytes, size, out);
    struct secret *room;
    enum error e = secret_new(((size_t)count + 2) * sizeof(utf8proc_int32_t), &room);
    if (e) return e;
    /* The bytes of a secret are aligned to nothing. */
    uintptr_t odd = (uintptr_t)room->bytes % sizeof(utf8proc_int32_t);
    utf8proc_int32_t *points =
        (utf8proc_int32_t *)(void *)(room->bytes + (odd ? sizeof(utf8proc_int32_t) - odd : 0));
    count = utf8proc_decompose(bytes, (utf8proc_ssize_t)size, points, count, how);
    if (count > 0) count = utf8proc_reencode(points, count, how);
    e = count > 0 ? copy(points, (size_t)count, out) : copy(bytes, size, out);
    secret_free(room);
    return e;
}
