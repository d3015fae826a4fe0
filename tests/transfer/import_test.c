/* What an import of Wavefront's accounts adds, and what it leaves alone. */
#include <gatehouse/group_change.h>

#include "taken.h"

TestSuite(import, .init = taken_open, .fini = taken_close);

#define VALUE  "5d0a1e9c-0a64-4a3e-9a5b-1f0c6f3b7a11"
#define SECOND "0b7c2f3d-6a0e-4d57-8a11-98a7d2f41c02"

/* sa::ci-deploy with these fields, and with these of its only token. */
static enum error import_account(const char *fields)
{
    char text[1000];
    snprintf(text, sizeof text, "[{\"identifier\": \"sa::ci-deploy\"%s}]", fields);
    return take(transfer_import, text);
}

static enum error import_token(const char *fields)
{
    char text[600];
    snprintf(text, sizeof text, ", \"tokens\": [{\"tokenID\": \"" VALUE "\"%s}]", fields);
    return import_account(text);
}

static int64_t only_token(void)
{
    cr_assert_eq(house_number("SELECT count(*) FROM token", 0), 1);
    return house_number("SELECT number FROM token", 0);
}

Test(import, it_adds_to_an_account_and_takes_nothing_away)
{
    struct account_details details, before = {.owner = (char *)"team"};
    struct account_row account;
    int64_t group, version;
    cr_assert_ok(group_create(&act, "Here", &group));
    cr_assert_ok(id_set_add(&before.groups, group));
    cr_assert_ok(id_set_add(&before.permissions, permission_named("ingestion")));
    cr_assert_ok(account_update(&act, sa, house_version(sa), &before));
    cr_assert_ok(
        import_account(", \"description\": \"Builds\", \"groups\": [\"log_management\"], "
                       "\"userGroups\": [{\"name\": \"There\"}, {\"name\": \"Everyone\"}]"));
    cr_assert_said(TRANSFER_ITEM, "sa::ci-deploy",
                   "description: none → “Builds”; groups: +There; permissions: +log_management");
    cr_assert_ok(account_details_load(act.store, sa, &details, &version));
    cr_assert_str_eq(details.description, "Builds");
    cr_assert_str_eq(details.owner, "team");
    cr_assert_eq(details.groups.count, 2);
    cr_assert(id_set_has(&details.groups, group));
    cr_assert_eq(details.permissions.count, 2);
    cr_assert(id_set_has(&details.permissions, permission_named("ingestion")));
    account_details_free(&details);
    /* An existing description stays, and so does the active state, whatever the file says. */
    cr_assert_ok(import_account(", \"description\": \"Other\", \"active\": false"));
    cr_assert_ok(account_get(act.store, act.now, sa, &account));
    cr_assert_str_eq(account.description, "Builds");
    cr_assert(account.active);
    cr_assert_said(TRANSFER_NOTE, "sa::ci-deploy", "stays active, although the file says inactive");
    cr_assert_not(report.changed);
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
    cr_assert_ok(import_account(""));
    cr_assert_said(TRANSFER_NOTE, "sa::ci-deploy", "stays inactive, although the file says active");
    id_set_free(&before.groups);
    id_set_free(&before.permissions);
}

Test(import, a_new_group_is_reported_with_all_that_it_gives)
{
    char ids[3][PERMISSION_ID_MAX + 1], fields[600], gives[400];
    for (int i = 0; i < 3; i++) { /* as long as they may be */
        memset(ids[i], 'a' + i, PERMISSION_ID_MAX);
        ids[i][PERMISSION_ID_MAX] = 0;
    }
    snprintf(fields, sizeof fields,
             ", \"userGroups\": [{\"name\": \"New\", \"permissions\": [\"%s\", \"%s\", \"%s\"]}]",
             ids[0], ids[1], ids[2]);
    snprintf(gives, sizeof gives, "gives %s, %s, %s", ids[0], ids[1], ids[2]);
    cr_assert_ok(import_account(fields));
    cr_assert_said(TRANSFER_ITEM, "New", gives);
}

Test(import, it_adds_to_a_group_and_to_the_catalogue_and_changes_no_word)
{
    struct group_details details;
    struct permission before, permission;
    int64_t group, version;
    cr_assert_ok(group_create(&act, "Build", &group));
    cr_assert_ok(group_grant(&act, group, permission_named("ingestion"), true));
    cr_assert_ok(permission_get(act.store, permission_named("log_management"), &before));
    cr_assert_ok(
        import_account(", \"userGroups\": [{\"name\": \"BUILD\", \"permissions\": "
                       "[\"log_management\"], \"roles\": [{\"permissions\": [\"new_thing\"]}]}]"));
    cr_assert_ok(group_details_load(act.store, group, &details, &version));
    cr_assert_eq(details.permissions.count, 3);
    cr_assert(id_set_has(&details.permissions, permission_named("ingestion")));
    cr_assert(id_set_has(&details.permissions, permission_named("new_thing")));
    group_details_free(&details);
    cr_assert_said(TRANSFER_HEAD, "Build", "gains log_management, new_thing; 0 members");
    cr_assert_ok(permission_get(act.store, permission_named("log_management"), &permission));
    cr_assert_str_eq(permission.name, before.name);
    cr_assert_str_eq(permission.sentence, before.sentence);
    struct group row;
    cr_assert_ok(group_get(act.store, group, &row));
    cr_assert_str_eq(row.name, "Build");
    cr_assert_eq(row.members, 1);
}

Test(import, its_event_is_its_own)
{
    cr_assert_ok(import_account(", \"description\": \"Builds\""));
    cr_assert_eq(house_events("database.import"), 1);
    cr_assert_eq(house_events("database.apply"), 0);
    cr_assert_ok(import_account(", \"description\": \"Builds\""));
    cr_assert_eq(house_events("database.import"), 1);
}

Test(import, a_token_keeps_its_name_its_times_and_its_last_four)
{
    struct token_row row;
    cr_assert_ok(
        import_token(", \"tokenName\": \"fra1\", \"dateGenerated\": 1561939200999, \"lastUsed\": "
                     "1563100000000"));
    cr_assert_ok(token_get(act.store, act.now, only_token(), &row));
    cr_assert_str_eq(row.name, "fra1");
    cr_assert_str_eq(row.last_four, "7a11");
    cr_assert_eq(row.created, 1561939200);
    cr_assert_eq(row.last_used, 1563100000);
    cr_assert_eq(row.expires, WHEN_NEVER);
    cr_assert_eq(row.state, TOKEN_LIVE);
    cr_assert_said(TRANSFER_WIDER, "sa::ci-deploy/fra1", "new");
    cr_assert_eq(house_events("token.import"), 1);
}

Test(import, times_that_are_missing_or_to_come_are_those_of_the_import)
{
    struct token_row row;
    cr_assert_ok(import_token(", \"dateGenerated\": 253402300799000, \"lastUsed\": null"));
    cr_assert_eq(report.refused, 0);
    cr_assert_ok(token_get(act.store, act.now, only_token(), &row));
    cr_assert_eq(row.created, act.now);
    cr_assert_eq(row.last_used, WHEN_NEVER);
    cr_assert_ok(import_token(", \"dateGenerated\": 253402300799001"));
    cr_assert_said(TRANSFER_REFUSED, "[0].tokens[0]", "milliseconds");
    cr_assert_ok(import_token(", \"dateGenerated\": -1"));
    cr_assert_said(TRANSFER_REFUSED, "[0].tokens[0]", "milliseconds");
    cr_assert_ok(import_token(", \"dateGenerated\": 0"));
    cr_assert_eq(report.refused, 0);
    cr_assert_ok(import_token(", \"lastUsed\": \"now\""));
    cr_assert_said(TRANSFER_REFUSED, "[0].tokens[0]", "milliseconds");
}

Test(import, a_token_that_is_there_stays_as_it_is_and_a_revoked_one_dead)
{
    struct token_row row;
    cr_assert_ok(import_token(", \"tokenName\": \"a\""));
    cr_assert_ok(import_token(", \"tokenName\": \"b\""));
    cr_assert_eq(report.counts[TRANSFER_TOKEN][TRANSFER_UNCHANGED], 1);
    cr_assert_not(report.changed);
    cr_assert_ok(token_get(act.store, act.now, only_token(), &row));
    cr_assert_str_eq(row.name, "a");
    cr_assert_ok(token_revoke(&act, row.number, NULL));
    cr_assert_ok(import_token(""));
    cr_assert_said(TRANSFER_REFUSED, "[0].tokens[0]", "revoked here and stays dead");
    cr_assert_ok(account_delete(&act, sa));
    cr_assert_ok(import_token(""));
    cr_assert_said(TRANSFER_REFUSED, "[0].tokens[0]",
                   "belonged to a deleted account and stays dead");
}

Test(import, a_new_account_knows_when_its_tokens_were_used)
{
    cr_assert_ok(take(transfer_import,
                      "[{\"identifier\": \"sa::new\", \"tokens\": [{\"tokenID\": \"" VALUE
                      "\", \"lastUsed\": 1600000000000}, {\"tokenID\": \"" SECOND
                      "\", \"lastUsed\": 1500000000000}]}]"));
    cr_assert_eq(house_number("SELECT last_used FROM account WHERE name = 'new'", 0), 1600000000);
    cr_assert_eq(house_number("SELECT tokens FROM account WHERE name = 'new'", 0), 2);
    house_expect_sound();
}

Test(import, the_limit_counts_what_is_there_and_what_is_new)
{
    for (int i = 0; i < 19; i++)
        house_token(sa, "", WHEN_NEVER);
    cr_assert_ok(import_token(""));
    cr_assert_eq(report.refused, 0);
    /* It is known now: the account is at the limit, not over it. */
    cr_assert_ok(import_token(""));
    cr_assert_eq(report.refused, 0);
    cr_assert_ok(import_account(", \"tokens\": [{\"tokenID\": \"" SECOND "\"}]"));
    cr_assert_said(TRANSFER_REFUSED, "[0]", "would have 21 tokens in use, and 20 are allowed");
    cr_assert_eq(report.refused, 1);
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_LIMIT, 21));
    cr_assert_ok(import_account(", \"tokens\": [{\"tokenID\": \"" SECOND "\"}]"));
    cr_assert_eq(report.refused, 0);
}

Test(import, an_account_that_is_new_and_inactive_widens_nothing)
{
    struct account_row account;
    int64_t number;
    cr_assert_ok(take(transfer_import,
                      "[{\"identifier\": \"SA::new\", \"active\": false, \"tokens\": "
                      "[{\"tokenID\": \"" VALUE "\"}]}]"));
    cr_assert_eq(lines_of(TRANSFER_WIDER), 0);
    cr_assert_said(TRANSFER_ITEM, "sa::new", "inactive");
    cr_assert_ok(account_find(act.store, "new", &number));
    cr_assert_ok(account_get(act.store, act.now, number, &account));
    cr_assert_not(account.active);
    cr_assert_eq(account.tokens, 1);
}

Test(import, the_permissions_of_roles_count_for_the_account_and_for_the_group)
{
    int64_t group;
    cr_assert_ok(import_account(
        ", \"roles\": [{\"permissions\": [\"ingestion\"]}, {}], \"userGroups\": "
        "[{\"name\": \"g\", \"roles\": [{\"permissions\": [\"log_management\"]}]}]"));
    cr_assert_ok(group_find(act.store, "g", &group));
    cr_assert_eq(house_number("SELECT count(*) FROM account_grant WHERE account = :n", sa), 1);
    cr_assert_eq(house_number("SELECT permission FROM account_grant WHERE account = :n", sa),
                 permission_named("ingestion"));
    cr_assert_eq(house_number("SELECT permission FROM group_grant WHERE account_group = :n", group),
                 permission_named("log_management"));
    cr_assert_eq(house_number("SELECT account FROM membership WHERE account_group = :n", group),
                 sa);
}

Test(import, the_reserved_permission_is_noted_once_and_a_bad_one_refused_once)
{
    cr_assert_ok(import_account(", \"groups\": [\"token_management\", \"Bad Id\", \"ingestion\"]"));
    cr_assert_said(TRANSFER_NOTE, "[0].groups[0]", "reserved");
    cr_assert_said(TRANSFER_REFUSED, "[0].groups[1]", "");
    cr_assert_eq(lines_of(TRANSFER_NOTE), 1);
    cr_assert_eq(report.refused, 1);
    cr_assert_eq(house_number("SELECT count(*) FROM account_grant WHERE account = :n", sa), 1);
}

Test(import, what_everyone_gives_in_the_file_it_gives_here)
{
    cr_assert_ok(
        import_account(", \"userGroups\": [{\"name\": \"a\", \"permissions\": [\"ingestion\"]}, "
                       "{\"name\": \"everyone\", \"permissions\": [\"log_management\"]}]"));
    cr_assert_eq(
        house_number("SELECT permission FROM group_grant WHERE account_group = :n", GROUP_EVERYONE),
        permission_named("log_management"));
    /* It is first because what it gives reaches every account. */
    cr_assert_eq(report.lines[0].section, TRANSFER_HEAD);
    cr_assert_str_eq(report.lines[0].subject, "Everyone");
}

Test(import, a_part_of_an_answer_says_so)
{
    cr_assert_ok(take(transfer_import,
                      "{\"response\": {\"items\": [{\"identifier\": \"sa::new\"}], "
                      "\"moreItems\": true}}"));
    cr_assert_said(TRANSFER_NOTE, "moreItems", "is incomplete");
    cr_assert_ok(
        take(transfer_import, "{\"items\": [{\"identifier\": \"sa::new\"}], \"moreItems\": true}"));
    cr_assert_said(TRANSFER_NOTE, "moreItems", "is incomplete");
    cr_assert_ok(take(transfer_import,
                      "{\"items\": [{\"identifier\": \"sa::new\"}], \"moreItems\": false}"));
    cr_assert_eq(lines_of(TRANSFER_NOTE), 0);
}

Test(import, an_answer_of_failure_is_refused_and_an_empty_one_is_fine)
{
    cr_assert_refused(
        take(transfer_import, "{\"status\": {\"result\": \"ERROR\"}, \"response\": []}"),
        ERR_INVALID, "status ERROR");
    cr_assert_refused(take(transfer_import, "{\"response\": {\"response\": []}}"), ERR_INVALID,
                      "no list, no items and no identifier in response");
    cr_assert_refused(take(transfer_import, "{}"), ERR_INVALID, "at its top");
    cr_assert_refused(take(transfer_import, "{\"items\": 5}"), ERR_INVALID, "in items");
    cr_assert_ok(take(transfer_import, "[]"));
    cr_assert_not(report.changed);
}

static size_t last_done, last_total;
static bool stop;

static bool count_steps(void *arg, size_t done, size_t total)
{
    (void)arg;
    last_done = done;
    last_total = total;
    return stop;
}

Test(import, it_says_how_far_it_is_and_stops_when_told)
{
    const struct progress progress = {.step = count_steps};
    options.progress = &progress;
    stop = true;
    cr_assert_eq(import_account(", \"description\": \"Builds\""), ERR_STOPPED);
    cr_assert_eq(house_events("database.import"), 0);
    stop = false;
    cr_assert_ok(import_account(", \"description\": \"Builds\""));
    cr_assert_eq(last_done, 1);
    cr_assert_eq(last_total, 1);
}

Test(import, more_lines_than_the_report_begins_with_are_all_kept)
{
    static char text[40000];
    size_t used = (size_t)snprintf(text, sizeof text, "[");
    for (int i = 0; i < 300; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "%s{\"identifier\": \"sa::n-%03d\"}", i ? ", " : "", i);
    snprintf(text + used, sizeof text - used, "]");
    cr_assert_ok(take(transfer_import, text));
    cr_assert_eq(report.count, 300);
    cr_assert(said(TRANSFER_ITEM, "sa::n-000") && said(TRANSFER_ITEM, "sa::n-299"));
    cr_assert_eq(report.counts[TRANSFER_ACCOUNT][TRANSFER_CREATE], 300);
}

/* In the name of the token, in descriptions, in names of groups. */
Test(import, a_token_in_a_text_is_left_out_and_the_account_is_not)
{
    struct account_row account;
    struct token_row row;
    cr_assert_ok(take(transfer_import,
                      "[{\"identifier\": \"sa::new\", \"description\": \"use " VALUE
                      " or x=gth_0123456789abcdefghijABCDEFGHIJ05DYyq, not " SECOND
                      "\", \"userGroups\": "
                      "[{\"name\": \"" VALUE "\"}], \"groups\": [\"" VALUE
                      "\"], \"tokens\": [{\"tokenID\": \"" VALUE "\", \"tokenName\": \"" VALUE
                      "\"}]}, {\"identifier\": \"sa::" VALUE "\"}]"));
    int64_t number;
    cr_assert_ok(account_find(act.store, "new", &number));
    cr_assert_ok(account_get(act.store, act.now, number, &account));
    cr_assert_str_eq(account.description, "use [token removed] or x=[token removed], not " SECOND);
    cr_assert_ok(token_get(act.store, act.now, only_token(), &row));
    cr_assert_str_eq(row.name, "");
    cr_assert_said(TRANSFER_NOTE, "[0].description", "left out");
    cr_assert_said(TRANSFER_NOTE, "[0].tokens[0].tokenName", "left out");
    for (size_t i = 0; i < report.count; i++) {
        cr_assert_not(strstr(report.lines[i].subject, "5d0a1e9c"));
        cr_assert_not(strstr(report.lines[i].detail, "5d0a1e9c"), "%s", report.lines[i].detail);
    }
    cr_assert_eq(house_number("SELECT count(*) FROM account WHERE name || description LIKE "
                              "'%5d0a1e9c%'",
                              0),
                 0);
    cr_assert_eq(house_number("SELECT count(*) FROM event WHERE subject || coalesce(before, '') || "
                              "coalesce(after, '') LIKE '%5d0a1e9c%'",
                              0),
                 0);
}

/* One without a form of its own is a word by itself, wherever that stands. */
Test(import, a_value_within_a_longer_word_is_no_token)
{
#define WORD "Zm9vYmFyYmF6cXV4Zm9vYmFy"
    static const struct {
        const char *text, *becomes;
    } texts[] = {
        {WORD, ""},
        {WORD " " WORD, "[token removed] [token removed]"},
        {" " WORD ".", " [token removed]."},
        {"x" WORD, "x" WORD},
        {WORD "x", WORD "x"},
        {"xy" WORD " " WORD "-", "xy" WORD " " WORD "-"},
        {"(" WORD ")", "([token removed])"},
        /* A UUID is found within one, too. */
        {"id=" VALUE, "id=[token removed]"},
        {"a-" VALUE "-" VALUE, "a-[token removed]-[token removed]"},
        {VALUE VALUE, ""},
    };
    char file[1000], name[20];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct account_row account;
        int64_t number;
        snprintf(file, sizeof file,
                 "[{\"identifier\": \"sa::n-%zu\", \"description\": \"%s\"}, {\"identifier\": "
                 "\"sa::other-%zu\", \"tokens\": [{\"tokenID\": \"" WORD
                 "\"}, {\"tokenID\": \"" VALUE "\"}]}]",
                 i, texts[i].text, i);
        cr_assert_ok(take(transfer_import, file));
        snprintf(name, sizeof name, "n-%zu", i);
        cr_assert_ok(account_find(act.store, name, &number));
        cr_assert_ok(account_get(act.store, act.now, number, &account));
        cr_assert_str_eq(account.description, texts[i].becomes, "%s", account.description);
    }
}

/* JSON escapes: what cannot be taken as it is, what becomes of it, and what is said. */
static const struct strange {
    const char *description, *becomes, *said;
} stranges[] = {
    {"\"one\\r\\ntwo\\rthree\"", "one\ntwo\nthree", NULL},
    {"\"a\\tb\"", "a b", NULL},
    {"\"fam\\u200dily\\u200c\"", "family", NULL},
    {"\"a\\u202eb\\u0007c\"", "abc", "cannot be shown"},
    {"\"\\u001b]0;x\"", "]0;x", "cannot be shown"},
    {"5", "", "not a string"},
    {"[\"x\"]", "", "not a string"},
    {"null", "", NULL},
};

Test(import, no_account_is_left_out_because_of_its_description)
{
    for (size_t i = 0; i < sizeof stranges / sizeof *stranges; i++) {
        char text[200], id[40];
        int64_t number;
        struct account_details details;
        int64_t version;
        snprintf(text, sizeof text, "[{\"identifier\": \"sa::s-%zu\", \"description\": %s}]", i,
                 stranges[i].description);
        snprintf(id, sizeof id, "s-%zu", i);
        cr_assert_ok(take(transfer_import, text));
        cr_assert_eq(report.refused, 0, "%s", text);
        cr_assert_ok(account_find(act.store, id, &number));
        cr_assert_ok(account_details_load(act.store, number, &details, &version));
        cr_expect_str_eq(details.description, stranges[i].becomes);
        account_details_free(&details);
        const char *note = said(TRANSFER_NOTE, "[0]");
        cr_expect(stranges[i].said ? note && strstr(note, stranges[i].said) : !note, "%s", text);
    }
}

Test(import, a_description_that_is_too_long_is_cut_with_a_note)
{
    static char text[5000], long_text[ACCOUNT_DESCRIPTION_MAX * 2 + 3];
    int64_t number;
    struct account_details details;
    int64_t version;
    for (int i = 0; i <= ACCOUNT_DESCRIPTION_MAX; i++)
        strcat(long_text, "ü");
    snprintf(text, sizeof text, "[{\"identifier\": \"sa::long\", \"description\": \"%s\"}]",
             long_text);
    cr_assert_ok(take(transfer_import, text));
    cr_assert_said(TRANSFER_NOTE, "[0]", "sa::long is too long, and was cut");
    cr_assert_ok(account_find(act.store, "long", &number));
    cr_assert_ok(account_details_load(act.store, number, &details, &version));
    cr_assert_eq(strlen(details.description), (size_t)ACCOUNT_DESCRIPTION_MAX * 2);
    account_details_free(&details);
}

Test(import, no_token_is_left_out_because_of_its_name)
{
    static const char *const names[][2] = {
        {"\"a\\u200bb\\n\"", "ab "}, {"7", ""}, {"\"\\u3164\"", ""}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char fields[200];
        struct token_row row;
        snprintf(fields, sizeof fields, ", \"tokenName\": %s", names[i][0]);
        cr_assert_ok(store_begin(act.store));
        cr_assert_ok(import_token(fields));
        cr_assert_eq(report.refused, 0);
        cr_assert_ok(token_get(act.store, act.now, only_token(), &row));
        cr_expect_str_eq(row.name, names[i][1]);
        cr_assert(row.imported);
        cr_assert_neq(store_end(act.store, ERR_STOPPED), OK);
    }
}

Test(import, tokens_that_outlive_the_longest_life_are_taken_and_said)
{
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_EXPIRY_LONGEST, 90));
    cr_assert_ok(import_token(""));
    cr_assert_said(TRANSFER_NOTE, "token.expiry.longest", "1 token lives longer than the 90 days");
}
