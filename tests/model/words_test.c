/* The words of filters: the same in every list where they make sense. */
#include "house.h"

#include <gatehouse/account_change.h>
#include <gatehouse/account_list.h>
#include <gatehouse/audit_filter.h>
#include <gatehouse/group.h>
#include <gatehouse/group_change.h>
#include <gatehouse/permission.h>
#include <gatehouse/token_query.h>
#include <gatehouse/words.h>
#include <string.h>

static int64_t live, off;

static int64_t make_account(const char *name, char *description, char *owner)
{
    const struct account_details details = {.description = description, .owner = owner};
    int64_t number = 0;
    cr_assert_ok(account_create(&act, name, &details, &number));
    return number;
}

static void make_rows(void)
{
    house_open();
    cr_assert_ok(account_delete(&act, sa));
    live = make_account("ci-deploy", "Deploys main", "mara");
    off = make_account("old-runner", "Ran builds", "Jon");
    house_token(live, "o-token", WHEN_NEVER);
    house_token(off, "second", WHEN_NEVER);
    bool changed;
    cr_assert_ok(account_set_active(&act, off, false, &changed));
}
TestSuite(words, .init = make_rows, .fini = house_close);

static int64_t accounts(const char *filter)
{
    int64_t count = -1;
    const struct account_query query = {.filter = filter};
    cr_assert_ok(account_count(act.store, &query, &count));
    return count;
}

static int64_t tokens(const char *filter)
{
    int64_t count = -1;
    const struct token_query query = {.filter = filter, .now = act.now};
    cr_assert_ok(token_count(act.store, &query, &count));
    return count;
}

Test(words, of_owner_description_and_account_are_known_to_accounts_and_tokens)
{
    cr_assert_eq(accounts("o:MAR"), 1);
    cr_assert_eq(accounts("owner:jon d:builds"), 1);
    cr_assert_eq(accounts("o:jon d:main"), 0);
    cr_assert_eq(accounts("a:sa::ci"), 1);
    cr_assert_eq(accounts("o: d:"), 2);
    cr_assert_eq(tokens("o:mar"), 1);
    cr_assert_eq(tokens("d:builds second"), 1);
    cr_assert_eq(tokens("a:ci second"), 0);
    cr_assert_eq(tokens("a:o-token"), 0);
    cr_assert_eq(tokens("o-token"), 1);
}

Test(words, of_a_state_may_still_be_being_typed)
{
    cr_assert_eq(accounts("is:inactive"), 1);
    cr_assert_eq(accounts("is:inac"), 1);
    cr_assert_eq(accounts("is:active ci"), 1);
    cr_assert_eq(accounts("is:active is:inactive"), 0);
    cr_assert_eq(accounts("is:"), 2);
    cr_assert_eq(tokens("is:live"), 1);
    cr_assert_eq(tokens("is:inactive"), 1);
    cr_assert_eq(tokens("is:never-used o:jon"), 1);
    cr_assert_eq(tokens("is:revoked"), 0);
}

Test(words, that_no_list_knows_are_refused_with_those_it_knows)
{
    int64_t count;
    const struct account_query team = {.filter = "team:x"}, new = {.filter = "is:new"};
    const struct token_query state = {.filter = "is:new", .now = act.now};
    cr_assert_refused(account_count(act.store, &team, &count), ERR_INVALID, "use words of the ID");
    cr_assert_refused(account_count(act.store, &new, &count), ERR_INVALID, "is:inactive");
    cr_assert_refused(token_count(act.store, &state, &count), ERR_INVALID, "is: live");
}

Test(words, about_the_account_match_one_token_as_they_match_all)
{
    const struct token_query query = {.filter = "o:mar is:live", .now = act.now};
    struct id_set set;
    bool matches;
    cr_assert_ok(token_numbers(act.store, &query, &set));
    cr_assert_eq(set.count, 1);
    cr_assert_ok(token_matches(act.store, &query, set.ids[0], &matches));
    cr_assert(matches);
    cr_assert_ok(token_matches(act.store, &query, set.ids[0] + 1, &matches));
    cr_assert_not(matches);
    id_set_free(&set);
}

Test(words, of_groups_and_permissions_search_name_and_description)
{
    int64_t count, group;
    cr_assert_ok(group_create(&act, "Éclair", &group));
    cr_assert_ok(group_count(act.store, "ÉCL", &count));
    cr_assert_eq(count, 1);
    cr_assert_ok(group_count(act.store, "écl d:nothing", &count));
    cr_assert_eq(count, 0);
    const struct permission alerts = {
        .id = "alerts_management", .name = "Alerts", .sentence = "Create and edit alerts"};
    cr_assert(permission_matches(&alerts, "manage ALERT"));
    cr_assert(permission_matches(&alerts, "d:create alerts"));
    cr_assert_not(permission_matches(&alerts, "create"));
    cr_assert_not(permission_matches(&alerts, "d:alerts_management"));
}

Test(words, of_events_are_those_of_the_options)
{
    struct audit_filter filter;
    cr_assert_ok(audit_filter_read(act.store, act.now,
                                   "actor:mara A:CI-deploy kind:token. x y since:", &filter));
    cr_assert_str_eq(filter.query.actor, "mara");
    cr_assert_eq(filter.query.account, live);
    cr_assert_str_eq(filter.query.kind, "token");
    cr_assert_str_eq(filter.query.text, " x y");
    cr_assert_eq(filter.query.since, WHEN_NEVER);
    cr_assert_refused(audit_filter_read(act.store, act.now, "a:gone", &filter), ERR_NOT_FOUND,
                      "gone");
}

Test(words, are_named_as_far_as_there_is_room)
{
    char hint[WORDS_HINT_SIZE];
    cr_assert_str_eq(words_hint(WORDS_ACCOUNTS, "", 30, hint), "words of the ID · o:owner");
    cr_assert_str_eq(words_hint(WORDS_ACCOUNTS, "", 9, hint), "o:owner");
    cr_assert_str_eq(words_hint(WORDS_ACCOUNTS, "ci o:ma", 80, hint),
                     "o: accounts whose owner contains the word");
    cr_assert(strstr(words_hint(WORDS_ACCOUNTS, "o:ma ", 80, hint), "is:inactive"));
    cr_assert(strstr(words_hint(WORDS_EVENTS, "", 80, hint), "by:mara"));
    cr_assert_not(strstr(words_hint(WORDS_GROUPS, "", 80, hint), "o:owner"));
    cr_assert_str_eq(words_hint(WORDS_NONE, "", 80, hint), "");
}
