/* How a passphrase is read, wherever it was typed. */
#include <criterion/criterion.h>

#include <gatehouse/passphrase.h>
#include <stdio.h>
#include <string.h>

static void start(void)
{
    cr_assert_eq(crypto_init(), OK);
}

TestSuite(passphrase, .init = start);

static struct secret *secret_of(const char *text)
{
    struct secret *secret;
    cr_assert_eq(secret_new(strlen(text), &secret), OK);
    cr_assert_eq(secret_set(secret, text, strlen(text)), OK);
    return secret;
}

Test(passphrase, is_composed_and_loses_one_carriage_return)
{
    static const char *const rows[][2] = {
        {"", ""},
        {"\r", ""},
        {"a", "a"},
        {"a\r", "a"},
        {"a\r\r", "a\r"},
        {"\ra", "\ra"},
        {"correct horse", "correct horse"},
        {"scho\u0308n", "sch\u00f6n"},
        {"sch\u00f6n\r", "sch\u00f6n"},
        {"\u2126", "\u03a9"},              /* the sign of ohm is an omega */
        {"\u1112\u1161\u11ab", "\ud55c"},  /* the letters of a syllable */
        {"a\u0323\u0307", "\u1ea1\u0307"}, /* marks in their order */
        {"a\u0307\u0323", "\u1ea1\u0307"}, /* and in another */
        {"\ufb01", "\ufb01"},              /* what only looks alike stays */
        {"o\u0308\xff", "o\u0308\xff"},    /* no UTF-8 */
        {"o\u0308\xff\r", "o\u0308\xff"},
        {"\xef\xbb\xbf"
         "a",
         "\xef\xbb\xbf"
         "a"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct secret *typed = secret_of(rows[i][0]), *composed = NULL;
        cr_assert_eq(passphrase_compose(typed, &composed), OK, "%zu: %s", i, error_message());
        cr_assert_eq(composed->size, strlen(rows[i][1]), "%zu: %zu", i, composed->size);
        cr_assert_str_eq(composed->bytes, rows[i][1], "%zu", i);
        cr_assert_str_eq(typed->bytes, rows[i][0]);
        secret_free(composed);
        secret_free(typed);
    }
}

/* Buffers of all sizes: each is as long as it must be and begins anywhere. */
Test(passphrase, of_any_length_is_composed)
{
    char typed[3 * 64 + 2] = "", wanted[2 * 64 + 2] = "";
    for (int i = 0; i < 64; i++) {
        for (int odd = 0; odd < 2; odd++) {
            char with[sizeof typed + 1], without[sizeof wanted + 1];
            snprintf(with, sizeof with, "%s%s", typed, odd ? "x" : "");
            snprintf(without, sizeof without, "%s%s", wanted, odd ? "x" : "");
            struct secret *secret = secret_of(with), *composed;
            cr_assert_eq(passphrase_compose(secret, &composed), OK);
            cr_assert_str_eq(composed->bytes, without);
            secret_free(composed);
            secret_free(secret);
        }
        strcat(typed, "o\u0308");
        strcat(wanted, "\u00f6");
    }
}

Test(passphrase, begins_with_a_mark_only_if_all_of_it_is_there)
{
    static const struct {
        const char *typed;
        bool mark;
    } rows[] = {{"", false},
                {"\xef\xbb", false},
                {"\xef\xbb\xbf", true},
                {"\xef\xbb\xbf"
                 "a",
                 true},
                {"a\xef\xbb\xbf", false},
                {"\xef\xbb\xbe"
                 "a",
                 false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct secret *typed = secret_of(rows[i].typed);
        cr_assert_eq(passphrase_has_mark(typed), rows[i].mark, "%zu", i);
        secret_free(typed);
    }
}
