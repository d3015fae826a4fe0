/* Guarded buffers are reused, wiped, and only for secrets of the same size. */
#include <criterion/criterion.h>

#include <fcntl.h>
#include <gatehouse/secret.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

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

Test(secret, no_core_of_the_process_is_written)
{
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_CORE, &limit), 0);
    cr_assert_eq(limit.rlim_cur, 0);
    cr_assert_eq(limit.rlim_max, 0);
    cr_assert_eq(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
}

Test(secret, one_that_is_larger_than_memory_is_refused)
{
    struct secret *secret;
    cr_assert_eq(secret_new(SIZE_MAX, &secret), ERR_SYSTEM);
    cr_assert(strstr(error_message(), "out of memory for secrets"), "%s", error_message());
    cr_assert_eq(secret_new(SIZE_MAX / 2, &secret), ERR_SYSTEM);
}

/* Of those that are kept, the one that has been longest is given up; large ones are not kept. */
Test(secret, as_many_as_four_small_ones_are_kept)
{
    enum { MANY = 5 };
    struct secret *secrets[MANY];
    const struct secret *first, *last;
    for (size_t i = 0; i < MANY; i++)
        secrets[i] = make(100 + i);
    first = secrets[0], last = secrets[MANY - 1];
    for (size_t i = 0; i < MANY - 1; i++)
        secret_free(secrets[i]);
    struct secret *again = make(100);
    cr_assert_eq(again, first, "the fifth would have taken its place");
    secret_free(again);
    secret_free(secrets[MANY - 1]);
    again = make(100 + MANY - 1);
    cr_assert_eq(again, last);
    secret_free(again);
    for (size_t i = 1; i < MANY - 1; i++) {
        again = make(100 + i);
        cr_assert_eq(again, secrets[i]);
        secret_free(again);
    }
    secret_free(NULL);
}

Test(secret, what_fits_is_taken_with_a_zero_behind_it_and_more_is_refused)
{
    struct secret *secret = make(8);
    cr_assert_eq(secret_set(secret, "12345678", 8), OK);
    cr_assert_str_eq(secret->bytes, "12345678");
    cr_assert_eq(secret_set(secret, "123456789", 9), ERR_INVALID);
    cr_assert_str_eq(error_message(), "too long: at most 8 bytes");
    cr_assert_str_eq(secret->bytes, "12345678");
    cr_assert_eq(secret_set(secret, "abc", 3), OK);
    cr_assert_eq(secret->size, 3);
    for (size_t i = 3; i <= 8; i++)
        cr_assert_eq(secret->bytes[i], 0, "nothing of the longer one is left at %zu", i);
    cr_assert_eq(secret_append(secret, "defgh", 5), OK);
    cr_assert_str_eq(secret->bytes, "abcdefgh");
    cr_assert_eq(secret_append(secret, "i", 1), ERR_INVALID);
    cr_assert_str_eq(error_message(), "too long: at most 8 bytes");
    cr_assert_eq(secret_append(secret, NULL, 0), OK);
    cr_assert_eq(secret_set(secret, secret->bytes + 2, 4), OK, "a part of itself");
    cr_assert_str_eq(secret->bytes, "cdef");
    cr_assert_eq(secret_append(secret, "g", 1), OK);
    cr_assert_str_eq(secret->bytes, "cdefg");
    cr_assert_eq(secret_set(secret, NULL, 0), OK);
    cr_assert_eq(secret->size, 0);
    cr_assert_str_eq(secret->bytes, "");
    memset(secret->bytes, 'x', 8);
    secret_clear(secret);
    for (size_t i = 0; i <= 8; i++)
        cr_assert_eq(secret->bytes[i], 0);
    secret_free(secret);
}

Test(secret, a_line_is_read_and_nothing_beyond_it)
{
    static const char text[] = "first\n\nthird is longer\nfourth";
    struct secret *line;
    int ends[2];
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    cr_assert_eq(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
    close(ends[1]);
    cr_assert_eq(secret_read_line(ends[0], 5, &line), OK, "%s", error_message());
    cr_assert_str_eq(line->bytes, "first");
    secret_free(line);
    cr_assert_eq(secret_read_line(ends[0], 5, &line), OK, "%s", error_message());
    cr_assert_str_eq(line->bytes, "");
    cr_assert_eq(line->size, 0);
    secret_free(line);
    cr_assert_eq(secret_read_line(ends[0], 5, &line), ERR_INVALID);
    cr_assert_str_eq(error_message(), "too long: at most 5 bytes");
    cr_assert_eq(secret_read_line(ends[0], 20, &line), OK);
    cr_assert_str_eq(line->bytes, "is longer", "what was too long is read up to there");
    secret_free(line);
    cr_assert_eq(secret_read_line(ends[0], 6, &line), OK);
    cr_assert_str_eq(line->bytes, "fourth", "the last needs no end");
    secret_free(line);
    close(ends[0]);
    cr_assert_eq(secret_read_line(ends[0], 6, &line), ERR_SYSTEM);
    cr_assert_str_eq(error_message(), "cannot read the line: Bad file descriptor");
}
