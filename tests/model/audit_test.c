#include "house.h"

#include "src/model/audit_internal.h"

#include <gatehouse/audit.h>
#include <gatehouse/audit_list.h>
#include <gatehouse/audit_verify.h>
#include <gatehouse/setting.h>
#include <inttypes.h>
#include <sodium.h>

static void open_with_events(void)
{
    house_is_damaged = true;
    house_open();
    for (int i = 0; i < 3; i++)
        cr_assert_ok(account_set_active(&act, sa, i % 2, NULL));
}
TestSuite(audit, .init = open_with_events, .fini = house_close);

static void tamper(const char *sql)
{
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(store_end(act.store, stmt_run(store_prepare(act.store, sql))));
}

Test(audit, an_event_names_the_account_and_the_token_it_is_about_or_none)
{
    house_token(sa, "first", WHEN_NEVER);
    cr_assert_eq(house_number("SELECT token FROM event WHERE kind = 'token.generate'", 0), 1);
    cr_assert_eq(house_number("SELECT account FROM event WHERE kind = 'token.generate'", 0), sa);
    cr_assert_eq(house_number("SELECT count(*) FROM event WHERE kind = 'account.create' AND "
                              "account = :n AND token IS NULL",
                              sa),
                 1);
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_LIMIT, 7));
    cr_assert_eq(house_number("SELECT count(*) FROM event WHERE kind = 'setting.set' AND account "
                              "IS NULL AND token IS NULL",
                              0),
                 1);
}

Test(audit, an_untouched_chain_holds)
{
    int64_t checked, head;
    uint8_t hash[AUDIT_HASH_SIZE];
    cr_assert_ok(audit_verify(act.store, &checked));
    cr_assert_ok(audit_head(act.store, &head, hash));
    cr_assert_eq(checked, head);
    cr_assert_gt(head, 3);
}

Test(audit, a_changed_event_is_named)
{
    int64_t checked;
    tamper("UPDATE event SET username = 'joe' WHERE sequence = 2");
    cr_assert_refused(audit_verify(act.store, &checked), ERR_CONFLICT, "event 2");
}

Test(audit, a_removed_event_is_named)
{
    int64_t checked;
    tamper("DELETE FROM event WHERE sequence = 2");
    cr_assert_refused(audit_verify(act.store, &checked), ERR_CONFLICT, "event 2");
}

Test(audit, an_inserted_event_is_named)
{
    int64_t checked;
    tamper("UPDATE event SET sequence = sequence + 100 WHERE sequence > 2");
    tamper("UPDATE event SET sequence = sequence - 99 WHERE sequence > 100");
    tamper(
        "INSERT INTO event SELECT 3, at, uid, username, login_uid, login, claim, host, terminal, "
        "kind, subject, account, token, before, after, hash FROM event WHERE sequence = 2");
    cr_assert_refused(audit_verify(act.store, &checked), ERR_CONFLICT, "event 3");
}

Test(audit, in_a_long_chain_every_event_is_checked)
{
    int64_t checked;
    cr_assert_ok(store_begin(act.store));
    for (int i = 0; i < 1100; i++)
        cr_assert_ok(account_set_active(&act, sa, i % 2, NULL));
    cr_assert_ok(store_end(act.store, OK));
    cr_assert_ok(audit_verify(act.store, &checked));
    cr_assert_geq(checked, 1100);
    tamper("UPDATE event SET username = 'joe' WHERE sequence = 1090");
    cr_assert_refused(audit_verify(act.store, &checked), ERR_CONFLICT, "event 1090");
    tamper("DELETE FROM event WHERE sequence BETWEEN 501 AND 502");
    cr_assert_refused(audit_verify(act.store, &checked), ERR_CONFLICT, "event 501");
}

Test(audit, null_and_empty_are_not_the_same)
{
    int64_t checked;
    tamper("UPDATE event SET before = '' WHERE before IS NULL AND sequence = 1");
    cr_assert_refused(audit_verify(act.store, &checked), ERR_CONFLICT, "event 1");
}

/* The bytes that docs/formats.md says, put together once more. */
struct bytes {
    uint8_t bytes[512];
    size_t size;
    bool typed;
};

static void put(struct bytes *to, const void *bytes, size_t size)
{
    cr_assert_leq(to->size + size, sizeof to->bytes);
    memcpy(to->bytes + to->size, bytes, size);
    to->size += size;
}

static void put_little_endian(struct bytes *to, uint64_t number)
{
    for (int i = 0; i < 8; i++, number >>= 8)
        put(to, &(uint8_t){(uint8_t)number}, 1);
}

static void put_field(struct bytes *to, char type, const void *bytes, uint64_t size)
{
    if (to->typed) put(to, &type, 1);
    put_little_endian(to, size);
    if (bytes) put(to, bytes, size);
}

static void put_text(struct bytes *to, const char *text)
{
    put_field(to, text ? 't' : 'n', text, text ? strlen(text) : UINT64_MAX);
}

static void put_number(struct bytes *to, const int64_t *number)
{
    put_field(to, number ? 'i' : 'n', NULL, number ? 8 : UINT64_MAX);
    if (number) put_little_endian(to, (uint64_t)*number);
}

static void expect_hash(int version, const struct event_record *record)
{
    uint8_t previous[AUDIT_HASH_SIZE], expected[AUDIT_HASH_SIZE], hash[AUDIT_HASH_SIZE];
    struct bytes all = {.typed = version == AUDIT_HASH_TYPED};
    for (size_t i = 0; i < sizeof previous; i++)
        previous[i] = (uint8_t)(i + 1);
    if (all.typed) put(&all, &(uint8_t){AUDIT_HASH_TYPED}, 1);
    put_little_endian(&all, sizeof previous);
    put(&all, previous, sizeof previous);
    put_number(&all, &record->sequence);
    put_number(&all, &record->at);
    put_number(&all, &record->uid);
    put_text(&all, record->user);
    put_number(&all, record->has_login ? &record->login_uid : NULL);
    put_text(&all, record->login);
    put_text(&all, record->claim);
    put_text(&all, record->host);
    put_text(&all, record->terminal);
    put_text(&all, record->kind);
    put_text(&all, record->subject);
    put_number(&all, record->has_account ? &record->account : NULL);
    put_number(&all, record->has_token ? &record->token : NULL);
    put_text(&all, record->before);
    put_text(&all, record->after);
    crypto_generichash(expected, sizeof expected, all.bytes, all.size, NULL, 0);
    audit_hash(version, previous, record, hash);
    cr_expect_arr_eq(hash, expected, sizeof hash, "version %d, sequence %" PRId64, version,
                     record->sequence);
}

Test(audit, the_hash_is_that_of_the_documented_bytes)
{
    static const struct event_record records[] = {
        {.sequence = 1,
         .user = "",
         .login = "",
         .claim = "",
         .host = "",
         .terminal = "",
         .kind = "",
         .subject = ""},
        {.sequence = 258,
         .at = -1,
         .uid = 1000,
         .user = "mara",
         .has_login = true,
         .login_uid = 501,
         .login = "m",
         .claim = "c",
         .host = "h",
         .terminal = "pts/0",
         .kind = "token.revoke",
         .subject = "sa::x/y",
         .has_account = true,
         .account = INT64_MAX,
         .has_token = true,
         .token = 0x0102030405060708,
         .before = "",
         .after = "{}"},
        {.sequence = INT64_MAX,
         .at = 1800000000,
         .user = "u",
         .login = "",
         .claim = "",
         .host = "",
         .terminal = "",
         .kind = "k",
         .subject = "s",
         .has_token = true,
         .after = "a"},
    };
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        expect_hash(AUDIT_HASH_PLAIN, &records[i]);
        expect_hash(AUDIT_HASH_TYPED, &records[i]);
    }
}

/* What an attacker who knows the program does: gives an event a hash that fits. */
static void rehash_as(int version, int64_t sequence)
{
    struct audit_event event = {0}, previous = {0};
    uint8_t hash[AUDIT_HASH_SIZE];
    cr_assert_ok(audit_get(act.store, sequence, &event));
    if (sequence > 1) cr_assert_ok(audit_get(act.store, sequence - 1, &previous));
    const struct event_record record = {.sequence = sequence,
                                        .at = event.at,
                                        .uid = event.actor.uid,
                                        .user = event.actor.user,
                                        .has_login = event.actor.has_login,
                                        .login_uid = event.actor.login_uid,
                                        .login = event.actor.login,
                                        .claim = event.actor.sudo_claim,
                                        .host = event.actor.host,
                                        .terminal = event.actor.terminal,
                                        .kind = event.kind,
                                        .subject = event.subject,
                                        .has_account = event.account != 0,
                                        .account = event.account,
                                        .has_token = event.token != 0,
                                        .token = event.token,
                                        .before = event.before,
                                        .after = event.after};
    audit_hash(version, previous.hash, &record, hash);
    struct stmt *stmt =
        store_prepare(act.store, "UPDATE event SET hash = :hash WHERE sequence = :sequence");
    bind_blob(stmt, ":hash", hash, sizeof hash);
    bind_int(stmt, ":sequence", sequence);
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(store_end(act.store, stmt_run(stmt)));
    audit_event_free(&event);
    audit_event_free(&previous);
}

static void rehash(int64_t sequence)
{
    rehash_as(AUDIT_HASH_TYPED, sequence);
}

/* The log of a database that an earlier version of the program made, and this one goes on with. */
Test(audit, events_of_earlier_versions_keep_their_hash_and_no_new_one_may_have_it)
{
    int64_t checked, old = house_all_events();
    for (int64_t sequence = 1; sequence <= old; sequence++)
        rehash_as(AUDIT_HASH_PLAIN, sequence);
    cr_assert_ok(audit_verify(act.store, &checked));
    house_account("later");
    house_account("latest");
    cr_assert_ok(audit_verify(act.store, &checked));
    cr_assert_eq(checked, old + 2);
    rehash_as(AUDIT_HASH_PLAIN, old + 2);
    cr_assert_refused(audit_verify(act.store, &checked), ERR_CONFLICT, "was changed");
    cr_assert_eq(checked, old + 1);
    rehash(old + 2);
    cr_assert_ok(audit_verify(act.store, &checked));
}

static void shift_up(void)
{
    tamper("UPDATE event SET sequence = sequence + 100 WHERE sequence > 2");
    tamper("UPDATE event SET sequence = sequence - 99 WHERE sequence > 100");
}

Test(audit, rehashing_one_event_is_named_at_the_next)
{
    int64_t checked;
    tamper("UPDATE event SET username = 'joe' WHERE sequence = 2");
    rehash(2);
    cr_assert_refused(audit_verify(act.store, &checked), ERR_CONFLICT, "event 3");
    cr_assert(strstr(error_message(), "the one before it"), "%s", error_message());
    cr_assert_eq(checked, 2);
}

Test(audit, an_inserted_event_with_a_fitting_hash_is_named)
{
    int64_t checked;
    shift_up();
    tamper("INSERT INTO event SELECT 3, at, uid, 'joe', login_uid, login, claim, host, terminal, "
           "kind, subject, account, token, before, after, hash FROM event WHERE sequence = 2");
    rehash(3);
    cr_assert_refused(audit_verify(act.store, &checked), ERR_CONFLICT, "event 3 was inserted");
    cr_assert_eq(checked, 2);
}

Test(audit, a_removal_is_named_when_the_rest_is_numbered_anew)
{
    int64_t checked;
    cr_assert_ok(account_set_active(&act, sa, true, NULL));
    tamper("DELETE FROM event WHERE sequence = 2");
    tamper("UPDATE event SET sequence = sequence + 100 WHERE sequence > 2");
    tamper("UPDATE event SET sequence = sequence - 101 WHERE sequence > 100");
    cr_assert_refused(audit_verify(act.store, &checked), ERR_CONFLICT, "event 2 was removed");
    cr_assert_eq(checked, 1);
}

static int64_t keep_head(uint8_t hash[static AUDIT_HASH_SIZE])
{
    int64_t sequence;
    cr_assert_ok(audit_head(act.store, &sequence, hash));
    return sequence;
}

Test(audit, a_kept_head_is_proven_while_the_log_grows)
{
    int64_t checked, proven;
    uint8_t hash[AUDIT_HASH_SIZE];
    int64_t kept = keep_head(hash);
    cr_assert_ok(account_set_active(&act, sa, true, NULL));
    cr_assert_ok(audit_verify_head(act.store, hash, &checked, &proven));
    cr_assert_eq(proven, kept);
    cr_assert_eq(checked, kept + 1);
}

Test(audit, a_cut_tail_shows_only_by_a_kept_head)
{
    int64_t checked, proven;
    uint8_t hash[AUDIT_HASH_SIZE];
    keep_head(hash);
    tamper("DELETE FROM event WHERE sequence = (SELECT max(sequence) FROM event)");
    cr_assert_ok(audit_verify(act.store, &checked));
    cr_assert_refused(audit_verify_head(act.store, hash, &checked, &proven), ERR_CONFLICT,
                      "truncated");
    cr_assert_eq(proven, 0);
    keep_head(hash);
    cr_assert_ok(audit_verify_head(act.store, hash, &checked, &proven));
}

Test(audit, a_full_rewrite_shows_only_by_a_kept_head)
{
    int64_t checked, proven;
    uint8_t hash[AUDIT_HASH_SIZE];
    int64_t last = keep_head(hash);
    tamper("UPDATE event SET username = 'joe' WHERE sequence = 2");
    for (int64_t i = 2; i <= last; i++)
        rehash(i);
    cr_assert_ok(audit_verify(act.store, &checked));
    cr_assert_eq(checked, last);
    cr_assert_refused(audit_verify_head(act.store, hash, &checked, &proven), ERR_CONFLICT,
                      "rewritten");
}

Test(audit, a_break_after_a_kept_head_leaves_what_is_before_it_proven)
{
    int64_t checked, proven;
    uint8_t hash[AUDIT_HASH_SIZE];
    int64_t kept = keep_head(hash);
    cr_assert_ok(account_set_active(&act, sa, true, NULL));
    tamper("UPDATE event SET username = 'joe' WHERE sequence = (SELECT max(sequence) FROM event)");
    cr_assert_refused(audit_verify_head(act.store, hash, &checked, &proven), ERR_CONFLICT,
                      "was changed");
    cr_assert_eq(proven, kept);
}

Test(audit, a_hash_survives_its_text)
{
    uint8_t hash[AUDIT_HASH_SIZE], again[AUDIT_HASH_SIZE];
    char text[AUDIT_HASH_TEXT];
    keep_head(hash);
    audit_hash_text(hash, text);
    cr_assert_ok(audit_hash_parse(text, again));
    cr_assert_arr_eq(hash, again, AUDIT_HASH_SIZE);
    text[10] = 'x';
    cr_assert_refused(audit_hash_parse(text, again), ERR_INVALID, "64 hexadecimal");
    cr_assert_refused(audit_hash_parse("", again), ERR_INVALID, "64 hexadecimal");
}

static bool note(void *arg, size_t done, size_t total)
{
    size_t *seen = arg;
    cr_assert_lt(done, total);
    seen[0] = done;
    return done >= seen[1];
}

Test(audit, checking_says_how_far_it_is_and_can_be_stopped)
{
    const struct audit_entry entry = {.kind = "token.rename", .subject = "x"};
    size_t seen[2] = {0, 1000};
    struct progress progress = {.step = note, .arg = seen};
    int64_t checked;
    cr_assert_ok(store_begin(act.store));
    for (int i = 0; i < 700; i++)
        cr_assert_ok(audit_write(&act, &entry));
    cr_assert_ok(store_end(act.store, OK));
    cr_assert_ok(audit_verify_watched(act.store, &progress, &checked));
    cr_assert_eq(checked, house_all_events());
    cr_assert_eq(seen[0], 512);
    seen[1] = 256;
    cr_assert_refused(audit_verify_watched(act.store, &progress, &checked), ERR_STOPPED, "stopped");
    cr_assert_eq(checked, 256);
}

/* Both would leave the old content of the hash as it is, and hide the event from filters. */
Test(audit, another_type_or_bytes_after_a_null_byte_break_the_chain)
{
    HOUSE_NEEDS_SQLITE();
    static const char *const columns[] = {"username", "login",   "claim",  "host", "terminal",
                                          "kind",     "subject", "before", "after"};
    char sql[2 * sizeof columns / sizeof *columns][160];
    int64_t checked;
    for (size_t i = 0; i < sizeof sql / sizeof *sql; i++) {
        cr_assert_ok(audit_verify(act.store, &checked));
        cr_assert_ok(stmt_run(store_prepare(
            act.store, "CREATE TEMP TABLE IF NOT EXISTS kept AS SELECT * FROM event")));
        snprintf(sql[i], sizeof sql[i],
                 i % 2 ? "UPDATE event SET %s = %s || char(0) || 'x'"
                       : "UPDATE event SET %s = CAST(%s AS BLOB)",
                 columns[i / 2], columns[i / 2]);
        cr_assert_ok(stmt_run(store_prepare(act.store, sql[i])));
        cr_assert_refused(audit_verify(act.store, &checked), ERR_CONFLICT, "event");
        cr_assert_ok(stmt_run(store_prepare(act.store, "DELETE FROM event")));
        cr_assert_ok(stmt_run(store_prepare(act.store, "INSERT INTO event SELECT * FROM kept")));
    }
}
