/* Groups and permissions, as their screens change them. */
#include "tests/model/house.h"

#include <gatehouse/account_list.h>
#include <gatehouse/group.h>
#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission.h>
#include <gatehouse/permission_change.h>
#include <stdio.h>

TestSuite(catalogue, .init = house_open, .fini = house_close);

static int64_t permission_named(const char *id)
{
    int64_t number;
    cr_assert_ok(permission_find(act.store, id, &number));
    return number;
}

Test(catalogue, counts_who_holds_a_permission)
{
    int64_t group, number = permission_named("agent_management"), other = house_account("other");
    struct permission permission;
    int64_t holders;
    cr_assert_ok(group_create(&act, "build", &group));
    cr_assert_ok(group_grant(&act, group, number, true));
    cr_assert_ok(group_set_member(&act, group, sa, true, NULL));
    cr_assert_ok(permission_grant(&act, sa, number, true, NULL));
    cr_assert_ok(permission_grant(&act, other, number, true, NULL));
    cr_assert_ok(permission_get(act.store, number, &permission));
    cr_assert_eq(permission.accounts, 2);
    cr_assert_eq(permission.groups, 1);
    cr_assert_ok(permission_count_holders(act.store, number, &holders));
    cr_assert_eq(holders, 2, "who holds it twice counts once");
    house_account("third");
    cr_assert_ok(group_grant(&act, GROUP_EVERYONE, number, true));
    cr_assert_ok(permission_count_holders(act.store, number, &holders));
    cr_assert_eq(holders, 3);
    cr_assert_ok(account_delete(&act, other));
    cr_assert_ok(group_delete(&act, group));
    cr_assert_ok(permission_get(act.store, number, &permission));
    cr_assert_eq(permission.accounts, 1);
    cr_assert_eq(permission.groups, 1);
}

Test(catalogue, edits_a_permission)
{
    int64_t number = permission_named("agent_management");
    struct permission permission;
    bool changed;
    cr_assert_ok(permission_edit(&act, number, "Agents", "Run agents.", &changed));
    cr_assert(changed);
    cr_assert_ok(permission_get(act.store, number, &permission));
    cr_assert_str_eq(permission.name, "Agents");
    cr_assert_str_eq(permission.sentence, "Run agents.");
    cr_assert_ok(permission_edit(&act, number, "Agents", "Run agents.", &changed));
    cr_assert_not(changed);
    cr_assert_eq(house_events("permission.update"), 1);
    cr_assert_refused(permission_edit(&act, number, "", "x", NULL), ERR_INVALID, "1 to 64");
    cr_assert_eq(permission_edit(&act, 4711, "a", "b", NULL), ERR_NOT_FOUND);
}

Test(catalogue, deletes_a_permission_from_whoever_held_it)
{
    int64_t group, number = permission_named("agent_management");
    int64_t version, group_version, present;
    struct group_details details;
    cr_assert_ok(group_create(&act, "build", &group));
    cr_assert_ok(group_grant(&act, group, number, true));
    cr_assert_ok(permission_grant(&act, sa, number, true, NULL));
    version = house_version(sa);
    int64_t generation = house_generation();
    cr_assert_ok(group_details_load(act.store, group, &details, &group_version));
    group_details_free(&details);
    cr_assert_ok(permission_delete(&act, number));
    cr_assert_neq(house_version(sa), version, "an open form must notice");
    cr_assert_gt(house_generation(), generation);
    cr_assert_ok(group_details_load(act.store, group, &details, &present));
    cr_assert_eq(details.permissions.count, 0);
    cr_assert_neq(present, group_version);
    group_details_free(&details);
    cr_assert_eq(house_number("SELECT count(*) FROM account_grant", 0), 0);
    cr_assert_eq(permission_delete(&act, number), ERR_NOT_FOUND);
}

static int64_t version_of(int64_t group, struct group_details *details)
{
    int64_t version;
    cr_assert_ok(group_details_load(act.store, group, details, &version));
    return version;
}

Test(catalogue, writes_what_the_form_of_a_group_staged)
{
    int64_t group, number = permission_named("agent_management"), other = house_account("other");
    struct group_details details;
    struct group row;
    cr_assert_ok(group_create(&act, "build", &group));
    cr_assert_ok(group_set_member(&act, group, other, true, NULL));
    int64_t version = version_of(group, &details);
    const struct group_details mine = {.description = "Builds",
                                       .permissions = {.count = 1, .ids = &number}};
    const struct id_set joining = {.count = 1, .ids = &sa}, leaving = {.count = 1, .ids = &other};
    cr_assert_ok(group_update(&act, group, version, &mine, &joining, &leaving));
    group_details_free(&details);
    cr_assert_neq(version_of(group, &details), version);
    cr_assert_str_eq(details.description, "Builds");
    cr_assert_eq(details.permissions.count, 1);
    group_details_free(&details);
    cr_assert_ok(group_get(act.store, group, &row));
    cr_assert_eq(row.members, 1);
    cr_assert_eq(house_number("SELECT account FROM membership WHERE account_group = :n", group),
                 sa);
    cr_assert_refused(group_update(&act, group, version, &mine, NULL, NULL), ERR_CONFLICT,
                      "in the meantime");
}

Test(catalogue, members_never_conflict)
{
    int64_t group;
    struct group_details details;
    cr_assert_ok(group_create(&act, "build", &group));
    int64_t version = version_of(group, &details);
    cr_assert_ok(group_set_member(&act, group, sa, true, NULL));
    int64_t gone = house_account("gone");
    const struct id_set joining = {.count = 2, .ids = (int64_t[]){sa, gone}};
    cr_assert_ok(account_delete(&act, gone));
    cr_assert_ok(group_update(&act, group, version, &details, &joining, NULL));
    group_details_free(&details);
}

Test(catalogue, pages_through_groups_in_every_order)
{
    static const char *const names[] = {"Delta", "alpha", "Charlie", "bravo"};
    int64_t number;
    for (size_t i = 0; i < 4; i++) {
        cr_assert_ok(group_create(&act, names[i], &number));
        if (i % 2) cr_assert_ok(group_set_member(&act, number, sa, true, NULL));
    }
    for (int sort = GROUP_BY_NAME; sort <= GROUP_BY_PERMISSIONS; sort++)
        for (int descending = 0; descending < 2; descending++) {
            const struct group_query query = {"", (enum group_sort)sort, descending};
            struct group all[8], page[2];
            size_t total, count, seen = 0;
            cr_assert_ok(group_page(act.store, &query, NULL, (struct page){.max = 8}, all, &total));
            cr_assert_eq(total, 5);
            const struct group *from = NULL;
            do {
                cr_assert_ok(
                    group_page(act.store, &query, from, (struct page){.max = 2}, page, &count));
                for (size_t i = 0; i < count; i++)
                    cr_assert_eq(page[i].number, all[seen + i].number);
                seen += count;
                from = &page[1];
            } while (count == 2);
            cr_assert_eq(seen, 5);
            cr_assert_ok(group_page(act.store, &query, &all[4],
                                    (struct page){.max = 2, .backward = true}, page, &count));
            cr_assert_eq(page[0].number, all[2].number);
            cr_assert_eq(page[1].number, all[3].number);
        }
}

Test(catalogue, filters_groups_by_words)
{
    int64_t number, count;
    struct group rows[4];
    size_t found;
    cr_assert_ok(group_create(&act, "Deploy Berlin", &number));
    cr_assert_ok(group_create(&act, "Deploy Oslo", &number));
    const struct group_query query = {.filter = "OSLO dep"};
    cr_assert_ok(group_page(act.store, &query, NULL, (struct page){.max = 4}, rows, &found));
    cr_assert_eq(found, 1);
    cr_assert_eq(rows[0].number, number);
    cr_assert_ok(group_count(act.store, "deploy", &count));
    cr_assert_eq(count, 2);
}

/* If few match, they are sorted; if many do, they are read along the index. Both must give the
 * same. */
Test(catalogue, lists_the_members_of_large_and_small_groups)
{
    int64_t large, small;
    char name[32];
    struct account_row *rows = calloc(600, sizeof *rows);
    size_t count;
    const struct account_place top = {0};
    cr_assert_ok(group_create(&act, "large", &large));
    cr_assert_ok(group_create(&act, "small", &small));
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "m-%03d", 299 - i);
        int64_t account = house_account(name);
        cr_assert_ok(group_set_member(&act, large, account, true, NULL));
        if (i % 100 == 0) cr_assert_ok(group_set_member(&act, small, account, true, NULL));
    }
    const struct account_query of_large = {.filter = "", .group = large};
    const struct account_query of_small = {.filter = "", .group = small};
    cr_assert_ok(
        account_page(act.store, act.now, &of_large, &top, (struct page){.max = 600}, rows, &count));
    cr_assert_eq(count, 300);
    cr_assert_str_eq(rows[0].name, "m-000");
    cr_assert_ok(
        account_page(act.store, act.now, &of_small, &top, (struct page){.max = 600}, rows, &count));
    cr_assert_eq(count, 3);
    cr_assert_str_eq(rows[0].name, "m-099");
    cr_assert_str_eq(rows[2].name, "m-299");
    struct account_place place = account_place_of(&of_small, &rows[0]);
    cr_assert_ok(account_page(act.store, act.now, &of_small, &place, (struct page){.max = 600},
                              rows, &count));
    cr_assert_eq(count, 2);
    free(rows);
}
