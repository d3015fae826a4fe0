/* The words of filters: the same in every list where they make sense. */
#include "house.h"

#include <gatehouse/account_change.h>
#include <gatehouse/account_list.h>
#include <gatehouse/audit_filter.h>
#include <gatehouse/group.h>
#include <gatehouse/group_change.h>
#include <gatehouse/permission.h>
#include <gatehouse/text.h>
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

/* Each prefix, short and long and in any case, in each list that knows it, as the hint says. */
Test(words, with_a_prefix_are_told_what_they_find)
{
    static const struct {
        enum word_kind kind;
        const char *prefixes[2];
        const char *accounts, *tokens, *groups, *permissions, *events;
    } rows[] = {
        {WORD_OWNER,
         {"o:", "owner:"},
         "o: accounts whose owner contains the word",
         "o: tokens of accounts whose owner contains the word",
         NULL,
         NULL,
         NULL},
        {WORD_DESCRIPTION,
         {"d:", "description:"},
         "d: accounts whose description contains the word",
         "d: tokens of accounts whose description contains the word",
         "d: groups whose description contains the word",
         "d: permissions whose sentence contains the word",
         NULL},
        {WORD_STATE,
         {"is:", "IS:"},
         "is: active or inactive accounts",
         "is: live suspended expired revoked ending unused never-used inactive used denied "
         "canaries",
         NULL,
         NULL,
         NULL},
        {WORD_ACTOR,
         {"by:", "actor:"},
         NULL,
         NULL,
         NULL,
         NULL,
         "by: events of that user: real, of the login, or claimed by sudo"},
        {WORD_ACCOUNT,
         {"a:", "account:"},
         "a: accounts whose ID contains the word",
         "a: tokens of accounts whose ID contains the word",
         NULL,
         NULL,
         "a: events of that account"},
        {WORD_KIND,
         {"kind:", "KIND:"},
         NULL,
         NULL,
         NULL,
         NULL,
         "kind: events of that kind, token.revoke, or of all kinds of token"},
        {WORD_SINCE,
         {"since:", "SINCE:"},
         NULL,
         NULL,
         NULL,
         NULL,
         "since: events from then on: today, 7d, 2026-01-31"},
        {WORD_UNTIL,
         {"until:", "UNTIL:"},
         NULL,
         NULL,
         NULL,
         NULL,
         "until: events until then: today, 7d, 2026-01-31"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const hints[WORDS_LISTS] = {
            [WORDS_ACCOUNTS] = rows[i].accounts,       [WORDS_TOKENS] = rows[i].tokens,
            [WORDS_GROUPS] = rows[i].groups,           [WORDS_EVENTS] = rows[i].events,
            [WORDS_PERMISSIONS] = rows[i].permissions,
        };
        for (int list = WORDS_NONE; list < WORDS_LISTS; list++)
            for (int prefix = 0; prefix < 2; prefix++) {
                char typed[40], hint[WORDS_HINT_SIZE];
                const char *at = typed;
                struct word word;
                snprintf(typed, sizeof typed, " \t%sx", rows[i].prefixes[prefix]);
                cr_assert(word_next((enum words_list)list, &at, &word));
                cr_assert_eq(word.kind, hints[list] ? rows[i].kind : WORD_TEXT, "%s in %d", typed,
                             list);
                cr_assert_eq(word.size, hints[list] ? 1 : strlen(rows[i].prefixes[prefix]) + 1);
                cr_assert_not(word_next((enum words_list)list, &at, &word));
                words_hint((enum words_list)list, typed, 400, hint);
                if (hints[list])
                    cr_assert_str_eq(hint, hints[list]);
                else
                    cr_assert_not(strstr(hint, "contains the word"), "%s", hint);
            }
    }
}

Test(words, of_each_list_are_all_named_where_there_is_room)
{
    static const char *const hints[WORDS_LISTS] = {
        [WORDS_NONE] = "",
        [WORDS_ACCOUNTS] = "words of the ID · o:owner · d:description · is:inactive · a:ci-deploy",
        [WORDS_TOKENS] = "words of account, name, last four · o:owner · d:description · "
                         "is:inactive · a:ci-deploy",
        [WORDS_GROUPS] = "words of the name · d:description",
        [WORDS_PERMISSIONS] = "words of name or ID · d:description",
        [WORDS_EVENTS] = "words · by:mara · a:ci-deploy · kind:token · since:7d · "
                         "until:2026-01-31",
    };
    for (int list = WORDS_NONE; list < WORDS_LISTS; list++)
        for (int columns = 0; columns < 120; columns++) {
            char hint[WORDS_HINT_SIZE];
            words_hint((enum words_list)list, "", columns, hint);
            const int width = (int)text_width(hints[list]);
            cr_assert_leq((int)text_width(hint), columns, "%s", hint);
            if (columns >= width) cr_assert_str_eq(hint, hints[list]);
        }
}

Test(words, of_accounts_may_begin_with_a_part_of_sa)
{
    static const struct {
        const char *typed, *text;
        size_t size;
    } rows[] = {
        {"sa::ci", "ci", 2},   {"SA::ci", "ci", 2},
        {"sa::", "", 0},       {"sa:", "", 0},
        {"sa", "sa", 2},       {"s:", "s:", 2},
        {"a:sa::ci", "ci", 2}, {"a:sa:", "", 0},
        {"sa:ci", "sa:ci", 5}, {"sa::sa::x", "sa::x", 5},
        {"xsa::", "xsa::", 5}, {"o:sa::ci", "sa::ci", 6},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int list = WORDS_ACCOUNTS; list <= WORDS_TOKENS; list++) {
            const char *typed = rows[i].typed;
            struct word word;
            cr_assert(word_next((enum words_list)list, &typed, &word));
            cr_assert_eq(word.size, rows[i].size, "%s", rows[i].typed);
            cr_assert_eq(strncmp(word.text, rows[i].text, word.size), 0, "%s", rows[i].typed);
        }
    const char *typed = "sa::ci";
    struct word word;
    cr_assert(word_next(WORDS_GROUPS, &typed, &word));
    cr_assert_eq(word.size, 6, "groups have no such names");
    cr_assert(word_begins(&word, "SA::CI and more"));
    cr_assert_not(word_begins(&word, "SA::C"));
}

Test(words, of_rows_in_memory_must_all_be_found)
{
    static const char *const texts[] = {"Alerts", "alerts_management"};
    static const struct {
        const char *typed;
        bool found;
    } rows[] = {{"", true},          {"ALERT", true},         {"alert manage", true},
                {"alert x", false},  {"x alert", false},      {"d:Edit", true},
                {"d:edit x", false}, {"edit", false},         {"d:alerts_m", false},
                {"d:", true},        {"d:t alert", true},     {"s_management", true},
                {"lerts", true},     {"s_managements", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_assert_eq(words_match(WORDS_PERMISSIONS, rows[i].typed, texts, 2, "May edit"),
                     rows[i].found, "%s", rows[i].typed);
    cr_assert_not(words_match(WORDS_PERMISSIONS, "management", texts, 1, "May edit"));
}
