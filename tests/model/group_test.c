#include "house.h"

#include <gatehouse/account_list.h>
#include <gatehouse/group.h>
#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission.h>

static int64_t group;

static void open_with_group(void)
{
    house_open();
    cr_assert_ok(group_create(&act, "Größe", &group));
}

TestSuite(group, .init = open_with_group, .fini = house_close);

Test(group, names_are_unique_without_regard_to_case)
{
    int64_t other, found = 0;
    cr_assert_refused(group_create(&act, "GRÖSSE", &other), ERR_CONFLICT, "another name");
    cr_assert_refused(group_create(&act, "everyone", &other), ERR_CONFLICT, "another name");
    cr_assert_ok(group_find(act.store, "gröSSe", &found));
    cr_assert_eq(found, group);
    cr_assert_eq(group_find(act.store, "nobody", &found), ERR_NOT_FOUND);
}

Test(group, names_have_1_to_64_visible_characters)
{
    char name[66];
    int64_t number;
    memset(name, 'x', 65);
    name[65] = 0;
    cr_assert_eq(group_create(&act, name, &number), ERR_INVALID);
    name[64] = 0;
    cr_assert_ok(group_create(&act, name, &number));
    cr_assert_eq(group_create(&act, "", &number), ERR_INVALID);
    cr_assert_eq(group_create(&act, "   ", &number), ERR_INVALID);
    cr_assert_eq(group_create(&act, "a\nb", &number), ERR_INVALID);
    cr_assert_eq(group_create(&act, "a\u200bb", &number), ERR_INVALID);
    cr_assert_eq(group_create(&act, "a\xff", &number), ERR_INVALID);
}

Test(group, everyone_cannot_be_renamed_deleted_or_left)
{
    int64_t events = house_all_events();
    cr_assert_refused(group_rename(&act, GROUP_EVERYONE, "All"), ERR_CONFLICT, "Everyone");
    cr_assert_refused(group_delete(&act, GROUP_EVERYONE), ERR_CONFLICT, "Everyone");
    cr_assert_refused(group_set_member(&act, GROUP_EVERYONE, sa, false, NULL), ERR_CONFLICT,
                      "Everyone");
    cr_assert_ok(group_set_member(&act, GROUP_EVERYONE, sa, true, NULL));
    cr_assert_eq(house_all_events(), events);
}

Test(group, everyone_counts_all_accounts)
{
    house_account("second");
    struct group everyone;
    cr_assert_ok(group_get(act.store, GROUP_EVERYONE, &everyone));
    cr_assert(everyone.system);
    cr_assert_eq(everyone.members, 2);
}

Test(group, joining_and_leaving_change_the_count_and_the_version_of_the_account)
{
    struct group row;
    int64_t version = house_version(sa), generation = house_generation();
    cr_assert_ok(group_set_member(&act, group, sa, true, NULL));
    cr_assert_ok(group_get(act.store, group, &row));
    cr_assert_eq(row.members, 1);
    cr_assert_neq(house_version(sa), version);
    cr_assert_gt(house_generation(), generation);
    cr_assert_ok(group_set_member(&act, group, sa, false, NULL));
    cr_assert_ok(group_get(act.store, group, &row));
    cr_assert_eq(row.members, 0);
    cr_assert_eq(house_version(sa), version, "it is as it was");
}

Test(group, each_change_has_one_event_and_what_is_so_already_none)
{
    int64_t permission, events = house_all_events();
    cr_assert_ok(permission_find(act.store, "agent_management", &permission));
    cr_assert_ok(group_set_member(&act, group, sa, true, NULL));
    cr_assert_eq(house_all_events(), events + 1);
    cr_assert_ok(group_set_member(&act, group, sa, true, NULL));
    cr_assert_eq(house_all_events(), events + 1);
    cr_assert_ok(group_set_member(&act, group, sa, false, NULL));
    cr_assert_ok(group_set_member(&act, group, sa, false, NULL));
    cr_assert_eq(house_all_events(), events + 2);
    cr_assert_ok(group_grant(&act, group, permission, true));
    cr_assert_ok(group_grant(&act, group, permission, true));
    cr_assert_eq(house_events("group.grant"), 1);
    cr_assert_ok(group_grant(&act, group, permission, false));
    cr_assert_ok(group_grant(&act, group, permission, false));
    cr_assert_eq(house_events("group.revoke"), 1);
    cr_assert_ok(group_rename(&act, group, "Größe"));
    cr_assert_eq(house_events("group.rename"), 0);
    cr_assert_ok(group_rename(&act, group, "GRÖSSE"));
    cr_assert_eq(house_events("group.rename"), 1);
    cr_assert_eq(house_events("group.create"), 1);
}

Test(group, deleting_takes_memberships_and_grants_and_touches_its_members)
{
    int64_t permission, version, generation;
    cr_assert_ok(permission_find(act.store, "agent_management", &permission));
    cr_assert_ok(group_grant(&act, group, permission, true));
    cr_assert_ok(group_set_member(&act, group, sa, true, NULL));
    version = house_version(sa);
    generation = house_generation();
    cr_assert_ok(group_delete(&act, group));
    cr_assert_neq(house_version(sa), version);
    cr_assert_gt(house_generation(), generation);
    cr_assert_eq(house_number("SELECT count(*) FROM membership", 0), 0);
    cr_assert_eq(house_number("SELECT count(*) FROM group_grant WHERE account_group = :n", group),
                 0);
    cr_assert_eq(house_events("group.delete"), 1);
    cr_assert_eq(group_set_member(&act, group, sa, true, NULL), ERR_NOT_FOUND);
}

Test(group, granting_to_a_group_changes_what_tokens_may_do_but_no_account)
{
    int64_t permission, version = house_version(sa), generation = house_generation();
    cr_assert_ok(permission_find(act.store, "agent_management", &permission));
    cr_assert_ok(group_set_member(&act, group, sa, true, NULL));
    version = house_version(sa);
    generation = house_generation();
    cr_assert_ok(group_grant(&act, group, permission, true));
    cr_assert_gt(house_generation(), generation);
    cr_assert_eq(house_version(sa), version);
    cr_assert_eq(group_grant(&act, group, 4711, true), ERR_NOT_FOUND);
    cr_assert_eq(group_grant(&act, 4711, permission, true), ERR_NOT_FOUND);
}

Test(group, a_list_begins_with_everyone_and_filters_without_regard_to_case)
{
    int64_t number;
    struct group_rows *rows;
    cr_assert_ok(group_create(&act, "Agents", &number));
    cr_assert_ok(group_list(act.store, "", 10, &rows));
    cr_assert_eq(rows->count, 3);
    cr_assert_str_eq(rows->items[0].name, "Everyone");
    cr_assert_str_eq(rows->items[1].name, "Agents");
    free(rows);
    cr_assert_ok(group_list(act.store, "ÖSS", 10, &rows));
    cr_assert_eq(rows->count, 1);
    cr_assert_eq(rows->items[0].number, group);
    free(rows);
    cr_assert_ok(group_list(act.store, "", 2, &rows));
    cr_assert_eq(rows->count, 2);
    free(rows);
}

static bool is_member(int64_t of, int64_t account)
{
    struct id_set members;
    const struct account_query query = {.filter = "", .group = of};
    cr_assert_ok(account_numbers(act.store, &query, &members));
    bool is = id_set_has(&members, account);
    id_set_free(&members);
    return is;
}

/* Two accounts in two groups: removing takes out a single membership, whichever way it is done. */
Test(group, one_account_leaves_one_group_and_nobody_else_does)
{
    struct account_details details;
    int64_t second, version, other = house_account("other");
    const int64_t accounts[] = {sa, other};
    cr_assert_ok(group_create(&act, "Second", &second));
    for (int i = 0; i < 2; i++) {
        cr_assert_ok(group_set_member(&act, group, accounts[i], true, NULL));
        cr_assert_ok(group_set_member(&act, second, accounts[i], true, NULL));
    }
    cr_assert_ok(group_set_member(&act, group, sa, false, NULL));
    cr_assert_not(is_member(group, sa));
    cr_assert(is_member(second, sa) && is_member(group, other) && is_member(second, other));
    cr_assert_ok(group_set_member(&act, group, sa, true, NULL));
    cr_assert_ok(account_details_load(act.store, sa, &details, &version));
    id_set_remove(&details.groups, group);
    cr_assert_ok(account_update(&act, sa, version, &details));
    account_details_free(&details);
    cr_assert_not(is_member(group, sa));
    cr_assert(is_member(second, sa) && is_member(group, other) && is_member(second, other));
    struct id_set leaving = {.count = 1, .ids = &other};
    struct group_details present;
    cr_assert_ok(group_details_load(act.store, second, &present, &version));
    cr_assert_ok(group_update(&act, second, version, &present, NULL, &leaving));
    group_details_free(&present);
    cr_assert_not(is_member(second, other));
    cr_assert(is_member(second, sa) && is_member(group, other));
    house_expect_sound();
}

Test(group, one_grant_is_taken_and_no_other)
{
    int64_t second, one, two;
    cr_assert_ok(permission_find(act.store, "agent_management", &one));
    cr_assert_ok(permission_find(act.store, "ingestion", &two));
    cr_assert_ok(group_create(&act, "Second", &second));
    cr_assert_ok(group_grant(&act, group, one, true));
    cr_assert_ok(group_grant(&act, group, two, true));
    cr_assert_ok(group_grant(&act, second, one, true));
    cr_assert_ok(group_grant(&act, group, one, false));
    cr_assert_eq(house_number("SELECT count(*) FROM group_grant", 0), 2);
    cr_assert_eq(house_number("SELECT permission FROM group_grant WHERE account_group = :n", group),
                 two);
    cr_assert_eq(
        house_number("SELECT permission FROM group_grant WHERE account_group = :n", second), one);
    house_expect_sound();
}

Test(group, deleting_one_leaves_the_members_and_grants_of_another)
{
    int64_t second, permission, other = house_account("other"), version = house_version(other);
    cr_assert_ok(permission_find(act.store, "agent_management", &permission));
    cr_assert_ok(group_create(&act, "Second", &second));
    cr_assert_ok(group_grant(&act, group, permission, true));
    cr_assert_ok(group_grant(&act, second, permission, true));
    cr_assert_ok(group_set_member(&act, group, sa, true, NULL));
    cr_assert_ok(group_set_member(&act, second, other, true, NULL));
    cr_assert_neq(house_version(other), version);
    version = house_version(other);
    cr_assert_ok(group_delete(&act, group));
    cr_assert(is_member(second, other));
    cr_assert(house_holds(other, permission));
    cr_assert_not(house_holds(sa, permission));
    cr_assert_eq(house_version(other), version);
    house_expect_sound();
}

/* As a group that was deleted by somebody else while it was on the screen. */
Test(group, one_that_is_gone_is_not_found_whatever_is_asked_of_it)
{
    static const char gone[] = "that group no longer exists";
    struct group row;
    struct group_details details = {.description = ""};
    struct id_set changed = {0}, one = {0};
    int64_t number, events = house_all_events();
    bool in;
    cr_assert_ok(permission_find(act.store, "agent_management", &number));
    cr_assert_ok(id_set_add(&one, sa));
    cr_assert_refused(group_get(act.store, 4711, &row), ERR_NOT_FOUND, gone);
    cr_assert_refused(group_rename(&act, 4711, "Other"), ERR_NOT_FOUND, gone);
    cr_assert_refused(group_delete(&act, 4711), ERR_NOT_FOUND, gone);
    cr_assert_refused(group_update(&act, 4711, 1, &details, NULL, NULL), ERR_NOT_FOUND, gone);
    cr_assert_refused(group_details_load(act.store, 4711, &details, &number), ERR_NOT_FOUND, gone);
    cr_assert_refused(group_grant(&act, 4711, 1, true), ERR_NOT_FOUND, gone);
    cr_assert_refused(group_set_member(&act, 4711, sa, true, &in), ERR_NOT_FOUND, gone);
    cr_assert_refused(group_set_members(&act, 4711, &one, false, &changed), ERR_NOT_FOUND, gone);
    cr_assert_ok(group_set_members(&act, 4711, &changed, false, &changed));
    const struct account_query query = {.filter = "", .group = 4711};
    cr_assert_refused(account_count(act.store, &query, &number), ERR_NOT_FOUND, gone);
    cr_assert_refused(group_set_member(&act, group, 4711, true, &in), ERR_NOT_FOUND,
                      "that account no longer exists");
    cr_assert_refused(group_grant(&act, group, 4711, true), ERR_NOT_FOUND,
                      "that permission no longer exists");
    cr_assert_eq(house_all_events(), events);
    id_set_free(&one);
}

Test(group, its_texts_are_as_long_as_they_may_be_and_no_longer)
{
    enum { MOST = GROUP_DESCRIPTION_MAX };
    static char longest[2 * MOST + 3], wide[3 * GROUP_NAME_MAX + 1], bell[] = "a\ab";
    struct group_details details = {.description = longest};
    for (int i = 0; i <= MOST; i++)
        strcat(longest, "ö");
    cr_assert_refused(group_update(&act, group, house_group_version(group), &details, NULL, NULL),
                      ERR_INVALID, "a group's description has at most 1000 printable characters");
    details.description = bell;
    cr_assert_refused(group_update(&act, group, house_group_version(group), &details, NULL, NULL),
                      ERR_INVALID, "printable");
    longest[2 * MOST] = 0;
    details.description = longest;
    const int64_t was = house_group_version(group);
    cr_assert_ok(group_update(&act, group, house_group_version(group), &details, NULL, NULL));
    cr_assert_eq(house_events("group.update"), 1);
    cr_assert_ok(group_update(&act, group, house_group_version(group), &details, NULL, NULL));
    cr_assert_eq(house_events("group.update"), 1, "nothing changed");
    cr_assert_refused(group_update(&act, group, was, &details, NULL, NULL), ERR_CONFLICT,
                      "someone else changed this group in the meantime");
    cr_assert_refused(group_rename(&act, group, ""), ERR_INVALID,
                      "a group's name has 1 to 64 visible characters");
    for (int i = 0; i < GROUP_NAME_MAX; i++)
        strcat(wide, "\uFDFA"); /* one character that stands for 18 */
    cr_assert_refused(group_rename(&act, group, wide), ERR_INVALID,
                      "too long once its characters are normalised");
}

Test(group, an_update_writes_each_difference_once_and_its_event_says_it)
{
    struct group_details details = {.description = "new"};
    struct id_set joining = {0}, leaving = {0};
    int64_t one, two, other = house_account("other"), version = 0;
    cr_assert_ok(permission_find(act.store, "agent_management", &one));
    cr_assert_ok(permission_find(act.store, "ingestion", &two));
    cr_assert_ok(group_grant(&act, group, one, true));
    cr_assert_ok(group_set_member(&act, group, other, true, NULL));
    cr_assert_ok(id_set_add(&details.permissions, two));
    cr_assert_ok(id_set_add(&joining, sa));
    cr_assert_ok(id_set_add(&leaving, other));
    cr_assert_ok(id_set_add(&leaving, 4711));
    cr_assert_ok(
        group_update(&act, group, house_group_version(group), &details, &joining, &leaving));
    cr_assert_eq(house_number("SELECT count(*) FROM event WHERE kind = 'group.update' AND before = "
                              "'{\"description\":\"\"}' AND after = '{\"description\":\"new\"}'",
                              0),
                 1);
    cr_assert_eq(house_events("group.grant"), 2);
    cr_assert_eq(house_events("group.revoke"), 1);
    cr_assert_eq(house_events("account.leave"), 1);
    cr_assert(is_member(group, sa) && !is_member(group, other));
    id_set_free(&details.permissions);
    cr_assert_ok(group_details_load(act.store, group, &details, &version));
    cr_assert_str_eq(details.description, "new");
    cr_assert(details.permissions.count == 1 && details.permissions.ids[0] == two);
    cr_assert_ok(group_delete(&act, group));
    cr_assert_eq(house_number("SELECT count(*) FROM event WHERE kind = 'group.delete' AND before = "
                              "'{\"members\":1,\"permissions\":1}'",
                              0),
                 1);
    group_details_free(&details);
    id_set_free(&joining);
    id_set_free(&leaving);
}

Test(group, many_join_and_leave_and_only_those_that_changed_are_told)
{
    struct id_set all = {0}, changed = {0};
    int64_t other = house_account("other");
    cr_assert_ok(id_set_add(&all, sa));
    cr_assert_ok(id_set_add(&all, other));
    cr_assert_ok(group_set_member(&act, group, sa, true, NULL));
    cr_assert_ok(group_set_members(&act, group, &all, true, &changed));
    cr_assert(changed.count == 1 && changed.ids[0] == other);
    id_set_free(&changed);
    cr_assert_ok(group_set_members(&act, GROUP_EVERYONE, &all, true, &changed));
    cr_assert_eq(changed.count, 0);
    cr_assert_refused(group_set_members(&act, GROUP_EVERYONE, &all, false, &changed), ERR_CONFLICT,
                      "Everyone always contains every account");
    cr_assert_ok(group_set_members(&act, group, &all, false, NULL));
    cr_assert_eq(house_number("SELECT count(*) FROM membership", 0), 0);
    id_set_free(&all);
}
