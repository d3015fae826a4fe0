/* The rules of the model, one by one. The name of each test begins with the number of the rule in
 * the design; those that need more than the model are beside what they need, under the same names.
 */
#include "house.h"

#include <gatehouse/audit_verify.h>
#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission_change.h>
#include <gatehouse/token_change.h>
#include <gatehouse/token_limits.h>
#include <stdio.h>

TestSuite(rules, .init = house_open, .fini = house_close);

static int64_t find_permission(const char *id)
{
    int64_t number;
    cr_assert_ok(permission_find(act.store, id, &number));
    return number;
}

static struct secret *generate(int64_t account, const char *name, int64_t expires, int64_t *number)
{
    struct secret *text;
    cr_assert_ok(token_generate(
        &act, account, &(struct token_plan){.name = name, .expires = expires}, number, &text));
    return text;
}

static enum error check(const struct secret *text, int64_t permission)
{
    struct token_pass pass;
    const struct token_question question = {.permission = permission};
    return token_check(checker, act.now, text->bytes, text->size, &question, &pass, NULL);
}

static char *of_length(char letter, size_t length)
{
    static char text[2048];
    memset(text, letter, length);
    text[length] = 0;
    return text;
}

Test(rules, rule_1_names_have_their_form_and_texts_their_length)
{
    char name[ACCOUNT_NAME_MAX + 1];
    int64_t group, again;
    cr_assert_ok(account_parse_name("SA::Ci-Deploy.2_x", name));
    cr_expect_str_eq(name, "ci-deploy.2_x");
    cr_assert_ok(account_parse_name(of_length('a', 64), name));
    cr_expect_eq(account_parse_name(of_length('a', 65), name), ERR_INVALID);
    cr_expect_eq(account_parse_name("-a", name), ERR_INVALID);
    cr_expect_eq(account_parse_name("a b", name), ERR_INVALID);
    cr_expect_eq(account_parse_name("", name), ERR_INVALID);
    struct account_details details = {.description = of_length('d', 1000)};
    cr_assert_ok(account_check_details(&details));
    details.description = of_length('d', 1001);
    cr_expect_eq(account_check_details(&details), ERR_INVALID);
    details = (struct account_details){.owner = of_length('o', 128)};
    cr_assert_ok(account_check_details(&details));
    details.owner = of_length('o', 129);
    cr_expect_eq(account_check_details(&details), ERR_INVALID);
    cr_assert_ok(token_check_name(of_length('t', 64)));
    cr_expect_eq(token_check_name(of_length('t', 65)), ERR_INVALID);
    cr_assert_ok(group_create(&act, "Build", &group));
    cr_expect_eq(group_create(&act, "bUILD", &again), ERR_CONFLICT);
    cr_expect_eq(group_create(&act, of_length('g', 65), &again), ERR_INVALID);
}

Test(rules, rule_2_a_new_account_is_active_in_everyone_and_without_grants_and_tokens)
{
    struct account_row account;
    struct account_details details;
    int64_t version, permission = find_permission("agent_management");
    cr_assert_ok(account_get(act.store, act.now, sa, &account));
    cr_expect(account.active);
    cr_expect_eq(account.tokens, 0);
    cr_assert_ok(account_details_load(act.store, sa, &details, &version));
    cr_expect_eq(details.permissions.count, 0);
    account_details_free(&details);
    cr_assert_ok(group_grant(&act, GROUP_EVERYONE, permission, true));
    cr_expect(house_holds(sa, permission), "it is in Everyone");
}

Test(rules, rule_3_everyone_keeps_its_members_and_its_name_and_takes_permissions)
{
    int64_t permission = find_permission("agent_management");
    cr_expect_eq(group_set_member(&act, GROUP_EVERYONE, sa, false, NULL), ERR_CONFLICT);
    cr_expect_eq(group_rename(&act, GROUP_EVERYONE, "All"), ERR_CONFLICT);
    cr_expect_eq(group_delete(&act, GROUP_EVERYONE), ERR_CONFLICT);
    cr_assert_ok(group_grant(&act, GROUP_EVERYONE, permission, true));
    cr_assert_ok(group_grant(&act, GROUP_EVERYONE, permission, false));
}

Test(rules, rule_4_effective_permissions_are_the_union_and_one_is_reserved)
{
    int64_t build, deploy, permission = find_permission("agent_management"), reserved;
    cr_assert_ok(group_create(&act, "build", &build));
    cr_assert_ok(group_create(&act, "deploy", &deploy));
    cr_assert_ok(group_set_member(&act, build, sa, true, NULL));
    cr_assert_ok(group_set_member(&act, deploy, sa, true, NULL));
    cr_assert_ok(group_grant(&act, build, permission, true));
    cr_assert_ok(group_grant(&act, deploy, permission, true));
    cr_assert_ok(group_grant(&act, build, permission, false));
    cr_expect(house_holds(sa, permission), "deploy still gives it");
    cr_assert_ok(permission_grant(&act, sa, permission, true, NULL));
    cr_assert_ok(group_grant(&act, deploy, permission, false));
    cr_expect(house_holds(sa, permission), "it has an explicit grant");
    cr_assert_ok(permission_grant(&act, sa, permission, false, NULL));
    cr_expect_not(house_holds(sa, permission));
    cr_expect_eq(permission_create(&act, "token_management", "Tokens", "", &reserved),
                 ERR_CONFLICT);
}

Test(rules, rule_5_twenty_tokens_in_use_and_a_rotation_may_exceed_that_by_one)
{
    int64_t tokens[20], more, successor;
    struct secret *text;
    for (int i = 0; i < 20; i++)
        tokens[i] = house_token(sa, "t", i == 19 ? NOON + 60 : WHEN_NEVER);
    cr_assert_ok(token_set_suspended(&act, tokens[1], true, NULL));
    const struct token_plan plan = {.name = "more", .expires = WHEN_NEVER};
    cr_assert_refused(token_generate(&act, sa, &plan, &more, &text), ERR_LIMIT, "revoke one");
    cr_assert_ok(token_rotate(&act, tokens[0], 3600, &successor, &text));
    secret_free(text);
    cr_expect_eq(token_generate(&act, sa, &plan, &more, &text), ERR_LIMIT);
    act.now = NOON + 3600; /* the rotated one and the last have ended */
    house_token(sa, "more", WHEN_NEVER);
    cr_assert_ok(token_revoke(&act, tokens[2], NULL));
    house_token(sa, "more", WHEN_NEVER);
}

Test(rules, rule_6_the_states_of_a_token_and_which_of_them_are_final)
{
    int64_t token, other;
    struct secret *text = generate(sa, "t", NOON + 60, &token);
    cr_assert_ok(token_set_suspended(&act, token, true, NULL));
    cr_expect_eq(house_state(token), TOKEN_SUSPENDED);
    cr_assert_ok(token_set_suspended(&act, token, false, NULL));
    act.now = NOON + 59;
    cr_expect_eq(check(text, 0), OK);
    act.now = NOON + 60;
    cr_expect_eq(check(text, 0), ERR_NOT_FOUND, "it is good while now < expires");
    cr_expect_eq(house_state(token), TOKEN_EXPIRED);
    cr_expect_eq(token_set_expiry(&act, token, NOON + 600, NULL), ERR_CONFLICT);
    cr_assert_ok(token_revoke(&act, token, NULL));
    cr_expect_eq(house_state(token), TOKEN_REVOKED, "revoked goes before expired");
    other = house_token(sa, "other", WHEN_NEVER);
    cr_assert_ok(token_revoke(&act, other, NULL));
    cr_expect_eq(token_set_suspended(&act, other, false, NULL), ERR_CONFLICT);
    cr_expect_eq(
        house_number("SELECT count(*) FROM token WHERE number = :n AND box IS NULL", other), 1,
        "the sealed value is cleared, and the row stays");
    secret_free(text);
}

Test(rules, rule_7_deactivating_stops_all_tokens_and_activating_brings_the_same_back)
{
    int64_t live, asleep;
    struct secret *first = generate(sa, "live", WHEN_NEVER, &live);
    struct secret *second = generate(sa, "asleep", WHEN_NEVER, &asleep);
    cr_assert_ok(token_set_suspended(&act, asleep, true, NULL));
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
    cr_expect_eq(check(first, 0), ERR_NOT_FOUND);
    cr_expect_eq(house_state(live), TOKEN_LIVE, "it is left as it is");
    cr_assert_ok(account_set_active(&act, sa, true, NULL));
    cr_expect_eq(check(first, 0), OK);
    cr_expect_eq(check(second, 0), ERR_NOT_FOUND);
    secret_free(first);
    secret_free(second);
}

Test(rules, rule_8_a_deleted_account_takes_its_tokens_along_and_leaves_dead_digests)
{
    int64_t token;
    struct secret *text = generate(sa, "t", WHEN_NEVER, &token);
    cr_assert_ok(account_delete(&act, sa));
    cr_expect_eq(check(text, 0), ERR_NOT_FOUND);
    cr_expect_eq(house_number("SELECT count(*) FROM token", 0), 0);
    cr_expect_eq(house_number("SELECT dead FROM digest WHERE token = :n", token), 1);
    cr_expect_eq(house_events("account.delete"), 1);
    secret_free(text);
}

/* Denied with the sentence of an unknown token. */
static void expect_denied(const struct secret *text, const struct token_question *question)
{
    static const struct token_question none = {0};
    char unknown[] = "gth_0123456789abcdefghijABCDEFGHIJ05DYyq", sentence[ERROR_MESSAGE_MAX];
    struct token_pass pass;
    cr_assert_eq(token_check(checker, act.now, unknown, strlen(unknown), &none, &pass, NULL),
                 ERR_NOT_FOUND);
    snprintf(sentence, sizeof sentence, "%s", error_message());
    cr_expect_eq(token_check(checker, act.now, text->bytes, text->size, question, &pass, NULL),
                 ERR_NOT_FOUND);
    cr_expect_str_eq(error_message(), sentence);
}

Test(rules, rule_9_every_denial_is_the_same)
{
    const struct token_question none = {0}, elsewhere = {.from = "192.0.2.1"};
    const struct token_question right = {.permission = find_permission("agent_management")};
    struct token_limits limits = {0};
    const struct token_plan plan = {.name = "t", .expires = NOON + 60, .limits = &limits};
    struct secret *text;
    int64_t token;
    cr_assert_ok(token_limits_add_network(&limits, "10.0.0.0/8"));
    cr_assert_ok(token_generate(&act, sa, &plan, &token, &text));
    token_limits_free(&limits);
    const struct token_question here = {.from = "10.0.0.7"};
    struct token_pass pass;
    cr_expect_eq(token_check(checker, act.now, text->bytes, text->size, &here, &pass, NULL), OK);
    expect_denied(text, &right);
    expect_denied(text, &elsewhere);
    expect_denied(text, &none);
    cr_assert_ok(token_set_suspended(&act, token, true, NULL));
    expect_denied(text, &here);
    cr_assert_ok(token_set_suspended(&act, token, false, NULL));
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
    expect_denied(text, &here);
    cr_assert_ok(account_set_active(&act, sa, true, NULL));
    act.now = NOON + 60;
    expect_denied(text, &here);
    act.now = NOON;
    cr_assert_ok(token_revoke(&act, token, NULL));
    expect_denied(text, &here);
    secret_free(text);
}

Test(rules, rule_11_an_event_is_written_with_its_change_or_not_at_all)
{
    int64_t events = house_all_events(), checked, token;
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
    cr_expect_eq(house_all_events(), events + 1);
    cr_assert_eq(store_end(act.store, fail(ERR_CONFLICT, "not after all")), ERR_CONFLICT);
    cr_expect_eq(house_all_events(), events);
    struct secret *text = generate(sa, "t", WHEN_NEVER, &token);
    struct stmt *stmt = store_prepare(
        act.store, "SELECT count(*) FROM event WHERE instr(subject || coalesce(before, '') || "
                   "coalesce(after, ''), :secret) > 0");
    bind_text(stmt, ":secret", text->bytes);
    int64_t told = -1;
    cr_assert_ok(stmt_int(stmt, &told));
    cr_expect_eq(told, 0, "no secret enters an event");
    cr_assert_ok(audit_verify(act.store, &checked));
    cr_expect_eq(checked, house_all_events());
    secret_free(text);
}

Test(rules, rule_14_numbers_are_never_used_again)
{
    int64_t first = house_account("first"), token = house_token(first, "t", WHEN_NEVER);
    cr_assert_ok(account_delete(&act, first));
    int64_t second = house_account("first");
    cr_expect_gt(second, first);
    cr_expect_gt(house_token(second, "t", WHEN_NEVER), token);
}

Test(rules, rule_19_a_use_stored_by_a_clock_that_ran_ahead_blocks_no_newer_one)
{
    int64_t token = house_token(sa, "t", WHEN_NEVER);
    const struct token_pass pass = {.token = token, .account = sa};
    token_touch(act.store, NOON + 30 * (int64_t)DAY_SECONDS, &pass, NULL);
    token_touch(act.store, NOON + 60, &pass, "10.0.0.7");
    cr_expect_eq(house_number("SELECT last_used FROM token WHERE number = :n", token), NOON + 60);
    cr_expect_eq(house_number("SELECT last_used FROM account WHERE number = :n", sa), NOON + 60);
}
