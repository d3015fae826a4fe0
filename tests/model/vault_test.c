#include "house.h"

#include <gatehouse/token_change.h>
#include <gatehouse/vault.h>
#include <sodium.h>

static struct secret *passphrase;
static const struct kdf_cost cheap = {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN};

static struct secret *secret_of(const char *text)
{
    struct secret *secret = NULL;
    cr_assert_ok(secret_new(64, &secret));
    cr_assert_ok(secret_set(secret, text, strlen(text)));
    return secret;
}

static void open_vault(void)
{
    house_open();
    passphrase = secret_of("correct horse battery");
    cr_assert_ok(vault_create(&act, SLOT_PASSPHRASE, "", passphrase, cheap));
}

static void close_vault(void)
{
    secret_free(passphrase);
    house_close();
}
TestSuite(vault, .init = open_vault, .fini = close_vault);

static struct vault *unlock(void)
{
    struct vault *vault = NULL;
    cr_assert_ok(vault_unlock(&act, SLOT_PASSPHRASE, passphrase, &vault));
    return vault;
}

Test(vault, a_generated_token_comes_back_once_the_vault_is_unlocked)
{
    int64_t number;
    struct secret *text, *again;
    cr_assert_ok(token_generate(&act, sa, &(struct token_plan){.name = "t", .expires = WHEN_NEVER},
                                &number, &text));
    cr_assert_eq(token_reveal(&act, number, NULL, "copy", &again), ERR_LOCKED);
    struct vault *vault = unlock();
    cr_assert_ok(token_reveal(&act, number, vault, "copy", &again));
    cr_assert_eq(memcmp(text->bytes, again->bytes, TOKEN_TEXT_SIZE), 0);
    cr_assert_eq(house_events("token.copy"), 1);
    secret_free(text);
    secret_free(again);
    vault_lock(vault);
}

Test(vault, a_wrong_passphrase_is_refused_and_on_record)
{
    struct vault *vault = NULL;
    struct secret *wrong = secret_of("correct horse batteries");
    cr_assert_eq(vault_unlock(&act, SLOT_PASSPHRASE, wrong, &vault), ERR_SECRET);
    cr_assert_eq(house_events("vault.unlock-try"), 1);
    cr_assert_eq(house_events("vault.unlock"), 0);
    secret_free(wrong);
    vault_lock(unlock());
    cr_assert_eq(house_events("vault.unlock-try"), 2);
    cr_assert_eq(house_events("vault.unlock"), 1);
}

Test(vault, the_last_slot_cannot_be_removed)
{
    struct vault *vault = unlock();
    struct secret *second = secret_of("another long passphrase");
    int64_t slot;
    cr_assert_refused(vault_remove_slot(&act, 1), ERR_CONFLICT, "last key slot");
    cr_assert_ok(vault_add_slot(&act, vault, SLOT_PASSPHRASE, "spare", second, cheap, &slot));
    cr_assert_ok(vault_remove_slot(&act, 1));
    vault_lock(vault);
    cr_assert_eq(vault_unlock(&act, SLOT_PASSPHRASE, passphrase, &vault), ERR_SECRET);
    cr_assert_ok(vault_unlock(&act, SLOT_PASSPHRASE, second, &vault));
    vault_lock(vault);
    secret_free(second);
}

Test(vault, a_slot_with_a_hostile_cost_does_not_block_the_others)
{
    house_is_damaged = true;
    struct vault *vault = unlock();
    struct secret *second = secret_of("another long passphrase");
    cr_assert_ok(vault_add_slot(&act, vault, SLOT_PASSPHRASE, "", second, cheap, NULL));
    vault_lock(vault);
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(store_end(
        act.store, stmt_run(store_prepare(
                       act.store, "UPDATE key_slot SET memory = 1099511627776 WHERE number = 1"))));
    cr_assert_ok(vault_unlock(&act, SLOT_PASSPHRASE, second, &vault));
    vault_lock(vault);
    secret_free(second);
}

Test(vault, an_unknown_kind_of_slot_is_named_so)
{
    cr_assert_str_eq(slot_kind_text((enum slot_kind)99), "unknown kind");
}

/* The vault with a single key slot, as programs before this rule made it: of any text. */
static void make_old(enum slot_kind kind, const char *text)
{
    uint8_t id[KEYBOX_ID_SIZE] = {7}, public_key[KEYBOX_PUBLIC_SIZE];
    struct secret *key, *unlock = secret_of(text);
    struct key_wrap wrap = {.kind = kind, .slot = 1};
    if (kind == SLOT_PASSPHRASE) wrap.cost = cheap;
    cr_assert_ok(keybox_new_pair(public_key, &key));
    cr_assert_ok(keybox_wrap(&wrap, id, public_key, key, unlock));
    cr_assert_ok(store_begin(act.store));
    struct stmt *stmt = store_prepare(act.store, "UPDATE vault SET id = :id, public_key = :key");
    bind_blob(stmt, ":id", id, sizeof id);
    bind_blob(stmt, ":key", public_key, sizeof public_key);
    cr_assert_ok(stmt_run(stmt));
    stmt = store_prepare(act.store, "UPDATE key_slot SET kind = :kind, operations = :operations, "
                                    "memory = :memory, salt = :salt, nonce = :nonce, wrapped = "
                                    ":wrapped");
    bind_int(stmt, ":kind", wrap.kind);
    bind_int(stmt, ":operations", (int64_t)wrap.cost.operations);
    bind_int(stmt, ":memory", (int64_t)wrap.cost.memory);
    bind_blob(stmt, ":salt", wrap.salt, sizeof wrap.salt);
    bind_blob(stmt, ":nonce", wrap.nonce, sizeof wrap.nonce);
    bind_blob(stmt, ":wrapped", wrap.wrapped, sizeof wrap.wrapped);
    cr_assert_ok(stmt_run(stmt));
    cr_assert_ok(store_end(act.store, OK));
    secret_free(key);
    secret_free(unlock);
}

static enum error opens(enum slot_kind kind, const char *text)
{
    struct vault *vault = NULL;
    struct secret *unlock = secret_of(text);
    enum error e = vault_unlock(&act, kind, unlock, &vault);
    secret_free(unlock);
    vault_lock(vault);
    return e;
}

Test(vault, a_slot_of_a_passphrase_as_it_used_to_be_read_opens_and_is_wrapped_again)
{
    house_is_damaged = true;
    make_old(SLOT_PASSPHRASE, "correct horse scho\xCC\x88n\r");
    cr_assert_eq(opens(SLOT_PASSPHRASE, "correct horse sch\xC3\xB6n"), ERR_SECRET);
    cr_assert_eq(house_events("slot.change"), 0);
    cr_assert_ok(opens(SLOT_PASSPHRASE, "correct horse scho\xCC\x88n\r"));
    cr_assert_eq(house_events("slot.change"), 1);
    cr_assert_ok(opens(SLOT_PASSPHRASE, "correct horse sch\xC3\xB6n"));
    cr_assert_ok(opens(SLOT_PASSPHRASE, "correct horse scho\xCC\x88n\r"));
    cr_assert_eq(house_events("slot.change"), 1, "once is enough");
}

Test(vault, a_slot_of_a_passphrase_with_a_byte_order_mark_still_opens)
{
    house_is_damaged = true;
    make_old(SLOT_PASSPHRASE, "\xEF\xBB\xBF"
                              "correct horse");
    cr_assert_ok(opens(SLOT_PASSPHRASE, "\xEF\xBB\xBF"
                                        "correct horse"));
    cr_assert_ok(opens(SLOT_PASSPHRASE, "\xEF\xBB\xBF"
                                        "correct horse"));
    cr_assert_eq(opens(SLOT_PASSPHRASE, "\xEF\xBB\xBF"
                                        "correct house"),
                 ERR_INVALID);
    cr_assert(strstr(error_message(), "byte order mark"), "%s", error_message());
}

Test(vault, a_slot_of_a_weak_key_file_still_opens_but_none_is_added)
{
    house_is_damaged = true;
    struct vault *vault = NULL;
    struct secret *weak = secret_of("hunter2");
    make_old(SLOT_KEY_FILE, "hunter2");
    cr_assert_ok(vault_unlock(&act, SLOT_KEY_FILE, weak, &vault));
    cr_assert_refused(vault_add_slot(&act, vault, SLOT_KEY_FILE, "", weak, cheap, NULL),
                      ERR_INVALID, "32 random bytes");
    cr_assert_refused(vault_change_slot(&act, vault, 1, weak, cheap), ERR_INVALID,
                      "32 random bytes");
    cr_assert_eq(house_number("SELECT count(*) FROM key_slot", 0), 1);
    secret_free(weak);
    vault_lock(vault);
}

static bool first_is_weak(void)
{
    struct vault_slots *slots;
    cr_assert_ok(vault_list_slots(act.store, &slots));
    bool weak = slots->items[0].weak;
    free(slots);
    return weak;
}

Test(vault, a_weak_key_file_is_known_from_its_use_until_the_slot_is_changed)
{
    house_is_damaged = true;
    struct vault *vault = NULL;
    struct secret *weak = secret_of("hunter2");
    struct secret *strong =
        secret_of("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    make_old(SLOT_KEY_FILE, "hunter2");
    cr_assert_not(first_is_weak(), "nobody can know");
    cr_assert_ok(vault_unlock(&act, SLOT_KEY_FILE, weak, &vault));
    cr_assert(first_is_weak());
    cr_assert_ok(vault_change_slot(&act, vault, 1, strong, cheap));
    vault_lock(vault);
    cr_assert_not(first_is_weak());
    cr_assert_ok(vault_unlock(&act, SLOT_KEY_FILE, strong, &vault));
    cr_assert_not(first_is_weak());
    secret_free(weak);
    secret_free(strong);
    vault_lock(vault);
}
