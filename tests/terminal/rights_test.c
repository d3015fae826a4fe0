/* Groups, permissions and changes to many accounts, on the screen. */
#include "console.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void open_console(void)
{
    open_console_of(24, 80);
}

TestSuite(rights, .init = open_console, .fini = close_console, .timeout = 300);

static int64_t members(const char *group)
{
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT members FROM account_group WHERE folded = '%s'", group);
    return prepared_ask(home, sql);
}

Test(rights, a_group_is_made_filled_and_given_permissions)
{
    step("3", "collectors");
    step("n", "New group");
    step("Night shift\r", "Edit Group");
    step("+", "Add an account");
    step("berl", "sa::agent-berlin");
    step("\r", "joins");
    step("\t ", "[x] Accounts");
    step("\023", "Accounts: 1 account gains it");
    cr_assert_eq(members("night shift"), 0, "nothing is written before the answer");
    step("Y", "Updated the group Night shift");
    cr_assert_eq(members("night shift"), 1);
    step("U", "the group is as it was");
    cr_assert_eq(members("night shift"), 0);
}

Test(rights, a_group_is_renamed_and_deleted)
{
    step("3", "collectors");
    step("jr", "Rename the group");
    step("-old\r", "Renamed the group to build-old");
    step("D", "8 accounts lose it");
    step("\r", "build-old");
    cr_assert_eq(members("build-old"), 8, "Cancel has the focus");
    step("D", "Delete the group build-old");
    step("Y", "The group was deleted");
    cr_assert_eq(
        prepared_ask(home, "SELECT count(*) FROM account_group WHERE folded = 'build-old'"), 0);
}

Test(rights, everyone_is_locked_where_the_rules_lock_it)
{
    step("3", "every account, always");
    step("D", "Cannot do that: Everyone always contains every account");
    step("r", "Cannot do that: Everyone always contains every account");
    step("\r", "Edit Group");
    step("-", "Everyone always contains every account");
    step("\t ", "[x] Accounts");
    step("\023", "30 accounts gain it");
    step("Y", "Updated the group Everyone");
}

Test(rights, what_a_form_staged_is_not_lost_to_another_key)
{
    step("3j\r", "Edit Group");
    step("\t ", "changed");
    step("1", "You have unsaved changes");
    step("\r", "Edit Group");
    step("Q", "You have unsaved changes");
    step("\r", "Edit Group");
    step("4", "You have unsaved changes");
    step("Y", "16 permissions");
}

Test(rights, a_tab_keeps_its_filter_and_cursor)
{
    step("/ci-\r", "7 of 30");
    step("jj", "▌   sa::ci-docs");
    step("3", "collectors");
    step("1", "▌   sa::ci-docs");
    terminal_wait(console, "7 of 30");
}

Test(rights, someone_else_changed_the_group)
{
    char out[256];
    step("3j\r", "Edit Group");
    step("\t ", "[x] Accounts");
    cr_assert_eq(
        terminal_command(home, "permission grant agent_management --group build", out, sizeof out),
        0, "%s", out);
    step("\023", "Changed by someone else");
    step("M", "gain it");
    step("Y", "Updated");
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM group_grant g JOIN account_group a ON "
                                    "a.number = g.account_group JOIN permission p ON p.number = "
                                    "g.permission WHERE a.folded = 'build' AND p.id = "
                                    "'agent_management'"),
                 1, "what somebody else granted stays");
}

Test(rights, the_catalogue_says_who_holds_what_through_what)
{
    step("4", "EFFECTIVE");
    step("/events\r", "1 of 16");
    step("\r", "Permission Events");
    terminal_wait(console, "build, deploy");
    step("/deploy\r", "sa::ci-deploy");
    step("w", "group build → Events");
    step("\033", "THROUGH");
    step("\r", "Edit Service Account");
}

Test(rights, a_permission_is_made_changed_and_deleted)
{
    step("4", "EFFECTIVE");
    step("n", "New permission");
    step("Bad ID\tDeploy\tDeploy things.\r", "is not a valid permission id");
    step("\025deploy:prod\r", "Created the permission Deploy");
    step("/deploy:\r", "1 of 17");
    step("E", "Permission deploy:prod");
    step(" now\r", "Changed the permission Deploy now");
    step("D", "Held explicitly by 0 accounts and 0 groups");
    step("Y", "The permission was deleted");
}

Test(rights, rule_17_an_edited_permission_keeps_what_others_wrote)
{
    step("4", "EFFECTIVE");
    step("/alerts_\r", "1 of 16");
    step("E", "Permission alerts_management");
    command("permission edit alerts_management --sentence Elsewhere");
    step(" now\r", "Changed the permission Alerts now");
    cr_expect_eq(prepared_ask(home, "SELECT count(*) FROM permission WHERE name = 'Alerts now' AND "
                                    "sentence = 'Elsewhere'"),
                 1);
}

Test(rights, plus_and_minus_change_the_marked_accounts)
{
    int64_t before = members("build");
    step("   +", "Permission");
    step("g", "Add to a group");
    step("bui", "8 members");
    step("\r", "Add 3 accounts to build");
    terminal_wait(console, "Events: 3 accounts gain it");
    step("Y", "3 accounts added to the group");
    cr_assert_eq(members("build"), before + 3);
    step("-", "Group");
    step("g", "Remove from a group");
    step("bui", "11 members");
    step("\r", "Remove 3 accounts from build");
    step("\r", "3 marked");
    cr_assert_eq(members("build"), before + 3);
    step("U", "3 accounts were added to a group");
    step("Y", "3 accounts are out of the group again");
    cr_assert_eq(members("build"), before);
}

Test(rights, rule_16_undo_leaves_what_others_changed)
{
    char out[256];
    step("   A", "Deactivate 3");
    step("Y", "3 accounts deactivated");
    cr_assert_eq(terminal_command(home, "account activate agent-dublin", out, sizeof out), 0);
    step("U", "Undone, but not sa::agent-dublin: the account was activated by");
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM account WHERE active = 0 AND name LIKE "
                                    "'agent-%'"),
                 0);
}

Test(rights, one_token_each_goes_into_a_file)
{
    char path[256];
    struct stat status;
    step("   T", "Generate 3 tokens");
    snprintf(path, sizeof path, "%s/tokens", terminal_home(home));
    terminal_send(console, path);
    step("\r", "3 accounts given a token");
    cr_assert_eq(stat(path, &status), 0);
    cr_assert_eq(status.st_mode & 0777, 0600);
    cr_assert_eq(status.st_size, 3 * (41 + 1) + (long)strlen("sa::agent-berlinsa::agent-dublin"
                                                             "sa::agent-oslo"));
    cr_assert_not(terminal_shows(console, "gth_"));
}

/* Update of an account first says what the account may do afterwards; Cancel changes nothing. */
Test(rights, an_account_form_shows_the_difference)
{
    const char *held = "SELECT count(*) FROM account_grant";
    int64_t before = prepared_ask(home, held);
    step("/agent-berlin\r", "1 of 30");
    step("\r", "Edit Service Account");
    step("\t\t", "grant");
    step(" ", "· changed");
    step("\023", "Effective permissions change, at once");
    cr_assert_eq(prepared_ask(home, held), before);
    step("\r", "· changed");
    step("\023", "Effective permissions change, at once");
    step("Y", "Updated sa::agent-berlin");
    cr_assert_neq(prepared_ask(home, held), before);
    step("U", "Undone: sa::agent-berlin");
    cr_assert_eq(prepared_ask(home, held), before);
}

Test(rights, panic_suspends_a_group_and_is_undone)
{
    const char *live = "SELECT count(*) FROM token WHERE suspended = 0 AND revoked IS NULL";
    int64_t before = prepared_ask(home, live);
    step(":panic\r", "Every token of a group");
    step("g", "which group?");
    step("coll", "6 members");
    step("\r", "Suspend every token of group collectors");
    step("Y", "suspended");
    cr_assert_lt(prepared_ask(home, live), before);
    step("U", "live again");
    cr_assert_eq(prepared_ask(home, live), before);
}

Test(rights, why_is_answered_from_the_list)
{
    step("/ci-deploy\r", "1 of 30");
    step("w", "Why does it hold");
    step("prox", "Proxies");
    step("\r", "sa::ci-deploy → group deploy → Proxies");
}

Test(rights, the_mouse_is_off_until_it_is_asked_for)
{
    terminal_send(console, "\033[<0;10;8M\033[<0;10;8m");
    step("%", "Mouse on");
    step("\033[<0;10;8M\033[<0;10;8m", "▌   sa::alert-mirror");
    step("\033[<65;10;8M", "▌   sa::canary-checks");
    step("\033[<0;36;1M", "collectors");
    step("%", "Mouse off");
}

/* What is typed ahead of a short change does not stop it. */
Test(rights, keys_after_the_answer_are_kept)
{
    step("   A", "Deactivate 3");
    step("Y/ci-deploy\r", "1 of 30");
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM account WHERE active = 0 AND name LIKE "
                                    "'agent-%'"),
                 3);
}

/* Esc in the middle of a long change: nothing is changed, and the console says so. */
Test(rights, a_long_change_is_stopped_by_esc)
{
    prepared_run(home,
                 "WITH RECURSIVE n (n) AS (SELECT 100000 UNION ALL SELECT n + 1 FROM n WHERE "
                 "n < 299999) INSERT INTO account (name, created) SELECT 'zz-' || n, 0 FROM n");
    prepared_run(home, "UPDATE counter SET value = value + 200000 WHERE name = 'accounts'");
    step("/zz-\r", "200,000 of 200,030");
    step("*", "200,000 marked");
    terminal_send(console, "A");
    terminal_wait(console, "Deactivate 200,000");
    step("Y", "Esc stops");
    step("\033", "stopped: nothing was changed");
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM account WHERE active = 0 AND name LIKE "
                                    "'zz-%'"),
                 0);
}
