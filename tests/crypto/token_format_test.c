#include <gatehouse/token_format.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char known[] = "gth_0123456789abcdefghijABCDEFGHIJ05DYyq";

static void start(void)
{
    cr_assert_eq(crypto_init(), OK);
}
TestSuite(token_format, .init = start);

Test(token_format, the_test_value_is_valid)
{
    cr_assert(token_format_valid(known, TOKEN_TEXT_SIZE));
}

Test(token_format, every_single_typo_is_noticed)
{
    char typo[sizeof known];
    for (size_t i = 0; i < TOKEN_TEXT_SIZE; i++) {
        memcpy(typo, known, sizeof known);
        typo[i] = typo[i] == 'x' ? 'y' : 'x';
        cr_assert_not(token_format_valid(typo, TOKEN_TEXT_SIZE), "at %zu", i);
    }
}

Test(token_format, a_token_that_was_cut_off_is_refused)
{
    cr_assert_not(token_format_valid(known, TOKEN_TEXT_SIZE - 1));
    cr_assert_not(token_format_valid("", 0));
}

Test(token_format, generated_tokens_are_valid_and_differ)
{
    struct secret *one, *two;
    cr_assert_eq(token_format_generate(&one), OK);
    cr_assert_eq(token_format_generate(&two), OK);
    cr_assert(token_format_valid(one->bytes, one->size));
    cr_assert_neq(memcmp(one->bytes, two->bytes, TOKEN_TEXT_SIZE), 0);
    secret_free(one);
    secret_free(two);
}

Test(token_format, every_character_of_the_alphabet_comes_up)
{
    bool seen[128] = {false};
    size_t count = 0;
    for (int i = 0; i < 200; i++) {
        struct secret *text;
        cr_assert_eq(token_format_generate(&text), OK);
        for (size_t at = 4; at < 34; at++)
            seen[(unsigned char)text->bytes[at] & 127] = true;
        secret_free(text);
    }
    for (size_t i = 0; i < 128; i++)
        count += seen[i];
    cr_assert_eq(count, 62);
}

Test(token_format, digests_depend_on_every_byte)
{
    uint8_t one[TOKEN_DIGEST_SIZE], two[TOKEN_DIGEST_SIZE];
    token_digest("a", 1, one);
    token_digest("b", 1, two);
    cr_assert_neq(memcmp(one, two, sizeof one), 0);
}

/* Computed with another implementation of BLAKE2b: 32 bytes, person "gatehouse.token" and a
 * zero. */
Test(token_format, the_digest_is_personalised)
{
    static const char token[] = "gth_0123456789abcdefghijABCDEFGHIJ05DYyq";
    static const char wanted[] = "93328f5d1a2269b44c93522ffcd40156daf29152ed8b6e65cd980d013d138943";
    uint8_t digest[TOKEN_DIGEST_SIZE];
    char text[2 * TOKEN_DIGEST_SIZE + 1];
    token_digest(token, TOKEN_TEXT_SIZE, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    cr_assert_str_eq(text, wanted);
}

static const char *flaw(const char *value)
{
    return token_value_flaw(value, strlen(value));
}

Test(token_format, a_value_from_elsewhere_needs_112_bits_by_its_form)
{
    static const char *const strong[] = {
        "5d0a1e9c-0a64-4a3e-9a5b-1f0c6f3b7a11", /* UUID, version 4 */
        "5D0A1E9C-0A64-4A3E-BA5B-1F0C6F3B7A11",
        "0123456789abcdef0123456789AB", /* 28 hex */
        "ghijklmnopqrstuvwxy",          /* 19 base62 */
        "ghijklmnopqrstuvw+/",          /* 19 base64 */
        "ghijklmnopqrstuvw-_",          /* 19 base64 for URLs */
        "ghijklmnopqrstuvw-_==",
        "gth_0123456789abcdefghijABCDEFGHIJ05DYyq",
    };
    static const char *const weak[] = {
        "",
        "0123456789abcdef0123456789A",          /* 27 hex */
        "ghijklmnopqrstuvwx",                   /* 18 base62 */
        "ghijklmnopqrstuv-_",                   /* 18 base64 */
        "ghijklmnopqrstuv-_==",                 /* padding adds nothing */
        "ghijklmnopqrstuvwxyz+/-_ghijk",        /* neither alphabet of base64 */
        "ghijklmnopqrst uvwxyz ghijkl",         /* blanks */
        "5d0a1e9c-0a64-1a3e-9a5b-1f0c6f3b7a11", /* UUID, version 1 */
        "5d0a1e9c-0a64-4a3e-7a5b-1f0c6f3b7a11", /* not a standard UUID */
        "00000000-0000-0000-0000-000000000000",
        "gth_0123456789abcdefghijABCDEFGHIJ05DYyr", /* a typo in one of ours */
        "gth_",
    };
    for (size_t i = 0; i < sizeof strong / sizeof *strong; i++)
        cr_assert_null(flaw(strong[i]), "%s: %s", strong[i], flaw(strong[i]));
    for (size_t i = 0; i < sizeof weak / sizeof *weak; i++)
        cr_assert_not_null(flaw(weak[i]), "%s", weak[i]);
    char longest[TOKEN_VALUE_MAX + 1];
    memset(longest, 'x', sizeof longest);
    cr_assert_null(token_value_flaw(longest, TOKEN_VALUE_MAX));
    cr_assert_not_null(token_value_flaw(longest, TOKEN_VALUE_MAX + 1));
}
