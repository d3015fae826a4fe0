#include "house.h"

#include <gatehouse/audit_list.h>
#include <gatehouse/progress.h>
#include <gatehouse/setting.h>
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

static void expect_last_event(const char *kind, const char *after)
{
    struct audit_event event;
    cr_assert_ok(audit_get(act.store, house_all_events(), &event));
    cr_assert_str_eq(event.kind, kind);
    cr_assert_str_eq(event.after, after, "%s, not %s", event.after, after);
    audit_event_free(&event);
}

static void expect_reveals(const struct vault *vault, int64_t tokens)
{
    for (int64_t token = 1; token <= tokens; token++) {
        struct secret *text;
        cr_assert_ok(token_reveal(&act, token, vault, "copy", &text));
        cr_assert_eq(text->size, TOKEN_TEXT_SIZE);
        secret_free(text);
    }
}

struct steps {
    size_t seen, total, stop_at;
};

static bool note_step(void *arg, size_t done, size_t total)
{
    struct steps *steps = arg;
    cr_assert_eq(done, steps->seen);
    cr_assert_eq(total, steps->total);
    return steps->seen++ == steps->stop_at;
}

Test(vault, a_rekey_goes_box_by_box_and_may_be_stopped_at_each)
{
    enum { TOKENS = 3 };
    struct vault *vault = unlock(), *later;
    char before[VAULT_KEY_TEXT], key[VAULT_KEY_TEXT], after[200];
    struct rekeyed done;
    for (int i = 0; i < TOKENS; i++)
        house_token(sa, "", WHEN_NEVER);
    cr_assert_ok(token_forget(&act, house_token(sa, "", WHEN_NEVER), NULL));
    cr_assert_ok(vault_read_key(act.store, before));
    for (size_t stop_at = 0; stop_at <= TOKENS; stop_at++) {
        struct steps steps = {.total = TOKENS, .stop_at = stop_at};
        const struct progress progress = {note_step, &steps};
        const int64_t events = house_all_events();
        cr_assert_refused(
            vault_rekey(&act, vault, SLOT_PASSPHRASE, passphrase, cheap, false, &progress, &done),
            ERR_STOPPED, "nothing was changed");
        cr_assert_eq(steps.seen, stop_at + 1);
        cr_assert_eq(house_all_events(), events);
        cr_assert_ok(vault_read_key(act.store, key));
        cr_assert_str_eq(key, before);
    }
    expect_reveals(vault, TOKENS);
    struct steps steps = {.total = TOKENS, .stop_at = SIZE_MAX};
    const struct progress progress = {note_step, &steps};
    cr_assert_ok(
        vault_rekey(&act, vault, SLOT_PASSPHRASE, passphrase, cheap, false, &progress, &done));
    cr_assert_eq(steps.seen, TOKENS + 1);
    cr_assert(done.boxes == TOKENS && done.removed == 0 && done.slot == 1);
    cr_assert_ok(vault_read_key(act.store, key));
    cr_assert_str_neq(key, before);
    snprintf(after, sizeof after,
             "{\"boxes\":3,\"public_key\":\"%s\",\"slot\":1,\"slots_removed\":0}", key);
    expect_last_event("vault.rekey", after);
    struct secret *text;
    cr_assert_refused(token_reveal(&act, 1, vault, "copy", &text), ERR_CONFLICT, "re-keyed");
    cr_assert_refused(vault_add_slot(&act, vault, SLOT_PASSPHRASE, "", passphrase, cheap, NULL),
                      ERR_CONFLICT, "re-keyed");
    cr_assert_refused(vault_change_slot(&act, vault, 1, passphrase, cheap), ERR_CONFLICT,
                      "re-keyed");
    cr_assert_refused(
        vault_rekey(&act, vault, SLOT_PASSPHRASE, passphrase, cheap, false, NULL, &done),
        ERR_CONFLICT, "re-keyed");
    later = unlock();
    expect_reveals(later, TOKENS);
    vault_lock(later);
    vault_lock(vault);
}

Test(vault, a_rekey_removes_other_slots_only_where_that_is_meant)
{
    struct vault *vault, *later = NULL;
    struct secret *second = secret_of("another long passphrase");
    struct rekeyed done;
    vault = unlock();
    for (int i = 0; i < 2; i++)
        cr_assert_ok(vault_add_slot(&act, vault, SLOT_PASSPHRASE, "", second, cheap, NULL));
    cr_assert_refused(
        vault_rekey(&act, vault, SLOT_PASSPHRASE, passphrase, cheap, false, NULL, &done),
        ERR_CONFLICT, "2 other key slots hold the old key");
    cr_assert_eq(house_number("SELECT count(*) FROM key_slot", 0), 3);
    vault_lock(vault);
    cr_assert_ok(vault_unlock(&act, SLOT_PASSPHRASE, second, &vault));
    cr_assert_ok(vault_rekey(&act, vault, SLOT_PASSPHRASE, second, cheap, true, NULL, &done));
    cr_assert(done.boxes == 0 && done.removed == 2 && done.slot == 2);
    cr_assert_eq(house_events("slot.remove"), 2);
    cr_assert_eq(house_number("SELECT number FROM key_slot", 0), 2);
    cr_assert_refused(vault_unlock(&act, SLOT_PASSPHRASE, passphrase, &later), ERR_SECRET,
                      "that passphrase does not open the vault");
    cr_assert_null(later);
    cr_assert_ok(vault_unlock(&act, SLOT_PASSPHRASE, second, &later));
    vault_lock(later);
    vault_lock(vault);
    secret_free(second);
}

Test(vault, a_rekey_names_the_token_whose_copy_does_not_open)
{
    house_is_damaged = true;
    struct vault *vault = unlock();
    struct rekeyed done;
    for (int i = 0; i < 3; i++)
        house_token(sa, "", WHEN_NEVER);
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(
        store_end(act.store, stmt_run(store_prepare(act.store, "UPDATE token SET box = (SELECT box "
                                                               "FROM token WHERE number = 1) WHERE "
                                                               "number = 2"))));
    const int64_t events = house_all_events();
    cr_assert_refused(
        vault_rekey(&act, vault, SLOT_PASSPHRASE, passphrase, cheap, false, NULL, &done),
        ERR_SECRET,
        "nothing was changed: the sealed copy of token 2 cannot be opened; revoke "
        "that token first");
    cr_assert_eq(house_all_events(), events);
    cr_assert_ok(token_revoke(&act, 2, NULL));
    cr_assert_ok(vault_rekey(&act, vault, SLOT_PASSPHRASE, passphrase, cheap, false, NULL, &done));
    cr_assert_eq(done.boxes, 2);
    vault_lock(vault);
}

Test(vault, there_is_one_and_it_is_as_it_is_listed)
{
    struct vault_slots *slots;
    struct vault *vault = unlock();
    char key[VAULT_KEY_TEXT], after[200];
    uint8_t seal_key[KEYBOX_PUBLIC_SIZE];
    int64_t slot;
    cr_assert_refused(vault_create(&act, SLOT_PASSPHRASE, "", passphrase, cheap), ERR_CONFLICT,
                      "already has a vault");
    cr_assert_refused(vault_create(&act, SLOT_PASSPHRASE, "", NULL, cheap), ERR_CONFLICT,
                      "already has a vault");
    cr_assert_ok(vault_read_key(act.store, key));
    cr_assert_ok(vault_read_seal_key(act.store, seal_key));
    for (size_t i = 0; i < sizeof seal_key; i++) {
        char byte[3];
        snprintf(byte, sizeof byte, "%02x", seal_key[i]);
        cr_assert_eq(strncmp(key + 2 * i, byte, 2), 0, "%s", key);
    }
    act.now = NOON + 7;
    cr_assert_ok(vault_add_slot(&act, vault, SLOT_PASSPHRASE, "spare", passphrase, cheap, &slot));
    cr_assert_eq(slot, 2);
    cr_assert_ok(vault_list_slots(act.store, &slots));
    cr_assert_eq(slots->count, 2);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(slots->items[i].id, 1 + i);
        cr_assert_eq(slots->items[i].kind, SLOT_PASSPHRASE);
        cr_assert_eq(slots->items[i].created, NOON + 7 * i);
        cr_assert_str_eq(slots->items[i].label, i ? "spare" : "");
        cr_assert_not(slots->items[i].weak);
    }
    free(slots);
    cr_assert_ok(vault_remove_slot(&act, 2));
    cr_assert_refused(vault_remove_slot(&act, 2), ERR_NOT_FOUND, "there is no key slot 2");
    cr_assert_refused(vault_change_slot(&act, vault, 2, passphrase, cheap), ERR_NOT_FOUND,
                      "there is no key slot 2");
    cr_assert_ok(vault_add_slot(&act, vault, SLOT_PASSPHRASE, "", passphrase, cheap, &slot));
    cr_assert_eq(slot, 3, "a number is never used again");
    snprintf(after, sizeof after, "{\"keeps_tokens\":true,\"public_key\":\"%s\"}", key);
    struct stmt *stmt = store_prepare(
        act.store, "SELECT count(*) FROM event WHERE kind = 'vault.create' AND after = :after");
    int64_t count;
    bind_text(stmt, ":after", after);
    cr_assert_ok(stmt_int(stmt, &count));
    cr_assert_eq(count, 1);
    vault_lock(vault);
    vault_lock(NULL);
    cr_assert_refused(vault_unlock(&act, SLOT_KEY_FILE, passphrase, &vault), ERR_SECRET,
                      "the vault has no slot for a key file");
}

Test(vault, keeps_tokens_as_long_as_the_setting_says_so)
{
    bool keeps = false;
    cr_assert_ok(vault_keeps_tokens(act.store, &keeps));
    cr_assert(keeps);
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_KEEP, 0));
    cr_assert_ok(vault_keeps_tokens(act.store, &keeps));
    cr_assert_not(keeps);
    house_token(sa, "", WHEN_NEVER);
    cr_assert_eq(house_number("SELECT count(*) FROM token WHERE box IS NOT NULL", 0), 0);
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_KEEP, 1));
    cr_assert_ok(vault_keeps_tokens(act.store, &keeps));
    cr_assert(keeps);
}

Test(vault, of_a_database_that_keeps_no_tokens_there_is_none)
{
    struct vault *vault;
    char key[VAULT_KEY_TEXT] = "before";
    uint8_t seal_key[KEYBOX_PUBLIC_SIZE];
    bool keeps = true;
    house_close();
    house_open();
    cr_assert_ok(vault_keeps_tokens(act.store, &keeps));
    cr_assert_not(keeps);
    cr_assert_ok(vault_create(&act, SLOT_PASSPHRASE, "", NULL, cheap));
    cr_assert_eq(house_number("SELECT value FROM setting WHERE name = 'token.keep'", 0), 0);
    expect_last_event("setting.set", "{\"value\":0}");
    cr_assert_ok(vault_read_key(act.store, key));
    cr_assert_str_eq(key, "");
    cr_assert_refused(vault_read_seal_key(act.store, seal_key), ERR_CONFLICT,
                      "keeps no tokens: each is shown only once");
    cr_assert_refused(vault_unlock(&act, SLOT_PASSPHRASE, passphrase, &vault), ERR_CONFLICT,
                      "keeps no tokens");
    cr_assert_eq(house_events("vault.unlock-try"), 0);
    cr_assert_eq(house_events("vault.create"), 1);
}

Test(vault, a_passphrase_has_12_characters_and_a_label_at_most_64)
{
    static const struct {
        const char *text, *refused; /* NULL: it is taken */
    } rows[] = {{"12345678901", "at least 12 characters"},
                {"123456789012", NULL},
                {"12345678901\r", "at least 12 characters"},
                {"1234567890o\u0308", "at least 12 characters"},
                {"12345678901o\u0308", NULL},
                {"\xef\xbb\xbf"
                 "123456789012",
                 "byte order mark"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct secret *secret = secret_of(rows[i].text);
        enum error e = vault_check_passphrase(secret);
        cr_assert_eq(e, rows[i].refused ? ERR_INVALID : OK, "%s", rows[i].text);
        if (e) cr_assert(strstr(error_message(), rows[i].refused), "%s", error_message());
        secret_free(secret);
    }
    struct vault *vault = unlock();
    char label[SLOT_LABEL_MAX * 3 + 2] = "";
    for (int i = 0; i < SLOT_LABEL_MAX; i++)
        strcat(label, "語");
    cr_assert_ok(vault_add_slot(&act, vault, SLOT_PASSPHRASE, label, passphrase, cheap, NULL));
    strcat(label, "x");
    cr_assert_refused(vault_add_slot(&act, vault, SLOT_PASSPHRASE, label, passphrase, cheap, NULL),
                      ERR_INVALID, "at most 64 printable characters");
    cr_assert_refused(vault_add_slot(&act, vault, SLOT_PASSPHRASE, "a\n", passphrase, cheap, NULL),
                      ERR_INVALID, "printable");
    vault_lock(vault);
}

Test(vault, every_kind_of_slot_has_its_name)
{
    static const char *const names[] = {"unknown kind", "passphrase", "key file", "recovery code",
                                        "unknown kind"};
    for (int kind = 0; kind < 5; kind++)
        cr_assert_str_eq(slot_kind_text((enum slot_kind)kind), names[kind]);
}

Test(vault, of_another_form_than_ours_is_damaged)
{
    house_is_damaged = true;
    HOUSE_NEEDS_SQLITE();
    static const char *const changes[] = {"UPDATE vault SET id = x'00'",
                                          "UPDATE vault SET id = zeroblob(16), public_key = x'00'"};
    uint8_t key[KEYBOX_PUBLIC_SIZE];
    for (int i = 0; i < 2; i++) {
        cr_assert_ok(stmt_run(store_prepare(act.store, "PRAGMA ignore_check_constraints = 1")));
        cr_assert_ok(stmt_run(store_prepare(act.store, changes[i])));
        cr_assert_refused(vault_read_seal_key(act.store, key), ERR_STORE, "the vault is damaged");
    }
}
