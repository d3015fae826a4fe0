#include <gatehouse/keybox.h>

#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

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
