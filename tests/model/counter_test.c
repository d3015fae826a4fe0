/* Counters are added up and written at the end of a transaction: within it, they are right as well.
 */
#include "tests/model/house.h"

#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <stdio.h>

TestSuite(counter, .init = house_open, .fini = house_close);

Test(counter, is_right_within_its_transaction)
{
    int64_t group, permission;
    struct group read;
    struct permission granted;
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(group_create(&act, "g", &group));
    cr_assert_ok(permission_find(act.store, "agent_management", &permission));
    cr_assert_ok(group_set_member(&act, group, sa, true, NULL));
    cr_assert_ok(permission_grant(&act, sa, permission, true, NULL));
    house_account("another");
    cr_assert_ok(group_get(act.store, group, &read));
    cr_assert_eq(read.members, 1);
    cr_assert_ok(group_get(act.store, GROUP_EVERYONE, &read));
    cr_assert_eq(read.members, 2);
    cr_assert_ok(permission_get(act.store, permission, &granted));
    cr_assert_eq(granted.accounts, 1);
    cr_assert_ok(group_set_member(&act, group, sa, false, NULL));
    cr_assert_ok(store_end(act.store, OK));
    house_expect_sound();
}

Test(counter, of_many_kinds_is_right_after_one_transaction)
{
    enum { GROUPS = 70 }; /* more than are added up at once */
    char name[16];
    int64_t group;
    cr_assert_ok(store_begin(act.store));
    for (int i = 0; i < GROUPS; i++) {
        snprintf(name, sizeof name, "g%d", i);
        cr_assert_ok(group_create(&act, name, &group));
        cr_assert_ok(group_set_member(&act, group, sa, true, NULL));
    }
    cr_assert_ok(store_end(act.store, OK));
    house_expect_sound();
}

Test(counter, of_a_transaction_that_is_rolled_back_stays_as_it_was)
{
    cr_assert_ok(store_begin(act.store));
    house_account("another");
    cr_assert_eq(store_end(act.store, ERR_STOPPED), ERR_STOPPED);
    house_account("third");
    cr_assert_eq(house_number("SELECT value FROM counter WHERE name = 'accounts'", 0), 2);
    house_expect_sound();
}
