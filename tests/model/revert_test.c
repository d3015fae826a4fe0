/* Taking acts back: only what nobody has decided about since. */
#include "house.h"

#include <gatehouse/bulk.h>
#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission_change.h>
#include <gatehouse/revert.h>
#include <gatehouse/setting.h>
#include <gatehouse/token_change.h>
#include <gatehouse/token_record.h>
#include <stdio.h>

TestSuite(revert, .init = house_open, .fini = house_close);

static struct event_range settled[8];
static size_t settled_count;

/* The act that was just done. */
static struct event_range done(void)
{
    return audit_last(act.store);
}

static struct revert_result take_back(struct event_range range)
{
    struct revert_result result;
    const struct revert revert = {.act = range, .settled = settled, .settled_count = settled_count};
    const int64_t before = house_all_events();
    cr_assert_ok(revert_run(&act, &revert, NULL, &result));
    const int64_t after = house_all_events();
    cr_expect_eq(result.events.first, after > before ? before + 1 : 0);
    cr_expect_eq(result.events.last, after > before ? after : 0);
    return result;
}

/* Takes an act back whole. */
static void expect_back(struct event_range range)
{
    struct revert_result result = take_back(range);
    cr_expect_eq(result.left, 0, "%s", result.left ? result.reasons[0] : "");
    cr_expect_geq(result.changed, 1);
    revert_result_free(&result);
    house_expect_sound();
}

/* Nothing of it is taken back, and the reason begins so. */
static void expect_left(struct event_range range, const char *reason)
{
    int64_t events = house_all_events();
    struct revert_result result = take_back(range);
    cr_assert_eq(result.left, 1);
    cr_expect_eq(result.changed, 0);
    cr_expect(!strncmp(result.reasons[0], reason, strlen(reason)), "%s", result.reasons[0]);
    cr_expect_eq(house_all_events(), events);
    revert_result_free(&result);
}

static bool is_active(int64_t account)
{
    return house_number("SELECT active FROM account WHERE number = :n", account) == 1;
}

static struct event_range set_active(bool active)
{
    cr_assert_ok(account_set_active(&act, sa, active, NULL));
    return done();
}

static struct event_range set_member(int64_t group, bool in)
{
    cr_assert_ok(group_set_member(&act, group, sa, in, NULL));
    return done();
}

static bool is_member(int64_t group)
{
    return house_number("SELECT count(*) FROM membership WHERE account_group = :n", group) == 1;
}

static int64_t make_group(const char *name)
{
    int64_t group;
    cr_assert_ok(group_create(&act, name, &group));
    return group;
}

Test(revert, rule_16_undo_takes_back_what_nobody_touched)
{
    struct event_range off = set_active(false);
    expect_back(off);
    cr_expect(is_active(sa));
    cr_expect_eq(house_events("account.activate"), 1);
}

Test(revert, rule_16_undo_compares_the_version_and_not_how_it_looks)
{
    struct event_range off = set_active(false);
    set_active(true);
    set_active(false);
    expect_left(off, "sa::ci-deploy: the account was deactivated by mara just now");
    cr_expect_not(is_active(sa));
}

Test(revert, rule_16_undo_leaves_members_and_grants_that_others_decided_about)
{
    int64_t build = make_group("build"), permission;
    cr_assert_ok(permission_find(act.store, "agent_management", &permission));
    struct event_range in = set_member(build, true);
    set_member(build, false);
    set_member(build, true);
    expect_left(in, "sa::ci-deploy: the account was added to a group by mara");
    cr_assert_ok(permission_grant(&act, sa, permission, true, NULL));
    struct event_range grant = done();
    cr_assert_ok(permission_grant(&act, sa, permission, false, NULL));
    cr_assert_ok(permission_grant(&act, sa, permission, true, NULL));
    expect_left(grant, "sa::ci-deploy: the account was granted a permission by mara");
    cr_expect(is_member(build));
    cr_expect(house_holds(sa, permission));
}

Test(revert, another_group_of_the_same_account_is_another_thing)
{
    int64_t build = make_group("build"), deploy = make_group("deploy");
    struct event_range in = set_member(build, true);
    set_member(deploy, true);
    expect_back(in);
    cr_expect_not(is_member(build));
    cr_expect(is_member(deploy));
}

Test(revert, a_group_is_followed_through_its_renames)
{
    int64_t build = make_group("build");
    struct event_range in = set_member(build, true);
    cr_assert_ok(group_rename(&act, build, "builders"));
    int64_t other = make_group("build");
    set_member(other, true);
    expect_back(in);
    cr_expect_not(is_member(build));
    cr_expect(is_member(other));
}

Test(revert, nobody_joins_a_new_group_that_has_the_name_of_a_deleted_one)
{
    int64_t build = make_group("build");
    set_member(build, true);
    struct event_range out = set_member(build, false);
    cr_assert_ok(group_delete(&act, build));
    int64_t other = make_group("build");
    expect_left(out, "sa::ci-deploy: the group was deleted by mara");
    cr_expect_not(is_member(other));
}

Test(revert, rule_16_undo_of_many_names_everyone_it_leaves)
{
    struct id_set three = {0};
    struct bulk_result changed;
    const struct bulk off = {.kind = BULK_DEACTIVATE};
    for (int i = 0; i < 3; i++)
        cr_assert_ok(id_set_add(&three, house_account((const char *[]){"a", "b", "c"}[i])));
    cr_assert_ok(bulk_run(&act, &off, &three, NULL, &changed));
    struct event_range range = done();
    id_set_free(&changed.changed);
    for (int i = 0; i < 2; i++) {
        cr_assert_ok(account_set_active(&act, three.ids[i], true, NULL));
        cr_assert_ok(account_set_active(&act, three.ids[i], false, NULL));
    }
    struct revert_result result = take_back(range);
    cr_assert_eq(result.left, 2);
    cr_expect_eq(result.changed, 1);
    cr_expect(strstr(result.reasons[0], "sa::b: "), "%s", result.reasons[0]);
    cr_expect(strstr(result.reasons[1], "sa::a: "), "%s", result.reasons[1]);
    cr_expect_not(is_active(three.ids[0]));
    cr_expect(is_active(three.ids[2]));
    cr_expect_eq(house_events("accounts.activate"), 1);
    revert_result_free(&result);
    id_set_free(&three);
}

static void deactivate(int count)
{
    struct id_set many = {0};
    struct bulk_result changed;
    const struct bulk off = {.kind = BULK_DEACTIVATE};
    for (int i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof name, "many-%d", i);
        cr_assert_ok(id_set_add(&many, house_account(name)));
    }
    cr_assert_ok(bulk_run(&act, &off, &many, NULL, &changed));
    id_set_free(&changed.changed);
    id_set_free(&many);
}

struct watch {
    size_t calls, stop_at, done, total;
};

static bool watch_step(void *arg, size_t done, size_t total)
{
    struct watch *watch = arg;
    cr_expect(watch->calls ? done > watch->done : done == 0, "%zu after %zu", done, watch->done);
    cr_expect(!watch->calls || total == watch->total);
    watch->done = done;
    watch->total = total;
    return ++watch->calls == watch->stop_at;
}

Test(revert, it_counts_the_events_of_the_act_and_can_be_stopped_until_the_end)
{
    enum { MANY = 70, CALLS = 4 }; /* before the 1st, the 33rd and the 65th event, and at the end */
    deactivate(MANY);
    const struct revert revert = {.act = done()};
    int64_t events = house_all_events();
    struct revert_result result;
    for (size_t stop_at = 1; stop_at <= CALLS; stop_at++) {
        struct watch watch = {.stop_at = stop_at};
        const struct progress progress = {watch_step, &watch};
        cr_assert_refused(revert_run(&act, &revert, &progress, &result), ERR_STOPPED, "nothing");
        cr_expect_eq(watch.calls, stop_at);
        cr_expect_eq(house_all_events(), events);
        revert_result_free(&result);
    }
    struct watch watch = {0};
    const struct progress progress = {watch_step, &watch};
    cr_assert_ok(revert_run(&act, &revert, &progress, &result));
    cr_expect_eq(result.changed, MANY);
    cr_expect_eq(watch.calls, CALLS);
    cr_expect_eq(watch.done, watch.total);
    cr_expect_eq((int64_t)watch.total, revert.act.last - revert.act.first + 1);
    revert_result_free(&result);
}

Test(revert, what_was_taken_back_before_is_no_decision)
{
    struct event_range off = set_active(false), on = set_active(true);
    expect_back(on);
    settled[settled_count++] = on;
    settled[settled_count++] = done();
    expect_back(off);
    cr_expect(is_active(sa));
}

Test(revert, an_update_goes_back_field_by_field)
{
    struct account_details details = {.description = "new", .owner = "team-a"};
    int64_t version = house_version(sa), build = make_group("build");
    cr_assert_ok(id_set_add(&details.groups, build));
    cr_assert_ok(account_update(&act, sa, version, &details));
    struct event_range update = done();
    details.owner = "team-b";
    cr_assert_ok(account_update(&act, sa, house_version(sa), &details));
    struct revert_result result = take_back(update);
    cr_expect_eq(result.left, 1);
    cr_expect_eq(result.changed, 1);
    struct account_row account;
    cr_assert_ok(account_get(act.store, act.now, sa, &account));
    cr_expect_str_eq(account.description, "");
    cr_expect_str_eq(account.owner, "team-b");
    cr_expect_not(is_member(build));
    revert_result_free(&result);
    id_set_free(&details.groups);
}

Test(revert, tokens_go_back_unless_they_have_ended)
{
    int64_t token = house_token(sa, "github", NOON + 5000), old;
    cr_assert_ok(token_set_suspended(&act, token, true, NULL));
    expect_back(done());
    cr_expect_eq(house_state(token), TOKEN_LIVE);
    cr_assert_ok(token_rename(&act, token, "gitlab", NULL));
    expect_back(done());
    cr_assert_ok(token_find(act.store, act.now, "ci-deploy/github", &old));
    cr_assert_ok(token_set_expiry(&act, token, NOON + 9000, NULL));
    struct event_range later = done();
    expect_back(later);
    cr_expect_eq(house_number("SELECT expires FROM token WHERE number = :n", token), NOON + 5000);
    cr_assert_ok(token_set_suspended(&act, token, true, NULL));
    struct event_range suspended = done();
    act.now = NOON + 6000;
    expect_left(suspended, "sa::ci-deploy/github: the token has expired");
    cr_assert_ok(token_revoke(&act, token, NULL));
    expect_left(suspended, "sa::ci-deploy/github: the token was revoked by mara");
    cr_assert_ok(account_delete(&act, sa));
    expect_left(suspended, "sa::ci-deploy/github: the account and its tokens were deleted");
}

Test(revert, groups_permissions_and_settings_go_back)
{
    int64_t build = make_group("build"), permission, limit;
    cr_assert_ok(permission_find(act.store, "agent_management", &permission));
    cr_assert_ok(group_rename(&act, build, "builders"));
    expect_back(done());
    cr_assert_ok(group_find(act.store, "build", &build));
    struct group_details details = {.description = "what builds"};
    cr_assert_ok(id_set_add(&details.permissions, permission));
    cr_assert_ok(group_update(&act, build, house_group_version(build), &details, NULL, NULL));
    expect_back(done());
    id_set_free(&details.permissions);
    cr_expect_eq(house_number("SELECT count(*) FROM group_grant", 0), 0);
    cr_assert_ok(permission_edit(&act, permission, "Other", "Another sentence", NULL));
    struct event_range edit = done();
    expect_back(edit);
    struct permission row;
    cr_assert_ok(permission_get(act.store, permission, &row));
    cr_expect_str_neq(row.name, "Other");
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_LIMIT, 5));
    expect_back(done());
    cr_assert_ok(setting_get(act.store, SETTING_TOKEN_LIMIT, &limit));
    cr_expect_eq(limit, TOKEN_LIMIT_DEFAULT);
    cr_assert_ok(permission_delete(&act, permission));
    expect_left(edit, "agent_management: the permission was deleted");
}

Test(revert, a_group_gets_no_permission_that_took_the_id_of_a_deleted_one)
{
    int64_t build = make_group("build"), permission, other;
    cr_assert_ok(permission_create(&act, "deploy", "Deploy", "To staging", &permission));
    cr_assert_ok(group_grant(&act, build, permission, true));
    cr_assert_ok(group_grant(&act, build, permission, false));
    struct event_range taken = done();
    cr_assert_ok(permission_delete(&act, permission));
    cr_assert_ok(permission_create(&act, "deploy", "Deploy", "To production", &other));
    expect_left(taken, "build: the permission was deleted from the catalogue by mara");
    cr_expect_eq(house_number("SELECT count(*) FROM group_grant", 0), 0);
}

static struct event_range suspend_both(struct id_set *tokens)
{
    struct bulk_result changed;
    const struct bulk suspend = {.kind = BULK_TOKEN_SUSPEND};
    for (int i = 0; i < 2; i++)
        cr_assert_ok(id_set_add(tokens, house_token(sa, i ? "b" : "a", WHEN_NEVER)));
    cr_assert_ok(bulk_run(&act, &suspend, tokens, NULL, &changed));
    id_set_free(&changed.changed);
    return done();
}

/* One of two is left for this reason, the other goes back. */
static void expect_half(struct event_range range, const char *reason)
{
    struct revert_result result = take_back(range);
    cr_assert_eq(result.left, 1);
    cr_expect_eq(result.changed, 1);
    cr_expect(strstr(result.reasons[0], reason), "%s", result.reasons[0]);
    revert_result_free(&result);
}

Test(revert, a_token_whose_record_is_gone_is_left_and_the_others_go_back)
{
    struct id_set tokens = {0};
    struct token_records *records;
    struct event_range suspended = suspend_both(&tokens);
    cr_assert_ok(token_records_load(act.store, sa, &records));
    cr_assert_ok(token_record_delete(&act, &records->items[0]));
    token_records_free(records);
    expect_half(suspended, ": the token's record was deleted by mara");
    id_set_free(&tokens);
}

Test(revert, a_token_that_became_a_canary_stays_suspended)
{
    struct id_set tokens = {0};
    struct event_range suspended = suspend_both(&tokens);
    cr_assert_ok(token_make_canary(&act, tokens.ids[0], NULL));
    expect_half(suspended, "/a: the token was made a canary by mara");
    id_set_free(&tokens);
}

Test(revert, what_a_setting_forbids_now_is_left_and_the_others_go_back)
{
    struct id_set tokens = {0};
    struct bulk_result changed;
    const struct bulk expire = {.kind = BULK_TOKEN_EXPIRE, .expires = NOON + 5000};
    cr_assert_ok(id_set_add(&tokens, house_token(sa, "a", NOON + 9000)));
    cr_assert_ok(id_set_add(&tokens, house_token(sa, "b", WHEN_NEVER)));
    cr_assert_ok(bulk_run(&act, &expire, &tokens, NULL, &changed));
    struct event_range expired = done();
    id_set_free(&changed.changed);
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_EXPIRY_LONGEST, 30));
    expect_half(expired, "sa::ci-deploy/b: a token may live at most 30 days");
    id_set_free(&tokens);
}

Test(revert, of_many_that_would_exceed_the_limit_some_are_left)
{
    struct id_set tokens = {0};
    struct event_range suspended = suspend_both(&tokens);
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_LIMIT, 1));
    struct revert_result result = take_back(suspended);
    cr_expect_eq(result.left, 2);
    cr_expect(strstr(result.reasons[0], "sa::ci-deploy/"), "%s", result.reasons[0]);
    revert_result_free(&result);
    id_set_free(&tokens);
}

Test(revert, rule_16_a_restore_decided_about_everything)
{
    struct event_range off = set_active(false);
    cr_assert_ok(
        audit_write(&act, &(struct audit_entry){.kind = "database.restore", .subject = "backup"}));
    expect_left(off, "sa::ci-deploy: the database was restored from a backup by mara");
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_LIMIT, 5));
    struct event_range limit = done();
    cr_assert_ok(
        audit_write(&act, &(struct audit_entry){.kind = "database.restore", .subject = "backup"}));
    expect_left(limit, "token.limit: the database was restored from a backup by mara");
}

Test(revert, only_what_has_a_way_back_is_offered)
{
    bool possible;
    int64_t token = house_token(sa, "github", WHEN_NEVER);
    cr_assert_ok(revert_is_possible(act.store, done(), &possible));
    cr_expect_not(possible);
    cr_assert_ok(token_revoke(&act, token, NULL));
    cr_assert_ok(revert_is_possible(act.store, done(), &possible));
    cr_expect_not(possible);
    cr_assert_ok(revert_is_possible(act.store, set_active(false), &possible));
    cr_expect(possible);
}

Test(revert, says_what_was_done_and_how_it_is_afterwards)
{
    char text[400];
    struct event_range off = set_active(false);
    cr_assert_ok(revert_describe(act.store, off, false, text, sizeof text));
    cr_expect_str_eq(text, "sa::ci-deploy was deactivated");
    cr_assert_ok(revert_describe(act.store, off, true, text, sizeof text));
    cr_expect_str_eq(text, "sa::ci-deploy is active again");
}

/* Says what was done, takes it back, and says how it is then. */
static void expect_words(struct event_range range, const char *did, const char *is)
{
    char text[400];
    cr_assert_ok(revert_describe(act.store, range, false, text, sizeof text));
    cr_expect_str_eq(text, did);
    cr_assert_ok(revert_describe(act.store, range, true, text, sizeof text));
    cr_expect_str_eq(text, is);
    expect_back(range);
}

Test(revert, each_change_of_an_account_has_its_words)
{
    int64_t build = make_group("build"), permission, version;
    struct account_details details;
    cr_assert_ok(permission_find(act.store, "agent_management", &permission));
    set_active(false);
    expect_words(set_active(true), "sa::ci-deploy was activated",
                 "sa::ci-deploy is inactive again");
    cr_expect_not(is_active(sa));
    expect_words(set_member(build, true), "sa::ci-deploy was added to a group",
                 "sa::ci-deploy is out of the group again");
    cr_expect_not(is_member(build));
    set_member(build, true);
    expect_words(set_member(build, false), "sa::ci-deploy was removed from a group",
                 "sa::ci-deploy is in the group again");
    cr_expect(is_member(build));
    cr_assert_ok(permission_grant(&act, sa, permission, true, NULL));
    expect_words(done(), "sa::ci-deploy was granted a permission",
                 "sa::ci-deploy is without the explicit grant again");
    cr_expect_not(house_holds(sa, permission));
    cr_assert_ok(permission_grant(&act, sa, permission, true, NULL));
    cr_assert_ok(permission_grant(&act, sa, permission, false, NULL));
    expect_words(done(), "sa::ci-deploy was left without an explicit grant",
                 "sa::ci-deploy is granted the permission again");
    cr_expect(house_holds(sa, permission));
    cr_assert_ok(account_details_load(act.store, sa, &details, &version));
    id_set_free(&details.groups);
    id_set_free(&details.permissions);
    cr_assert_ok(account_update(&act, sa, version, &details));
    cr_expect_not(is_member(build) || house_holds(sa, permission));
    expect_words(done(), "sa::ci-deploy was updated", "sa::ci-deploy is as it was");
    cr_expect(is_member(build) && house_holds(sa, permission));
    account_details_free(&details);
}

Test(revert, each_change_of_a_token_has_its_words)
{
    int64_t token = house_token(sa, "t", NOON + 5000);
    cr_assert_ok(token_set_suspended(&act, token, true, NULL));
    expect_words(done(), "sa::ci-deploy/t was suspended", "sa::ci-deploy/t is live again");
    cr_assert_ok(token_set_suspended(&act, token, true, NULL));
    cr_assert_ok(token_set_suspended(&act, token, false, NULL));
    expect_words(done(), "sa::ci-deploy/t was resumed", "sa::ci-deploy/t is suspended again");
    cr_expect_eq(house_state(token), TOKEN_SUSPENDED);
    cr_assert_ok(token_set_expiry(&act, token, WHEN_NEVER, NULL));
    expect_words(done(), "sa::ci-deploy/t was given another expiry",
                 "sa::ci-deploy/t expires when it did before");
    cr_expect_eq(house_number("SELECT expires FROM token WHERE number = :n", token), NOON + 5000);
    cr_assert_ok(token_rename(&act, token, "u", NULL));
    expect_words(done(), "sa::ci-deploy/t was renamed", "sa::ci-deploy/t is called “t” again");
}

static void set_name(const char *name)
{
    struct setting_value value;
    cr_assert_ok(setting_parse(SETTING_DATABASE_NAME, name, &value));
    cr_assert_ok(setting_write(&act, SETTING_DATABASE_NAME, &value));
}

Test(revert, each_change_of_a_group_a_permission_or_a_setting_has_its_words)
{
    int64_t build = make_group("build"), permission;
    cr_assert_ok(permission_find(act.store, "agent_management", &permission));
    cr_assert_ok(group_rename(&act, build, "built"));
    expect_words(done(), "the group build was renamed", "the group is called “build” again");
    cr_assert_ok(group_grant(&act, build, permission, true));
    expect_words(done(), "the group build was updated", "the group is as it was");
    cr_expect_eq(house_number("SELECT count(*) FROM group_grant", 0), 0);
    cr_assert_ok(group_grant(&act, build, permission, true));
    cr_assert_ok(group_grant(&act, build, permission, false));
    expect_words(done(), "the group build was updated", "the group is as it was");
    cr_expect_eq(house_number("SELECT count(*) FROM group_grant", 0), 1);
    struct group_details details = {.description = "what builds"};
    cr_assert_ok(group_update(&act, build, house_group_version(build), &details, NULL, NULL));
    expect_words(done(), "the group build was updated", "the group is as it was");
    cr_expect_eq(house_number("SELECT count(*) FROM account_group WHERE description <> '' AND "
                              "number = :n",
                              build),
                 0);
    cr_assert_ok(permission_edit(&act, permission, "Other", NULL, NULL));
    expect_words(done(), "agent_management was changed", "agent_management is as it was");
    set_name("prod");
    expect_words(done(), "database.name was changed", "database.name is as it was");
    set_name("prod");
    set_name("test");
    expect_back(done());
    struct setting_value now;
    cr_assert_ok(setting_read(act.store, SETTING_DATABASE_NAME, &now));
    cr_expect_str_eq(now.text, "prod");
}

Test(revert, an_act_on_many_is_told_by_how_many)
{
    struct id_set both = {0}, one = {0}, other = {0};
    struct bulk_result changed;
    int64_t build = make_group("build"), second = house_account("second");
    for (int i = 0; i < 2; i++)
        cr_assert_ok(id_set_add(&both, house_token(sa, i ? "b" : "a", NOON + 5000)));
    const struct bulk expire = {.kind = BULK_TOKEN_EXPIRE, .expires = NOON + 9000};
    cr_assert_ok(bulk_run(&act, &expire, &both, NULL, &changed));
    id_set_free(&changed.changed);
    expect_words(done(), "2 tokens were given another expiry",
                 "2 tokens expire when they did before");
    id_set_free(&both);
    cr_assert_ok(id_set_add(&one, sa));
    cr_assert_ok(id_set_add(&other, second));
    struct group_details plain = {.description = ""};
    cr_assert_ok(group_update(&act, build, house_group_version(build), &plain, &one, NULL));
    expect_words(done(), "sa::ci-deploy was added to a group",
                 "sa::ci-deploy is out of the group again");
    cr_assert_ok(group_set_member(&act, build, sa, true, NULL));
    cr_assert_ok(group_update(&act, build, house_group_version(build), &plain, &other, &one));
    expect_words(done(), "the members of a group were changed", "the group is as it was");
    cr_expect(is_member(build));
    deactivate(3);
    expect_words(done(), "3 accounts were deactivated", "3 accounts are active again");
    id_set_free(&one);
    id_set_free(&other);
}

/* A range is settled from its first event to its last, both included. */
Test(revert, what_is_settled_ends_where_its_range_ends)
{
    struct event_range off = set_active(false), on = set_active(true), again = set_active(false);
    static const char left[] = "sa::ci-deploy: the account was ";
    settled_count = 1;
    settled[0] = on;
    expect_left(off, left);
    settled[0] = again;
    expect_left(off, left);
    settled[0] = (struct event_range){on.first, again.last};
    expect_back(off);
    cr_expect(is_active(sa));
}

Test(revert, a_rotation_decides_about_the_expiry_of_a_token_and_nothing_else)
{
    int64_t token = house_token(sa, "t", NOON + 5000), successor;
    struct secret *text;
    cr_assert_ok(token_rename(&act, token, "u", NULL));
    struct event_range renamed = done();
    cr_assert_ok(token_set_expiry(&act, token, NOON + 9000, NULL));
    struct event_range expires = done();
    cr_assert_ok(token_rotate(&act, token, 60, &successor, &text));
    secret_free(text);
    expect_left(expires, "sa::ci-deploy/u: the token was given a successor by mara");
    expect_back(renamed);
}

Test(revert, an_expiry_that_has_passed_does_not_come_back)
{
    int64_t token = house_token(sa, "t", NOON + 5000);
    cr_assert_ok(token_set_expiry(&act, token, NOON + 9000, NULL));
    struct event_range later = done();
    act.now = NOON + 5000;
    expect_left(later, "sa::ci-deploy/t: its earlier expiry has passed");
    act.now = NOON + 4999;
    expect_back(later);
}

/* Of what an update changed, only that decides about a thing. */
Test(revert, an_update_decides_only_about_what_it_changed)
{
    static const char left[] = "sa::ci-deploy: the account's description, owner, groups or";
    int64_t build = make_group("build"), deploy = make_group("deploy"), permission, version;
    struct account_details details;
    cr_assert_ok(permission_find(act.store, "agent_management", &permission));
    cr_assert_ok(permission_grant(&act, sa, permission, true, NULL));
    struct event_range grant = done(), off = set_active(false), in = set_member(build, true);
    cr_assert_ok(account_details_load(act.store, sa, &details, &version));
    cr_assert_ok(id_set_add(&details.groups, deploy));
    cr_assert_ok(account_update(&act, sa, version, &details));
    expect_back(off);
    expect_back(grant);
    expect_back(in);
    cr_expect(is_member(deploy) && !is_member(build));
    in = set_member(build, true);
    cr_assert_ok(permission_grant(&act, sa, permission, true, NULL));
    grant = done();
    cr_assert_ok(account_update(&act, sa, house_version(sa), &details));
    cr_assert_ok(id_set_add(&details.permissions, permission));
    cr_assert_ok(id_set_add(&details.groups, build));
    id_set_remove(&details.groups, deploy);
    cr_assert_ok(account_update(&act, sa, house_version(sa), &details));
    id_set_remove(&details.groups, build);
    id_set_remove(&details.permissions, permission);
    cr_assert_ok(account_update(&act, sa, house_version(sa), &details));
    expect_left(in, left);
    expect_left(grant, left);
    account_details_free(&details);
}

Test(revert, there_must_be_a_change_to_tell_of)
{
    char text[400];
    bool possible = true;
    const struct event_range none = {house_all_events() + 1, house_all_events() + 1};
    cr_assert_refused(revert_describe(act.store, none, false, text, sizeof text), ERR_NOT_FOUND,
                      "there is no such change");
    cr_assert_ok(revert_is_possible(act.store, none, &possible));
    cr_expect_not(possible);
}
