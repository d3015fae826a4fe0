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
