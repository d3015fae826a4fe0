#include "tests/expect.h"

#include <gatehouse/keybox.h>

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint8_t vault_id[KEYBOX_ID_SIZE] = {1, 2, 3};
static uint8_t public_key[KEYBOX_PUBLIC_SIZE];
static struct secret *secret_key, *passphrase;

static void start(void)
{
    cr_assert_eq(crypto_init(), OK);
    cr_assert_eq(keybox_new_pair(public_key, &secret_key), OK);
    cr_assert_eq(secret_new(64, &passphrase), OK);
    cr_assert_eq(secret_set(passphrase, "correct horse", 13), OK);
}

static void stop(void)
{
    secret_free(secret_key);
    secret_free(passphrase);
}
TestSuite(keybox, .init = start, .fini = stop);

static struct key_wrap wrap_it(void)
{
    struct key_wrap wrap = {.kind = SLOT_PASSPHRASE,
                            .slot = 7,
                            .cost = {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN}};
    cr_assert_eq(keybox_wrap(&wrap, vault_id, public_key, secret_key, passphrase), OK);
    return wrap;
}

static enum error unwrap(const struct key_wrap *wrap)
{
    struct secret *opened = NULL;
    enum error e = keybox_unwrap(wrap, vault_id, public_key, passphrase, &opened);
    if (!e) {
        cr_assert_eq(memcmp(opened->bytes, secret_key->bytes, KEYBOX_SECRET_SIZE), 0);
        secret_free(opened);
    }
    return e;
}

Test(keybox, a_wrapped_key_comes_back)
{
    struct key_wrap wrap = wrap_it();
    cr_assert_eq(unwrap(&wrap), OK);
}

Test(keybox, another_passphrase_does_not_open)
{
    struct key_wrap wrap = wrap_it();
    cr_assert_eq(secret_set(passphrase, "correct house", 13), OK);
    cr_assert_neq(unwrap(&wrap), OK);
}

Test(keybox, nothing_of_a_slot_can_be_exchanged)
{
    struct key_wrap wrap = wrap_it();
    wrap.slot = 8;
    cr_assert_neq(unwrap(&wrap), OK);
    wrap = wrap_it();
    wrap.salt[0] ^= 1;
    cr_assert_neq(unwrap(&wrap), OK);
    wrap = wrap_it();
    wrap.cost.operations++;
    cr_assert_neq(unwrap(&wrap), OK);
    wrap = wrap_it();
    wrap.kind = SLOT_KEY_FILE;
    cr_assert_neq(unwrap(&wrap), OK);
    wrap = wrap_it();
    public_key[0] ^= 1;
    cr_assert_neq(unwrap(&wrap), OK);
}

Test(keybox, a_hostile_cost_is_refused_before_it_is_paid)
{
    struct key_wrap wrap = wrap_it();
    wrap.cost.memory = UINT64_C(1) << 40;
    cr_assert_neq(unwrap(&wrap), OK);
}

static struct secret *secret_of(const char *text)
{
    struct secret *secret;
    cr_assert_eq(secret_new(128, &secret), OK);
    cr_assert_eq(secret_set(secret, text, strlen(text)), OK);
    return secret;
}

/* The costs that are just within the limits and cheap, and those just beyond. */
Test(keybox, a_cost_has_limits_that_depend_on_the_kind)
{
    enum { KIB8 = 8192, GIB = 1 << 30 };
    static const struct {
        enum slot_kind kind;
        struct kdf_cost cost;
        bool fits;
    } cases[] = {
        {SLOT_PASSPHRASE, {1, KIB8}, true},
        {SLOT_PASSPHRASE, {16, KIB8}, true},
        {SLOT_PASSPHRASE, {17, KIB8}, false},
        {SLOT_PASSPHRASE, {0, KIB8}, false},
        {SLOT_PASSPHRASE, {1, KIB8 - 1}, false},
        {SLOT_PASSPHRASE, {1, 0}, false},
        {SLOT_PASSPHRASE, {1, UINT64_C(1) + GIB}, false},
        {SLOT_PASSPHRASE, {5, GIB}, false},
        {SLOT_PASSPHRASE, {16, UINT64_C(1) + GIB / 4}, false},
        {SLOT_KEY_FILE, {0, 0}, true},
        {SLOT_KEY_FILE, {1, 0}, false},
        {SLOT_KEY_FILE, {0, 1}, false},
        {SLOT_RECOVERY, {0, 0}, true},
        {SLOT_RECOVERY, {1, 0}, false},
        {SLOT_RECOVERY, {0, 1}, false},
        {(enum slot_kind)0, {0, 0}, false},
        {(enum slot_kind)4, {0, 0}, false},
        {(enum slot_kind)4, {1, KIB8}, false},
    };
    struct secret *code;
    cr_assert_eq(keybox_recovery_code(&code), OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct key_wrap wrap = {.kind = cases[i].kind, .slot = 12, .cost = cases[i].cost};
        const struct secret *unlock = wrap.kind == SLOT_RECOVERY ? code : passphrase;
        enum error e = keybox_wrap(&wrap, vault_id, public_key, secret_key, unlock);
        cr_assert_eq(e, cases[i].fits ? OK : ERR_SECRET, "case %zu: %s", i, error_message());
        if (!cases[i].fits)
            cr_assert(strstr(error_message(), "key slot 12 has a kind or a cost"), "case %zu", i);
    }
    secret_free(code);
}

Test(keybox, an_empty_secret_and_a_key_of_another_pair_are_not_wrapped)
{
    struct key_wrap wrap = {.kind = SLOT_KEY_FILE};
    struct secret *nothing = secret_of(""), *other;
    uint8_t other_public[KEYBOX_PUBLIC_SIZE];
    cr_assert_refused(keybox_wrap(&wrap, vault_id, public_key, secret_key, nothing), ERR_INVALID,
                      "an empty secret protects nothing");
    cr_assert_eq(keybox_new_pair(other_public, &other), OK);
    cr_assert_refused(keybox_wrap(&wrap, vault_id, public_key, other, passphrase), ERR_SECRET,
                      "does not belong to this vault");
    other->size--;
    cr_assert_refused(keybox_wrap(&wrap, vault_id, other_public, other, passphrase), ERR_SECRET,
                      "does not belong to this vault");
    secret_free(other);
    secret_free(nothing);
}

static void put(uint8_t *at, uint64_t value)
{
    for (int i = 0; i < 8; i++, value >>= 8)
        at[i] = (uint8_t)value;
}

enum { CLAIM_SIZE = 90 };

/* What the tag of a slot covers, as keybox.h describes it. */
static void claim_of(const struct key_wrap *wrap, uint8_t claim[static CLAIM_SIZE])
{
    claim[0] = 1;
    memcpy(claim + 1, vault_id, 16);
    put(claim + 17, (uint64_t)wrap->slot);
    claim[25] = (uint8_t)wrap->kind;
    put(claim + 26, wrap->cost.operations);
    put(claim + 34, wrap->cost.memory);
    memcpy(claim + 42, wrap->salt, 16);
    memcpy(claim + 58, public_key, 32);
}

static void key_of(const struct key_wrap *wrap, const struct secret *unlock, uint8_t key[static 32])
{
    static const uint8_t personal[16] = "gatehouse.slot";
    if (wrap->kind == SLOT_PASSPHRASE)
        cr_assert_eq(crypto_pwhash(key, 32, unlock->bytes, unlock->size, wrap->salt,
                                   wrap->cost.operations, wrap->cost.memory,
                                   crypto_pwhash_ALG_ARGON2ID13),
                     0);
    else
        cr_assert_eq(
            crypto_generichash_blake2b_salt_personal(key, 32, (const uint8_t *)unlock->bytes,
                                                     unlock->size, wrap->salt, 16, NULL, personal),
            0);
}

/* Slots are read by later programs: their form must never change. */
Test(keybox, a_slot_has_the_form_that_is_documented)
{
    struct secret *code;
    cr_assert_eq(keybox_recovery_code(&code), OK);
    for (int kind = SLOT_PASSPHRASE; kind <= SLOT_RECOVERY; kind++) {
        struct key_wrap wrap = {.kind = (enum slot_kind)kind, .slot = 0x0102030405060708};
        const struct secret *unlock = kind == SLOT_RECOVERY ? code : passphrase;
        uint8_t claim[CLAIM_SIZE], key[32], opened[KEYBOX_SECRET_SIZE];
        if (kind == SLOT_PASSPHRASE) wrap.cost = (struct kdf_cost){3, 0x4321};
        cr_assert_eq(keybox_wrap(&wrap, vault_id, public_key, secret_key, unlock), OK);
        claim_of(&wrap, claim);
        key_of(&wrap, unlock, key);
        cr_assert_eq(crypto_aead_xchacha20poly1305_ietf_decrypt(opened, NULL, NULL, wrap.wrapped,
                                                                sizeof wrap.wrapped, claim,
                                                                sizeof claim, wrap.nonce, key),
                     0, "kind %d", kind);
        cr_assert_arr_eq(opened, secret_key->bytes, KEYBOX_SECRET_SIZE);
    }
    secret_free(code);
}

/* Whoever knows a secret and can write the file can wrap what they like. */
Test(keybox, a_slot_with_the_secret_key_of_another_pair_is_refused)
{
    struct key_wrap wrap = {.kind = SLOT_KEY_FILE, .slot = 7};
    uint8_t other_public[KEYBOX_PUBLIC_SIZE], claim[CLAIM_SIZE], key[32];
    struct secret *other, *opened = NULL;
    cr_assert_eq(keybox_new_pair(other_public, &other), OK);
    claim_of(&wrap, claim);
    key_of(&wrap, passphrase, key);
    crypto_aead_xchacha20poly1305_ietf_encrypt(wrap.wrapped, NULL, (const uint8_t *)other->bytes,
                                               KEYBOX_SECRET_SIZE, claim, sizeof claim, NULL,
                                               wrap.nonce, key);
    cr_assert_refused(keybox_unwrap(&wrap, vault_id, public_key, passphrase, &opened), ERR_SECRET,
                      "does not belong to its secret key");
    cr_assert_null(opened);
    wrap.wrapped[0] ^= 1;
    cr_assert_refused(keybox_unwrap(&wrap, vault_id, public_key, passphrase, &opened), ERR_SECRET,
                      "this secret does not open the vault");
    secret_free(other);
}

static enum error open_box(const struct keybox *box, int64_t token, int64_t account,
                           struct secret **opened)
{
    *opened = NULL;
    return keybox_open(public_key, secret_key, token, account, box->bytes, box->size, opened);
}

Test(keybox, a_box_opens_for_its_own_numbers_only)
{
    struct secret *text, *opened;
    struct keybox box;
    cr_assert_eq(token_format_generate(&text), OK);
    cr_assert_eq(keybox_seal(public_key, 3, 4, text, &box), OK);
    cr_assert_eq(box.size, KEYBOX_BOX_SIZE);
    cr_assert_eq(open_box(&box, 3, 4, &opened), OK);
    cr_assert_eq(memcmp(opened->bytes, text->bytes, TOKEN_TEXT_SIZE), 0);
    secret_free(opened);
    cr_assert_eq(open_box(&box, 3, 5, &opened), ERR_SECRET);
    cr_assert_eq(open_box(&box, 2, 4, &opened), ERR_SECRET);
    box.bytes[60] ^= 1;
    cr_assert_eq(open_box(&box, 3, 4, &opened), ERR_SECRET);
    secret_free(text);
}

Test(keybox, a_token_of_any_length_comes_back_and_the_box_shows_a_class_of_lengths)
{
    struct secret *text, *opened;
    struct keybox box;
    cr_assert_eq(secret_new(TOKEN_VALUE_MAX, &text), OK);
    for (size_t size = 1; size <= TOKEN_VALUE_MAX; size++) {
        cr_assert_eq(secret_append(text, size % 7 ? "a" : "Z", 1), OK);
        cr_assert_eq(keybox_seal(public_key, 3, 4, text, &box), OK);
        if (size != TOKEN_TEXT_SIZE) {
            size_t padded = (size + KEYBOX_PAD - 1) / KEYBOX_PAD * KEYBOX_PAD;
            cr_assert_eq(box.size, 1 + 8 + 8 + 2 + padded + 48);
        }
        cr_assert_eq(open_box(&box, 3, 4, &opened), OK, "%zu: %s", size, error_message());
        cr_assert_eq(opened->size, size);
        cr_assert_eq(memcmp(opened->bytes, text->bytes, size), 0);
        secret_free(opened);
        box.size--;
        cr_assert_eq(open_box(&box, 3, 4, &opened), ERR_SECRET);
    }
    secret_clear(text);
    cr_assert_eq(keybox_seal(public_key, 3, 4, text, &box), ERR_INVALID);
    secret_free(text);
    cr_assert_eq(secret_new(TOKEN_VALUE_MAX + 1, &text), OK);
    text->size = TOKEN_VALUE_MAX + 1;
    cr_assert_refused(keybox_seal(public_key, 3, 4, text, &box), ERR_INVALID, "1 to 512 bytes");
    secret_free(text);
}

/* Boxes are read by later programs: their form must never change. */
Test(keybox, a_box_has_the_form_that_is_documented)
{
    static const size_t sizes[] = {1, 39, TOKEN_TEXT_SIZE, 41, 64, 65, 300, TOKEN_VALUE_MAX};
    struct secret *text;
    cr_assert_eq(secret_new(TOKEN_VALUE_MAX, &text), OK);
    memset(text->bytes, 'x', TOKEN_VALUE_MAX);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint8_t wanted[KEYBOX_BOX_MAX] = {2}, plain[KEYBOX_BOX_MAX];
        const bool own = sizes[i] == TOKEN_TEXT_SIZE;
        const size_t at = own ? 17 : 19;
        const size_t size = own ? at + sizes[i] : at + (sizes[i] + 63) / 64 * 64;
        struct keybox box;
        text->size = sizes[i];
        cr_assert_eq(keybox_seal(public_key, 0x0102030405060708, 0x1112131415161718, text, &box),
                     OK);
        cr_assert_eq(box.size, size + 48);
        cr_assert_eq(crypto_box_seal_open(plain, box.bytes, box.size, public_key,
                                          (const uint8_t *)secret_key->bytes),
                     0);
        if (own) wanted[0] = 1;
        put(wanted + 1, 0x0102030405060708);
        put(wanted + 9, 0x1112131415161718);
        if (!own) wanted[17] = (uint8_t)sizes[i], wanted[18] = (uint8_t)(sizes[i] >> 8);
        memcpy(wanted + at, text->bytes, sizes[i]);
        cr_assert_arr_eq(plain, wanted, size, "%zu bytes", sizes[i]);
    }
    secret_free(text);
}

Test(keybox, what_is_wrong_with_a_box_is_said)
{
    struct secret *text, *opened;
    struct keybox box, bad;
    cr_assert_eq(token_format_generate(&text), OK);
    cr_assert_eq(keybox_seal(public_key, 3, 4, text, &box), OK);
    cr_assert_refused(open_box(&box, 3, 5, &opened), ERR_SECRET, "belongs to another token");
    bad = box;
    bad.bytes[0] ^= 1;
    cr_assert_refused(open_box(&bad, 3, 4, &opened), ERR_SECRET, "cannot be opened");
    for (size_t size = 0; size <= 17 + 48; size++) {
        bad.size = size;
        cr_assert_refused(open_box(&bad, 3, 4, &opened), ERR_SECRET,
                          size < 17 + 48 ? "is damaged" : "cannot be opened");
    }
    bad.size = KEYBOX_BOX_MAX;
    cr_assert_refused(open_box(&bad, 3, 4, &opened), ERR_SECRET, "cannot be opened");
    bad.size++;
    cr_assert_refused(open_box(&bad, 3, 4, &opened), ERR_SECRET, "is damaged");
    uint8_t plain[83] = {3, 3};
    cr_assert_eq(crypto_box_seal(bad.bytes, plain, sizeof plain, public_key), 0);
    bad.size = sizeof plain + 48;
    cr_assert_refused(open_box(&bad, 3, 0, &opened), ERR_SECRET,
                      "format 3: only a newer Gatehouse can read it");
    plain[0] = 2;
    plain[17] = 65;
    cr_assert_eq(crypto_box_seal(bad.bytes, plain, sizeof plain, public_key), 0);
    cr_assert_refused(open_box(&bad, 3, 0, &opened), ERR_SECRET, "is damaged");
    plain[17] = 64;
    cr_assert_eq(crypto_box_seal(bad.bytes, plain, sizeof plain, public_key), 0);
    cr_assert_eq(open_box(&bad, 3, 0, &opened), OK, "%s", error_message());
    cr_assert_eq(opened->size, 64);
    secret_free(opened);
    secret_key->size--;
    cr_assert_refused(open_box(&box, 3, 4, &opened), ERR_SECRET, "is damaged");
    secret_free(text);
}

Test(keybox, a_signature_is_that_of_the_key_that_is_documented)
{
    static const char seal[] = "gatehouse signing key 1";
    static const uint8_t message[] = "what is signed";
    uint8_t key[KEYBOX_SIGN_KEY_SIZE], signature[KEYBOX_SIGNATURE_SIZE], seed[32], pair[64];
    uint8_t wanted_key[32], wanted[64];
    cr_assert_eq(keybox_sign(secret_key, message, sizeof message, key, signature), OK);
    crypto_generichash(seed, sizeof seed, (const uint8_t *)seal, strlen(seal),
                       (const uint8_t *)secret_key->bytes, secret_key->size);
    crypto_sign_seed_keypair(wanted_key, pair, seed);
    crypto_sign_detached(wanted, NULL, message, sizeof message, pair);
    cr_assert_arr_eq(key, wanted_key, sizeof key);
    cr_assert_arr_eq(signature, wanted, sizeof signature);
    cr_assert(keybox_is_signed(key, message, sizeof message, signature));
    cr_assert_not(keybox_is_signed(key, message, sizeof message - 1, signature));
    signature[0] ^= 1;
    cr_assert_not(keybox_is_signed(key, message, sizeof message, signature));
    signature[0] ^= 1;
    key[0] ^= 1;
    cr_assert_not(keybox_is_signed(key, message, sizeof message, signature));
}

/* Whoever can write the file can seal what they like: wrong lengths must do no harm. */
Test(keybox, a_box_that_contradicts_itself_is_refused)
{
    static const struct {
        size_t size;
        uint8_t version, low, high;
    } cases[] = {{19, 2, 1, 0},  {83, 2, 0, 0},  {83, 2, 65, 0}, {83, 2, 0, 255},
                 {83, 1, 40, 0}, {18, 2, 40, 0}, {83, 3, 40, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t plain[KEYBOX_BOX_MAX] = {cases[i].version, 3};
        struct keybox box = {.size = cases[i].size + crypto_box_SEALBYTES};
        struct secret *opened;
        plain[9] = 4;
        plain[17] = cases[i].low;
        plain[18] = cases[i].high;
        cr_assert_eq(crypto_box_seal(box.bytes, plain, cases[i].size, public_key), 0);
        cr_assert_eq(open_box(&box, 3, 4, &opened), ERR_SECRET, "case %zu", i);
        cr_assert_null(opened);
    }
}

Test(keybox, a_recovery_code_is_read_as_people_write_it)
{
    struct secret *code, *written;
    cr_assert_eq(keybox_recovery_code(&code), OK);
    cr_assert_eq(secret_new(128, &written), OK);
    for (size_t i = 0; i < code->size; i++) {
        char c = code->bytes[i];
        char lower = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c == '0' ? 'o' : c == '1' ? 'l' : c;
        cr_assert_eq(secret_append(written, &lower, 1), OK);
        if (i % 3 == 0) cr_assert_eq(secret_append(written, " ", 1), OK);
    }
    cr_assert_eq(keybox_recovery_normalise(code), OK);
    cr_assert_eq(keybox_recovery_normalise(written), OK);
    cr_assert_eq(written->size, code->size);
    cr_assert_eq(memcmp(written->bytes, code->bytes, code->size), 0);
    secret_free(code);
    secret_free(written);
}

Test(keybox, a_recovery_code_has_26_letters_of_32_in_groups)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    static const char shape[] = "xxxx-xxxxx-xxxx-xxxx-xxxxx-xxxx";
    bool seen[sizeof alphabet] = {false};
    for (int i = 0; i < 100; i++) {
        struct secret *code;
        cr_assert_eq(keybox_recovery_code(&code), OK);
        cr_assert_eq(code->size, strlen(shape));
        cr_assert_eq(strlen(code->bytes), strlen(shape));
        for (size_t at = 0; at < code->size; at++) {
            const char *letter = strchr(alphabet, code->bytes[at]);
            cr_assert_eq(code->bytes[at] == '-', shape[at] == '-', "%s", code->bytes);
            cr_assert(letter || shape[at] == '-', "%s", code->bytes);
            if (letter) seen[letter - alphabet] = true;
        }
        secret_free(code);
    }
    for (size_t i = 0; alphabet[i]; i++)
        cr_assert(seen[i], "%c never comes up", alphabet[i]);
}

/* Each byte in place of a letter: it is one, stands for one, is skipped or is refused. */
Test(keybox, of_a_recovery_code_each_letter_is_read_alike)
{
    static const char before[] = "ABCDEFGHJKMNPQRSTVWXYZ0123";
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    for (int byte = 0; byte < 256; byte++) {
        char typed[] = "ABCDEFGHJKMNPQRSTVWXYZ0123", wanted = (char)byte;
        struct secret *code = secret_of(before);
        code->bytes[13] = typed[13] = (char)byte;
        if (byte >= 'a' && byte <= 'z') wanted = (char)(byte - 32);
        if (wanted == 'O') wanted = '0';
        if (wanted == 'I' || wanted == 'L') wanted = '1';
        enum error e = keybox_recovery_normalise(code);
        if (byte && strchr(letters, wanted)) {
            cr_assert_eq(e, OK, "%d: %s", byte, error_message());
            cr_assert_eq(code->size, 31);
            cr_assert_eq(code->bytes[16], wanted, "%d: %s", byte, code->bytes);
        } else {
            cr_assert_eq(e, ERR_INVALID, "%d", byte);
            const bool skipped = byte && strchr("- \t\r\n", byte);
            cr_assert_str_eq(error_message(),
                             skipped ? "a recovery code has 26 letters and digits; this one has 25"
                                     : "a recovery code has 26 letters and digits, without U");
        }
        secret_free(code);
    }
}

Test(keybox, a_recovery_code_that_is_too_long_is_refused_and_blanks_around_it_are_not)
{
    struct secret *code = secret_of("ABCDEFGHJKMNPQRSTVWXYZ01234");
    cr_assert_refused(keybox_recovery_normalise(code), ERR_INVALID, "26 letters and digits");
    cr_assert_eq(code->size, 27, "it stays as it was");
    secret_free(code);
    code = secret_of("\t abcd-efghj kmnp--qrst\nvwxyz 0123\r\n");
    cr_assert_eq(keybox_recovery_normalise(code), OK, "%s", error_message());
    cr_assert_str_eq(code->bytes, "ABCD-EFGHJ-KMNP-QRST-VWXYZ-0123");
    secret_free(code);
}

Test(keybox, a_slot_of_a_recovery_code_opens_however_the_code_is_typed)
{
    struct key_wrap wrap = {.kind = SLOT_RECOVERY, .slot = 2};
    struct secret *code = secret_of("ABCD-EFGHJ-KMNP-QRST-VWXYZ-0123"), *opened;
    struct secret *typed = secret_of("abcd efghj kmnp qrst vwxyz ol23"), *wrong = secret_of("ab");
    cr_assert_eq(keybox_wrap(&wrap, vault_id, public_key, secret_key, code), OK);
    cr_assert_eq(keybox_unwrap(&wrap, vault_id, public_key, typed, &opened), OK);
    cr_assert_str_eq(typed->bytes, "abcd efghj kmnp qrst vwxyz ol23");
    cr_assert_refused(keybox_unwrap(&wrap, vault_id, public_key, wrong, &opened), ERR_INVALID,
                      "this one has 2");
    secret_free(opened);
    secret_free(wrong);
    secret_free(typed);
    secret_free(code);
}

/* 64 hex digits or 43 letters of base64, of which eight are different, and at most two signs of
 * padding. */
Test(keybox, a_key_file_is_as_strong_as_32_random_bytes)
{
    static const struct {
        const char *letters; /* repeated up to `size` */
        size_t size, padding;
        bool strong;
    } cases[] = {
        {"0123456789abcdef", 64, 0, true},
        {"0123456789abcdef", 63, 0, false},
        {"89ABCDEF", 64, 0, true},
        {"89ABCDE", 64, 0, false},
        {"01234567", 64, 2, true},
        {"0123456", 65, 1, true},
        {"012345", 64, 1, false},
        {"0123456789abcdef", 62, 2, false},
        {"ghijklmn+/ABCXYZ09", 43, 0, true},
        {"ghijklmn+/ABCXYZ09", 42, 0, false},
        {"ghijklmn+/ABCXYZ09", 43, 1, true},
        {"ghijklmn+/ABCXYZ09", 42, 1, false},
        {"ghijklmn+/ABCXYZ09", 43, 2, true},
        {"ghijklmn+/ABCXYZ09", 43, 3, false},
        {"ghijklmn+/ABCXYZ09", 41, 2, false},
        {"ghijklmn", 43, 0, true},
        {"ghijklm", 43, 0, false},
        {"ghijklmn-_", 43, 0, false},
        {"ghijklmn o", 60, 0, false},
        {"ghijklmn\no", 60, 0, false},
        {"", 0, 0, false},
        {"", 0, 2, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[80];
        size_t size = 0;
        for (; size < cases[i].size; size++)
            text[size] = cases[i].letters[size % strlen(cases[i].letters)];
        for (; size < cases[i].size + cases[i].padding; size++)
            text[size] = '=';
        text[size] = 0;
        struct secret *content = secret_of(text);
        cr_assert_eq(keybox_check_key_file(content), cases[i].strong ? OK : ERR_INVALID, "%s",
                     text);
        secret_free(content);
    }
}

Test(keybox, a_key_file_is_made_where_there_is_none_and_taken_where_there_is_one)
{
    char folder[] = "/tmp/gatehouse-key-XXXXXX", path[64];
    struct secret *first, *again;
    bool made;
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/key", folder);
    cr_assert_eq(keybox_take_key_file(path, &made, &first), OK, "%s", error_message());
    cr_assert(made);
    cr_assert_eq(first->size, 44);
    cr_assert_eq(keybox_check_key_file(first), OK);
    cr_assert_eq(keybox_take_key_file(path, &made, &again), OK, "%s", error_message());
    cr_assert_not(made);
    cr_assert_str_eq(again->bytes, first->bytes);
    secret_free(again);
    secret_free(first);
    unlink(path);
    rmdir(folder);
    cr_assert_eq(keybox_take_key_file(path, &made, &again), ERR_SYSTEM);
    cr_assert_not(made);
    cr_assert_null(again);
}
