/* What the doctor finds: each rule is broken by itself, bypassing the model. */
#include "tests/model/house.h"

#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <stdio.h>

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

static void change(const char *sql)
{
    cr_assert_ok(stmt_run(store_prepare(act.store, sql)));
}

static void open_with_token(void)
{
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
     "DELETE FROM digest WHERE token = 99", "digests that work but have no token"},
    {"UPDATE account SET name = 'Upper' WHERE number = 1",
     "UPDATE account SET name = 'ci-deploy' WHERE number = 1", "name that no account may have"},
    {"UPDATE account SET name = '-dash' WHERE number = 1",
     "UPDATE account SET name = 'ci-deploy' WHERE number = 1", "name that no account may have"},
    {"UPDATE account_group SET system = 0 WHERE number = 1",
     "UPDATE account_group SET system = 1 WHERE number = 1", "Everyone is damaged"},
    {"UPDATE account_group SET system = 1 WHERE number = 2",
     "UPDATE account_group SET system = 0 WHERE number = 2", "Everyone is damaged"},
    {"INSERT INTO membership VALUES (1, 1)", "DELETE FROM membership WHERE account_group = 1",
     "Everyone is damaged"},
    {"INSERT INTO permission (id, name, sentence) VALUES ('token_management', 'x', 'y')",
     "DELETE FROM permission WHERE id = 'token_management'", "reserved permission"},
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
