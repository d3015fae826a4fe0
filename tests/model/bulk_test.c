/* Many accounts in one change: all or nothing, one event for the change and one for each row. */
#include "tests/model/house.h"

#include <fcntl.h>
#include <gatehouse/audit_list.h>
#include <gatehouse/bulk.h>
#include <gatehouse/group.h>
#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission.h>
#include <gatehouse/setting.h>
#include <gatehouse/token_change.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct id_set three;

static void open_three(void)
{
    house_open();
    cr_assert_ok(id_set_add(&three, house_account("one")));
    cr_assert_ok(id_set_add(&three, house_account("two")));
    cr_assert_ok(id_set_add(&three, house_account("three")));
}

static void close_three(void)
{
    id_set_free(&three);
    house_close();
}

TestSuite(bulk, .init = open_three, .fini = close_three);

static struct bulk_result run(struct bulk bulk, const struct id_set *rows)
{
    struct bulk_result result;
    cr_assert_ok(bulk_run(&act, &bulk, rows, NULL, &result));
    return result;
}

static int64_t inactive(void)
{
    return house_number("SELECT count(*) FROM account WHERE active = 0", 0);
}

Test(bulk, has_one_event_for_the_act_and_one_for_each_row)
{
    cr_assert_ok(account_set_active(&act, three.ids[0], false, NULL));
    int64_t before = house_events("account.deactivate");
    struct bulk_result result = run((struct bulk){.kind = BULK_DEACTIVATE, .reason = "r"}, &three);
    cr_assert_eq(result.changed.count, 2);
    cr_assert_eq(result.left, 1);
    cr_assert_eq(result.first_left, three.ids[0]);
    cr_assert_eq(inactive(), 3);
    cr_assert_eq(house_number("SELECT value FROM counter WHERE name = 'inactive'", 0), 3);
    cr_assert_eq(house_events("account.deactivate"), before + 2);
    cr_assert_eq(house_events("accounts.deactivate"), 1);
    cr_assert_eq(result.event, house_number("SELECT max(sequence) FROM event", 0));
    id_set_free(&result.changed);
}

Test(bulk, of_one_row_is_its_own_event)
{
    const struct id_set one = {.count = 1, .ids = three.ids};
    struct bulk_result result = run((struct bulk){.kind = BULK_DEACTIVATE}, &one);
    cr_assert_eq(result.changed.count, 1);
    cr_assert_eq(house_events("accounts.deactivate"), 0);
    id_set_free(&result.changed);
}

static bool stop_at_the_end(void *arg, size_t done, size_t total)
{
    size_t *calls = arg;
    ++*calls;
    return done == total;
}

Test(bulk, that_is_stopped_changes_nothing)
{
    size_t calls = 0;
    const struct progress progress = {stop_at_the_end, &calls};
    const struct bulk bulk = {.kind = BULK_DEACTIVATE};
    struct bulk_result result;
    int64_t events = house_all_events();
    cr_assert_refused(bulk_run(&act, &bulk, &three, &progress, &result), ERR_STOPPED, "nothing");
    cr_assert_gt(calls, 0);
    cr_assert_eq(inactive(), 0);
    cr_assert_eq(house_all_events(), events);
    cr_assert_eq(result.changed.count, 0);
}

Test(bulk, goes_on_where_a_row_is_gone)
{
    cr_assert_ok(account_delete(&act, three.ids[1]));
    struct bulk_result result = run((struct bulk){.kind = BULK_DEACTIVATE}, &three);
    cr_assert_eq(result.changed.count, 2);
    cr_assert_eq(result.left, 1);
    cr_assert_eq(result.first_left, three.ids[1]);
    id_set_free(&result.changed);
}

Test(bulk, grants_and_takes_back)
{
    int64_t permission, version = house_version(three.ids[0]), generation = house_generation();
    cr_assert_ok(permission_find(act.store, "agent_management", &permission));
    struct bulk_result result =
        run((struct bulk){.kind = BULK_GRANT, .target = permission}, &three);
    cr_assert_eq(result.changed.count, 3);
    id_set_free(&result.changed);
    cr_assert(house_holds(three.ids[2], permission));
    cr_assert_neq(house_version(three.ids[0]), version);
    cr_assert_gt(house_generation(), generation);
    cr_assert_eq(house_number("SELECT accounts FROM permission WHERE number = :n", permission), 3);
    result = run((struct bulk){.kind = BULK_UNGRANT, .target = permission}, &three);
    cr_assert_eq(result.changed.count, 3);
    id_set_free(&result.changed);
    cr_assert_eq(house_number("SELECT accounts FROM permission WHERE number = :n", permission), 0);
}

Test(bulk, refuses_a_target_that_is_gone)
{
    const struct bulk grant = {.kind = BULK_GRANT, .target = 4711};
    const struct bulk join = {.kind = BULK_JOIN, .target = 4711};
    struct bulk_result result;
    cr_assert_eq(bulk_run(&act, &grant, &three, NULL, &result), ERR_NOT_FOUND);
    cr_assert_eq(bulk_run(&act, &join, &three, NULL, &result), ERR_NOT_FOUND);
}

Test(bulk, joins_and_leaves_a_group)
{
    int64_t group;
    struct group row;
    cr_assert_ok(group_create(&act, "build", &group));
    struct bulk_result result = run((struct bulk){.kind = BULK_JOIN, .target = group}, &three);
    id_set_free(&result.changed);
    cr_assert_ok(group_get(act.store, group, &row));
    cr_assert_eq(row.members, 3);
    result = run((struct bulk){.kind = BULK_LEAVE, .target = group}, &three);
    id_set_free(&result.changed);
    cr_assert_ok(group_get(act.store, group, &row));
    cr_assert_eq(row.members, 0);
    const struct bulk leave = {.kind = BULK_LEAVE, .target = GROUP_EVERYONE};
    cr_assert_refused(bulk_run(&act, &leave, &three, NULL, &result), ERR_CONFLICT, "Everyone");
}

Test(bulk, suspends_what_works_or_would_and_counts_that_before)
{
    int64_t canary = house_token(three.ids[0], "canary", WHEN_NEVER);
    int64_t waiting = house_token(three.ids[1], "waiting", WHEN_NEVER);
    struct bulk_impact impact;
    cr_assert_ok(token_make_canary(&act, canary, NULL));
    cr_assert_ok(account_set_active(&act, three.ids[1], false, NULL));
    cr_assert_ok(bulk_get_impact(act.store, act.now, &three, NULL, &impact));
    struct bulk_result result = run((struct bulk){.kind = BULK_SUSPEND, .reason = "panic"}, &three);
    cr_expect_eq((int64_t)result.changed.count, impact.working + impact.waiting);
    cr_expect_eq(house_state(waiting), TOKEN_SUSPENDED);
    cr_expect_eq(house_state(canary), TOKEN_LIVE, "a canary stays on its guard");
    id_set_free(&result.changed);
}

Test(bulk, suspends_live_tokens_and_only_those_come_back)
{
    int64_t live = house_token(three.ids[0], "live", WHEN_NEVER);
    int64_t asleep = house_token(three.ids[0], "asleep", WHEN_NEVER);
    int64_t other = house_token(three.ids[1], "other", WHEN_NEVER);
    int64_t expired = house_token(three.ids[1], "expired", NOON + 10);
    cr_assert_ok(token_set_suspended(&act, asleep, true, NULL));
    act.now = NOON + 20;
    struct bulk_result result = run((struct bulk){.kind = BULK_SUSPEND, .reason = "panic"}, &three);
    cr_assert_eq(result.changed.count, 2);
    id_set_free(&result.changed);
    cr_assert_eq(house_state(live), TOKEN_SUSPENDED);
    cr_assert_eq(house_state(expired), TOKEN_EXPIRED);
    /* Somebody else changes one meanwhile: undo leaves it alone and names it. */
    cr_assert_ok(token_revoke(&act, other, NULL));
    int64_t event = result.event;
    struct revert_result undone;
    cr_assert_ok(bulk_undo_suspend(&act, event, &undone));
    cr_assert_eq(undone.changed, 1);
    cr_assert_eq(undone.left, 1);
    cr_assert_str_eq(undone.reasons[0], "sa::two/other: the token was revoked by mara just now");
    revert_result_free(&undone);
    cr_assert_eq(house_state(live), TOKEN_LIVE);
    cr_assert_eq(house_state(asleep), TOKEN_SUSPENDED);
    cr_assert_refused(bulk_undo_suspend(&act, event - 1, &undone), ERR_NOT_FOUND,
                      "did not suspend");
}

static void name_file(char path[static 64])
{
    snprintf(path, 64, "/tmp/gatehouse-bulk-%d", (int)getpid());
    unlink(path);
}

Test(bulk, generates_into_a_file_of_its_own)
{
    char path[64], line[128], name[64], token[64];
    struct token_pass pass;
    struct stat status;
    name_file(path);
    struct bulk_result result =
        run((struct bulk){.kind = BULK_GENERATE, .name = "", .expires = WHEN_NEVER, .path = path},
            &three);
    id_set_free(&result.changed);
    cr_assert_eq(stat(path, &status), 0);
    cr_assert_eq(status.st_mode & 0777, 0600);
    FILE *file = fopen(path, "r");
    int lines = 0;
    while (fgets(line, sizeof line, file)) {
        cr_assert_eq(sscanf(line, "%63[^\t]\t%63s", name, token), 2);
        cr_assert_ok(token_check(checker, act.now, token, strlen(token), NULL, &pass, NULL));
        cr_assert(!strncmp(name, "sa::", 4) && !strcmp(name + 4, pass.account_name));
        lines++;
    }
    fclose(file);
    unlink(path);
    cr_assert_eq(lines, 3);
}

static bool is_named(void *path, size_t done, size_t total)
{
    (void)total;
    cr_assert(done == 0 || access(path, F_OK) != 0, "it has its name before it is whole");
    return false;
}

Test(bulk, a_file_of_tokens_has_its_name_only_when_it_is_whole)
{
    char path[64];
    struct bulk_result result;
    name_file(path);
    const struct bulk bulk = {
        .kind = BULK_GENERATE, .name = "", .expires = WHEN_NEVER, .path = path};
    const struct progress progress = {.step = is_named, .arg = path};
    cr_assert_ok(bulk_run(&act, &bulk, &three, &progress, &result));
    id_set_free(&result.changed);
    cr_assert_eq(access(path, F_OK), 0);
    unlink(path);
}

Test(bulk, removes_the_file_of_a_generation_that_fails)
{
    char path[64];
    struct bulk_result result;
    name_file(path);
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_LIMIT, 1));
    house_token(three.ids[2], "full", WHEN_NEVER);
    int64_t tokens = house_number("SELECT count(*) FROM token", 0);
    int next = dup(STDIN_FILENO);
    close(next);
    const struct bulk bulk = {
        .kind = BULK_GENERATE, .name = "", .expires = WHEN_NEVER, .path = path};
    cr_assert_refused(bulk_run(&act, &bulk, &three, NULL, &result), ERR_LIMIT, "sa::three");
    int again = dup(STDIN_FILENO);
    close(again);
    cr_assert_eq(again, next, "it is still open");
    cr_assert_neq(access(path, F_OK), 0);
    cr_assert_eq(house_number("SELECT count(*) FROM token", 0), tokens);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    close(fd);
    cr_assert_refused(bulk_run(&act, &bulk, &three, NULL, &result), ERR_CONFLICT,
                      "name a new file");
    cr_assert_eq(access(path, F_OK), 0, "a file of somebody else must stay");
    unlink(path);
}

Test(bulk, says_what_it_would_hit)
{
    struct bulk_impact impact;
    house_token(three.ids[0], "a", WHEN_NEVER);
    house_token(three.ids[1], "b", WHEN_NEVER);
    cr_assert_ok(account_set_active(&act, three.ids[1], false, NULL));
    cr_assert_ok(bulk_get_impact(act.store, act.now, &three, NULL, &impact));
    cr_assert_eq(impact.accounts, 3);
    cr_assert_eq(impact.active, 2);
    cr_assert_eq(impact.working, 1);
    cr_assert_eq(impact.waiting, 1);
    cr_assert_eq(impact.last_used, WHEN_NEVER);
}

/* “1 token, last used …, stops working now” must not speak of one that did not work. */
Test(bulk, the_last_use_is_of_the_tokens_that_work)
{
    struct bulk_impact impact;
    struct id_set tokens = {0};
    int64_t working = house_token(three.ids[0], "a", WHEN_NEVER);
    int64_t stopped = house_token(three.ids[1], "b", WHEN_NEVER);
    cr_assert_ok(account_set_active(&act, three.ids[1], false, NULL));
    cr_assert_ok(id_set_add(&tokens, working));
    cr_assert_ok(id_set_add(&tokens, stopped));
    cr_assert_ok(store_begin(act.store));
    struct stmt *stmt = store_prepare(
        act.store, "UPDATE token SET last_used = :now, last_from = '10.0.0.9' WHERE number = :id");
    bind_int(stmt, ":now", act.now);
    bind_int(stmt, ":id", stopped);
    cr_assert_ok(store_end(act.store, stmt_run(stmt)));
    cr_assert_ok(bulk_get_token_impact(act.store, act.now, &tokens, NULL, &impact));
    cr_assert_eq(impact.working, 1);
    cr_assert_eq(impact.last_used, WHEN_NEVER, "that is the other one's");
    cr_assert_str_eq(impact.last_from, "");
    cr_assert_eq(impact.waiting, 0);
    /* Resumed, the one of the inactive account still would not work. */
    cr_assert_ok(token_set_suspended(&act, working, true, NULL));
    cr_assert_ok(token_set_suspended(&act, stopped, true, NULL));
    cr_assert_ok(bulk_get_token_impact(act.store, act.now, &tokens, NULL, &impact));
    cr_assert_eq(impact.working, 0);
    cr_assert_eq(impact.waiting, 1);
    id_set_free(&tokens);
}

enum { CHAINED = 300 }; /* more than are read at once */

/* A new house in which every second account is inactive, and every third in a group and holds a
 * permission. */
static void open_mixed(struct id_set *accounts, int64_t *group, int64_t *permission)
{
    house_open();
    cr_assert_ok(group_create(&act, "mixed", group));
    cr_assert_ok(permission_find(act.store, "agent_management", permission));
    for (int i = 0; i < CHAINED; i++) {
        char name[16];
        snprintf(name, sizeof name, "m%d", i);
        int64_t account = house_account(name);
        cr_assert_ok(id_set_add(accounts, account));
        if (i % 2 == 0) cr_assert_ok(account_set_active(&act, account, false, NULL));
        if (i % 3) continue;
        cr_assert_ok(group_set_member(&act, *group, account, true, NULL));
        cr_assert_ok(permission_grant(&act, account, *permission, true, NULL));
    }
}

static enum error change_one(enum bulk_kind kind, int64_t account, int64_t group,
                             int64_t permission)
{
    if (kind == BULK_GRANT || kind == BULK_UNGRANT)
        return permission_grant(&act, account, permission, kind == BULK_GRANT, NULL);
    if (kind == BULK_JOIN || kind == BULK_LEAVE)
        return group_set_member(&act, group, account, kind == BULK_JOIN, NULL);
    return account_set_active(&act, account, kind == BULK_ACTIVATE, NULL);
}

/* Changes all in one bulk change or one after the other, and returns the last event of a row and
 * its hash. */
static int64_t change_mixed(enum bulk_kind kind, bool in_bulk, uint8_t hash[AUDIT_HASH_SIZE])
{
    struct id_set accounts = {0};
    int64_t group, permission, last;
    house_close();
    open_mixed(&accounts, &group, &permission);
    if (in_bulk) {
        bool grants = kind == BULK_GRANT || kind == BULK_UNGRANT;
        struct bulk bulk = {.kind = kind, .target = grants ? permission : group};
        struct bulk_result result = run(bulk, &accounts);
        id_set_free(&result.changed);
    } else {
        for (size_t i = 0; i < accounts.count; i++)
            cr_assert_ok(change_one(kind, accounts.ids[i], group, permission));
    }
    house_expect_sound();
    id_set_free(&accounts);
    last = house_all_events() - in_bulk;
    struct audit_event event;
    cr_assert_ok(audit_get(act.store, last, &event));
    memcpy(hash, event.hash, sizeof event.hash);
    audit_event_free(&event);
    return last;
}

Test(bulk, writes_the_same_chain_as_one_change_after_the_other)
{
    static const enum bulk_kind kinds[] = {BULK_ACTIVATE, BULK_DEACTIVATE, BULK_GRANT,
                                           BULK_UNGRANT,  BULK_JOIN,       BULK_LEAVE};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        uint8_t each[AUDIT_HASH_SIZE], all[AUDIT_HASH_SIZE];
        int64_t last = change_mixed(kinds[i], false, each);
        cr_assert_eq(change_mixed(kinds[i], true, all), last);
        cr_assert_eq(memcmp(each, all, sizeof all), 0, "kind %zu", i);
    }
}

/* One token in each state, a replaced one, a canary, and one that is gone. */
enum { LIVE, SUSPENDED, EXPIRED, REVOKED, REPLACED, CANARY, GONE, STATES };

static int64_t made[STATES];

static void make_states(struct id_set *tokens)
{
    struct secret *text;
    int64_t successor;
    for (int i = 0; i < GONE; i++)
        made[i] = house_token(three.ids[i / 3], "t", i == EXPIRED ? NOON + 10 : NOON + 5000);
    made[GONE] = 4711;
    cr_assert_ok(token_set_suspended(&act, made[SUSPENDED], true, NULL));
    cr_assert_ok(token_revoke(&act, made[REVOKED], NULL));
    cr_assert_ok(token_rotate(&act, made[REPLACED], 1000, &successor, &text));
    secret_free(text);
    cr_assert_ok(token_make_canary(&act, made[CANARY], NULL));
    act.now = NOON + 10;
    for (int i = 0; i < STATES; i++)
        cr_assert_ok(id_set_add(tokens, made[i]));
}

Test(bulk, changes_only_tokens_that_can_still_be_changed)
{
    static const struct {
        struct bulk bulk;
        unsigned changes; /* a bit for each state */
    } acts[] = {
        {{.kind = BULK_TOKEN_SUSPEND}, 1 << LIVE | 1 << REPLACED | 1 << CANARY},
        {{.kind = BULK_TOKEN_RESUME}, 1 << SUSPENDED},
        {{.kind = BULK_TOKEN_REVOKE},
         1 << LIVE | 1 << SUSPENDED | 1 << EXPIRED | 1 << REPLACED | 1 << CANARY},
        {{.kind = BULK_TOKEN_EXPIRE, .expires = NOON + 6000},
         1 << LIVE | 1 << SUSPENDED | 1 << CANARY},
        {{.kind = BULK_TOKEN_EXPIRE, .expires = NOON + 900},
         1 << LIVE | 1 << SUSPENDED | 1 << REPLACED | 1 << CANARY},
        {{.kind = BULK_TOKEN_EXPIRE, .expires = NOON + 5000}, 0},
        {{.kind = BULK_TOKEN_EXPIRE, .expires = WHEN_NEVER},
         1 << LIVE | 1 << SUSPENDED | 1 << CANARY},
    };
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        struct id_set tokens = {0};
        close_three();
        open_three();
        make_states(&tokens);
        struct bulk_result result = run(acts[i].bulk, &tokens);
        for (int k = 0; k < STATES; k++)
            cr_assert_eq(id_set_has(&result.changed, made[k]), acts[i].changes >> k & 1,
                         "act %zu, token %d", i, k);
        cr_assert_eq(result.left + result.changed.count, STATES);
        house_expect_sound();
        id_set_free(&result.changed);
        id_set_free(&tokens);
    }
}

static void set_times(int64_t token, const char *sql, int64_t time)
{
    struct stmt *stmt = store_prepare(act.store, sql);
    bind_int(stmt, ":time", time);
    bind_int(stmt, ":id", token);
    cr_assert_ok(stmt_run(stmt));
}

Test(bulk, says_what_a_change_of_tokens_would_hit)
{
    static const char used[] = "UPDATE token SET last_used = :time, last_from = '10.0.0.' || "
                               "number WHERE number = :id",
                      denied[] = "UPDATE token SET denied = :time, denied_from = '10.1.0.' || "
                                 "number, denied_why = 6 WHERE number = :id";
    struct bulk_impact impact;
    struct id_set tokens = {0};
    char from[64];
    make_states(&tokens);
    set_times(made[LIVE], used, NOON - 50);
    set_times(made[REPLACED], used, NOON - 40);
    set_times(made[SUSPENDED], used, NOON - 30);
    set_times(made[EXPIRED], denied, NOON + 9);
    cr_assert_ok(bulk_get_token_impact(act.store, act.now, &tokens, NULL, &impact));
    cr_expect_eq(impact.accounts, GONE, "of those that are there");
    cr_expect_eq(impact.active, GONE);
    cr_expect_eq(impact.live, 3);
    cr_expect_eq(impact.suspended, 1);
    cr_expect_eq(impact.working, 2);
    cr_expect_eq(impact.waiting, 1);
    cr_expect_eq(impact.last_used, NOON - 40);
    snprintf(from, sizeof from, "10.0.0.%d", (int)made[REPLACED]);
    cr_expect_str_eq(impact.last_from, from);
    cr_expect_eq(impact.knocking, 1);
    cr_expect_eq(impact.denied, NOON + 9);
    snprintf(from, sizeof from, "10.1.0.%d", (int)made[EXPIRED]);
    cr_expect_str_eq(impact.denied_from, from);
    cr_assert_ok(bulk_get_impact(act.store, act.now, &three, NULL, &impact));
    cr_expect_eq(impact.knocking, 1);
    cr_expect_eq(impact.denied, NOON + 9);
    cr_expect_str_eq(impact.denied_from, from);
    cr_expect_eq(impact.working, 3, "with the successor");
    cr_expect_eq(impact.last_used, NOON - 40);
    id_set_free(&tokens);
}

struct seen {
    size_t calls, last, total, stop_at;
};

static bool see(void *arg, size_t done, size_t total)
{
    struct seen *seen = arg;
    seen->last = done;
    seen->total = total;
    return ++seen->calls == seen->stop_at;
}

Test(bulk, says_how_far_it_is_and_can_be_stopped_at_each_step)
{
    enum { MANY = 70 };
    static const struct {
        enum bulk_kind kind;
        size_t calls; /* every 32 rows, or 256 where they are changed as a set, and at the end */
    } kinds[] = {{BULK_DEACTIVATE, 1}, {BULK_SUSPEND, 3}, {BULK_DELETE, 3}};
    struct id_set many = {0};
    struct bulk_impact impact;
    for (int i = 0; i < MANY; i++) {
        char name[16];
        snprintf(name, sizeof name, "many-%d", i);
        cr_assert_ok(id_set_add(&many, house_account(name)));
    }
    house_token(many.ids[69], "t", WHEN_NEVER);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct bulk bulk = {.kind = kinds[i].kind};
        struct bulk_result result;
        int64_t events = house_all_events();
        for (size_t stop_at = 1; stop_at <= kinds[i].calls; stop_at++) {
            struct seen seen = {.stop_at = stop_at};
            const struct progress progress = {see, &seen};
            cr_assert_refused(bulk_run(&act, &bulk, &many, &progress, &result), ERR_STOPPED,
                              "stopped: nothing was changed");
            cr_assert_eq(seen.calls, stop_at);
            cr_assert_eq(house_all_events(), events);
        }
        struct seen seen = {0};
        const struct progress progress = {see, &seen};
        cr_assert_ok(bulk_run(&act, &bulk, &many, &progress, &result));
        cr_assert_eq(seen.calls, kinds[i].calls);
        cr_assert(seen.last == MANY && seen.total == MANY);
        cr_assert_eq(result.event, house_all_events());
        id_set_free(&result.changed);
    }
    struct seen seen = {.stop_at = 1};
    const struct progress progress = {see, &seen};
    cr_assert_refused(bulk_get_impact(act.store, NOON, &three, &progress, &impact), ERR_STOPPED,
                      "stopped: nothing was changed");
    id_set_free(&many);
}

Test(bulk, only_an_act_that_suspended_tokens_is_undone_by_its_event)
{
    struct revert_result undone;
    int64_t token = house_token(three.ids[0], "t", WHEN_NEVER);
    struct bulk_result result = run((struct bulk){.kind = BULK_DEACTIVATE}, &three);
    id_set_free(&result.changed);
    cr_assert_refused(bulk_undo_suspend(&act, result.event, &undone), ERR_NOT_FOUND,
                      "did not suspend the tokens of accounts");
    cr_assert_refused(bulk_undo_suspend(&act, 4711, &undone), ERR_NOT_FOUND, "event 4711 did not");
    cr_assert_ok(account_set_active(&act, three.ids[0], true, NULL));
    result = run((struct bulk){.kind = BULK_SUSPEND}, &three);
    id_set_free(&result.changed);
    cr_assert_eq(house_state(token), TOKEN_SUSPENDED);
    cr_assert_ok(bulk_undo_suspend(&act, result.event, &undone));
    cr_assert_eq(undone.changed, 1);
    cr_assert_eq(house_state(token), TOKEN_LIVE);
    revert_result_free(&undone);
}
