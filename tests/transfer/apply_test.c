/* What an apply does with accounts, groups and permissions, and when it does nothing at all. Tokens
 * have a file of their own. */
#include "taken.h"

#include <gatehouse/group_change.h>

TestSuite(apply, .init = taken_open, .fini = taken_close);

static int64_t group_named(const char *name)
{
    int64_t number = 0;
    cr_assert_ok(group_find(act.store, name, &number));
    return number;
}

static int64_t account_named(const char *name)
{
    int64_t number = 0;
    cr_assert_ok(account_find(act.store, name, &number));
    return number;
}

static bool is_there(const char *account)
{
    int64_t number;
    enum error e = account_find(act.store, account, &number);
    cr_assert(e == OK || e == ERR_NOT_FOUND, "%s", error_message());
    return e == OK;
}

Test(apply, a_plan_is_refused_once_the_database_has_changed)
{
    const char *file = EXPORT("\"accounts\": [{\"id\": \"sa::new\"}]");
    options.dry_run = true;
    cr_assert_ok(take(transfer_apply, file));
    cr_assert_eq(report.event, house_all_events());
    options = (struct transfer_options){.event = report.event};
    house_account("in-between");
    int64_t events = house_all_events();
    cr_assert_refused(take(transfer_apply, file), ERR_CONFLICT, "changed since the plan");
    cr_assert_not(is_there("new"));
    cr_assert_eq(house_all_events(), events);
    options.event = report.event;
    cr_assert_ok(take(transfer_apply, file));
    cr_assert(is_there("new"));
}

Test(apply, a_dry_run_says_the_same_and_writes_nothing)
{
    const char *file =
        EXPORT("\"groups\": [{\"name\": \"Build\"}], \"accounts\": [{\"id\": \"sa::new\"}, "
               "{\"id\": \"sa::ci-deploy\", \"owner\": \"team\"}]");
    int64_t events = house_all_events();
    options.dry_run = true;
    cr_assert_ok(take(transfer_apply, file));
    cr_assert(report.changed);
    cr_assert_eq(report.counts[TRANSFER_ACCOUNT][TRANSFER_CREATE], 1);
    cr_assert_eq(report.counts[TRANSFER_ACCOUNT][TRANSFER_CHANGE], 1);
    cr_assert_eq(report.counts[TRANSFER_GROUP][TRANSFER_CREATE], 1);
    cr_assert_eq(house_all_events(), events);
    cr_assert_not(is_there("new"));
    options.dry_run = false;
    cr_assert_ok(take(transfer_apply, file));
    cr_assert_eq(report.counts[TRANSFER_ACCOUNT][TRANSFER_CREATE], 1);
    cr_assert(is_there("new"));
    cr_assert_eq(house_events("database.apply"), 1);
    cr_assert_ok(take(transfer_apply, file));
    cr_assert_not(report.changed);
    cr_assert_eq(report.counts[TRANSFER_ACCOUNT][TRANSFER_UNCHANGED], 2);
    cr_assert_eq(report.counts[TRANSFER_GROUP][TRANSFER_UNCHANGED], 1);
    cr_assert_eq(house_events("database.apply"), 1);
}

Test(apply, its_event_counts_what_was_done)
{
    char after[300];
    bool row;
    cr_assert_ok(take(transfer_apply,
                      EXPORT("\"permissions\": [{\"id\": \"new_thing\"}], \"accounts\": [{\"id\": "
                             "\"sa::new\"}, {\"id\": \"sa::newer\"}]")));
    struct stmt *stmt =
        store_prepare(act.store, "SELECT after FROM event WHERE kind = 'database.apply'");
    cr_assert_ok(stmt_step(stmt, &row));
    cr_assert(row);
    snprintf(after, sizeof after, "%s", column_text(stmt, "after"));
    stmt_reset(stmt);
    cr_assert(strstr(after, "\"account\":{\"changed\":0,\"created\":2,\"deleted\":0}"), "%s",
              after);
    cr_assert(strstr(after, "\"permission\":{\"changed\":0,\"created\":1,\"deleted\":0}"), "%s",
              after);
    cr_assert_not(strstr(after, "token"), "%s", after);
    cr_assert_not(strstr(after, "refused"), "%s", after);
}

Test(apply, an_account_becomes_what_the_file_says)
{
    struct account_details details;
    struct account_row account;
    int64_t version;
    const char *file =
        EXPORT("\"groups\": [{\"name\": \"Build\"}, {\"name\": \"Docs\"}], \"accounts\": "
               "[{\"id\": \"sa::CI-deploy\", \"active\": false, \"description\": \"Builds\", "
               "\"owner\": \"team\", \"groups\": [\"build\", \"Everyone\"], "
               "\"permissions\": [\"ingestion\"]}]");
    cr_assert_ok(take(transfer_apply, file));
    cr_assert_said(TRANSFER_ITEM, "sa::ci-deploy",
                   "active: yes → no; description: none → “Builds”; owner: none → “team”; "
                   "groups: +Build; permissions: +ingestion");
    cr_assert_ok(account_details_load(act.store, sa, &details, &version));
    cr_assert_str_eq(details.description, "Builds");
    cr_assert_str_eq(details.owner, "team");
    cr_assert_eq(details.groups.count, 1);
    cr_assert_eq(details.groups.ids[0], group_named("Build"));
    cr_assert_eq(details.permissions.count, 1);
    cr_assert_eq(details.permissions.ids[0], permission_named("ingestion"));
    account_details_free(&details);
    cr_assert_ok(account_get(act.store, act.now, sa, &account));
    cr_assert_not(account.active);
    /* What the file does not mention is taken away, and an account is active unless the file says
     * otherwise. */
    cr_assert_ok(take(transfer_apply, EXPORT("\"accounts\": [{\"id\": \"sa::ci-deploy\"}]")));
    cr_assert_ok(account_details_load(act.store, sa, &details, &version));
    cr_assert_str_eq(details.description, "");
    cr_assert_str_eq(details.owner, "");
    cr_assert_eq(details.groups.count, 0);
    cr_assert_eq(details.permissions.count, 0);
    account_details_free(&details);
    cr_assert_ok(account_get(act.store, act.now, sa, &account));
    cr_assert(account.active);
}

Test(apply, only_the_fields_that_differ_are_named)
{
    cr_assert_ok(take(transfer_apply,
                      EXPORT("\"accounts\": [{\"id\": \"sa::ci-deploy\", \"owner\": \"team\"}]")));
    cr_assert_str_eq(said(TRANSFER_ITEM, "sa::ci-deploy"), "owner: none → “team”");
    cr_assert_ok(take(transfer_apply,
                      EXPORT("\"accounts\": [{\"id\": \"sa::ci-deploy\", \"owner\": \"team\", "
                             "\"active\": false}]")));
    cr_assert_str_eq(said(TRANSFER_ITEM, "sa::ci-deploy"), "active: yes → no");
    cr_assert_ok(
        take(transfer_apply, EXPORT("\"accounts\": [{\"id\": \"sa::idle\", \"active\": false}]")));
    cr_assert_str_eq(said(TRANSFER_ITEM, "sa::idle"), "inactive");
    struct account_row account;
    cr_assert_ok(account_get(act.store, act.now, account_named("idle"), &account));
    cr_assert_not(account.active);
}

Test(apply, a_group_takes_the_name_as_the_file_writes_it)
{
    struct group group;
    int64_t number;
    cr_assert_ok(group_create(&act, "Größe", &number));
    cr_assert_ok(take(transfer_apply, EXPORT("\"groups\": [{\"name\": \"GRÖSSE\"}]")));
    cr_assert_ok(group_get(act.store, number, &group));
    cr_assert_str_eq(group.name, "GRÖSSE");
    cr_assert_eq(house_events("group.rename"), 1);
    cr_assert_said(TRANSFER_HEAD, "Größe", "name: ");
    cr_assert_eq(report.counts[TRANSFER_GROUP][TRANSFER_CHANGE], 1);
    /* Everyone keeps its name. */
    cr_assert_ok(
        take(transfer_apply,
             EXPORT("\"groups\": [{\"name\": \"EVERYONE\", \"description\": \"Every account\"}]")));
    cr_assert_not(report.changed);
    cr_assert_ok(group_get(act.store, GROUP_EVERYONE, &group));
    cr_assert_str_eq(group.name, "Everyone");
}

Test(apply, a_group_gives_what_the_file_says_and_the_report_says_the_difference)
{
    struct group_details details;
    int64_t number, version;
    cr_assert_ok(group_create(&act, "Build", &number));
    cr_assert_ok(group_set_member(&act, number, sa, true, NULL));
    cr_assert_ok(group_grant(&act, number, permission_named("ingestion"), true));
    cr_assert_ok(group_grant(&act, number, permission_named("embedded_charts"), true));
    cr_assert_ok(take(transfer_apply,
                      EXPORT("\"groups\": [{\"name\": \"Build\", \"description\": \"Builds\", "
                             "\"permissions\": [\"ingestion\", \"log_management\", "
                             "\"agent_management\"]}]")));
    cr_assert_said(TRANSFER_HEAD, "Build",
                   "gains log_management, agent_management; loses embedded_charts; ");
    cr_assert_ok(group_details_load(act.store, number, &details, &version));
    cr_assert_str_eq(details.description, "Builds");
    cr_assert_eq(details.permissions.count, 3);
    cr_assert_not(id_set_has(&details.permissions, permission_named("embedded_charts")));
    group_details_free(&details);
    cr_assert_ok(
        take(transfer_apply, EXPORT("\"groups\": [{\"name\": \"Build\", \"description\": \"Docs\", "
                                    "\"permissions\": [\"ingestion\", \"log_management\", "
                                    "\"agent_management\"]}]")));
    cr_assert_said(TRANSFER_HEAD, "Build", "description: “Builds” → “Docs”; 1 member");
    cr_assert_ok(take(transfer_apply, EXPORT("\"groups\": [{\"name\": \"New\", \"permissions\": "
                                             "[\"ingestion\", \"log_management\"]}]")));
    cr_assert_said(TRANSFER_ITEM, "New", "gives ingestion, log_management");
}

Test(apply, a_permission_takes_the_name_and_the_sentence_of_the_file)
{
    struct permission permission;
    cr_assert_ok(
        take(transfer_apply, EXPORT("\"permissions\": [{\"id\": \"ingestion\", \"name\": \"Send\", "
                                    "\"sentence\": \"Sends.\"}, {\"id\": \"new_thing\"}, {\"id\": "
                                    "\"token_management\"}]")));
    cr_assert_eq(report.counts[TRANSFER_PERMISSION][TRANSFER_CHANGE], 1);
    cr_assert_eq(report.counts[TRANSFER_PERMISSION][TRANSFER_CREATE], 1);
    cr_assert_said(TRANSFER_NOTE, "permissions[2]", "reserved");
    cr_assert_ok(permission_get(act.store, permission_named("ingestion"), &permission));
    cr_assert_str_eq(permission.name, "Send");
    cr_assert_str_eq(permission.sentence, "Sends.");
    cr_assert_ok(permission_get(act.store, permission_named("new_thing"), &permission));
    cr_assert_str_eq(permission.name, "new_thing");
}

Test(apply, without_prune_nothing_goes_and_with_it_only_what_has_a_section)
{
    int64_t number;
    house_account("extra");
    cr_assert_ok(group_create(&act, "Extra", &number));
    const char *accounts = EXPORT("\"accounts\": [{\"id\": \"sa::ci-deploy\"}]");
    cr_assert_ok(take(transfer_apply, accounts));
    cr_assert_not(report.changed);
    options.prune = true;
    cr_assert_ok(take(transfer_apply, accounts));
    cr_assert_not(is_there("extra"));
    cr_assert(is_there("ci-deploy"));
    cr_assert_eq(report.counts[TRANSFER_ACCOUNT][TRANSFER_DELETE], 1);
    cr_assert_eq(report.counts[TRANSFER_GROUP][TRANSFER_DELETE], 0);
    cr_assert_ok(take(transfer_apply, EXPORT("\"groups\": [{\"name\": \"Kept\"}]")));
    cr_assert_eq(group_find(act.store, "Extra", &number), ERR_NOT_FOUND);
    group_named("Everyone");
    group_named("Kept");
    cr_assert(is_there("ci-deploy"));
    cr_assert_said(TRANSFER_HEAD, "Extra", "0 members");
    cr_assert_ok(take(transfer_apply, EXPORT("\"permissions\": [{\"id\": \"ingestion\"}]")));
    permission_named("ingestion");
    cr_assert_eq(permission_find(act.store, "embedded_charts", &number), ERR_NOT_FOUND);
}

Test(apply, pruning_reads_more_accounts_than_a_page_holds)
{
    for (int i = 0; i < 230; i++) {
        char name[16];
        snprintf(name, sizeof name, "extra-%03d", i);
        house_account(name);
    }
    options.prune = true;
    cr_assert_ok(take(transfer_apply, EXPORT("\"accounts\": [{\"id\": \"sa::ci-deploy\"}, {\"id\": "
                                             "\"sa::extra-100\"}]")));
    cr_assert_eq(report.counts[TRANSFER_ACCOUNT][TRANSFER_DELETE], 229);
    cr_assert_eq(house_number("SELECT count(*) FROM account", 0), 2);
    cr_assert(is_there("extra-100"));
}

/* No two have one name: then it is the id, or the id with a number. */
Test(apply, a_permission_whose_name_is_taken_gets_another_and_keeps_it)
{
    static const struct {
        const char *id, *name, *said;
    } permissions[] = {
        {"first", "second", NULL},
        {"other", "second (2)", NULL},
        {"second", "Alerts", "another permission is named “Alerts”: this one becomes “second (3)”"},
        {"third", "Alerts", "another permission is named “Alerts”: this one becomes “third”"},
        {"alerts_management", "Alerts", NULL},
    };
    struct permission permission;
    const char *file =
        EXPORT("\"permissions\": [{\"id\": \"first\", \"name\": \"second\"}, {\"id\": \"other\", "
               "\"name\": \"second (2)\"}, {\"id\": \"second\", \"name\": \"Alerts\"}, {\"id\": "
               "\"third\", \"name\": \"Alerts\"}]");
    for (int again = 0; again < 2; again++) {
        cr_assert_ok(take(transfer_apply, file));
        cr_assert_eq(report.changed, !again);
        for (size_t i = 0; i < sizeof permissions / sizeof *permissions; i++) {
            const char *said_here = said(TRANSFER_NOTE, permissions[i].id);
            cr_assert_eq(!said_here, !permissions[i].said, "%s", permissions[i].id);
            if (said_here) cr_assert_str_eq(said_here, permissions[i].said);
            cr_assert_ok(
                permission_get(act.store, permission_named(permissions[i].id), &permission));
        }
        cr_assert_str_eq(permission.name, "Alerts");
        cr_assert_ok(permission_get(act.store, permission_named("second"), &permission));
        cr_assert_str_eq(permission.name, "second (3)");
        cr_assert_ok(permission_get(act.store, permission_named("third"), &permission));
        cr_assert_str_eq(permission.name, "third");
    }
}

Test(apply, an_id_that_becomes_a_name_is_not_cut_unless_a_number_follows)
{
    char id[PERMISSION_ID_MAX + 1], file[400], sentence[200];
    memset(id, 'p', sizeof id - 1);
    id[sizeof id - 1] = 0;
    snprintf(file, sizeof file, EXPORT("\"permissions\": [{\"id\": \"%s\", \"name\": \"Alerts\"}]"),
             id);
    cr_assert_ok(take(transfer_apply, file));
    snprintf(sentence, sizeof sentence,
             "another permission is named “Alerts”: this one becomes “%s”", id);
    cr_assert_str_eq(said(TRANSFER_NOTE, id), sentence);
}

/* Of whichever permission it is. */
Test(apply, no_name_of_the_catalogue_is_given_twice)
{
    struct permissions *catalogue;
    char file[400], id[32];
    cr_assert_ok(permission_list(act.store, &catalogue));
    for (size_t i = 0; i < catalogue->count; i++) {
        snprintf(id, sizeof id, "new-%zu", i);
        snprintf(file, sizeof file, EXPORT("\"permissions\": [{\"id\": \"%s\", \"name\": \"%s\"}]"),
                 id, catalogue->items[i].name);
        cr_assert_ok(take(transfer_apply, file));
        cr_assert_said(TRANSFER_NOTE, id, "another permission is named");
    }
    free(catalogue);
}

Test(apply, what_is_pruned_is_counted_as_what_it_is)
{
    int64_t number;
    options.prune = true;
    house_token(house_account("extra"), "t", WHEN_NEVER);
    cr_assert_ok(group_create(&act, "Extra", &number));
    cr_assert_ok(
        take(transfer_apply, EXPORT("\"permissions\": [{\"id\": \"ingestion\"}], \"groups\": [], "
                                    "\"accounts\": [{\"id\": \"sa::ci-deploy\"}]")));
    for (size_t i = 0; i < report.count; i++)
        if (report.lines[i].action == TRANSFER_DELETE)
            report.counts[report.lines[i].noun][TRANSFER_DELETE]--;
    for (int noun = 0; noun < TRANSFER_NOUNS; noun++)
        cr_assert_eq(report.counts[noun][TRANSFER_DELETE], 0);
    for (size_t i = 0; i < report.count; i++)
        if (strcmp(report.lines[i].subject, "embedded_charts") == 0)
            cr_assert_eq(report.lines[i].noun, TRANSFER_PERMISSION);
}

/* More than are looked up at once (src/transfer/ahead.h), in a file that is not read in one piece.
 */
Test(apply, many_accounts_with_tokens_become_what_a_large_file_says)
{
    enum { MANY = 300, FILLER = 450 };
    static char text[MANY * (FILLER + 200)];
    struct account_row account;
    size_t used = (size_t)snprintf(text, sizeof text,
                                   "{\"format\": \"gatehouse-export\", \"version\": 1, "
                                   "\"accounts\": [");
    for (int i = 0; i < MANY; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "%s{\"id\": \"sa::many-%d\", \"description\": \"%d%0*d\", "
                                 "\"tokens\": [{\"digest\": \"%064x\"}]}",
                                 i ? ", " : "", i, i, FILLER, 0, i + 1);
    cr_assert_lt(used + 3, sizeof text);
    cr_assert_gt(used, (size_t)2 << 16);
    strcpy(text + used, "]}");
    cr_assert_ok(take(transfer_apply, text));
    cr_assert_eq(report.counts[TRANSFER_ACCOUNT][TRANSFER_CREATE], MANY);
    cr_assert_eq(report.counts[TRANSFER_TOKEN][TRANSFER_CREATE], MANY);
    cr_assert_eq(report.refused, 0);
    cr_assert_ok(account_get(act.store, act.now, account_named("many-299"), &account));
    cr_assert_eq(account.tokens, 1);
    cr_assert_eq(strncmp(account.description, "2990000", 7), 0, "%s", account.description);
    cr_assert_ok(take(transfer_apply, text));
    cr_assert_not(report.changed);
    cr_assert_eq(report.counts[TRANSFER_ACCOUNT][TRANSFER_UNCHANGED], MANY);
    cr_assert_eq(report.counts[TRANSFER_TOKEN][TRANSFER_UNCHANGED], MANY);
    /* One name is refused, and one digest, wherever it was before. */
    snprintf(text + used, sizeof text - used, ", {\"id\": \"sa::MANY-0\"}]}");
    cr_assert_refused(take(transfer_apply, text), ERR_INVALID, "accounts[300]: ");
    snprintf(text + used, sizeof text - used,
             ", {\"id\": \"sa::last\", \"tokens\": [{\"digest\": \"%064x\"}]}]}", 1);
    cr_assert_ok(take(transfer_apply, text));
    cr_assert_said(TRANSFER_REFUSED, "accounts[300].tokens[0]", "belongs to sa::many-0");
}

static const struct wrong {
    const char *file, *reason;
} wrongs[] = {
    {"{\"format\": \"other\", \"version\": 1}", "not an export of Gatehouse"},
    {"[]", "not an export of Gatehouse"},
    {"{\"format\": \"gatehouse-export\", \"version\": 2}", "version"},
    {"{\"format\": \"gatehouse-export\"}", "version"},
    {EXPORT("\"more\": []"), "unknown field"},
    {EXPORT("\"accounts\": {}"), "accounts: a list"},
    {EXPORT("\"accounts\": [5]"), "accounts[0]: an object"},
    {EXPORT("\"accounts\": [{}]"), "accounts[0]: the field"},
    {EXPORT("\"accounts\": [{\"id\": \"-\"}]"), "accounts[0]"},
    {EXPORT("\"accounts\": [{\"id\": \"sa::x\", \"when\": 1}]"), "unknown field"},
    {EXPORT("\"accounts\": [{\"id\": \"sa::x\", \"active\": 1}]"),
     "accounts[0].active: true or false"},
    {EXPORT("\"accounts\": [{\"id\": \"sa::x\", \"owner\": 1}]"), "accounts[0].owner: a string"},
    {EXPORT("\"accounts\": [{\"id\": \"sa::x\", \"owner\": \"a\\nb\"}]"), "accounts[0]: "},
    {EXPORT("\"accounts\": [{\"id\": \"sa::x\", \"description\": 1}]"),
     "accounts[0].description: a string"},
    {EXPORT("\"accounts\": [{\"id\": \"sa::x\", \"groups\": 1}]"), "accounts[0].groups: a list"},
    {EXPORT("\"accounts\": [{\"id\": \"sa::x\", \"groups\": [1]}]"),
     "accounts[0].groups[0]: the name"},
    {EXPORT("\"accounts\": [{\"id\": \"sa::x\", \"groups\": [\"Nope\"]}]"),
     "accounts[0].groups[0]: "},
    {EXPORT("\"accounts\": [{\"id\": \"sa::x\", \"permissions\": [1]}]"),
     "accounts[0].permissions[0]: the id"},
    {EXPORT("\"accounts\": [{\"id\": \"sa::x\", \"permissions\": [\"nope\"]}]"),
     "accounts[0].permissions[0]: "},
    {EXPORT("\"accounts\": [{\"id\": \"sa::y\"}, {\"id\": \"sa::Y\"}]"), "accounts[1]: "},
    {EXPORT("\"groups\": [{}]"), "groups[0]: the field"},
    {EXPORT("\"groups\": [{\"name\": \"\"}]"), "groups[0]: "},
    {EXPORT("\"groups\": [{\"name\": \"a\"}, {\"name\": \"A\"}]"), "groups[1]: "},
    {EXPORT("\"groups\": [{\"name\": \"a\", \"description\": \"a\\u0007\"}]"),
     "groups[0]: a group's description"},
    {EXPORT("\"groups\": [{\"name\": \"a\", \"description\": 1}]"),
     "groups[0].description: a string"},
    {EXPORT("\"groups\": [{\"name\": \"a\", \"owner\": \"b\"}]"), "unknown field"},
    {EXPORT("\"permissions\": [{\"id\": \"Bad Id\"}]"), "permissions[0]: "},
    {EXPORT("\"permissions\": [{\"id\": \"a\", \"name\": \"\"}]"), "permissions[0]: "},
    {EXPORT("\"permissions\": [{\"id\": \"aa\"}, {\"id\": \"aa\"}]"), "permissions[1]: "},
    {EXPORT("\"permissions\": [{\"id\": \"aa\", \"what\": 1}]"), "unknown field"},
};

Test(apply, a_malformed_file_is_refused_as_a_whole_with_the_place)
{
    int64_t events = house_all_events();
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        cr_assert_refused(take(transfer_apply, wrongs[i].file), ERR_INVALID, wrongs[i].reason);
        cr_assert_eq(house_all_events(), events, "%s", wrongs[i].file);
    }
}

Test(apply, null_is_the_same_as_missing)
{
    cr_assert_ok(
        take(transfer_apply,
             EXPORT("\"permissions\": null, \"groups\": [{\"name\": \"Build\", \"description\": "
                    "null, \"permissions\": null}], \"accounts\": [{\"id\": \"sa::ci-deploy\", "
                    "\"active\": null, \"owner\": null, \"groups\": null, \"tokens\": null}]")));
    cr_assert_eq(report.counts[TRANSFER_ACCOUNT][TRANSFER_UNCHANGED], 1);
    cr_assert_eq(report.counts[TRANSFER_GROUP][TRANSFER_CREATE], 1);
}

static size_t last_done, last_total, stop_at;

static bool count_steps(void *arg, size_t done, size_t total)
{
    (void)arg;
    last_done = done;
    last_total = total;
    return done == stop_at;
}

Test(apply, it_says_how_far_it_is_and_stops_when_told)
{
    const struct progress progress = {.step = count_steps};
    const char *file =
        EXPORT("\"groups\": [{\"name\": \"Build\"}], \"accounts\": [{\"id\": \"sa::new\"}, "
               "{\"id\": \"sa::newer\"}]");
    options.progress = &progress;
    stop_at = 2;
    int64_t events = house_all_events();
    cr_assert_eq(take(transfer_apply, file), ERR_STOPPED);
    cr_assert_eq(last_total, 3);
    cr_assert_eq(house_all_events(), events);
    cr_assert_not(is_there("new"));
    stop_at = SIZE_MAX;
    cr_assert_ok(take(transfer_apply, file));
    cr_assert_eq(last_done, 3);
    cr_assert_eq(last_total, 3);
}

Test(apply, a_token_in_a_text_is_refused_with_its_place)
{
    cr_assert_refused(
        take(transfer_apply, EXPORT("\"groups\": [{\"name\": \"n\", \"description\": "
                                    "\"gth_0123456789abcdefghijABCDEFGHIJ05DYyq\"}]")),
        ERR_INVALID, "groups[0]: the group's description contains a token");
    cr_assert_not(strstr(error_message(), "0123456789"));
}

Test(apply, without_pruning_it_lists_what_it_leaves)
{
    int64_t other = house_account("other"), group;
    cr_assert_ok(group_create(&act, "Build", &group));
    house_token(sa, "kept", WHEN_NEVER);
    house_token(other, "unseen", WHEN_NEVER);
    cr_assert_ok(take(transfer_apply,
                      EXPORT("\"accounts\": [{\"id\": \"sa::ci-deploy\"}], \"groups\": []")));
    cr_assert_not(report.changed);
    cr_assert_said(TRANSFER_LEFT, "sa::other", "");
    cr_assert_said(TRANSFER_LEFT, "Build", "");
    cr_assert_said(TRANSFER_LEFT, "sa::ci-deploy/kept", "");
    cr_assert_eq(lines_of(TRANSFER_LEFT), 3, "neither Everyone nor what the file is silent about");
    cr_assert_eq(report.left[TRANSFER_ACCOUNT], 1);
    options.prune = true;
    cr_assert_ok(take(transfer_apply,
                      EXPORT("\"accounts\": [{\"id\": \"sa::ci-deploy\"}], \"groups\": []")));
    cr_assert_eq(lines_of(TRANSFER_LEFT), 0);
    cr_assert_said(TRANSFER_ITEM, "sa::other", "1 token");
}

Test(apply, of_many_that_it_leaves_the_first_are_listed)
{
    char name[20];
    cr_assert_ok(store_begin(act.store));
    for (int i = 0; i < TRANSFER_LEFT_MAX + 5; i++) {
        snprintf(name, sizeof name, "many-%d", i);
        house_account(name);
    }
    cr_assert_ok(store_end(act.store, OK));
    cr_assert_ok(take(transfer_apply, EXPORT("\"accounts\": [{\"id\": \"sa::ci-deploy\"}]")));
    cr_assert_eq(lines_of(TRANSFER_LEFT), TRANSFER_LEFT_MAX);
    cr_assert_eq(report.left[TRANSFER_ACCOUNT], TRANSFER_LEFT_MAX + 5);
}
