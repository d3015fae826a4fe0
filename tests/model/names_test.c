/* Names that look alike are one: groups, owners, permissions, searches; and an upgrade that makes
 * them so. */
#include "tests/model/house.h"

#include <gatehouse/account_list.h>
#include <gatehouse/group_change.h>
#include <gatehouse/permission_change.h>
#include <gatehouse/search.h>

#include "src/model/group_internal.h"
#include <stdio.h>

TestSuite(names, .init = house_open, .fini = house_close);

static const char *const alike[] = {"Build Team", " build  team ", "ＢＵＩＬＤ\u00a0team",
                                    "build\u3000TEAM"};
enum { ALIKE = sizeof alike / sizeof *alike };

Test(names, of_groups_that_look_alike_are_one)
{
    int64_t group, found = 0, other;
    cr_assert_ok(group_create(&act, "build team", &group));
    for (int i = 0; i < ALIKE; i++) {
        cr_expect_eq(group_create(&act, alike[i], &other), ERR_CONFLICT, "%s", alike[i]);
        cr_assert_ok(group_find(act.store, alike[i], &found));
        cr_expect_eq(found, group, "%s", alike[i]);
    }
}

Test(names, of_owners_that_look_alike_are_one)
{
    struct id_set set;
    for (int i = 0; i < ALIKE; i++) {
        int64_t number;
        char name[20];
        snprintf(name, sizeof name, "of-%d", i);
        cr_assert_ok(account_create(&act, name,
                                    &(struct account_details){.owner = (char *)alike[i]}, &number));
    }
    for (int i = 0; i < ALIKE; i++) {
        cr_assert_ok(account_numbers_of_owner(act.store, alike[i], &set));
        cr_expect_eq(set.count, ALIKE, "%s", alike[i]);
        id_set_free(&set);
    }
    cr_assert_refused(account_numbers_of_owner(act.store, "nosuch", &set), ERR_NOT_FOUND, "nosuch");
    cr_assert_refused(account_numbers_of_owner(act.store, "", &set), ERR_NOT_FOUND, "owner");
}

Test(names, of_permissions_are_found_in_any_case_and_are_one)
{
    int64_t number, found = 0, other;
    cr_assert_ok(permission_create(&act, "deploy", "Deploys", "May deploy", &number));
    cr_assert_ok(permission_find(act.store, " Deploy ", &found));
    cr_assert_eq(found, number);
    cr_assert_refused(permission_create(&act, "other", "DEPLOYS ", "", &other), ERR_CONFLICT,
                      "another permission");
    cr_assert_ok(permission_create(&act, "other", "Other", "", &other));
    cr_assert_refused(permission_edit(&act, other, "deploys", "", NULL), ERR_CONFLICT,
                      "another permission");
    cr_assert_ok(permission_edit(&act, number, "DEPLOYS", "May deploy", NULL));
}

Test(names, of_searches_that_look_alike_are_one)
{
    struct search search = {.name = "Build team", .filter = "ci"};
    struct searches *all = NULL;
    cr_assert_ok(search_save(&act, &search));
    for (int i = 0; i < ALIKE; i++) {
        snprintf(search.name, sizeof search.name, "%s", alike[i]);
        search.facet = TOKENS_ENDING;
        cr_assert_ok(search_save(&act, &search));
        cr_assert_ok(search_list(act.store, &all));
        cr_expect_eq(all->count, 1);
        cr_expect_str_eq(all->items[0].name, alike[i]);
        free(all);
    }
    cr_assert_ok(search_find(act.store, "BUILD TEAM", &search));
    cr_assert_eq(search.facet, TOKENS_ENDING);
    cr_assert_ok(search_delete(&act, "build team"));
    cr_assert_eq(search_find(act.store, "build team", &search), ERR_NOT_FOUND);
}

Test(names, with_invisible_characters_are_refused)
{
    static const char hidden[] = "bui\u3164ld";
    int64_t number;
    struct secret *text;
    const struct search search = {.name = "bui\u3164ld", .filter = ""};
    cr_assert_eq(group_create(&act, hidden, &number), ERR_INVALID);
    cr_assert_eq(permission_create(&act, "x", hidden, "", &number), ERR_INVALID);
    cr_assert_eq(search_save(&act, &search), ERR_INVALID);
    cr_assert_eq(
        account_create(&act, "x", &(struct account_details){.owner = (char *)hidden}, &number),
        ERR_INVALID);
    cr_assert_eq(token_generate(&act, sa,
                                &(struct token_plan){.name = hidden, .expires = WHEN_NEVER},
                                &number, &text),
                 ERR_INVALID);
}

static void insert(int number, const char *name, const char *folded)
{
    struct stmt *stmt = store_prepare(act.store, "INSERT INTO account_group (number, name, folded) "
                                                 "VALUES (:number, :name, :folded)");
    bind_int(stmt, ":number", number);
    bind_text(stmt, ":name", name);
    bind_text(stmt, ":folded", folded);
    cr_assert_ok(stmt_run(stmt));
}

static void note(const char *sentence, void *count)
{
    cr_expect(strstr(sentence, "is not found by its name"), "%s", sentence);
    ++*(int *)count;
}

Test(names, of_groups_are_folded_anew_by_an_upgrade)
{
    house_is_damaged = true;
    int64_t found = 0;
    int told = 0;
    insert(10, "file", "file");
    insert(11, "ﬁle", "ﬁle");
    insert(12, "Ｅveryone", "ｅveryone");
    insert(13, "two  blanks", "two  blanks");
    insert(14, "file (2)", "file (2)");
    cr_assert_ok(group_refold(act.store));
    cr_assert_ok(group_find(act.store, "file", &found));
    cr_assert_eq(found, 10);
    cr_assert_ok(group_find(act.store, "two blanks", &found));
    cr_assert_eq(found, 13);
    cr_assert_ok(group_find(act.store, "everyone", &found));
    cr_assert_eq(found, GROUP_EVERYONE);
    cr_assert_ok(group_find(act.store, "everyone (2)", &found));
    cr_assert_eq(found, 12);
    cr_assert_ok(doctor_run(act.store, NULL, note, &told));
    cr_assert_eq(told, 2); /* the groups 11 and 12 */
}
