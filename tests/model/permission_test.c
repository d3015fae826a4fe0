#include "house.h"

#include <gatehouse/group.h>
#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission.h>
#include <gatehouse/permission_change.h>
#include <stdio.h>

TestSuite(permission, .init = house_open, .fini = house_close);

static int64_t find(const char *id)
{
    int64_t number = 0;
    cr_assert_ok(permission_find(act.store, id, &number));
    return number;
}

Test(permission, a_new_database_has_the_catalogue_by_name_without_the_reserved_one)
{
    struct permissions *all;
    int64_t number;
    cr_assert_ok(permission_list(act.store, &all));
    cr_assert_gt(all->count, 1);
    for (size_t i = 1; i < all->count; i++)
        cr_assert_leq(strcmp(all->items[i - 1].name, all->items[i].name), 0);
    free(all);
    cr_assert_eq(permission_find(act.store, "token_management", &number), ERR_NOT_FOUND);
}

Test(permission, an_id_is_checked_and_taken_once)
{
    int64_t number;
    static const char *const wrong[] = {"", "Upper", "with blank", "ü", "semi;colon"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_eq(permission_create(&act, wrong[i], "N", "S.", &number), ERR_INVALID, "%s",
                     wrong[i]);
    char id[66];
    memset(id, 'x', 65);
    id[65] = 0;
    cr_assert_eq(permission_create(&act, id, "N", "S.", &number), ERR_INVALID);
    id[64] = 0;
    cr_assert_ok(permission_create(&act, id, "N", "S.", &number));
    cr_assert_eq(number, find(id));
    cr_assert_eq(permission_create(&act, id, "N", "S.", &number), ERR_CONFLICT);
    cr_assert_ok(permission_create(&act, "a:b/c.d-e_9", "M", "S.", &number));
    cr_assert_eq(house_events("permission.create"), 2);
}

Test(permission, name_and_sentence_are_printable_and_short)
{
    int64_t number;
    char sentence[402];
    memset(sentence, 'x', 401);
    sentence[401] = 0;
    cr_assert_eq(permission_create(&act, "p", "", "S.", &number), ERR_INVALID);
    cr_assert_eq(permission_create(&act, "p", "a\033b", "S.", &number), ERR_INVALID);
    cr_assert_eq(permission_create(&act, "p", "N", "a\nb", &number), ERR_INVALID);
    cr_assert_eq(permission_create(&act, "p", "N", sentence, &number), ERR_INVALID);
    sentence[400] = 0;
    cr_assert_ok(permission_create(&act, "p", "N", sentence, &number));
}

Test(permission, token_management_can_be_neither_created_nor_granted)
{
    house_is_damaged = true;
    int64_t number, events = house_all_events();
    cr_assert_refused(permission_create(&act, "token_management", "N", "S.", &number), ERR_CONFLICT,
                      "reserved");
    /* A file that was written by other means may contain it all the same. */
    cr_assert_ok(stmt_run(store_prepare(act.store, "INSERT INTO permission (id, name, sentence) "
                                                   "VALUES ('token_management', 'N', 'S.')")));
    number = find("token_management");
    cr_assert_refused(permission_grant(&act, sa, number, true, NULL), ERR_CONFLICT, "reserved");
    cr_assert_refused(group_grant(&act, GROUP_EVERYONE, number, true), ERR_CONFLICT, "reserved");
    cr_assert_eq(house_all_events(), events);
    cr_assert_not(house_holds(sa, number));
}

Test(permission, an_explicit_grant_has_one_event_and_touches_the_account)
{
    int64_t number = find("agent_management"), version = house_version(sa);
    int64_t generation = house_generation(), events = house_all_events();
    cr_assert_ok(permission_grant(&act, sa, number, true, NULL));
    cr_assert_ok(permission_grant(&act, sa, number, true, NULL));
    cr_assert(house_holds(sa, number));
    cr_assert_neq(house_version(sa), version);
    cr_assert_gt(house_generation(), generation);
    cr_assert_eq(house_all_events(), events + 1);
    cr_assert_ok(permission_grant(&act, sa, number, false, NULL));
    cr_assert_ok(permission_grant(&act, sa, number, false, NULL));
    cr_assert_not(house_holds(sa, number));
    cr_assert_eq(house_all_events(), events + 2);
}

Test(permission, granting_what_or_to_whom_is_not_there_is_refused)
{
    cr_assert_eq(permission_grant(&act, sa, 4711, true, NULL), ERR_NOT_FOUND);
    cr_assert_eq(permission_grant(&act, 4711, find("agent_management"), true, NULL), ERR_NOT_FOUND);
}

Test(permission, a_grant_is_of_one_account_only)
{
    int64_t number = find("agent_management"), other = house_account("other");
    cr_assert_ok(permission_grant(&act, sa, number, true, NULL));
    cr_assert_not(house_holds(other, number));
}

Test(permission, one_grant_is_taken_and_no_other)
{
    struct account_details details;
    int64_t one = find("agent_management"), two = find("ingestion"), other = house_account("other"),
            version;
    cr_assert_ok(permission_grant(&act, sa, one, true, NULL));
    cr_assert_ok(permission_grant(&act, sa, two, true, NULL));
    cr_assert_ok(permission_grant(&act, other, one, true, NULL));
    cr_assert_ok(permission_grant(&act, sa, one, false, NULL));
    cr_assert(!house_holds(sa, one) && house_holds(sa, two) && house_holds(other, one));
    cr_assert_ok(permission_grant(&act, sa, one, true, NULL));
    cr_assert_ok(account_details_load(act.store, sa, &details, &version));
    id_set_remove(&details.permissions, one);
    cr_assert_ok(account_update(&act, sa, version, &details));
    account_details_free(&details);
    cr_assert(!house_holds(sa, one) && house_holds(sa, two) && house_holds(other, one));
    house_expect_sound();
}

static void assert_sources(const struct permission_sources *sources, int64_t permission,
                           const int64_t *groups, size_t count)
{
    cr_assert_eq(sources->count, count);
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(sources->items[i].permission, permission);
        cr_assert_eq(sources->items[i].group, groups[i]);
    }
}

Test(permission, every_source_is_named_the_explicit_one_first_and_staged_ones_alike)
{
    int64_t number = find("agent_management"), group, unrelated;
    struct permission_sources *sources;
    cr_assert_ok(group_create(&act, "Builders", &group));
    cr_assert_ok(group_create(&act, "Unrelated", &unrelated));
    cr_assert_ok(group_grant(&act, GROUP_EVERYONE, number, true));
    cr_assert_ok(group_grant(&act, group, number, true));
    cr_assert_ok(group_grant(&act, unrelated, number, true));
    cr_assert_ok(group_set_member(&act, group, sa, true, NULL));
    cr_assert_ok(permission_grant(&act, sa, number, true, NULL));
    const int64_t expected[] = {0, GROUP_EVERYONE, group};
    cr_assert_ok(permission_effective(act.store, sa, &sources));
    assert_sources(sources, number, expected, 3);
    cr_assert_str_eq(sources->items[0].group_name, "");
    cr_assert_str_eq(sources->items[2].group_name, "Builders");
    free(sources);
    const struct id_set groups = {.count = 1, .ids = &group}, own = {.count = 1, .ids = &number};
    cr_assert_ok(permission_effective_staged(act.store, &groups, &own, &sources));
    assert_sources(sources, number, expected, 3);
    free(sources);
    const struct id_set none = {0};
    cr_assert_ok(permission_effective_staged(act.store, &none, &none, &sources));
    assert_sources(sources, number, expected + 1, 1);
    free(sources);
}

Test(permission, staged_sources_stand_in_the_order_of_the_permissions)
{
    struct permission_sources *sources;
    struct id_set own = {0}, groups = {0};
    struct permissions *all;
    cr_assert_ok(permission_list(act.store, &all));
    for (size_t i = all->count; i-- > 0;) {
        int64_t number = all->items[i].number, group;
        char name[32];
        snprintf(name, sizeof name, "Group %zu", i);
        cr_assert_ok(group_create(&act, name, &group));
        cr_assert_ok(group_grant(&act, group, number, true));
        cr_assert_ok(id_set_add(&groups, group));
        if (i % 2) cr_assert_ok(id_set_add(&own, number));
    }
    cr_assert_ok(permission_effective_staged(act.store, &groups, &own, &sources));
    cr_assert_eq(sources->count, all->count + own.count);
    for (size_t i = 1; i < sources->count; i++)
        cr_assert_leq(sources->items[i - 1].permission, sources->items[i].permission);
    free(sources);
    free(all);
    id_set_free(&own);
    id_set_free(&groups);
}

/* As one that was deleted by somebody else while it was on the screen. */
Test(permission, one_that_is_gone_is_not_found_whatever_is_asked_of_it)
{
    static const char gone[] = "that permission no longer exists";
    struct permission row;
    struct id_set one = {0};
    int64_t number, events = house_all_events();
    bool changed;
    cr_assert_ok(id_set_add(&one, sa));
    cr_assert_refused(permission_get(act.store, 4711, &row), ERR_NOT_FOUND, gone);
    cr_assert_refused(permission_edit(&act, 4711, "N", "S.", &changed), ERR_NOT_FOUND, gone);
    cr_assert_refused(permission_delete(&act, 4711), ERR_NOT_FOUND, gone);
    cr_assert_refused(permission_grant(&act, sa, 4711, false, &changed), ERR_NOT_FOUND, gone);
    cr_assert_refused(permission_grant_all(&act, &one, 4711, true, NULL), ERR_NOT_FOUND, gone);
    cr_assert_refused(permission_find(act.store, "never", &number), ERR_NOT_FOUND,
                      "gatehouse permission list shows them");
    cr_assert_refused(permission_find_typed(act.store, "never", &number), ERR_NOT_FOUND, "");
    cr_assert_refused(permission_find(act.store, "\xff", &number), ERR_INVALID, "not valid text");
    cr_assert_eq(house_all_events(), events);
    id_set_free(&one);
}

Test(permission, what_is_typed_is_an_id_or_a_name_that_only_one_has)
{
    int64_t one, two, found;
    cr_assert_ok(permission_create(&act, "a", "Twice", "", &one));
    cr_assert_ok(permission_create(&act, "b", "a", "", &two));
    cr_assert_ok(permission_find_typed(act.store, "twice", &found));
    cr_assert_eq(found, one);
    cr_assert_ok(permission_find_typed(act.store, "a", &found));
    cr_assert_eq(found, one, "an id counts more than a name");
    cr_assert_ok(permission_find_typed(act.store, "A", &found));
    cr_assert_eq(found, two);
    cr_assert_ok(permission_find_typed(act.store, "B", &found));
    cr_assert_eq(found, two, "an id in any case, if no name is that");
}

Test(permission, an_edit_is_checked_as_a_new_one_is_and_writes_what_changed)
{
    int64_t number, other;
    char longest[PERMISSION_NAME_MAX + 2];
    bool changed;
    memset(longest, 'x', sizeof longest);
    longest[PERMISSION_NAME_MAX + 1] = 0;
    cr_assert_ok(permission_create(&act, "p", "N", "S.", &number));
    cr_assert_ok(permission_create(&act, "q", "M", "S.", &other));
    int64_t events = house_all_events();
    cr_assert_refused(permission_edit(&act, number, longest, NULL, &changed), ERR_INVALID,
                      "a permission's name has 1 to 64 visible characters");
    cr_assert_refused(permission_edit(&act, number, NULL, "a\nb", &changed), ERR_INVALID,
                      "a permission's sentence has at most 400 printable characters");
    cr_assert_refused(permission_edit(&act, number, "m", NULL, &changed), ERR_CONFLICT,
                      "choose another name");
    cr_assert_refused(permission_create(&act, "p", "O", "", &other), ERR_CONFLICT,
                      "choose another id");
    cr_assert_ok(permission_edit(&act, number, NULL, NULL, &changed));
    cr_assert_not(changed);
    cr_assert_ok(permission_edit(&act, number, "N", "S.", &changed));
    cr_assert_not(changed);
    cr_assert_eq(house_all_events(), events);
    cr_assert_ok(permission_edit(&act, number, "n", NULL, &changed));
    cr_assert(changed, "its own name in another case is free");
    cr_assert_ok(permission_edit(&act, number, NULL, "", NULL));
    longest[PERMISSION_NAME_MAX] = 0;
    cr_assert_ok(permission_edit(&act, number, longest, NULL, NULL));
    cr_assert_eq(house_events("permission.update"), 3);
    cr_assert_eq(house_number("SELECT count(*) FROM event WHERE kind = 'permission.update' AND "
                              "before = '{\"name\":\"n\",\"sentence\":\"S.\"}' AND after = "
                              "'{\"name\":\"n\",\"sentence\":\"\"}'",
                              0),
                 1);
}

Test(permission, deleting_one_says_who_had_it_and_touches_them)
{
    int64_t number, group, other = house_account("other"), holders;
    cr_assert_ok(permission_create(&act, "p", "N", "S.", &number));
    cr_assert_ok(group_create(&act, "Builders", &group));
    cr_assert_ok(group_grant(&act, group, number, true));
    cr_assert_ok(permission_grant(&act, sa, number, true, NULL));
    cr_assert_ok(permission_grant(&act, other, number, true, NULL));
    cr_assert_ok(permission_count_holders(act.store, number, &holders));
    cr_assert_eq(holders, 2);
    int64_t version = house_version(sa), generation = house_generation();
    int64_t of_group = house_group_version(group);
    cr_assert_ok(permission_delete(&act, number));
    cr_assert_neq(house_version(sa), version);
    cr_assert_neq(house_group_version(group), of_group);
    cr_assert_gt(house_generation(), generation);
    cr_assert_eq(house_number("SELECT count(*) FROM event WHERE kind = 'permission.delete' AND "
                              "subject = 'p' AND before = "
                              "'{\"accounts\":2,\"groups\":1,\"name\":\"N\",\"sentence\":\"S.\"}'",
                              0),
                 1);
    cr_assert_eq(house_number("SELECT count(*) FROM account_grant", 0), 0);
}

Test(permission, is_granted_to_many_and_only_those_that_changed_are_told)
{
    struct id_set all = {0}, changed = {0};
    int64_t number = find("agent_management"), other = house_account("other");
    cr_assert_ok(id_set_add(&all, sa));
    cr_assert_ok(id_set_add(&all, other));
    cr_assert_ok(permission_grant(&act, sa, number, true, NULL));
    cr_assert_ok(permission_grant_all(&act, &all, number, true, &changed));
    cr_assert(changed.count == 1 && changed.ids[0] == other);
    id_set_free(&changed);
    cr_assert_ok(permission_grant_all(&act, &all, number, false, &changed));
    cr_assert_eq(changed.count, 2);
    cr_assert_ok(permission_grant_all(&act, &all, number, false, NULL));
    cr_assert_eq(house_events("account.revoke"), 2);
    id_set_free(&changed);
    id_set_free(&all);
}

/* More than are chosen at once. */
Test(permission, is_granted_to_any_number_of_accounts)
{
    enum { MANY = 2 * 256 + 1 };
    struct id_set all = {0}, changed = {0};
    int64_t number = find("agent_management");
    cr_assert_ok(store_begin(act.store));
    for (int i = 0; i < MANY; i++) {
        char name[16];
        snprintf(name, sizeof name, "many-%d", i);
        cr_assert_ok(id_set_add(&all, house_account(name)));
    }
    cr_assert_ok(permission_grant_all(&act, &all, number, true, &changed));
    cr_assert_ok(store_end(act.store, OK));
    cr_assert(id_set_equal(&changed, &all));
    cr_assert_eq(house_number("SELECT count(*) FROM account_grant WHERE permission = :n", number),
                 MANY);
    house_expect_sound();
    id_set_free(&changed);
    id_set_free(&all);
}
