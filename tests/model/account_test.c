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
    struct account_row account;
    struct account_details details;
    int64_t version;
    cr_assert_ok(account_get(act.store, act.now, sa, &account));
    cr_assert(account.active);
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

/* As an account that was deleted by somebody else while it was on the screen. */
Test(account, one_that_is_gone_is_not_found_whatever_is_asked_of_it)
{
    static const char gone[] = "that account no longer exists";
    struct account_row account;
    struct account_impact impact;
    struct account_details details = {0};
    int64_t version, events = house_all_events();
    cr_assert_refused(account_get(act.store, NOON, 4711, &account), ERR_NOT_FOUND, gone);
    cr_assert_refused(account_get_impact(act.store, NOON, 4711, &impact), ERR_NOT_FOUND, gone);
    cr_assert_refused(account_details_load(act.store, 4711, &details, &version), ERR_NOT_FOUND,
                      gone);
    cr_assert_refused(account_update(&act, 4711, 0, &details), ERR_NOT_FOUND, gone);
    cr_assert_refused(account_set_active(&act, 4711, false, NULL), ERR_NOT_FOUND, gone);
    cr_assert_refused(account_delete(&act, 4711), ERR_NOT_FOUND, gone);
    cr_assert_refused(account_find(act.store, "ci-later", &version), ERR_NOT_FOUND, "sa::ci-later");
    cr_assert_eq(house_all_events(), events);
}

/* A text of `count` characters of two bytes each; freed by the caller. */
static char *long_text(size_t count)
{
    char *text = calloc(1, 2 * count + 1), *end = text;
    cr_assert_not_null(text);
    while (count-- > 0)
        end = stpcpy(end, "ö");
    return text;
}

Test(account, details_are_as_long_as_they_may_be_and_no_longer)
{
    struct account_details details = {.description = long_text(ACCOUNT_DESCRIPTION_MAX),
                                      .owner = long_text(ACCOUNT_OWNER_MAX)};
    char *longer = long_text(ACCOUNT_DESCRIPTION_MAX + 1), unseen[] = "a\u200bb", bell[] = "a\ab";
    int64_t number;
    cr_assert_ok(account_create(&act, "full", &details, &number));
    struct account_row account;
    cr_assert_ok(account_get(act.store, NOON, number, &account));
    cr_expect_str_eq(account.description, details.description);
    cr_expect_str_eq(account.owner, details.owner);
    account_details_free(&details);
    const struct {
        struct account_details details;
        const char *why;
    } wrong[] = {
        {{.description = longer}, "the description is too long: at most 1000 characters"},
        {{.description = bell}, "the description has characters that cannot be shown"},
        {{.owner = longer}, "the owner is too long: at most 128 characters"},
        {{.owner = unseen}, "the owner has characters that cannot be seen"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cr_assert_refused(account_create(&act, "no", &wrong[i].details, &number), ERR_INVALID,
                          wrong[i].why);
        cr_assert_refused(account_update(&act, sa, 1, &wrong[i].details), ERR_INVALID,
                          wrong[i].why);
    }
    free(longer);
}

Test(account, a_name_that_is_refused_is_told_why)
{
    char name[ACCOUNT_NAME_MAX + 1], longest[ACCOUNT_NAME_MAX + 2];
    memset(longest, 'x', sizeof longest);
    longest[ACCOUNT_NAME_MAX + 1] = 0;
    cr_assert_refused(account_parse_name(longest, name), ERR_INVALID, "the name is too long: 1 to");
    cr_assert_refused(account_parse_name("sa::", name), ERR_INVALID, "a name is needed: 1 to 64");
    cr_assert_refused(account_parse_name("a b", name), ERR_INVALID, "is not a valid name: 1 to 64");
    longest[ACCOUNT_NAME_MAX] = 0;
    cr_assert_ok(account_parse_name(longest, name));
    cr_assert_str_eq(name, longest);
    cr_assert_ok(account_parse_name("0._-9AZ", name));
    cr_assert_str_eq(name, "0._-9az");
}

Test(account, of_many_names_those_that_are_known_are_found)
{
    enum { NAMES = 40 };
    static char names[NAMES][ACCOUNT_NAME_MAX + 1];
    const char *list[NAMES];
    bool known[NAMES];
    for (int i = 0; i < NAMES; i++) {
        memset(names[i], 'n', ACCOUNT_NAME_MAX);
        memcpy(names[i], (char[]){(char)('a' + i / 10), (char)('0' + i % 10)}, 2);
        list[i] = names[i];
        if (i % 3 == 0) house_account(names[i]);
    }
    memset(known, true, sizeof known);
    cr_assert_ok(accounts_find(act.store, list, NAMES, known));
    for (int i = 0; i < NAMES; i++)
        cr_assert_eq(known[i], i % 3 == 0, "%d", i);
    cr_assert_ok(accounts_find(act.store, list, 0, known));
}

Test(account, whether_a_token_ends_within_the_next_days_is_known)
{
    struct account_row account;
    house_token(sa, "later", NOON + WHEN_SOON + 1);
    house_token(sa, "never", WHEN_NEVER);
    cr_assert_ok(account_get(act.store, NOON, sa, &account));
    cr_assert(!account.ending && account.tokens == 2);
    cr_assert_ok(account_get(act.store, NOON + 1, sa, &account));
    cr_assert(account.ending);
}

/* One letter is as long as a name may be short. */
Test(account, pages_go_on_after_names_of_one_letter)
{
    static const char *const names[] = {"a", "b", "ci-deploy", "x", "y"};
    enum { NAMES = sizeof names / sizeof *names };
    for (int i = NAMES; i-- > 0;)
        if (i != 2) house_account(names[i]);
    for (int sort = ACCOUNT_BY_ID; sort <= ACCOUNT_BY_STATUS; sort++)
        for (int filtered = 0; filtered < 2; filtered++) {
            const struct account_query query = {.filter = filtered ? "is:active" : "",
                                                .sort = (enum account_sort)sort};
            struct account_place place = {0};
            struct account_row row;
            size_t count;
            for (int i = 0; i < NAMES; i++) {
                cr_assert_ok(account_page(act.store, NOON, &query, &place, (struct page){.max = 1},
                                          &row, &count));
                cr_assert_eq(count, 1);
                cr_assert_str_eq(row.name, names[i], "sort %d", sort);
                place = account_place_of(&query, &row);
            }
            cr_assert_ok(account_page(act.store, NOON, &query, &place, (struct page){.max = 1},
                                      &row, &count));
            cr_assert_eq(count, 0);
        }
}

Test(account, a_filter_that_no_list_understands_is_refused_by_all_that_take_one)
{
    static const struct {
        const char *filter, *why;
    } wrong[] = {{"is:new", ": use is:active or is:inactive"}, {"a team:x", "team:"}};
    const struct account_place top = {0};
    struct account_row row;
    struct id_set set;
    struct sample sample;
    size_t rows;
    int64_t count;
    bool is;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const struct account_query query = {.filter = wrong[i].filter};
        const struct page page = {.max = 1};
        const char *why = wrong[i].why;
        cr_assert_refused(account_filter_check(query.filter), ERR_INVALID, why);
        cr_assert_refused(account_page(act.store, NOON, &query, &top, page, &row, &rows),
                          ERR_INVALID, why);
        cr_assert_refused(account_numbers(act.store, &query, &set), ERR_INVALID, why);
        cr_assert_refused(account_matches(act.store, &query, sa, &is), ERR_INVALID, why);
        cr_assert_refused(account_count(act.store, &query, &count), ERR_INVALID, why);
        cr_assert_refused(account_sample(act.store, &query, &top, &sample), ERR_INVALID, why);
        cr_assert_refused(access_read(act.store, &query, NULL, NULL), ERR_INVALID, why);
    }
    cr_assert_ok(account_filter_check("is:inactive o:a d:b c"));
}

Test(account, those_of_an_owner_are_found_whatever_the_case)
{
    char owner[] = "Größe", other[] = "Groß";
    struct id_set set;
    int64_t one, two;
    cr_assert_ok(account_create(&act, "two", &(struct account_details){.owner = owner}, &two));
    cr_assert_ok(account_create(&act, "not", &(struct account_details){.owner = other}, &one));
    cr_assert_ok(account_create(&act, "one", &(struct account_details){.owner = owner}, &one));
    cr_assert_ok(account_numbers_of_owner(act.store, "GRÖSSE", &set));
    cr_assert(set.count == 2 && set.ids[0] == two && set.ids[1] == one);
    id_set_free(&set);
    cr_assert_refused(account_numbers_of_owner(act.store, "gr", &set), ERR_NOT_FOUND,
                      "no account has the owner");
    cr_assert_refused(account_numbers_of_owner(act.store, "\xff", &set), ERR_INVALID,
                      "is not valid text");
}

static char marked[200];

static void mark(void *arg, size_t start, size_t length)
{
    size_t used = strlen(marked);
    snprintf(marked + used, sizeof marked - used, "%.*s;", (int)length, (const char *)arg + start);
}

Test(account, what_a_filter_found_in_a_name_is_marked_once_for_each_word)
{
    char name[] = "ci-deploy-ci-x";
    account_filter_matches("DEP o:ci sa::ci zz x d:", name, mark, name);
    cr_assert_str_eq(marked, "dep;ci;x;");
}
