/* Moving events out of one log and into another. */
#include "house.h"

#include <gatehouse/audit_archive.h>
#include <gatehouse/audit_verify.h>
#include <gatehouse/vault.h>
#include <sodium.h>

enum { MOST = 32 };
static json_t *read[MOST];
static size_t count;

static void open_with_events(void)
{
    house_open();
    for (int i = 0; i < 4; i++)
        cr_assert_ok(account_set_active(&act, sa, i & 1, NULL));
    act.now = NOON + 60;
    admin.has_login = true;
    cr_assert_ok(account_delete(&act, house_account("gone")));
    house_token(sa, "t", WHEN_NEVER);
    admin.has_login = false;
}

static void close_all(void)
{
    for (size_t i = 0; i < count; i++)
        json_decref(read[i]);
    house_close();
}

TestSuite(audit_archive, .init = open_with_events, .fini = close_all);

static enum error take(json_t *event, void *unused)
{
    (void)unused;
    cr_assert_lt(count, MOST);
    read[count++] = event;
    return OK;
}

/* Everything up to the newest event but one. */
static struct audit_part read_old(int64_t time)
{
    struct audit_part part;
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(audit_archive_find(act.store, time, &part));
    cr_assert_ok(audit_archive_read(act.store, &part, NULL, take, NULL));
    cr_assert_ok(store_end(act.store, OK));
    return part;
}

Test(audit_archive, what_is_older_is_found_up_to_the_event_before_the_newest)
{
    int64_t all = house_all_events();
    struct audit_part part;
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(audit_archive_find(act.store, NOON + 60, &part));
    cr_expect(part.first == 1 && part.last == 5);
    cr_assert_ok(audit_archive_find(act.store, NOON + 61, &part));
    cr_expect(part.first == 1 && part.last == all - 1);
    cr_assert_refused(audit_archive_find(act.store, NOON, &part), ERR_NOT_FOUND,
                      "no event is older than that");
    cr_assert_ok(store_end(act.store, OK));
}

Test(audit_archive, another_log_takes_in_what_was_read_and_its_chain_holds)
{
    static const uint8_t beginning[AUDIT_HASH_SIZE];
    struct audit_part part = read_old(NOON + 61);
    struct store *other;
    int64_t checked;
    cr_assert_eq((int64_t)count, part.last);
    cr_assert_arr_eq(part.before, beginning, sizeof beginning);
    cr_assert_ok(database_open_memory(&other));
    for (size_t i = 0; i < count; i++)
        cr_assert_ok(audit_archive_add(other, read[i]));
    uint8_t head[AUDIT_HASH_SIZE];
    cr_assert_ok(audit_verify(other, &checked));
    cr_assert_eq(checked, part.last);
    cr_assert_ok(audit_head(other, &checked, head));
    cr_assert_arr_eq(head, part.head, sizeof head);
    store_close(other);
}

Test(audit_archive, a_text_that_is_no_utf_8_comes_back_byte_by_byte)
{
    HOUSE_NEEDS_SQLITE();
    struct store *other;
    house_is_damaged = true;
    cr_assert_ok(stmt_run(store_prepare(
        act.store, "UPDATE event SET host = CAST(x'61ff62' AS TEXT), after = CAST(x'fe' AS TEXT) "
                   "WHERE sequence = 2")));
    const struct audit_part part = {.first = 2, .last = 2};
    cr_assert_ok(audit_archive_read(act.store, &part, NULL, take, NULL));
    cr_assert_str_eq(json_string_value(json_object_get(json_object_get(read[0], "host"), "hex")),
                     "61ff62");
    cr_assert_ok(database_open_memory(&other));
    cr_assert_ok(audit_archive_add(other, read[0]));
    struct stmt *stmt = store_prepare(
        other, "SELECT count(*) FROM event WHERE hex(host) = '61FF62' AND hex(after) = 'FE'");
    int64_t same = 0;
    cr_assert_ok(stmt_int(stmt, &same));
    cr_assert_eq(same, 1);
    store_close(other);
}

/* An event whose field `key` is `value` (NULL: missing). */
static enum error add_with(const char *key, json_t *value)
{
    json_t *event = json_copy(read[1]);
    if (value)
        json_object_set_new(event, key, value);
    else
        json_object_del(event, key);
    enum error e = audit_archive_add(act.store, event);
    json_decref(event);
    return e;
}

Test(audit_archive, what_lacks_a_field_or_has_another_type_is_no_event)
{
    static const char *const texts[] = {"user",     "login", "claim",   "host",
                                        "terminal", "kind",  "subject", "hash"},
                             *const numbers[] = {"sequence", "at", "uid"},
                             *const both[] = {"login_uid", "account", "token", "before", "after"};
    static const char why[] = "a line of the archive is not an event";
    read_old(NOON + 61);
    int64_t events = house_all_events();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cr_assert_refused(add_with(texts[i], NULL), ERR_INVALID, why);
        cr_assert_refused(add_with(texts[i], json_null()), ERR_INVALID, why);
        cr_assert_refused(add_with(texts[i], json_integer(1)), ERR_INVALID, why);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        cr_assert_refused(add_with(numbers[i], NULL), ERR_INVALID, why);
        cr_assert_refused(add_with(numbers[i], json_null()), ERR_INVALID, why);
        cr_assert_refused(add_with(numbers[i], json_string("1")), ERR_INVALID, why);
    }
    for (size_t i = 0; i < sizeof both / sizeof *both; i++) {
        cr_assert_refused(add_with(both[i], NULL), ERR_INVALID, why);
        cr_assert_refused(add_with(both[i], json_true()), ERR_INVALID, why);
    }
    cr_assert_refused(add_with("host", json_pack("{s:s}", "hex", "6x")), ERR_INVALID, why);
    cr_assert_refused(add_with("hash", json_string("12")), ERR_INVALID, "is not a hash");
    cr_assert_eq(house_all_events(), events);
}

Test(audit_archive, what_was_moved_is_on_record_with_its_key)
{
    char key[AUDIT_KEY_TEXT];
    struct audit_part part = read_old(NOON + 60), next;
    int64_t checked, all = house_all_events();
    cr_assert_ok(audit_archive_remove(&act, &part, "old.log", "ab01"));
    cr_assert_eq(house_all_events(), all - 5 + 1);
    cr_assert_eq(house_events("database.archive"), 1);
    cr_assert_eq(house_number("SELECT count(*) FROM event WHERE kind = 'database.archive' AND "
                              "subject = 'old.log'",
                              0),
                 1);
    cr_assert_ok(audit_verify(act.store, &checked));
    cr_assert_eq(checked, all + 1);
    cr_assert_ok(audit_archive_key(act.store, 5, key));
    cr_assert_str_eq(key, "ab01");
    cr_assert_refused(audit_archive_key(act.store, 4, key), ERR_NOT_FOUND,
                      "no event records that archive");
    next = read_old(NOON + 61);
    cr_assert(next.first == 6 && next.last == all);
    cr_assert_arr_eq(next.before, part.head, AUDIT_HASH_SIZE);
    cr_assert_ok(audit_archive_remove(&act, &next, "next.log", NULL));
    cr_assert_ok(audit_archive_key(act.store, all, key));
    cr_assert_str_eq(key, "");
    cr_assert_ok(audit_verify(act.store, &checked));
}

/* The doctor compares the vault with it once the event that made the vault is in an archive. */
static const char moves_with_key[] = "SELECT count(*) FROM event WHERE kind = 'database.archive' "
                                     "AND after LIKE '%public_key%'";

Test(audit_archive, the_event_of_a_move_names_the_key_of_the_vault)
{
    const struct kdf_cost cost = {.operations = crypto_pwhash_OPSLIMIT_MIN,
                                  .memory = crypto_pwhash_MEMLIMIT_MIN};
    static const char phrase[] = "open the gatehouse";
    char key[VAULT_KEY_TEXT];
    struct secret *secret;
    cr_assert_ok(secret_new(sizeof phrase - 1, &secret));
    cr_assert_ok(secret_set(secret, phrase, sizeof phrase - 1));
    cr_assert_ok(vault_create(&act, SLOT_PASSPHRASE, "", secret, cost));
    secret_free(secret);
    act.now = NOON + 120;
    house_account("newest");
    struct audit_part part = read_old(NOON + 120);
    cr_assert_ok(audit_archive_remove(&act, &part, "old.log", NULL));
    cr_assert_ok(vault_read_key(act.store, key));
    struct stmt *stmt = store_prepare(act.store, "SELECT count(*) FROM event WHERE "
                                                 "json_extract(after, '$.public_key') = :key");
    int64_t named = 0;
    bind_text(stmt, ":key", key);
    cr_assert_ok(stmt_int(stmt, &named));
    cr_assert_eq(named, 1);
    cr_assert_eq(house_number(moves_with_key, 0), 1);
    house_expect_sound();
}

Test(audit_archive, the_event_of_a_move_names_no_key_where_there_is_no_vault)
{
    struct audit_part part = read_old(NOON + 60);
    cr_assert_ok(audit_archive_remove(&act, &part, "old.log", NULL));
    cr_assert_eq(house_number(moves_with_key, 0), 0);
}
