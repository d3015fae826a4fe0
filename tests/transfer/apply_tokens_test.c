/* What an apply does with tokens: which it changes, which it refuses, and which of them may then do
 * more, as the report says. */
#include <gatehouse/group_change.h>

#include "taken.h"

TestSuite(apply_tokens, .init = taken_open, .fini = taken_close);

/* A new token of `account` with these limits; everything else is up to the test. */
static int64_t limited(int64_t account, const char *name, const char *permissions,
                       const char *networks)
{
    struct token_limits limits;
    struct secret *text;
    int64_t number = 0;
    cr_assert_ok(token_limits_parse(act.store, permissions, networks, &limits));
    cr_assert_ok(token_generate(
        &act, account, &(struct token_plan){.name = name, .expires = WHEN_NEVER, .limits = &limits},
        &number, &text));
    secret_free(text);
    token_limits_free(&limits);
    return number;
}

/* An export with sa::ci-deploy and one token of it; `fields` come after the digest. */
static const char *one_token(int64_t token, const char *fields)
{
    static char text[1000];
    snprintf(
        text, sizeof text,
        EXPORT("\"accounts\": [{\"id\": \"sa::ci-deploy\", \"tokens\": [{\"digest\": \"%s\"%s}]}]"),
        digest_of(token), fields);
    return text;
}

#define NEVER_SEEN "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
static const char *new_token(const char *fields)
{
    static char text[1000];
    snprintf(text, sizeof text,
             EXPORT("\"accounts\": [{\"id\": \"sa::ci-deploy\", \"tokens\": [{\"digest\": "
                    "\"" NEVER_SEEN "\"%s}]}]"),
             fields);
    return text;
}

/* Everyone gives a permission, so every account gets it; a token gets it only if a check would let
 * it pass, if it is not narrowed to others, and if its account did not hold it before. */
Test(apply_tokens, what_everyone_gains_widens_only_tokens_that_work_and_lacked_it)
{
    int64_t group, idle = house_account("idle"), holds = house_account("holds"),
                   member = house_account("member"), other = house_account("other");
    int64_t ingestion = permission_named("ingestion");
    house_token(sa, "plain", WHEN_NEVER);
    house_token(sa, "ends-now", NOON + 60);
    house_token(sa, "ends-later", NOON + 61);
    cr_assert_ok(token_set_suspended(&act, house_token(sa, "rests", WHEN_NEVER), true, NULL));
    cr_assert_ok(token_revoke(&act, house_token(sa, "revoked", WHEN_NEVER), NULL));
    cr_assert_ok(token_make_canary(&act, house_token(sa, "canary", WHEN_NEVER), NULL));
    limited(sa, "narrow-in", "ingestion", NULL);
    limited(sa, "narrow-out", "log_management", NULL);
    house_token(idle, "idle", WHEN_NEVER);
    cr_assert_ok(account_set_active(&act, idle, false, NULL));
    house_token(holds, "holds", WHEN_NEVER);
    cr_assert_ok(permission_grant(&act, holds, ingestion, true, NULL));
    house_token(member, "member", WHEN_NEVER);
    cr_assert_ok(group_create(&act, "Build", &group));
    cr_assert_ok(group_grant(&act, group, ingestion, true));
    cr_assert_ok(group_set_member(&act, group, member, true, NULL));
    house_token(other, "", WHEN_NEVER);
    act.now = NOON + 60;
    cr_assert_ok(take(transfer_apply,
                      EXPORT("\"groups\": [{\"name\": \"Everyone\", \"description\": \"Every "
                             "account\", \"permissions\": [\"ingestion\"]}]")));
    cr_assert_said(TRANSFER_WIDER, "sa::ci-deploy/plain", "group Everyone gives more");
    cr_assert_said(TRANSFER_WIDER, "sa::ci-deploy/ends-later", "group Everyone");
    cr_assert_said(TRANSFER_WIDER, "sa::ci-deploy/narrow-in", "group Everyone");
    cr_assert_eq(lines_of(TRANSFER_WIDER), 4);
    cr_assert_eq(report.wider.count, 4);
    cr_assert_said(TRANSFER_HEAD, "Everyone", "gains ingestion; 5 members");
}

Test(apply_tokens, what_a_group_gains_widens_the_tokens_of_its_members_alone)
{
    int64_t group, other = house_account("other");
    cr_assert_ok(group_create(&act, "Build", &group));
    cr_assert_ok(group_set_member(&act, group, sa, true, NULL));
    house_token(sa, "in", WHEN_NEVER);
    house_token(other, "out", WHEN_NEVER);
    cr_assert_ok(take(transfer_apply, EXPORT("\"groups\": [{\"name\": \"Build\", \"permissions\": "
                                             "[\"ingestion\", \"log_management\"]}]")));
    cr_assert_said(TRANSFER_WIDER, "sa::ci-deploy/in", "group Build gives more");
    cr_assert_eq(lines_of(TRANSFER_WIDER), 1);
    /* Less is not wider. */
    cr_assert_ok(take(transfer_apply, EXPORT("\"groups\": [{\"name\": \"Build\", \"permissions\": "
                                             "[\"ingestion\"]}]")));
    cr_assert_eq(lines_of(TRANSFER_WIDER), 0);
}

Test(apply_tokens, a_token_gets_every_field_and_the_report_names_them)
{
    struct token_row row;
    struct token_limits limits;
    int64_t token = house_token(sa, "t", WHEN_NEVER);
    cr_assert_ok(take(
        transfer_apply,
        one_token(token, ", \"name\": \"u\", \"created\": \"2020-01-01T00:00:00Z\", \"expires\": "
                         "\"2099-01-01T00:00:00Z\", \"state\": \"suspended\", "
                         "\"permissions\": [\"ingestion\"], \"networks\": [\"10.0.0.0/8\"], "
                         "\"canary\": true")));
    cr_assert_said(TRANSFER_ITEM, "sa::ci-deploy/t",
                   "name: “t” → “u”; created: 2027-01-15T08:00:00Z → 2020-01-01T00:00:00Z; "
                   "expires: never → 2099-01-01T00:00:00Z; state: live → suspended; permissions: "
                   "all of the account → ingestion; networks: anywhere → 10.0.0.0/8; canary: no "
                   "→ yes");
    cr_assert_ok(token_get(act.store, act.now, token, &row));
    cr_assert_str_eq(row.name, "u");
    cr_assert_eq(row.created, INT64_C(1577836800));
    cr_assert_eq(row.expires, INT64_C(4070908800));
    cr_assert_eq(row.state, TOKEN_SUSPENDED);
    cr_assert(row.canary);
    cr_assert_ok(token_limits_load(act.store, token, &limits));
    cr_assert(limits.narrowed);
    cr_assert_eq(limits.permissions.count, 1);
    cr_assert_eq(limits.network_count, 1);
    cr_assert_str_eq(limits.networks[0], "10.0.0.0/8");
    token_limits_free(&limits);
    cr_assert_eq(lines_of(TRANSFER_WIDER), 0);
    cr_assert_eq(house_events("token.apply"), 1);
    /* The same again changes nothing. */
    cr_assert_ok(take(
        transfer_apply,
        one_token(token, ", \"name\": \"u\", \"created\": \"2020-01-01T00:00:00Z\", \"expires\": "
                         "\"2099-01-01T00:00:00Z\", \"state\": \"suspended\", "
                         "\"permissions\": [\"ingestion\"], \"networks\": [\"10.0.0.0/8\"], "
                         "\"canary\": true")));
    cr_assert_eq(report.counts[TRANSFER_TOKEN][TRANSFER_UNCHANGED], 1);
    cr_assert_not(report.changed);
}

Test(apply_tokens, a_new_token_is_written_as_the_file_says)
{
    struct token_row row;
    struct token_counts counts;
    cr_assert_ok(take(transfer_apply, new_token(", \"name\": \"new\", \"state\": \"suspended\"")));
    cr_assert_said(TRANSFER_ITEM, "sa::ci-deploy/new", "suspended");
    cr_assert_eq(lines_of(TRANSFER_WIDER), 0);
    cr_assert_ok(
        token_get(act.store, act.now, house_number("SELECT max(number) FROM token", 0), &row));
    cr_assert_eq(row.state, TOKEN_SUSPENDED);
    cr_assert_eq(row.created, act.now);
    cr_assert_eq(row.expires, WHEN_NEVER);
    cr_assert_not(row.sealed);
    cr_assert_ok(token_get_counts(act.store, act.now, sa, &counts));
    cr_assert_eq(counts.used, 1);
}

Test(apply_tokens, a_new_token_that_works_is_wider_and_one_that_cannot_is_not)
{
    static const struct {
        const char *fields;
        size_t wider;
    } tokens[] = {{"", 1},
                  {", \"state\": \"revoked\"", 0},
                  {", \"state\": \"suspended\"", 0},
                  {", \"canary\": true", 0},
                  {", \"expires\": \"2000-01-01T00:00:00Z\"", 0},
                  {", \"expires\": \"2099-01-01T00:00:00Z\"", 1}};
    options.dry_run = true;
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        char other[500];
        cr_assert_ok(take(transfer_apply, new_token(tokens[i].fields)));
        cr_assert_eq(lines_of(TRANSFER_WIDER), tokens[i].wider, "%s", tokens[i].fields);
        cr_assert_eq(report.counts[TRANSFER_TOKEN][TRANSFER_CREATE], 1);
        /* The same with an account that does not exist yet, and with an inactive one. */
        for (int active = 0; active < 2; active++) {
            snprintf(other, sizeof other,
                     EXPORT("\"accounts\": [{\"id\": \"sa::new\", \"active\": %s, \"tokens\": "
                            "[{\"digest\": "
                            "\"" NEVER_SEEN "\"%s}]}]"),
                     active ? "true" : "false", tokens[i].fields);
            cr_assert_ok(take(transfer_apply, other));
            cr_assert_eq(lines_of(TRANSFER_WIDER), active ? tokens[i].wider : 0, "%s", other);
        }
    }
    cr_assert_ok(take(transfer_apply, new_token("")));
    cr_assert_eq(report.wider.count, 1);
    cr_assert_str_eq(report.lines[report.count - 1].detail, "new");
}

/* Each change by itself, to the same token; `why` NULL: it may do no more than before. */
static const struct widening {
    const char *permissions, *networks; /* of the existing token */
    int64_t expires;
    const char *fields, *why;
} widenings[] = {
    {NULL, NULL, WHEN_NEVER, "", NULL},
    {NULL, NULL, WHEN_NEVER, ", \"permissions\": [\"ingestion\"]", NULL},
    {"ingestion", NULL, WHEN_NEVER, "", "gains permissions"},
    {"ingestion", NULL, WHEN_NEVER, ", \"permissions\": [\"ingestion\"]", NULL},
    {"ingestion", NULL, WHEN_NEVER, ", \"permissions\": []", NULL},
    {"ingestion", NULL, WHEN_NEVER, ", \"permissions\": [\"ingestion\", \"log_management\"]",
     "gains permissions"},
    {NULL, "10.0.0.0/8", WHEN_NEVER, "", "more networks"},
    {NULL, "10.0.0.0/8", WHEN_NEVER, ", \"networks\": [\"10.0.0.0/8\"]", NULL},
    {NULL, "10.0.0.0/8", WHEN_NEVER, ", \"networks\": [\"10.0.0.0/8\", \"192.0.2.1\"]",
     "more networks"},
    {NULL, "10.0.0.0/8, 192.0.2.1", WHEN_NEVER, ", \"networks\": [\"192.0.2.1\"]", NULL},
    {NULL, NULL, WHEN_NEVER, ", \"networks\": [\"192.0.2.1\"]", NULL},
    {NULL, "0.0.0.0/0", WHEN_NEVER, ", \"networks\": [\"10.0.0.0/8\"]", NULL},
    {NULL, "2001:db8::/32", WHEN_NEVER, ", \"networks\": [\"2001:db8:1::/48\"]", NULL},
    {NULL, "10.0.0.0/8", WHEN_NEVER, ", \"networks\": [\"0.0.0.0/0\"]", "more networks"},
    {NULL, "0.0.0.0/0", WHEN_NEVER, ", \"networks\": [\"::/0\"]", "more networks"},
    {NULL, NULL, NOON + 3600, "", "expires later"},
    {NULL, NULL, NOON + 3600, ", \"expires\": \"2099-01-01T00:00:00Z\"", "expires later"},
    {NULL, NULL, NOON + 3600, ", \"expires\": \"2027-01-15T08:30:00Z\"", NULL},
    {NULL, NULL, WHEN_NEVER, ", \"expires\": \"2099-01-01T00:00:00Z\"", NULL},
};

Test(apply_tokens, each_way_to_widen_a_token_is_named)
{
    options.dry_run = true;
    for (size_t i = 0; i < sizeof widenings / sizeof *widenings; i++) {
        const struct widening *one = &widenings[i];
        int64_t token = limited(sa, "t", one->permissions, one->networks);
        if (one->expires != WHEN_NEVER)
            cr_assert_ok(token_set_expiry(&act, token, one->expires, NULL));
        char fields[200];
        snprintf(fields, sizeof fields, ", \"name\": \"t\"%s", one->fields);
        cr_assert_ok(take(transfer_apply, one_token(token, fields)));
        const char *why = said(TRANSFER_WIDER, "sa::ci-deploy/t");
        cr_assert(one->why ? why && strstr(why, one->why) : !why, "%zu: %s: %s", i, fields,
                  why ? why : "-");
        cr_assert_ok(token_revoke(&act, token, NULL));
    }
}

Test(apply_tokens, what_becomes_live_again_is_wider)
{
    int64_t token = house_token(sa, "t", WHEN_NEVER);
    const char *live = strdup(one_token(token, ", \"name\": \"t\""));
    cr_assert_ok(token_set_suspended(&act, token, true, NULL));
    options.dry_run = true;
    cr_assert_ok(take(transfer_apply, live));
    cr_assert_said(TRANSFER_WIDER, "sa::ci-deploy/t", "becomes live");
    cr_assert_ok(token_set_suspended(&act, token, false, NULL));
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
    cr_assert_ok(take(transfer_apply, live));
    cr_assert_said(TRANSFER_WIDER, "sa::ci-deploy/t", "its account becomes active");
    cr_assert_ok(token_make_canary(&act, token, NULL));
    cr_assert_ok(take(transfer_apply, one_token(token, ", \"name\": \"t\", \"canary\": true")));
    cr_assert_eq(lines_of(TRANSFER_WIDER), 0);
    free((char *)live);
}

Test(apply_tokens, what_an_account_gains_widens_its_tokens)
{
    int64_t plain = house_token(sa, "plain", WHEN_NEVER),
            narrow = limited(sa, "narrow", "log_management", NULL);
    char text[900];
    snprintf(text, sizeof text,
             EXPORT("\"accounts\": [{\"id\": \"sa::ci-deploy\", \"permissions\": [\"ingestion\"], "
                    "\"tokens\": "
                    "[{\"digest\": \"%s\", \"name\": \"plain\"}, {\"digest\": \"%s\", \"name\": "
                    "\"narrow\", "
                    "\"permissions\": [\"log_management\"]}]}]"),
             digest_of(plain), digest_of(narrow));
    cr_assert_ok(take(transfer_apply, text));
    cr_assert_said(TRANSFER_WIDER, "sa::ci-deploy/plain", "gains permissions");
    cr_assert_eq(lines_of(TRANSFER_WIDER), 1);
}

Test(apply_tokens, revoked_and_expired_are_final)
{
    int64_t revoked = house_token(sa, "r", WHEN_NEVER), ended = house_token(sa, "e", NOON + 60);
    cr_assert_ok(token_revoke(&act, revoked, NULL));
    act.now = NOON + 60;
    cr_assert_ok(take(transfer_apply, one_token(revoked, ", \"name\": \"r\"")));
    cr_assert_said(TRANSFER_REFUSED, "accounts[0].tokens[0]", "revoked here and stays dead");
    cr_assert_eq(house_state(revoked), TOKEN_REVOKED);
    cr_assert_ok(take(transfer_apply, one_token(ended, ", \"name\": \"e\"")));
    cr_assert_said(TRANSFER_REFUSED, "accounts[0].tokens[0]", "this token has expired");
    cr_assert_eq(house_state(ended), TOKEN_EXPIRED);
    cr_assert_eq(report.refused, 1);
    cr_assert_ok(
        take(transfer_apply, one_token(ended, ", \"name\": \"e\", \"state\": \"revoked\"")));
    cr_assert_eq(house_state(ended), TOKEN_REVOKED);
}

Test(apply_tokens, a_digest_that_two_new_accounts_name_is_that_of_the_first)
{
    const char *text = EXPORT("\"accounts\": [{\"id\": \"sa::one\", \"active\": false, \"tokens\": "
                              "[{\"digest\": \"" NEVER_SEEN "\"}]}, {\"id\": \"sa::two\", "
                              "\"tokens\": [{\"digest\": \"" NEVER_SEEN "\"}]}]");
    cr_assert_ok(take(transfer_apply, text));
    cr_assert_said(TRANSFER_REFUSED, "accounts[1].tokens[0]", "belongs to sa::one");
    cr_assert_eq(house_number("SELECT count(*) FROM token", 0), 1);
    cr_assert_eq(house_number("SELECT tokens FROM account WHERE name = 'one'", 0), 1);
    cr_assert_eq(house_number("SELECT active FROM account WHERE name = 'one'", 0), 0);
    house_expect_sound();
}

#define HEX(digit) digit digit digit digit digit digit digit digit
#define DIGEST(digit)                                                                              \
    HEX(digit) HEX(digit) HEX(digit) HEX(digit) HEX(digit) HEX(digit) HEX(digit) HEX(digit)
Test(apply_tokens, a_new_account_counts_the_tokens_that_it_gets)
{
    cr_assert_ok(
        take(transfer_apply, EXPORT("\"accounts\": [{\"id\": \"sa::one\", \"tokens\": ["
                                    "{\"digest\": \"" DIGEST("a") "\"}, {\"digest\": \"" DIGEST(
                                        "b") "\", "
                                             "\"state\": \"revoked\"}]}]")));
    cr_assert_eq(house_number("SELECT tokens FROM account WHERE name = 'one'", 0), 1);
    /* One of these is known. */
    cr_assert_ok(
        take(transfer_apply,
             EXPORT("\"accounts\": [{\"id\": \"sa::two\", \"tokens\": ["
                    "{\"digest\": \"" DIGEST("a") "\"}, {\"digest\": \"" DIGEST("c") "\"}]}]")));
    cr_assert_eq(report.refused, 1);
    cr_assert_eq(house_number("SELECT tokens FROM account WHERE name = 'two'", 0), 1);
    /* Of these, the limit refuses one. */
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_LIMIT, 1));
    cr_assert_ok(
        take(transfer_apply,
             EXPORT("\"accounts\": [{\"id\": \"sa::three\", \"tokens\": ["
                    "{\"digest\": \"" DIGEST("d") "\"}, {\"digest\": \"" DIGEST("e") "\"}]}]")));
    cr_assert_eq(report.refused, 1);
    cr_assert_eq(house_number("SELECT tokens FROM account WHERE name = 'three'", 0), 1);
    house_expect_sound();
}

Test(apply_tokens, a_digest_of_somebody_else_or_of_the_dead_is_refused)
{
    char digest[2 * TOKEN_DIGEST_SIZE + 1], text[500];
    int64_t other = house_account("other"), token = house_token(other, "t", WHEN_NEVER);
    snprintf(digest, sizeof digest, "%s", digest_of(token));
    snprintf(
        text, sizeof text,
        EXPORT("\"accounts\": [{\"id\": \"sa::ci-deploy\", \"tokens\": [{\"digest\": \"%s\"}]}]"),
        digest);
    cr_assert_ok(take(transfer_apply, text));
    cr_assert_said(TRANSFER_REFUSED, "accounts[0].tokens[0]", "belongs to sa::other");
    cr_assert_ok(account_delete(&act, other));
    cr_assert_ok(take(transfer_apply, text));
    cr_assert_said(TRANSFER_REFUSED, "accounts[0].tokens[0]", "belonged to a deleted account");
    cr_assert_eq(house_number("SELECT count(*) FROM token", 0), 0);
    /* It may come back as a record of the past. */
    snprintf(text, sizeof text,
             EXPORT("\"accounts\": [{\"id\": \"sa::ci-deploy\", \"tokens\": [{\"digest\": \"%s\", "
                    "\"state\": \"revoked\"}]}]"),
             digest);
    cr_assert_ok(take(transfer_apply, text));
    cr_assert_eq(report.refused, 0);
    cr_assert_eq(report.counts[TRANSFER_TOKEN][TRANSFER_CREATE], 1);
}

/* An account with many tokens that no database knows; `fields` are those of one of them. */
static const char *many_tokens(int count, int one, const char *fields)
{
    static char text[8000];
    size_t used = (size_t)snprintf(
        text, sizeof text,
        "{\"format\": \"gatehouse-export\", \"version\": 1, \"accounts\": [{\"id\": "
        "\"sa::ci-deploy\", \"tokens\": [");
    for (int i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s{\"digest\": \"%064x\"%s}",
                                 i ? ", " : "", i + 1, i == one ? fields : "");
    snprintf(text + used, sizeof text - used, "]}]}");
    return text;
}

Test(apply_tokens, the_limit_holds_and_a_rotation_may_exceed_it_by_one)
{
    char successor[120];
    options.dry_run = true;
    cr_assert_ok(take(transfer_apply, many_tokens(20, 0, "")));
    cr_assert_eq(report.refused, 0);
    cr_assert_ok(take(transfer_apply, many_tokens(21, 0, "")));
    cr_assert_eq(report.refused, 1);
    cr_assert_said(TRANSFER_REFUSED, "accounts[0].tokens[20]", "more than 20 tokens");
    cr_assert_ok(take(transfer_apply, many_tokens(21, 20, ", \"state\": \"revoked\"")));
    cr_assert_eq(report.refused, 0);
    cr_assert_ok(
        take(transfer_apply, many_tokens(21, 20, ", \"expires\": \"2000-01-01T00:00:00Z\"")));
    cr_assert_eq(report.refused, 0);
    snprintf(successor, sizeof successor, ", \"successor\": \"%064x\"", 5);
    for (int one = 0; one <= 20; one += 10) {
        cr_assert_ok(take(transfer_apply, many_tokens(21, one, successor)));
        cr_assert_eq(report.refused, 0, "%d", one);
        cr_assert_ok(take(transfer_apply, many_tokens(22, one, successor)));
        cr_assert_eq(report.refused, 1, "%d", one);
    }
}

Test(apply_tokens, what_is_given_up_makes_room_whatever_the_order)
{
    char text[3000];
    size_t used = (size_t)snprintf(
        text, sizeof text,
        "{\"format\": \"gatehouse-export\", \"version\": 1, \"accounts\": [{\"id\": "
        "\"sa::ci-deploy\", \"tokens\": [{\"digest\": \"" NEVER_SEEN "\"}");
    for (int i = 0; i < 20; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, ", {\"digest\": \"%s\"%s}",
                                 digest_of(house_token(sa, "", WHEN_NEVER)),
                                 i ? "" : ", \"state\": \"revoked\"");
    snprintf(text + used, sizeof text - used, "]}]}");
    cr_assert_ok(take(transfer_apply, text));
    cr_assert_eq(report.refused, 0);
    cr_assert_eq(report.counts[TRANSFER_TOKEN][TRANSFER_CREATE], 1);
    cr_assert_eq(report.counts[TRANSFER_TOKEN][TRANSFER_CHANGE], 1);
}

/* sa::ci-deploy with the tokens old and next, and the successor of old. */
static const char *old_and_next(int64_t old, int64_t next, const char *successor)
{
    static char text[900];
    snprintf(text, sizeof text,
             EXPORT("\"accounts\": [{\"id\": \"sa::ci-deploy\", \"tokens\": [{\"digest\": \"%s\", "
                    "\"name\": \"old\", \"successor\": %s%s%s}, {\"digest\": \"%s\", \"name\": "
                    "\"next\"}]}]"),
             digest_of(old), successor ? "\"" : "", successor ? successor : "null",
             successor ? "\"" : "", digest_of(next));
    return text;
}

Test(apply_tokens, a_successor_is_linked_wherever_it_stands_and_must_be_of_the_same_account)
{
    struct token_row row;
    int64_t old = house_token(sa, "old", WHEN_NEVER), next = house_token(sa, "next", WHEN_NEVER);
    int64_t stranger = house_token(house_account("other"), "stranger", WHEN_NEVER);
    cr_assert_ok(take(transfer_apply, old_and_next(old, next, digest_of(stranger))));
    cr_assert_said(TRANSFER_REFUSED, "accounts[0].tokens[0]", "not a token of this account");
    cr_assert_ok(token_get(act.store, act.now, old, &row));
    cr_assert_eq(row.successor, 0);
    cr_assert_ok(take(transfer_apply, old_and_next(old, next, NEVER_SEEN)));
    cr_assert_said(TRANSFER_REFUSED, "accounts[0].tokens[0]", "not a token of this account");
    cr_assert_ok(take(transfer_apply, old_and_next(old, next, digest_of(next))));
    cr_assert_said(TRANSFER_ITEM, "sa::ci-deploy/old", "successor");
    cr_assert_ok(token_get(act.store, act.now, old, &row));
    cr_assert_eq(row.successor, next);
    cr_assert_ok(take(transfer_apply, old_and_next(old, next, digest_of(next))));
    cr_assert_not(report.changed);
    cr_assert_ok(take(transfer_apply, old_and_next(old, next, NULL)));
    cr_assert_ok(token_get(act.store, act.now, old, &row));
    cr_assert_eq(row.successor, 0);
}

Test(apply_tokens, pruning_removes_what_the_file_lacks_and_leaves_the_digest_dead)
{
    int64_t kept = house_token(sa, "kept", WHEN_NEVER), gone = house_token(sa, "gone", WHEN_NEVER),
            nameless = house_token(sa, "", WHEN_NEVER);
    char subject[60];
    const char *file = strdup(one_token(kept, ", \"name\": \"kept\""));
    snprintf(subject, sizeof subject, "sa::ci-deploy/#%lld", (long long)nameless);
    cr_assert_ok(take(transfer_apply, file));
    cr_assert_eq(house_state(gone), TOKEN_LIVE);
    options.prune = true;
    cr_assert_ok(take(transfer_apply, file));
    cr_assert_eq(report.counts[TRANSFER_TOKEN][TRANSFER_DELETE], 2);
    cr_assert(said(TRANSFER_ITEM, "sa::ci-deploy/gone") && said(TRANSFER_ITEM, subject));
    cr_assert_eq(house_number("SELECT count(*) FROM token WHERE account = :n", sa), 1);
    cr_assert_eq(house_number("SELECT dead FROM digest WHERE token = :n", gone), 1);
    cr_assert_eq(house_state(kept), TOKEN_LIVE);
    free((char *)file);
}

static const struct wrong {
    const char *token, *reason;
} wrongs[] = {
    {"5", "tokens[0]: an object"},
    {"{}", "tokens[0]: the field"},
    {"{\"digest\": \"00\"}", "tokens[0]"},
    {"{\"digest\": \"" NEVER_SEEN "00\"}", "tokens[0]"},
    {"{\"digest\": \"zz112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"}",
     "tokens[0]"},
    {"{\"digest\": \"" NEVER_SEEN "\"}, {\"digest\": \"" NEVER_SEEN "\"}",
     "the same digest is at accounts[0].tokens[0]"},
    {"{\"digest\": \"" NEVER_SEEN "\", \"what\": 1}", "unknown field"},
    {"{\"digest\": \"" NEVER_SEEN "\", \"name\": 1}", "tokens[0].name: a string"},
    {"{\"digest\": \"" NEVER_SEEN "\", \"name\": \"a\\nb\"}", "tokens[0]"},
    {"{\"digest\": \"" NEVER_SEEN "\", \"state\": \"dead\"}", "tokens[0].state"},
    {"{\"digest\": \"" NEVER_SEEN "\", \"created\": \"soon\"}", "tokens[0]"},
    {"{\"digest\": \"" NEVER_SEEN "\", \"expires\": \"soon\"}", "tokens[0]"},
    {"{\"digest\": \"" NEVER_SEEN "\", \"rotated\": \"soon\"}", "tokens[0]"},
    {"{\"digest\": \"" NEVER_SEEN "\", \"canary\": 1}", "tokens[0].canary: true or false"},
    {"{\"digest\": \"" NEVER_SEEN "\", \"networks\": 1}", "tokens[0].networks: a list"},
    {"{\"digest\": \"" NEVER_SEEN "\", \"networks\": [1]}", "tokens[0].networks[0]: a string"},
    {"{\"digest\": \"" NEVER_SEEN "\", \"networks\": [\"10.0.0.0/99\"]}", "tokens[0].networks[0]"},
    {"{\"digest\": \"" NEVER_SEEN "\", \"permissions\": [\"nope\"]}", "tokens[0].permissions[0]"},
    {"{\"digest\": \"" NEVER_SEEN "\", \"successor\": \"00\"}", "tokens[0]"},
};

Test(apply_tokens, a_malformed_token_refuses_the_whole_file_with_the_place)
{
    int64_t events = house_all_events();
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        char text[700];
        snprintf(text, sizeof text,
                 EXPORT("\"accounts\": [{\"id\": \"sa::ci-deploy\", \"tokens\": [%s]}]"),
                 wrongs[i].token);
        cr_assert_refused(take(transfer_apply, text), ERR_INVALID, wrongs[i].reason);
        cr_assert_eq(house_all_events(), events);
    }
}

Test(apply_tokens, a_canary_stays_one_whatever_a_file_says)
{
    int64_t token = house_token(sa, "t", WHEN_NEVER);
    struct token_row row;
    cr_assert_ok(token_make_canary(&act, token, NULL));
    cr_assert_ok(take(transfer_apply, one_token(token, ", \"name\": \"u\"")));
    cr_assert_said(TRANSFER_NOTE, "sa::ci-deploy/t", "stays one");
    cr_assert_eq(lines_of(TRANSFER_WIDER), 0);
    cr_assert_ok(token_get(act.store, act.now, token, &row));
    cr_assert(row.canary);
    cr_assert_str_eq(row.name, "u");
    struct token_records *before, *after;
    cr_assert_ok(token_records_load(act.store, sa, &before));
    cr_assert_ok(token_records_load(act.store, sa, &after));
    after->items[0].limits.canary = false;
    cr_assert_refused(token_record_update(&act, &before->items[0], &after->items[0]), ERR_CONFLICT,
                      "canary");
    token_records_free(before);
    token_records_free(after);
}

Test(apply_tokens, the_last_four_characters_come_with_a_token)
{
    struct token_row row;
    cr_assert_ok(take(transfer_apply, new_token(", \"name\": \"new\"")));
    int64_t number = house_number("SELECT max(number) FROM token", 0);
    cr_assert_ok(token_get(act.store, act.now, number, &row));
    cr_assert_str_eq(row.last_four, "");
    cr_assert_ok(take(transfer_apply, new_token(", \"name\": \"new\", \"last_four\": \"9fK2\"")));
    cr_assert_said(TRANSFER_ITEM, "sa::ci-deploy/new", "last_four: none → “9fK2”");
    cr_assert_ok(token_get(act.store, act.now, number, &row));
    cr_assert_str_eq(row.last_four, "9fK2");
    cr_assert_ok(take(transfer_apply, new_token(", \"name\": \"new\", \"last_four\": \"0000\"")));
    cr_assert_not(report.changed, "they belong to the secret, which is the same");
    cr_assert_refused(take(transfer_apply, new_token(", \"last_four\": \"12345\"")), ERR_INVALID,
                      "last_four");
}

Test(apply_tokens, a_life_longer_than_a_new_token_may_have_is_said)
{
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_EXPIRY_LONGEST, 30));
    cr_assert_ok(take(transfer_apply, new_token(", \"expires\": \"2027-02-01T00:00:00Z\"")));
    cr_assert_null(said(TRANSFER_NOTE, "token.expiry.longest"));
    cr_assert_ok(take(transfer_apply, new_token("")));
    cr_assert_said(TRANSFER_NOTE, "token.expiry.longest", "1 token lives longer than the 30 days");
}
