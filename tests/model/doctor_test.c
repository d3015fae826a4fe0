/* What the doctor finds: each rule is broken by itself, bypassing the model. */
#include "tests/model/house.h"

#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <gatehouse/setting.h>
#include <inttypes.h>
#include <stdio.h>

#include "src/model/sql.h"

static char found[2000];
static size_t sentences;

static void note(const char *sentence, void *unused)
{
    (void)unused;
    sentences++;
    snprintf(found + strlen(found), sizeof found - strlen(found), "%s\n", sentence);
}

static void look(void)
{
    found[0] = 0;
    sentences = 0;
    cr_assert_ok(doctor_run(act.store, NULL, note, NULL));
}

static void change(const char *text)
{
    struct sql sql = {0};
    sql_add(&sql, text);
    cr_assert_ok(stmt_run(sql_prepare(act.store, &sql)));
}

static void open_with_token(void)
{
    house_is_damaged = true;
    int64_t group;
    house_open();
    house_token(sa, "t", WHEN_NEVER);
    house_token(house_account("other"), "u", NOON + 60);
    cr_assert_ok(group_create(&act, "Build", &group));
    cr_assert_ok(group_set_member(&act, group, sa, true, NULL));
    cr_assert_ok(group_grant(&act, group, 8, true));
    cr_assert_ok(permission_grant(&act, sa, 8, true, NULL));
    look();
    cr_assert_eq(sentences, 0, "%s", found);
}

TestSuite(doctor, .init = open_with_token, .fini = house_close);

/* `back` repairs what `sql` broke. */
static const struct damage {
    const char *sql, *back, *says;
} damages[] = {
    {"UPDATE counter SET value = 7 WHERE name = 'accounts'",
     "UPDATE counter SET value = 2 WHERE name = 'accounts'", "counter of accounts"},
    {"UPDATE counter SET value = 7 WHERE name = 'inactive'",
     "UPDATE counter SET value = 0 WHERE name = 'inactive'", "counter of inactive accounts"},
    {"UPDATE counter SET value = 7 WHERE name = 'tokens'",
     "UPDATE counter SET value = 2 WHERE name = 'tokens'", "counter of tokens"},
    {"DELETE FROM counter WHERE name = 'tokens'", "INSERT INTO counter VALUES ('tokens', 2)",
     "counters are missing"},
    {"UPDATE account SET tokens = 3 WHERE number = 1", "UPDATE account SET tokens = 1",
     "wrong number of tokens"},
    {"UPDATE account_group SET members = 0 WHERE number = 2",
     "UPDATE account_group SET members = 1 WHERE number = 2", "wrong number of members"},
    {"UPDATE permission SET accounts = 0 WHERE number = 8",
     "UPDATE permission SET accounts = 1 WHERE number = 8", "wrong number of holders"},
    {"UPDATE permission SET groups = 0 WHERE number = 8",
     "UPDATE permission SET groups = 1 WHERE number = 8", "wrong number of holders"},
    {"UPDATE digest SET expires = 5 WHERE token = 1",
     "UPDATE digest SET expires = NULL WHERE token = 1", "digest does not agree"},
    {"UPDATE digest SET account = 2 WHERE token = 1",
     "UPDATE digest SET account = 1 WHERE token = 1", "digest does not agree"},
    {"UPDATE digest SET suspended = 1 WHERE token = 1",
     "UPDATE digest SET suspended = 0 WHERE token = 1", "digest does not agree"},
    {"UPDATE digest SET dead = 1 WHERE token = 1", "UPDATE digest SET dead = 0 WHERE token = 1",
     "digest does not agree"},
    {"UPDATE digest SET checks = 1 WHERE token = 1", "UPDATE digest SET checks = 0 WHERE token = 1",
     "limits are not checked"},
    {"UPDATE token SET canary = 1 WHERE number = 1", "UPDATE token SET canary = 0 WHERE number = 1",
     "limits are not checked"},
    {"UPDATE token SET box = x'00' WHERE number = 1",
     "UPDATE token SET box = NULL WHERE number = 1", "a size that none has"},
    {"INSERT INTO digest (digest, token, account) VALUES (x'00', 99, 1)",
     "UPDATE digest SET dead = 1 WHERE token = 99", "digests that work but have no token"},
    {"UPDATE digest SET token = 98 WHERE token = 1", "UPDATE digest SET token = 1 WHERE token = 98",
     "digest does not agree"},
    {"UPDATE account_group SET system = 0 WHERE number = 1",
     "UPDATE account_group SET system = 1 WHERE number = 1", "Everyone is damaged"},
    {"UPDATE account_group SET system = 1 WHERE number = 2",
     "UPDATE account_group SET system = 0 WHERE number = 2", "Everyone is damaged"},
    {"DELETE FROM account_group WHERE number = 1",
     "INSERT INTO account_group (number, name, folded, system) VALUES (1, 'Everyone', 'everyone', "
     "1)",
     "Everyone is damaged"},
    {"INSERT INTO membership VALUES (1, 1)", "DELETE FROM membership WHERE account_group = 1",
     "Everyone is damaged"},
    {"INSERT INTO permission (id, name, sentence) VALUES ('token_management', 'x', 'y')",
     "DELETE FROM permission WHERE id = 'token_management'", "reserved permission"},
    {"UPDATE token SET last_four = 'none' WHERE number = 1",
     "UPDATE token SET last_four = (SELECT json_extract(after, '$.last_four') FROM event WHERE "
     "kind "
     "= 'token.generate' AND token = 1) WHERE number = 1",
     "not those of the event"},
    {"INSERT INTO vault VALUES (zeroblob(16), zeroblob(31))",
     "UPDATE vault SET public_key = zeroblob(32)", "vault's id or public key is damaged"},
    {"UPDATE vault SET id = zeroblob(17)", "UPDATE vault SET id = zeroblob(16)",
     "vault's id or public key is damaged"},
    {"INSERT INTO vault VALUES (x'0123456789abcdef0123456789abcdef', zeroblob(32))",
     "DELETE FROM vault WHERE id <> zeroblob(16)", "more than one vault"},
    {"INSERT INTO key_slot (kind, label, created, operations, memory, salt, nonce, wrapped) VALUES "
     "(2, '', 0, 1, 0, zeroblob(16), zeroblob(24), zeroblob(48))",
     "UPDATE key_slot SET operations = 0", "key slots with an impossible"},
};

/* Of one value of a row: the one next to a limit is found, the one at it is not. */
#define LETTERS   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define MIDDLES   "8080808080808080808080808080808080808080808080808080808080808080"
#define LARGEST   "253402300799"
#define TOO_LARGE "253402300800"
#define ONE_LETTER                                                                                 \
    "CAST(x'c0" MIDDLES MIDDLES MIDDLES MIDDLES MIDDLES MIDDLES MIDDLES MIDDLES "' AS TEXT)"
static const struct edge {
    const char *what; /* the start of an UPDATE, up to the value */
    const char *wrong, *right;
    const char *says;
} edges[] = {
    {"account SET created =", "-1", "0", "accounts with an impossible time"},
    {"account SET created =", TOO_LARGE, LARGEST, "accounts with an impossible time"},
    {"account SET last_used =", "-1", "0", "accounts with an impossible time"},
    {"account SET last_used =", TOO_LARGE, LARGEST, "accounts with an impossible time"},
    {"token SET created =", "-1", "0", "tokens with an impossible time"},
    {"token SET created =", TOO_LARGE, LARGEST, "tokens with an impossible time"},
    {"token SET last_used =", "-1", "0", "tokens with an impossible time"},
    {"token SET last_used =", TOO_LARGE, LARGEST, "tokens with an impossible time"},
    {"token SET rotated =", "-1", "0", "tokens with an impossible time"},
    {"token SET rotated =", TOO_LARGE, LARGEST, "tokens with an impossible time"},
    {"token SET revoked =", "-1", "NULL", "tokens with an impossible time"},
    {"token SET revoked =", TOO_LARGE, "NULL", "tokens with an impossible time"},
    {"token SET expires =", "-1", "NULL", "tokens with an impossible time"},
    {"token SET expires =", TOO_LARGE, "NULL", "tokens with an impossible time"},
    {"account SET name =", "'Upper'", "'upper'", "name that no account may have"},
    {"account SET name =", "'-dash'", "'d-ash'", "name that no account may have"},
    {"account SET name =", "'.dot'", "'0.dot_'", "name that no account may have"},
    {"account SET name =", "'a b'", "'ab'", "name that no account may have"},
    {"account SET name =", "'a' || char(0)", "'a'", "name that no account may have"},
    {"account SET name =", "x'61'", "'a'", "name that no account may have"},
    {"account SET name =", "'a" LETTERS "'", "'" LETTERS "'", "name that no account may have"},
    {"token SET name =", "'a" LETTERS "'", "'" LETTERS "'", "a name or last characters"},
    {"token SET name =", ONE_LETTER, "''", "a name or last characters"},
    {"token SET name =", "'a' || char(0)", "'a'", "a name or last characters"},
    {"account_group SET name =", "'a" LETTERS "'", "'Build'", "groups with a name that is too"},
    {"account_group SET name =", ONE_LETTER, "'Build'", "groups with a name that is too"},
    {"account_group SET name =", "'a' || char(0)", "'Build'", "groups with a name that is too"},
    {"token SET box =", "zeroblob(104)", "zeroblob(105)", "a size that none has"},
    {"token SET box =", "zeroblob(106)", "zeroblob(131)", "a size that none has"},
    {"token SET box =", "zeroblob(67)", "zeroblob(195)", "a size that none has"},
    {"token SET box =", "zeroblob(578)", "zeroblob(579)", "a size that none has"},
    {"token SET box =", "zeroblob(643)", "NULL", "a size that none has"},
    {"key_slot SET salt =", "zeroblob(15)", "zeroblob(16)", "key slots with an impossible"},
    {"key_slot SET nonce =", "zeroblob(25)", "zeroblob(24)", "key slots with an impossible"},
    {"key_slot SET wrapped =", "zeroblob(47)", "zeroblob(48)", "key slots with an impossible"},
    {"key_slot SET kind =", "0", "2", "key slots with an impossible"},
    {"key_slot SET kind =", "4", "3", "key slots with an impossible"},
    {"key_slot SET memory =", "1", "0", "key slots with an impossible"},
    {"key_slot SET operations =", "1", "0", "key slots with an impossible"},
    {"key_slot SET kind = 1, memory = 8192, operations =", "0", "1",
     "key slots with an impossible"},
    {"key_slot SET operations =", "17", "16", "key slots with an impossible"},
    {"key_slot SET memory =", "8191", "8192", "key slots with an impossible"},
    {"key_slot SET operations = 1, memory =", "1073741825", "1073741824", "key slots with an imp"},
    {"key_slot SET operations =", "5", "4", "key slots with an impossible"},
};

Test(doctor, each_rule_that_is_broken_has_a_sentence_with_what_to_do)
{
    HOUSE_NEEDS_SQLITE();
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        change(damages[i].sql);
        look();
        cr_assert(strstr(found, damages[i].says), "%s: %s", damages[i].sql, found);
        cr_assert(strstr(found, "restore a backup"), "%s", found);
        change(damages[i].back);
        look();
        cr_assert_eq(sentences, 0, "%s: %s", damages[i].back, found);
    }
}

/* Token 2 and account 2, because what is told of the first may be about the event that made it. */
Test(doctor, values_next_to_a_limit_are_found_and_those_at_it_are_not)
{
    HOUSE_NEEDS_SQLITE();
    char sql[1200];
    change("UPDATE digest SET expires = NULL WHERE token = 2");
    change("UPDATE token SET expires = NULL WHERE number = 2");
    change("INSERT INTO key_slot (number, kind, label, created, operations, memory, salt, nonce, "
           "wrapped) VALUES (2, 2, '', 0, 0, 0, zeroblob(16), zeroblob(24), zeroblob(48))");
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        snprintf(sql, sizeof sql, "UPDATE %s %s WHERE number = 2", edges[i].what, edges[i].wrong);
        change(sql);
        look();
        cr_assert(strstr(found, edges[i].says), "%s: %s", sql, found);
        snprintf(sql, sizeof sql, "UPDATE %s %s WHERE number = 2", edges[i].what, edges[i].right);
        change(sql);
        look();
        cr_assert_eq(sentences, 0, "%s: %s", sql, found);
    }
}

Test(doctor, last_characters_that_are_too_long_are_found)
{
    HOUSE_NEEDS_SQLITE();
    change("UPDATE token SET last_four = '12345678901234567' WHERE number = 2");
    look();
    cr_assert(strstr(found, "a name or last characters"), "%s", found);
    change("UPDATE token SET last_four = '1234567890123456' WHERE number = 2");
    look();
    cr_assert_not(strstr(found, "a name or last characters"), "%s", found);
    change("UPDATE token SET last_four = 'a' || char(0) WHERE number = 2");
    look();
    cr_assert(strstr(found, "a name or last characters"), "%s", found);
}

Test(doctor, three_rows_are_named_and_more_are_counted)
{
    static const char *const names[] = {
        "account 1, account 2; ", "account 1, account 2, account 3; ",
        "account 1, account 2, account 3, …; ", "account 1, account 2, account 3, …; "};
    char expected[120];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        change("UPDATE account SET tokens = 3");
        look();
        snprintf(expected, sizeof expected, "%zu accounts with a wrong number of tokens: %s", i + 2,
                 names[i]);
        cr_assert_eq(strncmp(found, expected, strlen(expected)), 0, "%s", found);
        snprintf(expected, sizeof expected, "another-%zu", i);
        house_account(expected);
    }
}

Test(doctor, a_setting_beyond_its_bounds_is_found_and_at_them_it_is_not)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting_entry *entry = &setting_table[i];
        const int64_t values[] = {entry->least, entry->most, entry->least - 1, entry->most + 1};
        if (entry->is_text) continue;
        for (size_t j = 0; j < 4; j++) {
            char sql[120];
            change("DELETE FROM setting");
            snprintf(sql, sizeof sql,
                     "INSERT INTO setting (name, value) VALUES ('%s', %" PRId64 ")", entry->name,
                     values[j]);
            change(sql);
            look();
            cr_assert_eq(sentences, j >= 2, "%s: %s", sql, found);
            snprintf(sql, sizeof sql, "the setting %s is %" PRId64 ",", entry->name, values[j]);
            if (j >= 2) cr_assert_eq(strncmp(found, sql, strlen(sql)), 0, "%s", found);
        }
    }
    change("DELETE FROM setting");
    change("INSERT INTO setting (name, value) VALUES ('token.limits', 1)");
    look();
    cr_assert_eq(sentences, 1);
    cr_assert(strstr(found, "the setting “token.limits” does not belong to Gatehouse"), "%s",
              found);
}

Test(doctor, a_revoked_token_must_have_no_sealed_copy)
{
    HOUSE_NEEDS_SQLITE();
    change("UPDATE token SET revoked = 5, box = x'00' WHERE number = 1");
    change("UPDATE digest SET dead = 1 WHERE token = 1");
    change("UPDATE account SET tokens = 0 WHERE number = 1");
    look();
    cr_assert_eq(sentences, 1, "%s", found);
    cr_assert(strstr(found, "sealed copy is still there"), "%s", found);
}

Test(doctor, several_rows_are_counted)
{
    change("UPDATE account SET tokens = 3");
    look();
    cr_assert_eq(
        strncmp(found, "2 accounts with a wrong number of tokens: account 1, account 2; ", 64), 0,
        "%s", found);
    cr_assert_eq(sentences, 1);
}

Test(doctor, what_the_database_itself_finds_is_told_too)
{
    HOUSE_NEEDS_SQLITE();
    change("PRAGMA foreign_keys = OFF");
    change("INSERT INTO membership VALUES (2, 99)");
    change("UPDATE account_group SET members = 2 WHERE number = 2");
    look();
    cr_assert_eq(sentences, 1, "%s", found);
    cr_assert(strstr(found, "points to nothing"), "%s", found);
    change("DELETE FROM membership WHERE account = 99");
    change("UPDATE account_group SET members = 1 WHERE number = 2");
    change("PRAGMA ignore_check_constraints = ON");
    change("UPDATE account SET active = 5 WHERE number = 1");
    change("PRAGMA ignore_check_constraints = OFF");
    look();
    cr_assert(strstr(found, "is damaged"), "%s", found);
}

Test(doctor, a_broken_chain_is_told_beside_the_rest)
{
    change("UPDATE event SET subject = 'x' WHERE sequence = 2");
    change("UPDATE counter SET value = 7 WHERE name = 'accounts'");
    look();
    cr_assert_eq(sentences, 2, "%s", found);
    cr_assert(strstr(found, "event 2") && strstr(found, "counter of accounts"), "%s", found);
}

static size_t last, of;
static size_t stop_at;

static bool step(void *arg, size_t done, size_t total)
{
    (void)arg;
    cr_assert_geq(done, last);
    last = done;
    of = total;
    return done == stop_at;
}

Test(doctor, it_says_how_far_it_is_and_can_be_stopped)
{
    const struct progress progress = {.step = step};
    cr_assert_ok(doctor_run(act.store, &progress, note, NULL));
    cr_assert_eq(last, of - 1);
    cr_assert_gt(of, 10);
    last = 0;
    stop_at = 3;
    cr_assert_refused(doctor_run(act.store, &progress, note, NULL), ERR_STOPPED, "stopped");
    cr_assert_eq(last, 3);
}

#define TOKEN "gth_0123456789abcdefghijABCDEFGHIJ05DYyq"

/* Stored before that was refused, or bypassing the model. */
Test(doctor, a_token_in_a_text_is_reported_by_its_place_and_not_repeated)
{
    static const struct {
        const char *sql, *back, *place;
    } texts[] = {
        {"UPDATE account SET description = 'use " TOKEN " here' WHERE number = 2",
         "UPDATE account SET description = ''", "account 2"},
        {"UPDATE account SET owner = '" TOKEN "' WHERE number = 1", "UPDATE account SET owner = ''",
         "account 1"},
        {"UPDATE token SET name = '" TOKEN "' WHERE number = 2",
         "UPDATE token SET name = 'u' WHERE number = 2", "token 2"},
        {"UPDATE account_group SET description = '" TOKEN "' WHERE number = 2",
         "UPDATE account_group SET description = '' WHERE number = 2", "group 2"},
        {"UPDATE account_group SET name = '" TOKEN "', folded = lower('" TOKEN
         "') WHERE number = 2",
         "UPDATE account_group SET name = 'Build', folded = 'build' WHERE number = 2", "group 2"},
        {"UPDATE permission SET id = '" TOKEN "' WHERE number = 8",
         "UPDATE permission SET id = 'eight' WHERE number = 8", "permission 8"},
        {"UPDATE permission SET name = '" TOKEN "' WHERE number = 8",
         "UPDATE permission SET name = 'eight' WHERE number = 8", "permission 8"},
        {"UPDATE permission SET sentence = '" TOKEN "' WHERE number = 8",
         "UPDATE permission SET sentence = 'eight' WHERE number = 8", "permission 8"},
        {"INSERT INTO search (name, filter, facet, sort, descending) VALUES ('x', '" TOKEN
         "', 0, 0, 0)",
         "DELETE FROM search", "a saved search"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        change(texts[i].sql);
        look();
        cr_assert_eq(sentences, 1, "%s: %s", texts[i].sql, found);
        cr_assert(strstr(found, texts[i].place), "%s: %s", texts[i].sql, found);
        cr_assert_not(strstr(found, "gth_"), "%s", found);
        change(texts[i].back);
    }
    change("UPDATE account SET description = 'gth_ begins each token' WHERE number = 2");
    look();
    cr_assert_eq(sentences, 0, "%s", found);
}
