#include <gatehouse/account_list.h>

#include "house.h"

#include <stdio.h>

TestSuite(account, .init = house_open, .fini = house_close);

Test(account, names_are_lower_cased_and_the_prefix_is_optional)
{
    int64_t one, two;
    cr_assert_ok(account_find(act.store, "CI-Deploy", &one));
    cr_assert_ok(account_find(act.store, "SA::ci-deploy", &two));
    cr_assert_eq(one, sa);
    cr_assert_eq(two, sa);
}

Test(account, names_outside_the_rule_are_refused)
{
    static const char *const wrong[] = {
        "",    "sa::",  "-a",
        ".a",  "a b",   "wöchentlich",
        "a/b", "a\033", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    char name[ACCOUNT_NAME_MAX + 1];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_eq(account_parse_name(wrong[i], name), ERR_INVALID, "%s", wrong[i]);
}

Test(account, a_taken_name_is_refused)
{
    const struct account_details nothing = {0};
    int64_t number;
    cr_assert_refused(account_create(&act, "sa::CI-DEPLOY", &nothing, &number), ERR_CONFLICT,
                      "taken");
}

Test(account, a_new_one_is_active_without_explicit_permission)
{
    struct account account;
    struct account_details details;
    int64_t version;
    cr_assert_ok(account_get(act.store, act.now, sa, &account));
    cr_assert(account.row.active);
    cr_assert_ok(account_details_load(act.store, sa, &details, &version));
    cr_assert_eq(details.permissions.count, 0);
    cr_assert_eq(details.groups.count, 0);
    account_details_free(&details);
}

Test(account, switching_twice_writes_one_event)
{
    bool changed;
    cr_assert_ok(account_set_active(&act, sa, false, &changed));
    cr_assert(changed);
    cr_assert_ok(account_set_active(&act, sa, false, &changed));
    cr_assert_not(changed);
    cr_assert_eq(house_events("account.deactivate"), 1);
    cr_assert_eq(house_number("SELECT value FROM counter WHERE name = 'inactive'", 0), 1);
}

Test(account, rule_12_an_update_on_an_old_version_is_refused_and_the_toggle_never_conflicts)
{
    struct account_details details;
    int64_t version;
    cr_assert_ok(account_details_load(act.store, sa, &details, &version));
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
    free(details.owner);
    details.owner = strdup("mara");
    cr_assert_ok(account_update(&act, sa, version, &details));
    free(details.owner);
    details.owner = strdup("joe");
    cr_assert_eq(account_update(&act, sa, version, &details), ERR_CONFLICT);
    account_details_free(&details);
}

Test(account, deleting_leaves_the_digests_behind_as_dead)
{
    int64_t number;
    struct secret *text;
    struct token_pass pass;
    cr_assert_ok(token_generate(&act, sa, &(struct token_plan){.name = "t", .expires = WHEN_NEVER},
                                &number, &text));
    cr_assert_ok(account_delete(&act, sa));
    cr_assert_eq(house_number("SELECT dead FROM digest WHERE token = :n", number), 1);
    cr_assert_eq(token_check(checker, act.now, text->bytes, text->size, NULL, &pass, NULL),
                 ERR_NOT_FOUND);
    cr_assert_eq(house_number("SELECT value FROM counter WHERE name = 'accounts'", 0), 0);
    secret_free(text);
}

enum { MANY = 60 };

static void fill(void)
{
    for (int i = 0; i < MANY; i++) {
        char name[16];
        snprintf(name, sizeof name, "a-%02d", i * 37 % MANY);
        act.now = NOON - i / 7 * 1000;
        int64_t number = house_account(name);
        if (i % 3 == 0) cr_assert_ok(account_set_active(&act, number, false, NULL));
    }
}

/* Pages of seven, forward and back, must show every account once, in the same order. */
static void walk(const struct account_query *query)
{
    struct account_row rows[7];
    char there[MANY + 1][ACCOUNT_NAME_MAX + 1];
    struct account_place place = {0};
    size_t count, seen = 0;
    do {
        cr_assert_ok(
            account_page(act.store, NOON, query, &place, (struct page){.max = 7}, rows, &count));
        for (size_t i = 0; i < count; i++)
            strcpy(there[seen++], rows[i].name);
        if (count) place = account_place_of(query, &rows[count - 1]);
    } while (count == 7);
    cr_assert_eq(seen, MANY + 1);
    place = (struct account_place){0};
    do {
        cr_assert_ok(account_page(act.store, NOON, query, &place,
                                  (struct page){.max = 7, .backward = true}, rows, &count));
        for (size_t i = count; i > 0; i--)
            cr_assert_str_eq(rows[i - 1].name, there[--seen]);
        if (count) place = account_place_of(query, &rows[0]);
    } while (count == 7);
    cr_assert_eq(seen, 0);
}

Test(account, pages_agree_in_both_directions_for_every_sort)
{
    fill();
    for (int sort = ACCOUNT_BY_ID; sort <= ACCOUNT_BY_CREATED; sort++)
        for (int descending = 0; descending < 2; descending++)
            walk(&(struct account_query){
                .filter = "", .sort = (enum account_sort)sort, .descending = descending});
}

/* There are many picks for these few accounts, so the estimate is nearly exact. */
Test(account, a_sample_tells_about_where_a_row_stands_in_every_order)
{
    struct account_row rows[MANY + 1];
    size_t count;
    fill();
    for (int sort = ACCOUNT_BY_ID; sort <= ACCOUNT_BY_CREATED; sort++)
        for (int descending = 0; descending < 2; descending++) {
            struct account_query query = {
                .filter = "", .sort = (enum account_sort)sort, .descending = descending};
            struct account_place place = {0};
            cr_assert_ok(account_page(act.store, NOON, &query, &place,
                                      (struct page){.max = MANY + 1}, rows, &count));
            for (size_t i = 0; i < count; i++) {
                struct sample sample;
                place = account_place_of(&query, &rows[i]);
                cr_assert_ok(account_sample(act.store, &query, &place, &sample));
                cr_assert_eq(sample.matching, 200);
                cr_assert_float_eq((double)sample.before / 200, (double)i / (double)count, 0.03,
                                   "sort %d, row %zu: %d", sort, i, (int)sample.before);
            }
        }
}

Test(account, a_sample_of_few_that_match_is_taken_from_all)
{
    struct account_place place = {.name = "zz"};
    struct sample sample;
    fill();
    const struct account_query active = {.filter = "", .status = ACCOUNT_ACTIVE},
                               none = {.filter = "no-such-name"};
    cr_assert_ok(account_sample(act.store, &active, &place, &sample));
    cr_assert(sample.matching > 20 && sample.matching < 200, "%d", (int)sample.matching);
    cr_assert_eq(sample.before, sample.matching);
    cr_assert_ok(account_sample(act.store, &none, &place, &sample));
    cr_assert_eq(sample.matching, 200);
}

static int64_t matching(const char *filter)
{
    int64_t count;
    cr_assert_ok(account_count(act.store, &(struct account_query){.filter = filter}, &count));
    return count;
}

Test(account, filters_take_signs_literally_and_words_together)
{
    const struct account_details details = {.description = "Deploys 100% of it", .owner = "Team-A"};
    int64_t number;
    cr_assert_ok(account_create(&act, "a_b", &details, &number));
    cr_assert_ok(account_create(&act, "axb", &(struct account_details){0}, &number));
    cr_assert_eq(matching("a_b"), 1);
    cr_assert_eq(matching("%"), 0);
    cr_assert_eq(matching("'"), 0);
    cr_assert_eq(matching("d:100%"), 1);
    cr_assert_eq(matching("o:team-a b"), 1);
    cr_assert_eq(matching("o:team-a x"), 0);
    cr_assert_eq(matching("SA::A"), 2);
    cr_assert_eq(matching("d:"), 3);
}

static void add_ids(struct id_set *set, int64_t a, int64_t b)
{
    if (a) cr_assert_ok(id_set_add(set, a));
    if (b) cr_assert_ok(id_set_add(set, b));
}

Test(account, rule_17_a_merge_keeps_what_others_added_and_removed)
{
    char before[] = "before", mine_text[] = "mine", their_text[] = "theirs";
    struct account_details base = {.description = before, .owner = before};
    struct account_details mine = {.description = mine_text, .owner = before};
    struct account_details theirs = {.description = their_text, .owner = their_text}, merged;
    add_ids(&base.groups, 2, 3);
    add_ids(&mine.groups, 3, 4);   /* 2 left, 4 joined */
    add_ids(&theirs.groups, 2, 5); /* 3 left, 5 joined */
    cr_assert_ok(account_details_merge(&base, &mine, &theirs, &merged));
    cr_expect_str_eq(merged.description, "mine");
    cr_expect_str_eq(merged.owner, "theirs");
    cr_assert_eq(merged.groups.count, 2);
    cr_expect(id_set_has(&merged.groups, 4) && id_set_has(&merged.groups, 5));
    account_details_free(&merged);
    id_set_free(&base.groups);
    id_set_free(&mine.groups);
    id_set_free(&theirs.groups);
}
