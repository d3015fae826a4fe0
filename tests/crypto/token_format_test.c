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

/* Made with another implementation of BLAKE2b: 32 bytes, person "gatehouse.token" and a zero. */
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
