/* What is staged, undone or in conflict: the form of a group, the answers to a conflict, and U for
 * each kind of change. */
#include "console.h"

#include <stdio.h>
#include <string.h>

enum { ROWS = 34, COLUMNS = 100 };

static void open_console(void)
{
    open_console_of(ROWS, COLUMNS);
}

TestSuite(staged, .init = open_console, .fini = close_console, .timeout = 300);

static int64_t of_group(const char *group)
{
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT members FROM account_group WHERE name = '%s'", group);
    return prepared_ask(home, sql);
}

static bool is_member(const char *group, const char *account)
{
    char sql[400];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM membership m JOIN account a ON a.number = m.account JOIN "
             "account_group g "
             "ON g.number = m.account_group WHERE g.name = '%s' AND a.name = '%s'",
             group, account);
    return prepared_ask(home, sql) == 1;
}

static void open_group(void)
{
    step("3", "collectors");
    step("j\r", "Edit Group");
    terminal_wait(console, "sa::ci-artifacts");
}

Test(staged, members_leave_and_join_only_when_the_group_is_updated)
{
    open_group();
    cr_assert(is_member("build", "ci-artifacts") && !is_member("build", "agent-oslo"));
    step("-", "leaves");
    step("+", "Add an account");
    step("oslo", "sa::agent-oslo");
    step("\r", "joins");
    terminal_wait(console, "changed");
    cr_assert_eq(of_group("build"), 8);
    step("\023", "Update build");
    step("Y", "Updated the group build · U undo");
    cr_assert(!is_member("build", "ci-artifacts") && is_member("build", "agent-oslo"));
    cr_assert_eq(of_group("build"), 8);
    step("U", "the group is as it was");
    cr_assert(is_member("build", "ci-artifacts") && !is_member("build", "agent-oslo"));
}

Test(staged, a_member_that_was_staged_is_taken_back_with_minus)
{
    open_group();
    step("-", "leaves");
    step("k-", "sa::ci-artifacts");
    terminal_wait_gone(console, "leaves");
    step("+", "Add an account");
    step("oslo", "sa::agent-oslo");
    step("\r", "joins");
    step("-", "sa::ci-artifacts");
    terminal_wait_gone(console, "joins");
    terminal_wait_gone(console, "changed");
    step("\033", "collectors");
    cr_assert_eq(of_group("build"), 8);
}

Test(staged, the_members_of_a_large_group_are_walked_through)
{
    step("3", "Everyone");
    step("\r", "Edit Group");
    step("G", "▌ sa::weekly-digest");
    step("g", "▌ sa::agent-berlin");
    terminal_send(console, "\004");
    terminal_wait_gone(console, "▌ sa::agent-");
    step("\025", "▌ sa::agent-berlin");
    step("gj", "▌ sa::agent-dublin");
    step("k", "▌ sa::agent-berlin");
}

Test(staged, the_parts_of_a_group_are_reached_with_tab)
{
    open_group();
    step("\033[Z\025Builds all", "Builds all");
    step("\t\t ", "[x] Accounts");
    step("\t\r", "Update build");
    terminal_wait(console, "Accounts: 8 accounts gain it");
    step("Y", "Updated the group build");
    cr_assert_eq(
        prepared_ask(home,
                     "SELECT description = 'Builds all' FROM account_group WHERE name = 'build'"),
        1);
    step("\r", "Edit Group");
    step("\033[Z\033[Z\r", "collectors");
    terminal_wait_gone(console, "Edit Group");
}

Test(staged, leaving_a_changed_group_asks_and_discards)
{
    open_group();
    step("-", "leaves");
    step("\033", "You have unsaved changes");
    step("\r", "leaves");
    step("\033", "Unsaved changes");
    step("Y", "collectors");
    terminal_wait_gone(console, "Edit Group");
    cr_assert_eq(of_group("build"), 8);
    step("\r", "Edit Group");
    step("-", "leaves");
    step("\033", "Unsaved changes");
    step("W", "Update build");
    step("Y", "Updated the group build");
    cr_assert_eq(of_group("build"), 7);
}

Test(staged, theirs_of_a_group_are_taken)
{
    open_group();
    step("\033[Z\025mine", "mine");
    command("group edit build --description theirs");
    step("\023", "Changed by someone else");
    step("T", "Loaded the current version");
    terminal_wait(console, "theirs");
    terminal_wait_gone(console, "mine");
    cr_assert_eq(
        prepared_ask(home, "SELECT description = 'theirs' FROM account_group WHERE name = 'build'"),
        1);
}

static void open_account(void)
{
    step("/ci-deploy\r", "1 of 30");
    step("\r", "Edit Service Account");
    terminal_wait(console, "remaining");
}

Test(staged, rule_12_a_conflict_names_who_changed_what_and_lists_as_yours_what_was_touched_here)
{
    open_account();
    step("\033[Z\025mine", "mine");
    step("\t\tl-", "changed");
    command("account edit ci-deploy --owner theirs --description Other");
    command("permission grant ingestion --account ci-deploy");
    command("group add reports ci-deploy");
    step("\023", "Changed by someone else");
    terminal_wait(console, " changed it just now: added to group reports");
    terminal_wait(console, " changed it just now: granted permission ingestion");
    terminal_wait(console, " changed it just now: description Deploys main to");
    terminal_wait(console, "theirs  theirs");
    terminal_wait(console, "yours   mine");
    terminal_wait(console, "theirs  build, deploy, reports");
    terminal_wait(console, "yours   without build");
    cr_expect_not(terminal_shows(console, "yours   Deploys main"));
    cr_expect_not(terminal_shows(console, "Direct Data Ingestion"));
    step("\r", "Edit Service Account");
    terminal_wait(console, "mine");
    cr_assert_eq(
        prepared_ask(home, "SELECT owner = 'theirs' FROM account WHERE name = 'ci-deploy'"), 1);
}

Test(staged, theirs_of_an_account_are_taken)
{
    open_account();
    step("\033[Z\025mine", "mine");
    command("account edit ci-deploy --owner theirs");
    step("\023", "Changed by someone else");
    step("T", "Loaded the current version");
    terminal_wait(console, "theirs");
    terminal_wait_gone(console, "mine");
    terminal_wait_gone(console, "· changed");
}

Test(staged, mine_of_an_account_are_kept)
{
    open_account();
    step("\033[Z\025mine", "mine");
    command("account edit ci-deploy --owner theirs");
    step("\023", "Changed by someone else");
    step("M", "Updated sa::ci-deploy");
    cr_assert_eq(prepared_ask(home, "SELECT owner = 'mine' FROM account WHERE name = 'ci-deploy'"),
                 1);
}

Test(staged, rule_17_keep_mine_writes_only_what_was_changed_here)
{
    open_account();
    step("\033[Z\025mine", "mine");
    step("\t\tl-", "changed");
    command("account edit ci-deploy --description Theirs");
    command("permission grant ingestion --account ci-deploy");
    command("group add reports ci-deploy");
    step("\023", "Changed by someone else");
    terminal_send(console, "M");
    terminal_wait(console, "Update sa::ci-deploy");
    step("Y", "Updated sa::ci-deploy");
    cr_expect_eq(prepared_ask(home, "SELECT owner = 'mine' AND description = 'Theirs' FROM account "
                                    "WHERE name = 'ci-deploy'"),
                 1);
    cr_expect(is_member("reports", "ci-deploy"));
    cr_expect(is_member("deploy", "ci-deploy"));
    cr_expect_not(is_member("build", "ci-deploy"));
    cr_expect_eq(
        prepared_ask(home, "SELECT count(*) FROM account_grant g JOIN permission p ON p.number = "
                           "g.permission JOIN account a ON a.number = g.account WHERE a.name = "
                           "'ci-deploy' AND p.id = 'ingestion'"),
        1);
}

Test(staged, rule_17_keep_mine_of_a_group_writes_only_what_was_changed_here)
{
    open_group();
    step("\033[Z\025mine", "mine");
    command("permission grant log_management --group build");
    step("\023", "Changed by someone else");
    terminal_wait(console, "changed it just now: granted permission log_management");
    cr_expect_not(terminal_shows(console, "yours   with"));
    step("M", "Updated the group build");
    cr_expect_eq(
        prepared_ask(home, "SELECT description = 'mine' FROM account_group WHERE name = 'build'"),
        1);
    cr_expect_eq(
        prepared_ask(home,
                     "SELECT count(*) FROM group_grant x JOIN account_group g ON g.number = "
                     "x.account_group JOIN permission p ON p.number = x.permission WHERE g.name = "
                     "'build' AND p.id = 'log_management'"),
        1);
}

/* Each change in the list; U restores the previous state. */
static const struct undone {
    const char *keys, *wait, *more, *done, *sql;
} undone[] = {
    {"A", "deactivated", "", "deactivated", "SELECT active FROM account WHERE name = 'ci-deploy'"},
    {" A", "Deactivate 1", "Y", "1 account deactivated",
     "SELECT active FROM account WHERE name = 'ci-deploy'"},
    {"+", "Permission", "p", "Grant a permission",
     "SELECT count(*) FROM account_grant g JOIN account a ON a.number = g.account WHERE a.name = "
     "'ci-deploy'"},
    {"S", "Suspend all tokens", "Y", "1 token suspended",
     "SELECT count(*) FROM token t JOIN account a ON a.number = t.account WHERE a.name = "
     "'ci-deploy' AND "
     "t.suspended = 1"},
};

Test(staged, u_takes_back_what_was_done_to_accounts)
{
    step("/ci-deploy\r", "1 of 30");
    for (size_t i = 0; i < sizeof undone / sizeof *undone; i++) {
        int64_t before = prepared_ask(home, undone[i].sql);
        step(undone[i].keys, undone[i].wait);
        step(undone[i].more, undone[i].done);
        if (strcmp(undone[i].more, "p") == 0) {
            step("logs\r", "gains it");
            step("Y", "1 account");
        }
        terminal_wait(console, "U undo");
        cr_assert_neq(prepared_ask(home, undone[i].sql), before, "%s", undone[i].keys);
        step("U", "Undone");
        cr_assert_eq(prepared_ask(home, undone[i].sql), before, "%s", undone[i].keys);
    }
    step("U", "Nothing to undo");
}

Test(staged, a_group_is_joined_and_left_from_the_list)
{
    step("/ci-deploy\r", "1 of 30");
    step("+", "Permission");
    step("g", "Add to a group");
    step("reports\r", "Add 1 account");
    terminal_wait_idle(console);
    step("Y", "U undo");
    cr_assert(is_member("reports", "ci-deploy"));
    step("U", "Undone");
    cr_assert_not(is_member("reports", "ci-deploy"));
    step("-", "Permission");
    step("g", "group");
    step("build\r", "Remove 1 account from build");
    terminal_wait_idle(console);
    step("Y", "U undo");
    cr_assert_not(is_member("build", "ci-deploy"));
    step("U", "Undone");
    cr_assert(is_member("build", "ci-deploy"));
}
