/* Guarded buffers are reused, wiped, and only for secrets of the same size. */
#include <criterion/criterion.h>

#include <gatehouse/secret.h>
#include <string.h>

static void start(void)
{
    cr_assert_eq(crypto_init(), OK);
}

TestSuite(secret, .init = start);

static struct secret *make(size_t capacity)
{
    struct secret *secret;
    cr_assert_eq(secret_new(capacity, &secret), OK);
    cr_assert_eq(secret->capacity, capacity);
    cr_assert_eq(secret->size, 0);
    for (size_t i = 0; i <= capacity; i++)
        cr_assert_eq(secret->bytes[i], 0, "byte %zu of %zu", i, capacity);
    return secret;
}

Test(secret, a_freed_one_is_wiped_and_comes_again_for_its_size_alone)
{
    struct secret *first = make(40), *second = make(40);
    const char *bytes = first->bytes;
    cr_assert_neq(second->bytes, bytes);
    cr_assert_eq(secret_set(first, "0123456789012345678901234567890123456789", 40), OK);
    secret_free(first);
    struct secret *smaller = make(39), *larger = make(41), *same = make(40);
    cr_assert_eq(same->bytes, bytes);
    secret_free(same);
    secret_free(larger);
    secret_free(smaller);
    secret_free(second);
}

Test(secret, whatever_comes_and_goes_they_stay_apart)
{
    enum { LIVE = 12, ROUNDS = 2000 };
    struct secret *live[LIVE] = {0};
    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned place = i * 7919 % LIVE;
        if (live[place])
            for (size_t k = 0; k < live[place]->capacity; k++)
                cr_assert_eq(live[place]->bytes[k], (char)('a' + place));
        secret_free(live[place]);
        live[place] = make(16 + i * i % 5 * 300);
        memset(live[place]->bytes, 'a' + (int)place, live[place]->capacity);
    }
    for (int i = 0; i < LIVE; i++)
        secret_free(live[i]);
}
