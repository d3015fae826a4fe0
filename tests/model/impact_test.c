/* What a change of an account hits, in numbers and in words. */
#include "tests/model/house.h"

#include <gatehouse/impact_text.h>
#include <gatehouse/token_change.h>
#include <stdio.h>

TestSuite(impact, .init = house_open, .fini = house_close);

static char text[IMPACT_TEXT_SIZE], lines[1000];

static const char *hit(void)
{
    struct account_impact impact;
    cr_assert_ok(account_get_impact(act.store, act.now, sa, &impact));
    impact_text(&impact, impact.working, "stopped", act.now, text, sizeof text);
    return text;
}

static const char *listed(void)
{
    cr_assert_ok(impact_lines(act.store, act.now, sa, lines, sizeof lines));
    return lines;
}

static const char *named(void)
{
    cr_assert_ok(impact_names(act.store, act.now, sa, lines, sizeof lines));
    return lines;
}

static void use(int64_t token, const char *from)
{
    token_touch(act.store, act.now, &(struct token_pass){.token = token, .account = sa}, from);
}

Test(impact, without_a_working_token_nothing_stops)
{
    cr_assert_str_eq(hit(), "no working token");
    cr_assert_str_eq(listed(), "");
    cr_assert_str_eq(named(), "");
    cr_assert_ok(token_set_suspended(&act, house_token(sa, "s", WHEN_NEVER), true, NULL));
    cr_assert_ok(token_revoke(&act, house_token(sa, "r", WHEN_NEVER), NULL));
    house_token(sa, "e", NOON + 60);
    act.now = NOON + 60;
    cr_assert_str_eq(hit(), "no working token");
    cr_assert_str_eq(listed(), "");
}

Test(impact, one_and_several_are_counted_with_the_latest_use)
{
    int64_t first = house_token(sa, "main", WHEN_NEVER), second;
    cr_assert_str_eq(hit(), "1 token stopped, never used");
    cr_assert_str_eq(listed(), "\nmain never used");
    cr_assert_str_eq(named(), " · main never used");
    use(first, NULL);
    act.now = NOON + 120;
    cr_assert_str_eq(hit(), "1 token stopped, last used 2 min ago");
    second = house_token(sa, "", WHEN_NEVER);
    use(second, "10.0.0.7");
    act.now = NOON + 180;
    cr_assert_str_eq(hit(), "2 tokens stopped, last used 1 min ago from 10.0.0.7");
    cr_assert_str_eq(listed(), "\nmain 3 min ago\n(no name) 1 min ago from 10.0.0.7");
    cr_assert_str_eq(named(), " · main 3 min ago, (no name) 1 min ago from 10.0.0.7");
}

Test(impact, of_many_only_the_first_are_listed)
{
    for (int i = 0; i < 5; i++) {
        char name[8];
        snprintf(name, sizeof name, "t%d", i);
        house_token(sa, name, WHEN_NEVER);
    }
    cr_assert_not(strstr(listed(), "more"), "%s", lines);
    cr_assert_str_eq(named(), " · t0 never used, t1 never used, and 3 more");
    house_token(sa, "t5", WHEN_NEVER);
    house_token(sa, "t6", WHEN_NEVER);
    cr_assert(strstr(listed(), "t4 never used\nand 2 more"), "%s", lines);
    cr_assert_str_eq(hit(), "7 tokens stopped, never used");
}

Test(impact, a_small_buffer_is_never_overrun)
{
    char small[40];
    for (int i = 0; i < 4; i++)
        house_token(sa, "a-name-of-some-length", WHEN_NEVER);
    for (size_t size = 1; size < sizeof small; size++) {
        memset(small, '#', sizeof small);
        cr_assert_ok(impact_lines(act.store, act.now, sa, small, size));
        cr_assert_lt(strlen(small), size);
        cr_assert_eq(small[size], '#');
    }
}

static void deny(int64_t token, int64_t at, enum token_denial why, const char *from)
{
    token_touch(act.store, at, &(struct token_pass){.token = token, .account = sa, .denial = why},
                from);
}

static const char *denied(int64_t token, bool active)
{
    struct token_row row;
    cr_assert_ok(token_get(act.store, act.now, token, &row));
    impact_denied_text(&row, active, act.now, text, sizeof text);
    return text;
}

Test(impact, what_still_knocks_is_told_from_what_was_denied_something)
{
    int64_t token = house_token(sa, "main", WHEN_NEVER);
    cr_assert_str_eq(denied(token, true), "");
    deny(token, NOON - 7200, DENIAL_PERMISSION, "10.0.0.5");
    cr_assert_str_eq(denied(token, true),
                     "denied 2 h ago from 10.0.0.5: the account does not hold the permission");
    cr_assert_ok(token_revoke(&act, token, NULL));
    cr_assert_str_eq(denied(token, true),
                     "denied 2 h ago from 10.0.0.5: the account does not hold the permission");
    act.now = NOON + 300;
    deny(token, NOON + 180, DENIAL_REVOKED, NULL);
    cr_assert_str_eq(denied(token, true), "still knocking: 2 min ago");
    act.now = NOON + 8 * DAY_SECONDS;
    cr_assert_str_eq(denied(token, true), "");
}

Test(impact, a_token_that_works_again_no_longer_knocks)
{
    int64_t token = house_token(sa, "main", WHEN_NEVER);
    deny(token, NOON - 120, DENIAL_INACTIVE, "10.0.0.5");
    cr_assert_str_eq(denied(token, false), "still knocking: 2 min ago from 10.0.0.5");
    cr_assert_str_eq(denied(token, true),
                     "denied 2 min ago from 10.0.0.5: the account is inactive");
}

Test(impact, tokens_that_still_knock_are_counted_with_the_latest_denial)
{
    struct account_impact impact;
    int64_t first = house_token(sa, "first", WHEN_NEVER);
    int64_t second = house_token(sa, "second", WHEN_NEVER);
    house_token(sa, "quiet", WHEN_NEVER);
    cr_assert_ok(account_get_impact(act.store, act.now, sa, &impact));
    impact_knocking_text(impact.knocking, impact.denied, impact.denied_from, act.now, text,
                         sizeof text);
    cr_assert_str_eq(text, "");
    cr_assert_ok(token_set_suspended(&act, first, true, NULL));
    deny(first, NOON - 120, DENIAL_SUSPENDED, "10.0.0.5");
    cr_assert_ok(account_get_impact(act.store, act.now, sa, &impact));
    impact_knocking_text(impact.knocking, impact.denied, impact.denied_from, act.now, text,
                         sizeof text);
    cr_assert_str_eq(text, "1 token still knocking: 2 min ago from 10.0.0.5");
    cr_assert_ok(token_revoke(&act, second, NULL));
    deny(second, NOON, DENIAL_REVOKED, "10.0.0.6");
    cr_assert_ok(account_get_impact(act.store, act.now, sa, &impact));
    impact_knocking_text(impact.knocking, impact.denied, impact.denied_from, NOON + 60, text,
                         sizeof text);
    cr_assert_str_eq(text, "2 tokens still knocking, last 1 min ago from 10.0.0.6");
    cr_assert_str_eq(hit(), "1 token stopped, never used", "what works is counted apart");
}

/* The rule stands in C for a row and in SQL for a count. */
Test(impact, row_and_count_agree_on_what_knocks)
{
    house_is_damaged = true;
    enum { STATES = 4 };
    static const char *const states[STATES] = {
        "UPDATE token SET suspended = 0, revoked = NULL, expires = NULL WHERE number = :n",
        "UPDATE token SET suspended = 1, revoked = NULL, expires = NULL WHERE number = :n",
        "UPDATE token SET suspended = 0, revoked = NULL, expires = 1 WHERE number = :n",
        "UPDATE token SET suspended = 0, revoked = 1799999000, expires = NULL WHERE number = :n"};
    static const int64_t times[] = {NOON - 7 * DAY_SECONDS, NOON - 7 * DAY_SECONDS + 1, 1799998999,
                                    1799999000, NOON};
    struct token_row row;
    struct account_impact impact;
    int64_t token = house_token(sa, "main", WHEN_NEVER), knocking = 0;
    for (int i = 0; i < STATES * 2; i++) {
        house_number(states[i % STATES], token);
        cr_assert_ok(account_set_active(&act, sa, i < STATES, NULL));
        for (int why = DENIAL_FORM; why < DENIAL_COUNT; why++)
            for (size_t at = 0; at < sizeof times / sizeof *times; at++) {
                house_number("UPDATE token SET denied = NULL WHERE number = :n", token);
                deny(token, times[at], (enum token_denial)why, NULL);
                cr_assert_ok(token_get(act.store, act.now, token, &row));
                cr_assert_ok(account_get_impact(act.store, act.now, sa, &impact));
                cr_assert_eq(impact.knocking, token_is_knocking(&row, i < STATES, act.now),
                             "state %d, why %d, at %d", i, why, (int)at);
                knocking += impact.knocking;
            }
    }
    cr_assert_gt(knocking, 0);
}

/* What a check lets pass, and nothing else, works. */
Test(impact, rule_18_canaries_and_tokens_of_inactive_accounts_do_not_work)
{
    struct account_impact impact;
    house_token(sa, "main", WHEN_NEVER);
    cr_assert_ok(token_make_canary(&act, house_token(sa, "trap", WHEN_NEVER), NULL));
    cr_assert_str_eq(hit(), "1 token stopped, never used");
    cr_assert_str_eq(listed(), "\nmain never used");
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
    cr_assert_str_eq(hit(), "no working token");
    cr_assert_str_eq(listed(), "");
    cr_assert_ok(account_get_impact(act.store, act.now, sa, &impact));
    cr_expect_eq(impact.working, 0);
    cr_expect_eq(impact.waiting, 1);
}
