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

/* Each byte repeated: how many of it are enough says which alphabet it is taken for. */
Test(token_format, every_byte_carries_the_bits_of_its_alphabet)
{
    for (int byte = 0; byte < 256; byte++) {
        const bool digit = byte >= 48 && byte <= 57;
        const bool hex = digit || (byte >= 65 && byte <= 70) || (byte >= 97 && byte <= 102);
        const bool letter = (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
        const bool other = byte == '+' || byte == '/' || byte == '-' || byte == '_';
        const size_t least = hex ? 28 : letter || other ? 19 : 0;
        char value[64];
        memset(value, byte, sizeof value);
        for (size_t size = 1; size <= sizeof value; size++) {
            const char *said = token_value_flaw(value, size);
            if (byte == '=')
                cr_assert_not_null(said);
            else if (!least)
                cr_assert_str_eq(said, "has characters that are neither hex, base62 nor base64");
            else if (size < least)
                cr_assert_str_eq(said, "is too short to carry 112 bits", "%zu times %c", size,
                                 byte);
            else
                cr_assert_null(said, "%zu times %c: %s", size, byte, said);
        }
    }
}

Test(token_format, at_most_two_signs_of_padding_do_not_count)
{
    cr_assert_str_eq(flaw("ghijklmnopqrstuvwx="), "is too short to carry 112 bits");
    cr_assert_str_eq(flaw("ghijklmnopqrstuvwx=="), "is too short to carry 112 bits");
    cr_assert_null(flaw("ghijklmnopqrstuvwxy="));
    cr_assert_null(flaw("ghijklmnopqrstuvwxy=="));
    cr_assert_str_eq(flaw("ghijklmnopqrstuvwxy==="),
                     "has characters that are neither hex, base62 nor base64");
    cr_assert_not_null(flaw("="));
    cr_assert_not_null(flaw("=="));
}

Test(token_format, a_uuid_has_its_dashes_and_hex_at_every_other_place)
{
    static const char uuid[] = "5d0a1e9c-0a64-4a3e-9a5b-1f0c6f3b7a11";
    static const char random[] = "89abAB";
    for (size_t at = 0; at < sizeof uuid - 1; at++) {
        char changed[sizeof uuid];
        strcpy(changed, uuid);
        changed[at] = changed[at] == '-' ? '0' : 'g';
        const char *said = flaw(changed);
        /* It is long enough as a text with dashes. */
        cr_assert_null(said, "%s: %s", changed, said);
        changed[at] = '!';
        cr_assert_str_eq(flaw(changed), "has characters that are neither hex, base62 nor base64");
        strcpy(changed, uuid);
        changed[14] = '1';
        changed[at] = changed[at] == '-' ? '0' : 'g';
        cr_assert_null(flaw(changed), "%s is no UUID", changed);
    }
    for (const char *c = "0123456789abcdefABCDEF"; *c; c++) {
        char changed[sizeof uuid];
        strcpy(changed, uuid);
        changed[19] = *c;
        cr_assert_eq(flaw(changed) == NULL, strchr(random, *c) != NULL, "%s", changed);
        strcpy(changed, uuid);
        changed[14] = *c;
        cr_assert_eq(flaw(changed) == NULL, *c == '4', "%s", changed);
    }
    cr_assert_str_eq(flaw("5d0a1e9c-0a64-1a3e-9a5b-1f0c6f3b7a11"),
                     "is a UUID that is not random (version 4)");
}

Test(token_format, what_looks_like_one_of_ours_must_be_one)
{
    cr_assert_str_eq(flaw("gth_"), "looks like a Gatehouse token but is not one");
    cr_assert_str_eq(flaw("gth_0123456789abcdefghijABCDEFGHIJ05DYyqx"),
                     "looks like a Gatehouse token but is not one");
    cr_assert_str_eq(flaw("gth"), "is too short to carry 112 bits");
    char longest[TOKEN_VALUE_MAX + 1];
    memset(longest, 'x', sizeof longest);
    cr_assert_str_eq(token_value_flaw(longest, sizeof longest), "is longer than 512 bytes");
}

Test(token_format, a_token_is_found_wherever_it_stands_in_a_text)
{
    for (size_t before = 0; before < 50; before++)
        for (size_t after = 0; after < 3; after++) {
            char text[200];
            memset(text, 'x', sizeof text);
            memcpy(text + before, known, TOKEN_TEXT_SIZE);
            const size_t size = before + TOKEN_TEXT_SIZE + after;
            cr_assert_eq(token_format_find(text, size), text + before);
            cr_assert_null(token_format_find(text, before + TOKEN_TEXT_SIZE - 1));
            text[before + 20] ^= 1;
            cr_assert_null(token_format_find(text, size));
        }
    char twice[100];
    snprintf(twice, sizeof twice, "gth_gth_gth%s%s", known, known);
    cr_assert_eq(token_format_find(twice, strlen(twice)), twice + 11);
    snprintf(twice, sizeof twice, "gth_0123456789abcdefghijABCDEFGHIJ05DYyx%s", known);
    cr_assert_eq(token_format_find(twice, strlen(twice)), twice + 40);
    cr_assert_null(token_format_find("", 0));
}
