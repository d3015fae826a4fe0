/* A filter of events as it is typed, and what it becomes. */
#include "house.h"

#include <gatehouse/audit_filter.h>

TestSuite(audit_filter, .init = house_open, .fini = house_close);

static struct audit_filter filter;

static const struct audit_query *read(const char *typed)
{
    cr_assert_ok(audit_filter_read(act.store, NOON, typed, &filter));
    return &filter.query;
}

Test(audit_filter, nothing_typed_is_no_condition)
{
    static const char *const typed[] = {"", "  ", "by: kind: since: until: a:", "kind:..."};
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        const struct audit_query *query = read(typed[i]);
        cr_expect(!query->actor && !query->kind && !query->account, "%s", typed[i]);
        cr_expect(query->since == WHEN_NEVER && query->until == WHEN_NEVER, "%s", typed[i]);
        cr_expect_eq(query->text[strspn(query->text, " ")], 0, "%s", typed[i]);
    }
}

Test(audit_filter, each_prefix_is_a_condition_and_the_last_one_counts)
{
    const struct audit_query *query = read(
        "berlin by:joe kind:account. north by:mara since:2027-01-01 until:2027-01-02 a:ci-deploy");
    cr_expect_str_eq(query->text, " berlin north");
    cr_expect_str_eq(query->actor, "mara");
    cr_expect_str_eq(query->kind, "account");
    cr_expect_eq(query->account, sa);
    cr_expect_eq(query->until - query->since, 2 * DAY_SECONDS - 1, "the last second of a day");
    cr_expect_str_eq(read("kind:token.revoke")->kind, "token.revoke");
    cr_expect_str_eq(read("kind:token..")->kind, "token");
    cr_expect_eq(read("since:7d")->since, NOON - 7 * DAY_SECONDS);
}

Test(audit_filter, an_account_may_be_gone_but_must_have_been_there)
{
    cr_assert_ok(account_delete(&act, sa));
    cr_expect_eq(read("a:ci-deploy")->account, sa);
    cr_assert_refused(audit_filter_read(act.store, NOON, "a:never", &filter), ERR_NOT_FOUND,
                      "no event names sa::never");
    cr_assert_refused(audit_filter_read(act.store, NOON, "a:-", &filter), ERR_INVALID,
                      "is not a valid name");
}

Test(audit_filter, what_is_no_time_is_refused)
{
    cr_assert_eq(audit_filter_read(act.store, NOON, "since:soon", &filter), ERR_INVALID);
    cr_assert_eq(audit_filter_read(act.store, NOON, "until:soon", &filter), ERR_INVALID);
}
