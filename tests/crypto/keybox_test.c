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

Test(keybox, a_box_opens_for_its_own_numbers_only)
{
    struct secret *text, *opened = NULL;
    uint8_t box[KEYBOX_BOX_SIZE];
    cr_assert_eq(token_format_generate(&text), OK);
    cr_assert_eq(keybox_seal(public_key, 3, 4, text, box), OK);
    cr_assert_eq(keybox_open(public_key, secret_key, 3, 4, box, sizeof box, &opened), OK);
    cr_assert_eq(memcmp(opened->bytes, text->bytes, TOKEN_TEXT_SIZE), 0);
    secret_free(opened);
    cr_assert_eq(keybox_open(public_key, secret_key, 3, 5, box, sizeof box, &opened), ERR_SECRET);
    cr_assert_eq(keybox_open(public_key, secret_key, 2, 4, box, sizeof box, &opened), ERR_SECRET);
    box[60] ^= 1;
    cr_assert_eq(keybox_open(public_key, secret_key, 3, 4, box, sizeof box, &opened), ERR_SECRET);
    secret_free(text);
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
