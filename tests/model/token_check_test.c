#include "house.h"

#include <gatehouse/group.h>
#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission_change.h>
#include <gatehouse/token_change.h>
#include <stdio.h>
#include <unistd.h>

static struct secret *text;
static int64_t token;

static void open_with_token(void)
{
    house_open();
    cr_assert_ok(token_generate(
        &act, sa, &(struct token_plan){.name = "main", .expires = NOON + 1000}, &token, &text));
}

static void close_with_token(void)
{
    secret_free(text);
    house_close();
}

TestSuite(token_check, .init = open_with_token, .fini = close_with_token);

static const char *reason;

static enum error check(int64_t permission)
{
    struct token_pass pass;
    return token_check(checker, act.now, text->bytes, text->size,
                       &(struct token_question){.permission = permission}, &pass, &reason);
}

static int64_t permission(const char *id)
{
    int64_t number = 0;
    cr_assert_ok(permission_create(&act, id, "Name", "What it allows.", &number));
    return number;
}

static void assert_denied(const char *part, int64_t asked)
{
    error_say("%s", "");
    cr_assert_eq(check(asked), ERR_NOT_FOUND);
    cr_assert_str_eq(error_message(), "", "the reason is given apart");
    cr_assert(reason && strstr(reason, part), "“%s” lacks “%s”", reason ? reason : "", part);
}

Test(token_check, a_live_token_passes_with_its_facts)
{
    struct token_pass pass;
    cr_assert_ok(token_check(checker, act.now, text->bytes, text->size, NULL, &pass, NULL));
    cr_assert_eq(pass.token, token);
    cr_assert_eq(pass.account, sa);
    cr_assert_str_eq(pass.account_name, "ci-deploy");
    cr_assert_eq(pass.expires, NOON + 1000);
}

Test(token_check, it_is_good_until_the_second_before_its_expiry)
{
    act.now = NOON + 999;
    cr_assert_ok(check(0));
    act.now = NOON + 1000;
    assert_denied("expired", 0);
}

Test(token_check, every_denial_gives_the_same_answer_and_the_reason_apart)
{
    struct token_pass pass;
    cr_assert_eq(token_check(checker, act.now, "gth_x", 5, NULL, &pass, &reason), ERR_NOT_FOUND);
    cr_assert(strstr(reason, "typo"));

    struct secret *unknown;
    cr_assert_ok(token_format_generate(&unknown));
    cr_assert_eq(token_check(checker, act.now, unknown->bytes, unknown->size, NULL, &pass, &reason),
                 ERR_NOT_FOUND);
    secret_free(unknown);
    cr_assert_str_eq(reason, "unknown");

    assert_denied("permission", permission("unheld"));
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
    assert_denied("inactive", 0);
    cr_assert_ok(token_set_suspended(&act, token, true, NULL));
    assert_denied("suspended", 0);
    act.now = NOON + 1000;
    assert_denied("expired", 0);
    cr_assert_ok(token_revoke(&act, token, NULL));
    assert_denied("revoked", 0);
    cr_assert_ok(account_delete(&act, sa));
    assert_denied("deleted", 0);
}

Test(token_check, a_token_with_one_wrong_character_is_a_typo)
{
    text->bytes[10] = text->bytes[10] == 'a' ? 'b' : 'a';
    assert_denied("typo", 0);
}

Test(token_check, a_suspended_token_passes_again_when_resumed)
{
    cr_assert_ok(token_set_suspended(&act, token, true, NULL));
    assert_denied("suspended", 0);
    cr_assert_ok(token_set_suspended(&act, token, false, NULL));
    cr_assert_ok(check(0));
}

Test(token_check, an_inactive_account_stops_its_tokens_and_activating_brings_the_same_back)
{
    struct secret *other;
    int64_t suspended;
    cr_assert_ok(token_generate(&act, sa, &(struct token_plan){.name = "", .expires = WHEN_NEVER},
                                &suspended, &other));
    secret_free(other);
    cr_assert_ok(token_set_suspended(&act, suspended, true, NULL));
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
    assert_denied("inactive", 0);
    cr_assert_eq(house_state(token), TOKEN_LIVE);
    cr_assert_ok(account_set_active(&act, sa, true, NULL));
    cr_assert_ok(check(0));
    cr_assert_eq(house_state(suspended), TOKEN_SUSPENDED);
}

Test(token_check, an_explicit_grant_outlives_the_group_that_gave_the_same)
{
    int64_t asked = permission("deploy"), group;
    cr_assert_ok(group_create(&act, "Builders", &group));
    cr_assert_ok(group_grant(&act, group, asked, true));
    cr_assert_ok(group_set_member(&act, group, sa, true, NULL));
    cr_assert_ok(permission_grant(&act, sa, asked, true, NULL));
    cr_assert_ok(group_delete(&act, group));
    cr_assert_ok(check(asked));
    cr_assert_ok(permission_grant(&act, sa, asked, false, NULL));
    assert_denied("permission", asked);
}

Test(token_check, of_two_groups_that_give_the_same_one_is_enough)
{
    int64_t asked = permission("deploy"), one, two;
    cr_assert_ok(group_create(&act, "One", &one));
    cr_assert_ok(group_create(&act, "Two", &two));
    cr_assert_ok(group_grant(&act, one, asked, true));
    cr_assert_ok(group_grant(&act, two, asked, true));
    cr_assert_ok(group_set_member(&act, one, sa, true, NULL));
    cr_assert_ok(group_set_member(&act, two, sa, true, NULL));
    cr_assert_ok(group_grant(&act, one, asked, false));
    cr_assert_ok(check(asked));
    cr_assert_ok(group_set_member(&act, two, sa, false, NULL));
    assert_denied("permission", asked);
}

Test(token_check, what_everyone_holds_reaches_every_account)
{
    int64_t asked = permission("deploy");
    assert_denied("permission", asked);
    cr_assert_ok(group_grant(&act, GROUP_EVERYONE, asked, true));
    cr_assert_ok(check(asked));
    cr_assert_ok(group_grant(&act, GROUP_EVERYONE, asked, false));
    assert_denied("permission", asked);
}

Test(token_check, a_use_is_recorded_at_most_once_a_minute_and_makes_no_event)
{
    struct token_pass pass = {.token = token, .account = sa};
    static const char used[] = "SELECT coalesce(last_used, 0) FROM token WHERE number = :n";
    static const char account_used[] = "SELECT coalesce(last_used, 0) FROM account WHERE number = "
                                       ":n";
    int64_t events = house_all_events();
    token_touch(act.store, NOON, &pass, NULL);
    token_touch(act.store, NOON + 59, &pass, NULL);
    cr_assert_eq(house_number(used, token), NOON);
    cr_assert_eq(house_number(account_used, sa), NOON);
    token_touch(act.store, NOON + 60, &pass, NULL);
    cr_assert_eq(house_number(used, token), NOON + 60);
    cr_assert_eq(house_number(account_used, sa), NOON + 60);
    token_touch(act.store, NOON + 1, &pass, NULL);
    cr_assert_eq(house_number(used, token), NOON + 60, "last use went backwards");
    cr_assert_eq(house_all_events(), events);
}

Test(token_check, a_use_that_finds_the_database_busy_is_let_go)
{
    char folder[] = "/tmp/gatehouse-touch-XXXXXX", path[64];
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/g.db", folder);
    struct store *one, *two;
    cr_assert_ok(database_open(path, STORE_CREATE, &one));
    struct act on_file = {.store = one, .actor = &admin, .now = NOON};
    struct token_pass pass = {0};
    const struct account_details nothing = {0};
    struct secret *own;
    cr_assert_ok(account_create(&on_file, "busy", &nothing, &pass.account));
    cr_assert_ok(token_generate(&on_file, pass.account,
                                &(struct token_plan){.name = "", .expires = WHEN_NEVER},
                                &pass.token, &own));
    secret_free(own);
    cr_assert_ok(database_open(path, STORE_OPEN, &two));
    cr_assert_ok(store_begin(two));
    token_touch(one, NOON, &pass, NULL);
    struct token_row row;
    cr_assert_ok(token_get(one, NOON, pass.token, &row));
    cr_assert_eq(row.last_used, WHEN_NEVER);
    cr_assert_ok(store_end(two, OK));
    token_touch(one, NOON, &pass, NULL);
    cr_assert_ok(token_get(one, NOON, pass.token, &row));
    cr_assert_eq(row.last_used, NOON);
    store_close(two);
    store_close(one);
    unlink(path);
    rmdir(folder);
}

Test(token_check, a_token_of_another_account_than_asked_is_denied)
{
    struct token_question question = {.account = "ci-deploy"};
    struct token_pass pass;
    house_account("other");
    cr_assert_ok(token_check(checker, act.now, text->bytes, text->size, &question, &pass, NULL));
    question.account = "other";
    cr_assert_eq(token_check(checker, act.now, text->bytes, text->size, &question, &pass, &reason),
                 ERR_NOT_FOUND);
    cr_assert_eq(pass.denial, DENIAL_ACCOUNT);
    cr_assert_str_eq(reason, "the token is another account's");
}

/* Live, revoked, and unknown ones, and what is no token at all. */
static void make_many(struct secret *many[static TOKEN_CHECKER_TOGETHER])
{
    for (int i = 0; i < TOKEN_CHECKER_TOGETHER; i++) {
        int64_t made = 0;
        if (i % 4 == 3) {
            cr_assert_ok(token_format_generate(&many[i]));
            if (i % 8 == 7) many[i]->size--;
            continue;
        }
        const struct token_plan plan = {.name = "", .expires = NOON + 1000 + i};
        cr_assert_ok(token_generate(&act, sa, &plan, &made, &many[i]));
        if (i % 4 == 2) cr_assert_ok(token_revoke(&act, made, NULL));
    }
}

static void compare(struct token_checker *with, struct secret *many[static TOKEN_CHECKER_TOGETHER])
{
    for (int i = 0; i < TOKEN_CHECKER_TOGETHER; i++) {
        struct token_pass one, other;
        enum error e = token_check(with, act.now, many[i]->bytes, many[i]->size, NULL, &one, NULL);
        cr_assert_eq(
            e, token_check(checker, act.now, many[i]->bytes, many[i]->size, NULL, &other, NULL),
            "token %d", i);
        cr_assert_eq(one.denial, other.denial, "token %d", i);
        cr_assert_eq(one.token, other.token, "token %d", i);
        cr_assert_eq(one.account, other.account, "token %d", i);
        cr_assert_eq(one.expires, other.expires, "token %d", i);
        cr_assert_str_eq(one.account_name, other.account_name, "token %d", i);
    }
}

Test(token_check, tokens_that_are_expected_get_the_answers_of_those_that_are_not)
{
    struct secret *many[TOKEN_CHECKER_TOGETHER];
    struct token_checker *together;
    make_many(many);
    cr_assert_ok(token_checker_new(act.store, &together));
    for (int count = 0; count <= TOKEN_CHECKER_TOGETHER; count++) {
        for (int i = 0; i < count; i++) {
            cr_assert_ok(token_checker_expect(together, many[i]->bytes, many[i]->size));
            cr_assert_ok(token_checker_expect(together, many[i]->bytes, many[i]->size));
        }
        compare(together, many); /* before they are read */
        cr_assert_ok(store_begin_fresh(act.store));
        cr_assert_ok(token_checker_read_expected(together));
        compare(together, many);
        cr_assert_ok(store_end(act.store, OK));
        token_checker_expect_nothing(together);
    }
    token_checker_free(together);
    for (int i = 0; i < TOKEN_CHECKER_TOGETHER; i++)
        secret_free(many[i]);
}

Test(token_check, no_more_tokens_are_expected_than_there_is_room_for)
{
    for (int i = 0; i < TOKEN_CHECKER_TOGETHER; i++) {
        struct secret *unknown;
        cr_assert_ok(token_format_generate(&unknown));
        cr_assert_ok(token_checker_expect(checker, unknown->bytes, unknown->size));
        secret_free(unknown);
    }
    cr_assert_refused(token_checker_expect(checker, text->bytes, text->size), ERR_CONFLICT,
                      "too many");
    token_checker_expect_nothing(checker);
    cr_assert_ok(token_checker_expect(checker, text->bytes, text->size));
}

/* What was read for one transaction is not known in the next. */
Test(token_check, what_was_expected_once_is_looked_up_again)
{
    cr_assert_ok(token_checker_expect(checker, text->bytes, text->size));
    cr_assert_ok(store_begin_fresh(act.store));
    cr_assert_ok(token_checker_read_expected(checker));
    cr_assert_ok(check(0));
    cr_assert_ok(store_end(act.store, OK));
    token_checker_expect_nothing(checker);
    cr_assert_ok(token_revoke(&act, token, NULL));
    assert_denied("revoked", 0);
}

Test(token_check, every_reason_has_a_text_and_other_numbers_have_none)
{
    static const char *const texts[DENIAL_COUNT] = {
        "",
        [DENIAL_FORM] = "not a token: a typo, or cut off",
        [DENIAL_UNKNOWN] = "unknown",
        [DENIAL_DELETED] = "the account was deleted",
        [DENIAL_REVOKED] = "revoked",
        [DENIAL_CANARY] = "a canary",
        [DENIAL_EXPIRED] = "expired",
        [DENIAL_SUSPENDED] = "suspended",
        [DENIAL_INACTIVE] = "the account is inactive",
        [DENIAL_ACCOUNT] = "the token is another account's",
        [DENIAL_NO_ADDRESS] = "no address was given, and the token is restricted to networks",
        [DENIAL_NETWORK] = "the address is in none of the token's networks",
        [DENIAL_NARROWED] = "the token is narrowed to other permissions",
        [DENIAL_PERMISSION] = "the account does not hold the permission",
    };
    for (int denial = DENIAL_FORM; denial < DENIAL_COUNT; denial++)
        cr_assert_str_eq(token_denial_text(denial), texts[denial]);
    cr_assert_str_empty(token_denial_text(DENIAL_NONE));
    cr_assert_str_empty(token_denial_text(DENIAL_COUNT));
    cr_assert_str_empty(token_denial_text(-1));
}
