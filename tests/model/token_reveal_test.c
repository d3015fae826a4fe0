#include "house.h"

#include <gatehouse/token_change.h>
#include <gatehouse/vault.h>

static struct vault *vault;

static void open_with_vault(void)
{
    house_open();
    struct secret *key;
    cr_assert_ok(secret_new(64, &key));
    cr_assert_ok(
        secret_set(key, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 64));
    cr_assert_ok(vault_create(&act, SLOT_KEY_FILE, "", key, (struct kdf_cost){0}));
    cr_assert_ok(vault_unlock(&act, SLOT_KEY_FILE, key, &vault));
    secret_free(key);
}

static void close_with_vault(void)
{
    vault_lock(vault);
    house_close();
}

TestSuite(token_reveal, .init = open_with_vault, .fini = close_with_vault);

static const char has_box[] = "SELECT box IS NOT NULL FROM token WHERE number = :n";

Test(token_reveal, generating_seals_a_copy_that_opens_to_the_same_token)
{
    int64_t number;
    struct secret *text, *copy;
    cr_assert_ok(token_generate(
        &act, sa, &(struct token_plan){.name = "main", .expires = WHEN_NEVER}, &number, &text));
    cr_assert_ok(token_reveal(&act, number, vault, "copy", &copy));
    cr_assert_eq(copy->size, TOKEN_TEXT_SIZE);
    cr_assert_eq(memcmp(copy->bytes, text->bytes, TOKEN_TEXT_SIZE), 0);
    secret_free(text);
    secret_free(copy);
}

Test(token_reveal, each_way_of_showing_has_its_event)
{
    int64_t number = house_token(sa, "main", WHEN_NEVER);
    static const char *const ways[][2] = {
        {"copy", "token.copy"}, {"peek", "token.peek"}, {"reveal", "token.reveal"}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct secret *copy;
        cr_assert_ok(token_reveal(&act, number, vault, ways[i][0], &copy));
        secret_free(copy);
        cr_assert_eq(house_events(ways[i][1]), 1);
    }
}

Test(token_reveal, nothing_is_given_out_when_its_event_cannot_be_written)
{
    house_is_damaged = true;
    HOUSE_NEEDS_SQLITE();
    int64_t number = house_token(sa, "main", WHEN_NEVER);
    cr_assert_ok(stmt_run(store_prepare(
        act.store, "CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'full'); "
                   "END")));
    struct secret *copy;
    cr_assert_neq(token_reveal(&act, number, vault, "copy", &copy), OK);
    cr_assert_null(copy);
}

Test(token_reveal, a_locked_vault_is_named_and_leaves_no_event)
{
    int64_t number = house_token(sa, "main", WHEN_NEVER);
    struct secret *copy;
    cr_assert_refused(token_reveal(&act, number, NULL, "copy", &copy), ERR_LOCKED, "unlock");
    cr_assert_eq(house_events("token.copy"), 0);
}

Test(token_reveal, revoking_clears_the_sealed_copy_at_once)
{
    int64_t number = house_token(sa, "main", WHEN_NEVER);
    cr_assert_eq(house_number(has_box, number), 1);
    cr_assert_ok(token_revoke(&act, number, NULL));
    cr_assert_eq(house_number(has_box, number), 0);
    struct secret *copy;
    cr_assert_refused(token_reveal(&act, number, vault, "copy", &copy), ERR_CONFLICT, "revoked");
}

Test(token_reveal, a_token_without_a_sealed_copy_says_so_before_any_unlocking)
{
    int64_t number = house_token(sa, "main", WHEN_NEVER);
    cr_assert_ok(stmt_run(store_prepare(act.store, "UPDATE token SET box = NULL")));
    struct secret *copy;
    cr_assert_refused(token_reveal(&act, number, NULL, "copy", &copy), ERR_CONFLICT, "not kept");
}

Test(token_reveal, swapped_boxes_are_caught)
{
    int64_t first = house_token(sa, "", WHEN_NEVER);
    house_token(sa, "", WHEN_NEVER);
    cr_assert_ok(stmt_run(store_prepare(
        act.store, "UPDATE token SET box = (SELECT box FROM token WHERE number = 2)")));
    struct secret *copy;
    cr_assert_eq(token_reveal(&act, first, vault, "copy", &copy), ERR_SECRET);
    cr_assert_null(copy);
    cr_assert_eq(house_events("token.copy"), 0);
}

/* Sealing needs only the public key, so whoever can write the file can seal what they like. */
Test(token_reveal, a_well_sealed_foreign_token_is_caught)
{
    int64_t number = house_token(sa, "", WHEN_NEVER);
    struct secret *foreign, *copy;
    struct keybox box;
    cr_assert_ok(token_format_generate(&foreign));
    cr_assert_ok(vault_seal(act.store, number, sa, foreign, &box));
    secret_free(foreign);
    struct stmt *stmt = store_prepare(act.store, "UPDATE token SET box = :box");
    bind_blob(stmt, ":box", box.bytes, box.size);
    cr_assert_ok(stmt_run(stmt));
    cr_assert_refused(token_reveal(&act, number, vault, "copy", &copy), ERR_SECRET, "revoke");
    cr_assert_null(copy);
}
