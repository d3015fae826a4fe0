/* The list of all tokens: filter, facets, every order in pages both ways; searches. */
#include "house.h"

#include <ctype.h>
#include <gatehouse/search.h>
#include <gatehouse/token_change.h>
#include <gatehouse/token_page.h>
#include <gatehouse/token_query.h>
#include <stdio.h>

enum { DAY = 86400, MANY = 60 };

static void open_with_tokens(void)
{
    house_open();
    for (int i = 0; i < MANY; i++) {
        char name[32];
        snprintf(name, sizeof name, "acc-%02d", (i * 7) % 20);
        int64_t account = 0;
        if (account_find(act.store, name, &account)) account = house_account(name);
        act.now = NOON - (i % 9) * (int64_t)10 * DAY;
        snprintf(name, sizeof name, "t-%d", i % 5);
        int64_t token =
            house_token(account, name, i % 4 ? NOON + (i % 40) * (int64_t)DAY + 1000 : WHEN_NEVER);
        const struct token_pass pass = {.token = token, .account = account};
        if (i % 3) token_touch(act.store, NOON - (i % 50) * (int64_t)DAY, &pass, NULL);
        act.now = NOON;
        if (i % 6 == 1) cr_assert_ok(token_set_suspended(&act, token, true, NULL));
        if (i % 7 == 2) cr_assert_ok(token_revoke(&act, token, NULL));
    }
    int64_t off;
    cr_assert_ok(account_find(act.store, "acc-07", &off));
    cr_assert_ok(account_set_active(&act, off, false, NULL));
    act.now = NOON + 5 * (int64_t)DAY;
}

TestSuite(token_query, .init = open_with_tokens, .fini = house_close);

static size_t read_all(struct token_query query, bool backward, size_t page, int64_t *numbers)
{
    struct token_item rows[MANY], edge;
    size_t count = page, seen = 0;
    query.now = act.now;
    while (count == page) {
        cr_assert_ok(token_page(act.store, &query, seen ? &edge : NULL,
                                (struct page){.max = page, .backward = backward}, rows, &count));
        for (size_t i = 0; i < count; i++)
            numbers[seen + i] = rows[backward ? count - 1 - i : i].token.number;
        if (count) edge = rows[backward ? 0 : count - 1];
        seen += count;
        cr_assert_leq(seen, MANY);
    }
    return seen;
}

/* Pages of any size, forward and backward, give the same rows, each once. */
Test(token_query, every_order_is_read_in_pages_both_ways)
{
    for (int sort = 0; sort < TOKENS_SORTS; sort++)
        for (int facet = 0; facet < TOKENS_FACETS; facet++) {
            int64_t whole[MANY * 2], pages[MANY * 2], back[MANY * 2], count;
            struct token_query query = {.filter = "",
                                        .facet = (enum token_facet)facet,
                                        .sort = (enum token_sort)sort,
                                        .now = act.now};
            size_t all = read_all(query, false, MANY, whole);
            cr_assert_ok(token_count(act.store, &query, &count));
            cr_assert_eq(count, (int64_t)all, "sort %d, facet %d", sort, facet);
            cr_assert_eq(read_all(query, false, 7, pages), all);
            cr_assert_eq(read_all(query, true, 7, back), all);
            for (size_t i = 0; i < all; i++) {
                cr_assert_eq(pages[i], whole[i], "sort %d, facet %d, row %zu", sort, facet, i);
                cr_assert_eq(back[i], whole[all - 1 - i], "sort %d, facet %d, row %zu", sort, facet,
                             i);
            }
            query.descending = true;
            cr_assert_eq(read_all(query, false, 7, back), all);
            for (size_t i = 0; i < all; i++)
                cr_assert_eq(back[i], whole[all - 1 - i]);
        }
}

Test(token_query, a_sample_tells_about_where_a_token_stands_in_every_order)
{
    for (int sort = 0; sort < TOKENS_SORTS; sort++)
        for (int descending = 0; descending < 2; descending++) {
            struct token_query query = {.filter = "",
                                        .facet = descending ? TOKENS_LIVE : TOKENS_ALL,
                                        .sort = (enum token_sort)sort,
                                        .descending = descending,
                                        .now = act.now};
            struct token_item rows[MANY];
            size_t count;
            cr_assert_ok(
                token_page(act.store, &query, NULL, (struct page){.max = MANY}, rows, &count));
            for (size_t i = 0; i < count; i++) {
                struct sample sample;
                cr_assert_ok(token_sample(act.store, &query, &rows[i], &sample));
                cr_assert_geq(sample.matching, 20);
                cr_assert_float_eq((double)sample.before / (double)sample.matching,
                                   (double)i / (double)count, 0.08, "sort %d, row %zu: %d of %d",
                                   sort, i, (int)sample.before, (int)sample.matching);
            }
        }
}

static int64_t count_of(enum token_facet facet)
{
    int64_t count;
    const struct token_query query = {.filter = "", .facet = facet, .now = act.now};
    cr_assert_ok(token_count(act.store, &query, &count));
    return count;
}

Test(token_query, rule_18_facets_count_as_live_what_works)
{
    cr_assert_eq(count_of(TOKENS_ALL), MANY);
    const int64_t stopped = house_number(
        "SELECT count(*) FROM token t JOIN account a ON a.number = t.account WHERE revoked IS NULL "
        "AND suspended = 0 AND (expires IS NULL OR expires > :n) AND a.active = 0",
        act.now);
    cr_assert_gt(stopped, 0);
    cr_assert_eq(count_of(TOKENS_LIVE) + stopped + count_of(TOKENS_SUSPENDED) +
                     count_of(TOKENS_EXPIRED) + count_of(TOKENS_REVOKED),
                 MANY);
    cr_assert_eq(count_of(TOKENS_REVOKED),
                 house_number("SELECT count(*) FROM token WHERE revoked IS NOT NULL", 0));
    cr_assert_eq(count_of(TOKENS_NEVER_USED),
                 house_number("SELECT count(*) FROM token WHERE revoked IS NULL AND last_used IS "
                              "NULL",
                              0));
    cr_assert_eq(count_of(TOKENS_OF_INACTIVE),
                 house_number("SELECT count(*) FROM token WHERE revoked IS NULL AND account IN "
                              "(SELECT number FROM account WHERE active = 0)",
                              0));
    cr_assert_gt(count_of(TOKENS_OF_INACTIVE), 0);
    cr_assert_eq(count_of(TOKENS_CANARIES), 0);
}

/* Each at its boundary second. */
Test(token_query, facets_by_time_turn_over_at_their_second)
{
    house_close();
    house_open();
    int64_t token = house_token(sa, "", NOON + 100 * (int64_t)DAY);
    const struct token_pass pass = {.token = token, .account = sa};
    act.now = NOON + 86 * (int64_t)DAY - 1;
    cr_assert_eq(count_of(TOKENS_ENDING), 0);
    act.now++;
    cr_assert_eq(count_of(TOKENS_ENDING), 1);
    act.now = NOON + 100 * (int64_t)DAY;
    cr_assert_eq(count_of(TOKENS_ENDING), 0);
    cr_assert_eq(count_of(TOKENS_EXPIRED), 1);

    act.now = NOON + 30 * (int64_t)DAY - 1;
    cr_assert_eq(count_of(TOKENS_UNUSED), 0);
    act.now++;
    cr_assert_eq(count_of(TOKENS_UNUSED), 1);
    token_touch(act.store, act.now, &pass, NULL);
    cr_assert_eq(count_of(TOKENS_UNUSED), 0);
    cr_assert_eq(count_of(TOKENS_NEVER_USED), 0);
    act.now += 7 * (int64_t)DAY - 1;
    cr_assert_eq(count_of(TOKENS_USED), 1);
    act.now++;
    cr_assert_eq(count_of(TOKENS_USED), 0);
}

Test(token_query, words_match_account_name_and_last_four)
{
    struct token_item row;
    int64_t count, numbers[MANY * 2];
    struct token_query query = {.filter = "SA::acc-07 t-", .now = act.now};
    cr_assert_ok(token_count(act.store, &query, &count));
    cr_assert_gt(count, 0);
    cr_assert_eq((int64_t)read_all(query, false, 3, numbers), count);
    cr_assert_ok(token_item_get(act.store, act.now, numbers[0], &row));
    cr_assert_str_eq(row.account_name, "acc-07");
    cr_assert_not(row.account_active);
    query.filter = row.token.last_four;
    cr_assert_ok(token_count(act.store, &query, &count));
    cr_assert_geq(count, 1);
    query.filter = "acc-07 nothing";
    cr_assert_ok(token_count(act.store, &query, &count));
    cr_assert_eq(count, 0);
    query.filter = "%";
    cr_assert_ok(token_count(act.store, &query, &count));
    cr_assert_eq(count, 0);
}

static void set_last_four(int64_t token, const char *last_four)
{
    struct stmt *stmt =
        store_prepare(act.store, "UPDATE token SET last_four = :last_four WHERE number = :number");
    bind_text(stmt, ":last_four", last_four);
    bind_int(stmt, ":number", token);
    cr_assert_ok(stmt_run(stmt));
}

/* In the count, among all numbers, and in a page. */
static void expect_only(const char *filter, int64_t token)
{
    struct token_query query = {.filter = filter, .now = act.now};
    int64_t numbers[MANY * 2], count;
    struct id_set set;
    cr_assert_ok(token_count(act.store, &query, &count));
    cr_assert_eq(count, 1, "%s: %d", filter, (int)count);
    cr_assert_ok(token_numbers(act.store, &query, &set));
    cr_assert(set.count == 1 && set.ids[0] == token, "%s", filter);
    id_set_free(&set);
    cr_assert_eq(read_all(query, false, 1, numbers), 1, "%s", filter);
    cr_assert_eq(numbers[0], token, "%s", filter);
}

/* A token that was made elsewhere may end in any character of base64, and in wildcards of LIKE. */
Test(token_query, the_last_four_are_found_whatever_they_are_and_in_any_case)
{
    house_is_damaged = true;
    static const char specials[] = "-_+/=%\\";
    const int64_t account = house_account("moved");
    const int64_t token = house_token(account, "old", WHEN_NEVER);
    set_last_four(house_token(account, "older", WHEN_NEVER), "none");
    for (size_t i = 0; i < 5 * (sizeof specials - 1); i++)
        for (int upper = 0; upper < 2; upper++) {
            char last_four[] = "zQ9w", word[5] = "";
            if (i % 5 < 4)
                last_four[i % 5] = specials[i / 5];
            else
                memset(last_four, specials[i / 5], 4);
            for (size_t j = 0; j < 4; j++)
                word[j] = (char)(upper ? toupper(last_four[j]) : tolower(last_four[j]));
            set_last_four(token, last_four);
            expect_only(word, token);
            word[2] = 'j'; /* another one */
            int64_t count;
            const struct token_query query = {.filter = word, .now = act.now};
            cr_assert_ok(token_count(act.store, &query, &count));
            cr_assert_eq(count, 0, "%s: %d", word, (int)count);
        }
    set_last_four(token, "zQ9w");
    expect_only("zq9w", token);
    expect_only("zq9", token);
    expect_only("q9W", token);
    expect_only("q9w move", token);
    expect_only("move zq9w", token);
}

Test(token_query, the_numbers_of_a_facet_are_its_rows)
{
    struct id_set set;
    const struct token_query query = {.filter = "", .facet = TOKENS_SUSPENDED, .now = act.now};
    cr_assert_ok(token_numbers(act.store, &query, &set));
    cr_assert_eq((int64_t)set.count, count_of(TOKENS_SUSPENDED));
    for (size_t i = 0; i < set.count; i++)
        cr_assert_eq(house_state(set.ids[i]), TOKEN_SUSPENDED);
    id_set_free(&set);
}

Test(token_query, searches_are_kept_changed_and_deleted)
{
    struct search search = {.name = "ci, ending", .filter = "ci-", .facet = TOKENS_ENDING}, found;
    struct searches *all;
    cr_assert_ok(search_save(&act, &search));
    cr_assert_ok(search_save(&act, &search));
    cr_assert_eq(house_events("search.save"), 1);
    search.sort = TOKENS_BY_EXPIRES;
    search.descending = true;
    cr_assert_ok(search_save(&act, &search));
    cr_assert_ok(search_find(act.store, "ci, ending", &found));
    cr_assert_eq(found.sort, TOKENS_BY_EXPIRES);
    cr_assert_eq(found.facet, TOKENS_ENDING);
    cr_assert(found.descending);
    cr_assert_str_eq(found.filter, "ci-");
    cr_assert_ok(search_list(act.store, &all));
    cr_assert_eq(all->count, 1);
    free(all);
    cr_assert_ok(search_delete(&act, "ci, ending"));
    cr_assert_refused(search_delete(&act, "ci, ending"), ERR_NOT_FOUND, "no search");
    search.name[0] = 0;
    cr_assert_refused(search_save(&act, &search), ERR_INVALID, "1 to 64");
}

Test(token_query, every_facet_and_order_has_its_words)
{
    static const struct token_facet_entry facets[TOKENS_FACETS] = {
        {"all", "All", 'a'},
        {"live", "Live, and working", 'l'},
        {"suspended", "Suspended", 's'},
        {"expired", "Expired", 'x'},
        {"revoked", "Revoked", 'r'},
        {"ending", "Ending within 14 days", 'd'},
        {"used", "Used in the last 7 days", 'w'},
        {"unused", "Unused for 30 days or more", 'u'},
        {"never-used", "Never used", 'n'},
        {"of-inactive", "Of inactive accounts", 'i'},
        {"canaries", "Canaries", 'c'},
        {"denied", "Denied in the last 7 days", 'y'},
    };
    static const char *const sorts[TOKENS_SORTS] = {"account", "name",    "token",    "state",
                                                    "created", "expires", "last-used"};
    enum token_facet found;
    for (int i = 0; i < TOKENS_FACETS; i++) {
        cr_assert_str_eq(token_facets[i].word, facets[i].word);
        cr_assert_str_eq(token_facets[i].label, facets[i].label);
        cr_assert_eq(token_facets[i].letter, facets[i].letter);
        cr_assert_ok(token_facet_find(facets[i].word, &found));
        cr_assert_eq((int)found, i);
    }
    for (int i = 0; i < TOKENS_SORTS; i++)
        cr_assert_str_eq(token_sort_word((enum token_sort)i), sorts[i]);
    cr_assert_refused(token_facet_find("Live", &found), ERR_USAGE,
                      "is not a facet: all, live, suspended, expired, revoked, ending, used, "
                      "unused, never-used, of-inactive, canaries or denied");
}

static int64_t count_of_filter(const char *filter)
{
    int64_t count;
    const struct token_query query = {.filter = filter, .now = act.now};
    cr_assert_ok(token_count(act.store, &query, &count));
    return count;
}

/* Each word of is: as a facet, and as long as it is being typed. */
Test(token_query, a_state_that_is_typed_is_a_facet)
{
    for (int i = TOKENS_LIVE; i < TOKENS_FACETS; i++) {
        char filter[40];
        if (i == TOKENS_OF_INACTIVE) continue; /* it is called inactive */
        snprintf(filter, sizeof filter, "is:%s", token_facets[i].word);
        cr_assert_eq(count_of_filter(filter), count_of((enum token_facet)i), "%s", filter);
    }
    cr_assert_eq(count_of_filter("is:inactive"), count_of(TOKENS_OF_INACTIVE));
    cr_assert_eq(count_of_filter("is:i"), count_of(TOKENS_OF_INACTIVE));
    cr_assert_eq(count_of_filter("is:e"), count_of(TOKENS_EXPIRED));
    cr_assert_eq(count_of_filter("is:en"), count_of(TOKENS_ENDING));
    cr_assert_eq(count_of_filter("is:"), MANY);
    cr_assert_eq(count_of_filter("is:revoked is:live"), count_of(TOKENS_LIVE), "the last counts");
}

Test(token_query, four_words_count_and_four_about_the_account)
{
    const int64_t all = count_of_filter("acc");
    cr_assert_eq(all, MANY);
    cr_assert_eq(count_of_filter("a c t -"), MANY);
    cr_assert_eq(count_of_filter("a c t zzz"), 0);
    cr_assert_eq(count_of_filter("a c t - zzz"), MANY);
    cr_assert_eq(count_of_filter("a:a a:c a:c a:-"), MANY);
    cr_assert_eq(count_of_filter("a:a a:c a:c a:zzz"), 0);
    cr_assert_eq(count_of_filter("a:a a:c a:c a:- a:zzz"), MANY);
    cr_assert_eq(count_of_filter("a:a zzz"), 0);
    cr_assert_eq(count_of_filter(" \t"), MANY);
}

Test(token_query, what_is_ending_ends_within_what_is_asked)
{
    const int64_t account = house_account("edge");
    house_token(account, "edge", act.now + 1000 * (int64_t)DAY);
    for (int late = 0; late < 2; late++) {
        int64_t count;
        const struct token_query query = {.filter = "a:edge",
                                          .facet = TOKENS_ENDING,
                                          .within = 1000 * (int64_t)DAY - late,
                                          .now = act.now};
        cr_assert_ok(token_count(act.store, &query, &count));
        cr_assert_eq(count, !late);
    }
}

Test(token_query, a_search_that_differs_in_one_part_is_saved_anew)
{
    const struct search plain = {.name = "s", .filter = "ci", .facet = TOKENS_LIVE};
    for (int part = 0; part < 5; part++) {
        struct search search = plain, found;
        if (part == 0) strcpy(search.name, "S");
        if (part == 1) strcpy(search.filter, "c");
        if (part == 2) search.facet = TOKENS_ALL;
        if (part == 3) search.sort = TOKENS_BY_NAME;
        if (part == 4) search.descending = true;
        cr_assert_ok(search_save(&act, &plain));
        const int64_t events = house_all_events();
        cr_assert_ok(search_save(&act, &search));
        cr_assert_eq(house_all_events(), events + 1, "part %d", part);
        cr_assert_ok(search_find(act.store, "s", &found));
        cr_assert_str_eq(found.name, search.name);
        cr_assert_str_eq(found.filter, search.filter);
        cr_assert(found.facet == search.facet && found.sort == search.sort &&
                  found.descending == search.descending);
    }
}

Test(token_query, a_search_has_a_name_of_1_to_64_characters_and_a_filter_that_can_be_shown)
{
    struct search search = {.name = ""};
    for (int i = 0; i < SEARCH_NAME_MAX; i++)
        strcat(search.name, "語");
    cr_assert_ok(search_save(&act, &search));
    strcat(search.name, "x");
    cr_assert_refused(search_save(&act, &search), ERR_INVALID,
                      "a search's name has 1 to 64 visible characters");
    strcpy(search.name, "\n");
    cr_assert_refused(search_save(&act, &search), ERR_INVALID, "visible characters");
    strcpy(search.name, "x");
    strcpy(search.filter, "a\nb");
    cr_assert_refused(search_save(&act, &search), ERR_INVALID,
                      "the filter has characters that cannot be shown");
    strcpy(search.filter, "");
    cr_assert_ok(search_save(&act, &search));
}

/* As a later program may write them. */
Test(token_query, a_search_by_what_is_not_known_is_one_of_all_tokens)
{
    house_is_damaged = true;
    const struct search search = {
        .name = "s", .facet = TOKENS_FACETS - 1, .sort = TOKENS_SORTS - 1};
    struct search found;
    cr_assert_ok(search_save(&act, &search));
    cr_assert_ok(search_find(act.store, "s", &found));
    cr_assert_eq(found.facet, search.facet);
    cr_assert_eq(found.sort, search.sort);
    for (int below = 0; below < 2; below++) {
        cr_assert_ok(store_begin(act.store));
        struct stmt *stmt =
            store_prepare(act.store, "UPDATE search SET facet = :facet, sort = :sort");
        bind_int(stmt, ":facet", below ? -1 : TOKENS_FACETS);
        bind_int(stmt, ":sort", below ? -1 : TOKENS_SORTS);
        cr_assert_ok(store_end(act.store, stmt_run(stmt)));
        cr_assert_ok(search_find(act.store, "s", &found));
        cr_assert_eq(found.facet, TOKENS_ALL);
        cr_assert_eq(found.sort, TOKENS_BY_ACCOUNT);
    }
}

/* The mark of the account, that of the token and the facet follow the same rule, to the second. */
Test(token_query, what_ends_soon_is_the_same_everywhere)
{
    const int64_t account = house_account("edge"), ends = act.now + WHEN_SOON;
    const int64_t number = house_token(account, "edge", ends);
    for (int64_t early = 0; early < 2; early++) {
        const int64_t now = act.now - early;
        const struct token_query soon = {.filter = "", .facet = TOKENS_ENDING, .now = now};
        struct account_row row;
        struct token_row token;
        bool matches;
        cr_assert_ok(account_get(act.store, now, account, &row));
        cr_assert_ok(token_get(act.store, now, number, &token));
        cr_assert_ok(token_matches(act.store, &soon, number, &matches));
        cr_assert_eq(row.ending, !early);
        cr_assert_eq(token_ends_soon(&token, now), !early);
        cr_assert_eq(matches, !early);
    }
}
