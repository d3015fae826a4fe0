/* What a change would do, asked before it is made: the answer must match what it then does. */
#include "tests/model/house.h"

#include <gatehouse/group.h>
#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission_change.h>
#include <gatehouse/whatif.h>
#include <gatehouse/why.h>
#include <stdio.h>

static int64_t build, deploy, alerts, proxies, other;

static void open_groups(void)
{
    house_open();
    other = house_account("other");
    cr_assert_ok(group_create(&act, "build", &build));
    cr_assert_ok(group_create(&act, "deploy", &deploy));
    cr_assert_ok(permission_find(act.store, "alerts_management", &alerts));
    cr_assert_ok(permission_find(act.store, "agent_management", &proxies));
    cr_assert_ok(group_set_member(&act, build, sa, true, NULL));
    cr_assert_ok(group_set_member(&act, build, other, true, NULL));
    cr_assert_ok(group_grant(&act, build, alerts, true));
}

TestSuite(whatif, .init = open_groups, .fini = house_close);

static struct whatif *look(struct whatif_change change)
{
    struct whatif *found;
    cr_assert_ok(whatif(act.store, act.now, &change, NULL, &found));
    return found;
}

static void expect(struct whatif_change change, int64_t accounts, int64_t permission,
                   int64_t gained, int64_t lost)
{
    struct whatif *found = look(change);
    cr_assert_eq(found->accounts, accounts, "%d accounts", (int)found->accounts);
    cr_assert_eq(found->count, accounts ? 1 : 0);
    if (accounts) {
        struct permission row;
        cr_assert_ok(permission_get(act.store, permission, &row));
        cr_assert_eq(found->items[0].permission, permission);
        cr_assert_str_eq(found->items[0].name, row.name);
        cr_assert_eq(found->items[0].gained, gained);
        cr_assert_eq(found->items[0].lost, lost);
    }
    free(found);
}

Test(whatif, a_group_that_is_deleted_takes_what_only_it_gave)
{
    expect((struct whatif_change){.group = build, .deleted = true}, 2, alerts, 0, 2);
    /* An explicit grant survives the loss of a group that also gives the permission. */
    cr_assert_ok(permission_grant(&act, sa, alerts, true, NULL));
    expect((struct whatif_change){.group = build, .deleted = true}, 1, alerts, 0, 1);
    /* And so does what another group gives. */
    cr_assert_ok(group_grant(&act, deploy, alerts, true));
    cr_assert_ok(group_set_member(&act, deploy, other, true, NULL));
    expect((struct whatif_change){.group = build, .deleted = true}, 0, 0, 0, 0);
}

Test(whatif, a_group_that_gives_something_else)
{
    const struct id_set only_proxies = {.count = 1, .ids = &proxies};
    struct whatif *found =
        look((struct whatif_change){.group = build, .permissions = &only_proxies});
    cr_assert_eq(found->accounts, 2);
    cr_assert_eq(found->count, 2);
    free(found);
    cr_assert_ok(group_grant(&act, GROUP_EVERYONE, proxies, true));
    const struct id_set both = {.count = 2,
                                .ids = alerts < proxies ? (int64_t[]){alerts, proxies}
                                                        : (int64_t[]){proxies, alerts}};
    expect((struct whatif_change){.group = build, .permissions = &both}, 0, 0, 0, 0);
}

Test(whatif, everyone_reaches_every_account)
{
    const struct id_set only_alerts = {.count = 1, .ids = &alerts};
    int64_t third = house_account("third");
    /* Two already hold it through their group. */
    expect((struct whatif_change){.group = GROUP_EVERYONE, .permissions = &only_alerts}, 1, alerts,
           1, 0);
    cr_assert_ok(account_delete(&act, third));
    expect((struct whatif_change){.group = GROUP_EVERYONE, .permissions = &only_alerts}, 0, 0, 0,
           0);
}

Test(whatif, who_joins_and_who_leaves)
{
    const struct id_set leaving = {.count = 1, .ids = &sa};
    int64_t third = house_account("third");
    const struct id_set joining = {.count = 1, .ids = &third};
    expect((struct whatif_change){.group = build, .joining = &joining}, 1, alerts, 1, 0);
    expect((struct whatif_change){.group = build, .leaving = &leaving}, 1, alerts, 0, 1);
    /* The form of a group also names what it gives if that stays the same. */
    const struct id_set gives = {.count = 1, .ids = &alerts};
    struct whatif *found = look((struct whatif_change){
        .group = build, .permissions = &gives, .joining = &joining, .leaving = &leaving});
    cr_assert_eq(found->accounts, 2);
    cr_assert_eq(found->items[0].gained, 1);
    cr_assert_eq(found->items[0].lost, 1);
    free(found);
}

Test(whatif, explicit_grants)
{
    const struct id_set both = {
        .count = 2, .ids = sa < other ? (int64_t[]){sa, other} : (int64_t[]){other, sa}};
    expect((struct whatif_change){.accounts = &both, .granted = alerts}, 0, 0, 0, 0);
    expect((struct whatif_change){.accounts = &both, .granted = proxies}, 2, proxies, 2, 0);
    cr_assert_ok(permission_grant(&act, sa, proxies, true, NULL));
    expect((struct whatif_change){.accounts = &both, .revoked = proxies}, 1, proxies, 0, 1);
}

Test(whatif, a_permission_that_goes)
{
    cr_assert_ok(permission_grant(&act, house_account("third"), alerts, true, NULL));
    expect((struct whatif_change){.gone = alerts}, 3, alerts, 0, 3);
}

/* More than fit in one word of bits. */
Test(whatif, each_of_many_permissions_goes_alone)
{
    enum { MANY = 70 };
    int64_t numbers[MANY];
    for (int i = 0; i < MANY; i++) {
        char id[16];
        snprintf(id, sizeof id, "many-%d", i);
        cr_assert_ok(permission_create(&act, id, id, "One of many.", &numbers[i]));
        cr_assert_ok(permission_grant(&act, sa, numbers[i], true, NULL));
    }
    for (int i = 0; i < MANY; i++)
        expect((struct whatif_change){.gone = numbers[i]}, 1, numbers[i], 0, 1);
}

Test(whatif, an_account_as_a_form_stages_it)
{
    const struct id_set nothing = {0}, only_proxies = {.count = 1, .ids = &proxies},
                        in_build = {.count = 1, .ids = &build};
    expect((struct whatif_change){.account = sa,
                                  .account_groups = &nothing,
                                  .account_permissions = &nothing},
           1, alerts, 0, 1);
    expect((struct whatif_change){.account = sa,
                                  .account_groups = &in_build,
                                  .account_permissions = &only_proxies},
           1, proxies, 1, 0);
}

Test(whatif, counts_accounts_that_have_live_tokens)
{
    house_token(sa, "", WHEN_NEVER);
    house_token(other, "", WHEN_NEVER);
    cr_assert_ok(account_set_active(&act, other, false, NULL));
    struct whatif *found = look((struct whatif_change){.group = build, .deleted = true});
    cr_assert_eq(found->accounts, 2);
    cr_assert_eq(found->working, 1);
    free(found);
}

static bool stop(void *arg, size_t done, size_t total)
{
    (void)arg, (void)done, (void)total;
    return true;
}

Test(whatif, can_be_stopped)
{
    const struct progress progress = {stop, NULL};
    const struct whatif_change change = {.group = build, .deleted = true};
    struct whatif *found;
    cr_assert_eq(whatif(act.store, act.now, &change, &progress, &found), ERR_STOPPED);
}

static bool note_step(void *arg, size_t done, size_t total)
{
    size_t *calls = arg;
    cr_assert_eq(done, *calls * 256);
    cr_assert_eq(total, 2 + 255);
    ++*calls;
    return false;
}

Test(whatif, tells_how_far_it_is_once_for_256_accounts)
{
    const struct id_set only_alerts = {.count = 1, .ids = &alerts};
    size_t calls = 0;
    const struct progress progress = {note_step, &calls};
    struct whatif *found;
    cr_assert_ok(store_begin(act.store));
    for (int i = 0; i < 255; i++) {
        char name[16];
        snprintf(name, sizeof name, "many-%d", i);
        house_account(name);
    }
    cr_assert_ok(store_end(act.store, OK));
    const struct whatif_change change = {.group = GROUP_EVERYONE, .permissions = &only_alerts};
    cr_assert_ok(whatif(act.store, act.now, &change, &progress, &found));
    cr_assert_eq(calls, 2);
    cr_assert_eq(found->accounts, 255, "all but the two members of build");
    cr_assert_eq(found->items[0].gained, 255);
    free(found);
}

TestSuite(why, .init = open_groups, .fini = house_close);

static void expect_why(int64_t account, int64_t permission, const char *text)
{
    struct why *why;
    char said[1000];
    cr_assert_ok(why_find(act.store, account, permission, &why));
    why_text(why, "ci-deploy", said, sizeof said);
    cr_assert_str_eq(said, text);
    free(why);
}

Test(why, names_every_way)
{
    expect_why(sa, alerts, "sa::ci-deploy → group build → Alerts");
    cr_assert_ok(permission_grant(&act, sa, alerts, true, NULL));
    cr_assert_ok(group_grant(&act, GROUP_EVERYONE, alerts, true));
    expect_why(sa, alerts,
               "sa::ci-deploy → Alerts, explicit\nsa::ci-deploy → group Everyone → "
               "Alerts\nsa::ci-deploy → group build → Alerts");
}

Test(why, names_the_ways_of_several_accounts_at_once)
{
    enum { ALL = 5 };
    struct why_holdings *found;
    const int64_t accounts[] = {sa, other, house_account("none-of-them")};
    const struct why_holding wanted[ALL] = {{sa, {0, ""}},
                                            {sa, {GROUP_EVERYONE, "Everyone"}},
                                            {sa, {build, "build"}},
                                            {other, {GROUP_EVERYONE, "Everyone"}},
                                            {other, {build, "build"}}};
    cr_assert_ok(permission_grant(&act, sa, alerts, true, NULL));
    cr_assert_ok(permission_grant(&act, accounts[2], alerts, true, NULL));
    cr_assert_ok(group_grant(&act, GROUP_EVERYONE, alerts, true));
    cr_assert_ok(why_find_all(act.store, alerts, accounts, 2, &found));
    cr_assert_eq(found->count, ALL, "%zu", found->count);
    for (size_t i = 0; i < ALL; i++) {
        cr_assert_eq(found->items[i].account, wanted[i].account, "%zu", i);
        cr_assert_eq(found->items[i].source.group, wanted[i].source.group, "%zu", i);
        cr_assert_str_eq(found->items[i].source.name, wanted[i].source.name);
    }
    free(found);
    cr_assert_ok(why_find_all(act.store, proxies, accounts, 3, &found));
    cr_assert_eq(found->count, 0);
    free(found);
}

Test(why, says_what_would_give_it)
{
    expect_why(sa, proxies, "sa::ci-deploy does not hold Proxies. An explicit grant would give it");
    cr_assert_ok(group_grant(&act, deploy, proxies, true));
    expect_why(sa, proxies,
               "sa::ci-deploy does not hold Proxies. An explicit grant would give it, or the group "
               "deploy");
}

/* Cut off, but never past the end. */
Test(why, fits_into_any_size)
{
    struct why *why;
    char whole[1000], said[1000];
    cr_assert_ok(permission_grant(&act, sa, alerts, true, NULL));
    for (int i = 0; i < 2; i++) {
        cr_assert_ok(why_find(act.store, sa, i ? alerts : proxies, &why));
        why_text(why, "ci-deploy", whole, sizeof whole);
        for (size_t size = 1; size < strlen(whole) + 2; size++) {
            memset(said, 'x', sizeof said);
            why_text(why, "ci-deploy", said, size);
            const size_t length = size <= strlen(whole) ? size - 1 : strlen(whole);
            cr_assert_eq(strlen(said), length);
            cr_assert_eq(memcmp(said, whole, length), 0, "%s", said);
            for (size_t after = size; after < sizeof said; after++)
                cr_assert_eq(said[after], 'x', "%zu bytes were given", size);
        }
        free(why);
    }
}

Test(why, names_eight_groups_that_would_give_it)
{
    char expected[1000] = "sa::ci-deploy does not hold Proxies. An explicit grant would give it";
    size_t used = strlen(expected);
    for (int i = 1; i <= 10; i++) {
        char name[8];
        int64_t group;
        snprintf(name, sizeof name, "g%02d", i);
        cr_assert_ok(group_create(&act, name, &group));
        cr_assert_ok(group_grant(&act, group, proxies, true));
        if (i == 2) memcpy(expected + used, ", or one of the groups g01", 26);
        if (i == 1) strcat(expected, ", or the group g01");
        if (i == 2) expected[used + 26] = 0;
        if (i > 1 && i <= 8) strcat(strcat(expected, ", "), name);
        if (i == 9) strcat(expected, ", …");
        expect_why(sa, proxies, expected);
    }
}

Test(why, refuses_what_is_not_there)
{
    struct why *why;
    cr_assert_eq(why_find(act.store, sa, 4711, &why), ERR_NOT_FOUND);
}
