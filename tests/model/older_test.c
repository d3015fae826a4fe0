/* What an older copy of a database allows that the present one does not. */
#include "house.h"

#include <gatehouse/older.h>
#include <gatehouse/setting.h>
#include <gatehouse/token_limits.h>
#include <unistd.h>

static char folder[] = "/tmp/gatehouse-older-XXXXXX", path[64];
static struct store *older;
static char told[4000];

static void close_both(void)
{
    if (older) store_close(older);
    unlink(path);
    rmdir(folder);
    house_close();
}

TestSuite(older, .init = house_open, .fini = close_both);

static enum error tell(const struct older_find *found, void *arg)
{
    static const char effects[] = {[OLDER_MORE] = '+', [OLDER_STAYS] = '=', [OLDER_STOPS] = '-'};
    size_t used = strlen(told);
    (void)arg;
    snprintf(told + used, sizeof told - used, "%c %s%s%s%s: %s\n", effects[found->effect],
             found->account, found->token ? "/" : "", found->name, found->subject, found->change);
    return OK;
}

/* From here on, the present database goes on without the copy. */
static void copy(void)
{
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/copy.db", folder);
    cr_assert_ok(store_copy(act.store, path, NULL, NULL));
    cr_assert_ok(database_open(path, STORE_OPEN, &older));
}

static void expect(const char *expected)
{
    *told = 0;
    cr_assert_ok(older_compare(older, act.store, act.now, tell, NULL));
    cr_assert_str_eq(told, expected);
}

static void change(const char *sql)
{
    house_is_damaged = true;
    cr_assert_ok(stmt_run(store_prepare(act.store, sql)));
}

Test(older, a_copy_of_now_allows_nothing_more)
{
    HOUSE_NEEDS_SQLITE();
    house_token(sa, "t", NOON + 60);
    copy();
    expect("");
}

Test(older, what_works_in_one_and_not_in_the_other_is_told_with_the_reason)
{
    HOUSE_NEEDS_SQLITE();
    static const char *const names[] = {"expired", "suspended", "dead", "canary", "kept"};
    int64_t off = house_account("off"), gone = house_account("gone");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        house_token(sa, names[i], NOON + 5000);
    house_token(off, "off", WHEN_NEVER);
    house_token(gone, "gone", WHEN_NEVER);
    copy();
    change("UPDATE digest SET expires = 1800000000 WHERE token = 1");
    change("UPDATE digest SET suspended = 1 WHERE token = 2");
    change("UPDATE digest SET dead = 1 WHERE token = 3");
    change("UPDATE token SET canary = 1 WHERE number = 4");
    cr_assert_ok(account_set_active(&act, off, false, NULL));
    cr_assert_ok(account_delete(&act, gone));
    house_token(sa, "new", WHEN_NEVER);
    expect("+ ci-deploy/expired: expired now: it works again\n"
           "+ ci-deploy/suspended: suspended now: it works again\n"
           "= ci-deploy/dead: revoked or deleted since: it stays dead\n"
           "= ci-deploy/canary: made a canary since: it stays one\n"
           "+ off/off: its account is inactive now: it works again\n"
           "= gone/gone: revoked or deleted since: it stays dead\n"
           "+ gone: deleted since: it exists again\n"
           "+ off: inactive now: it is active again\n"
           "- ci-deploy/new: generated since: it stops\n");
}

Test(older, an_expiry_is_later_only_if_it_is)
{
    HOUSE_NEEDS_SQLITE();
    house_token(sa, "same", NOON + 5000);
    house_token(sa, "earlier", NOON + 5000);
    house_token(sa, "never", WHEN_NEVER);
    house_token(sa, "later", NOON + 5000);
    house_token(sa, "none", NOON + 5000);
    copy();
    change("UPDATE digest SET expires = 1800005001 WHERE token = 2");
    change("UPDATE digest SET expires = 1800005000 WHERE token = 3");
    change("UPDATE digest SET expires = 1800004999 WHERE token = 4");
    change("UPDATE digest SET expires = NULL WHERE token = 5");
    expect("+ ci-deploy/never: it expires later again: never instead of 2027-01-15T09:23:20Z\n"
           "+ ci-deploy/later: it expires later again: 2027-01-15T09:23:20Z instead of "
           "2027-01-15T09:23:19Z\n");
}

static void narrow(const char *name, const char *permissions)
{
    struct token_limits limits;
    struct secret *text;
    int64_t number;
    cr_assert_ok(token_limits_parse(act.store, permissions, NULL, &limits));
    cr_assert_ok(token_generate(
        &act, sa, &(struct token_plan){.name = name, .expires = WHEN_NEVER, .limits = &limits},
        &number, &text));
    secret_free(text);
    token_limits_free(&limits);
}

Test(older, of_what_a_token_may_do_again_the_first_five_are_named)
{
    HOUSE_NEEDS_SQLITE();
    static const char five[] = "agent_management alerts_management dashboard_management "
                               "events_management ingestion",
                      six[] = "agent_management alerts_management dashboard_management "
                              "events_management ingestion log_management";
    narrow("one", "ingestion");
    narrow("five", five);
    narrow("six", six);
    narrow("same", six);
    copy();
    change("DELETE FROM token_permission WHERE token < 4");
    expect("+ ci-deploy/one: narrowed now: it may use ingestion again\n"
           "+ ci-deploy/five: narrowed now: it may use alerts_management, "
           "dashboard_management, ingestion, events_management, agent_management again\n"
           "+ ci-deploy/six: narrowed now: it may use alerts_management, "
           "dashboard_management, ingestion, events_management, log_management and 1 more again\n");
}

Test(older, a_setting_is_looser_if_it_allows_more)
{
    HOUSE_NEEDS_SQLITE();
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_LIMIT, 9));
    copy();
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_LIMIT, 10));
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_EXPIRY_LONGEST, 30));
    change("INSERT INTO setting (name, value) VALUES ('audit.syslog', 1)");
    expect("+ setting token.expiry.longest: no limit again instead of 30 days\n"
           "+ setting audit.syslog: off again instead of on\n");
    change("DELETE FROM setting WHERE name = 'audit.syslog'");
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_EXPIRY_LONGEST, 0));
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_LIMIT, 8));
    expect("+ setting token.limit: 9 tokens again instead of 8 tokens\n");
}
