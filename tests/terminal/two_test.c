/* Two consoles on one database: each shows what the other changes, without disturbing its user. */
#include "prepared.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct terminal *home, *mine, *theirs;

static void open_both(void)
{
    home = prepared_home();
    mine = prepared_console(home, 24, 80, "", "");
    theirs = prepared_console(home, 24, 80, "", "");
}

static void close_both(void)
{
    terminal_free(theirs);
    terminal_free(mine);
    terminal_free(home);
}

TestSuite(two, .init = open_both, .fini = close_both, .timeout = 300);

static void run(const char *command)
{
    char out[1024];
    cr_assert_eq(terminal_command(home, command, out, sizeof out), 0, "%s: %s", command, out);
}

Test(two, rule_12_a_change_shows_without_moving_cursor_or_marks)
{
    terminal_send(mine, "  j");
    terminal_wait(mine, "▌   sa::alert-mirror");
    terminal_wait(mine, "2 marked");
    terminal_send(theirs, "jjA");
    terminal_wait(theirs, "sa::agent-oslo deactivated");
    terminal_wait(mine, "sa::agent-oslo      ⋮ ○ inactive");
    run("account create aaa-first");
    terminal_wait(mine, "    sa::aaa-first");
    terminal_wait(mine, "▌   sa::alert-mirror");
    terminal_wait(mine, "✓ sa::agent-berlin");
    terminal_wait(mine, "✓ sa::agent-dublin");
    terminal_wait(mine, "31 accounts · 2 marked");
    terminal_send(mine, "j");
    terminal_wait(mine, "▌   sa::backup-nightly");
}

/* More than fit between the first shown row and the top: they appear with the next jump, not in
 * part. */
Test(two, many_new_rows_leave_no_gap)
{
    terminal_send(mine, "jj");
    terminal_wait(mine, "▌   sa::agent-oslo");
    prepared_run(home,
                 "WITH RECURSIVE n (n) AS (SELECT 10 UNION ALL SELECT n + 1 FROM n WHERE n < 90) "
                 "INSERT INTO account (name, created) SELECT 'aaa-' || n, 0 FROM n");
    run("account deactivate agent-berlin");
    terminal_wait(mine, "sa::agent-berlin      ⋮ ○ inactive");
    cr_assert(strstr(terminal_row(mine, 4), "sa::agent-berlin"));
    terminal_send(mine, "kkk");
    terminal_wait(mine, "▌   sa::aaa-90");
    terminal_send(mine, "g");
    terminal_wait(mine, "▌   sa::aaa-10");
    run("account create aaa-00");
    terminal_wait(mine, "    sa::aaa-00");
    cr_assert(terminal_shows(mine, "▌   sa::aaa-10"));
}

Test(two, a_change_disturbs_no_filter_that_is_being_typed)
{
    terminal_send(mine, "/agent");
    terminal_wait(mine, "3 of 30");
    run("account create agent-rome");
    terminal_wait(mine, "sa::agent-rome");
    terminal_wait(mine, "4 of 31");
    terminal_send(mine, "-r");
    terminal_wait(mine, "/ agent-r");
    terminal_wait(mine, "1 of 31");
    run("account deactivate agent-rome");
    terminal_wait(mine, "inactive");
    terminal_send(mine, "o");
    terminal_wait(mine, "/ agent-ro");
}

Test(two, a_change_disturbs_no_form_that_is_being_filled)
{
    terminal_send(mine, "\r");
    terminal_wait(mine, "Edit Service Account");
    terminal_send(mine, "\033[Z-mine");
    terminal_wait(mine, "team-infra-mine");
    terminal_send(theirs, "A");
    terminal_wait(theirs, "deactivated");
    terminal_wait(mine, "Inactive");
    run("token generate agent-berlin --name elsewhere");
    terminal_wait(mine, "elsewhere");
    terminal_send(mine, "-too");
    terminal_wait(mine, "team-infra-mine-too");
    terminal_send(mine, "\x13");
    terminal_wait(mine, "Updated sa::agent-berlin");
}

/* The row stays where it is until the cursor leaves it, so that no key hits its neighbour. */
Test(two, a_row_that_was_deleted_elsewhere_takes_no_changes)
{
    static const char *const keys[] = {"A", "T", "D", "y", "."};
    terminal_send(mine, "j");
    terminal_wait(mine, "▌   sa::agent-dublin");
    run("account delete agent-dublin --yes");
    terminal_wait(mine, "29 accounts");
    int64_t events = prepared_events(home);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        terminal_send(mine, keys[i]);
        terminal_wait(mine, "deleted elsewhere");
        terminal_send(mine, "%");
        terminal_wait_gone(mine, "deleted elsewhere");
    }
    cr_assert_eq(prepared_events(home), events);
    terminal_send(mine, "j");
    terminal_wait(mine, "▌   sa::agent-oslo");
    terminal_send(mine, "\x12");
    terminal_wait_gone(mine, "sa::agent-dublin");
    terminal_wait(mine, "▌   sa::agent-oslo");
}

Test(two, the_form_of_a_deleted_account_says_so)
{
    terminal_send(mine, "\r");
    terminal_wait(mine, "Edit Service Account");
    terminal_send(mine, "\033[Z-mine");
    terminal_wait(mine, "team-infra-mine");
    run("account delete agent-berlin --yes");
    terminal_wait(mine, "sa::agent-berlin · deleted");
    terminal_wait(mine, "✗ this account was deleted elsewhere");
    cr_assert(!terminal_shows(mine, "● live") && !terminal_shows(mine, ") Active"));
    int64_t events = prepared_events(home);
    terminal_send(mine, "\x13");
    terminal_wait(mine, "Cannot do that: this account was deleted elsewhere");
    terminal_wait(mine, "team-infra-mine");
    cr_assert_eq(prepared_events(home), events);
    terminal_send(mine, "\033");
    terminal_wait(mine, "unsaved changes");
    terminal_send(mine, "Y");
    terminal_wait(mine, "29 accounts");
}

/* With nothing changed here, saving it would otherwise say that nothing changed. */
Test(two, nothing_can_be_done_in_the_form_of_a_deleted_account_or_group)
{
    static const char *const of_tokens[] = {"n", "A", "D", "R", "\x13"};
    terminal_send(mine, "\r");
    terminal_wait(mine, "remaining");
    run("account delete agent-berlin --yes");
    terminal_wait(mine, "✗ deleted");
    for (size_t i = 0; i < sizeof of_tokens / sizeof *of_tokens; i++) {
        terminal_send(mine, of_tokens[i]);
        terminal_wait(mine, "Cannot do that: this account was deleted elsewhere");
        terminal_send(mine, "\x0c");
        terminal_wait(mine, "✗ this account was deleted elsewhere");
    }
    terminal_send(mine, "q3j\r");
    terminal_wait(mine, "Edit Group · build");
    run("group delete build --yes");
    terminal_wait(mine, "Edit Group · build · deleted");
    terminal_send(mine, "\x13");
    terminal_wait(mine, "Cannot do that: this group was deleted elsewhere");
}

/* None of these accounts was deleted. */
Test(two, the_holders_of_a_permission_that_goes_elsewhere_are_not_called_deleted)
{
    run("permission create probe --name Aprobe --sentence x");
    run("permission grant probe --account ci-docs");
    terminal_send(mine, "4");
    terminal_wait(mine, "17 permissions");
    terminal_send(mine, "/aprobe\r");
    terminal_wait(mine, "1 of 17");
    terminal_send(mine, "\r");
    terminal_wait(mine, "Permission Aprobe");
    terminal_wait(mine, "explicit");
    run("permission revoke probe --account ci-docs");
    terminal_wait(mine, "no longer");
    run("permission delete probe --yes");
    terminal_wait(mine, "Permission Aprobe · deleted");
    terminal_wait(mine, "✗ this permission was deleted elsewhere");
    cr_assert(!terminal_shows(mine, "✗ deleted"));
}

Test(two, a_read_only_console_says_why_it_changes_nothing)
{
    static const char *const keys[] = {"A", "D", "T", "U"};
    static const char *const in_the_form[] = {"A", "D", "n", "r", "\x13"};
    struct terminal *reader = prepared_console(home, 24, 80, "", "--read-only");
    int64_t events = prepared_events(home);
    cr_assert(strstr(terminal_row(reader, 0), "read-only"));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        terminal_send(reader, keys[i]);
        terminal_wait(reader, "Cannot do that: this console is read-only");
        terminal_send(reader, "x");
        terminal_wait_gone(reader, "Cannot do that");
    }
    terminal_send(reader, "\r");
    terminal_wait(reader, "Edit Service Account");
    for (size_t i = 0; i < sizeof in_the_form / sizeof *in_the_form; i++) {
        terminal_send(reader, in_the_form[i]);
        terminal_wait(reader, "Cannot do that: this console is read-only");
        terminal_send(reader, "x");
        terminal_wait_gone(reader, "Cannot do that");
    }
    /* Showing a token is an event. */
    terminal_send(reader, "y");
    terminal_wait(reader, "Cannot do that: this console is read-only");
    cr_assert_eq(prepared_events(home), events);
    terminal_free(reader);
}

Test(two, a_read_only_console_follows_the_other)
{
    struct terminal *reader = prepared_console(home, 24, 80, "", "--read-only");
    terminal_send(mine, "A");
    terminal_wait(reader, "sa::agent-berlin    ⋮ ○ inactive");
    terminal_free(reader);
}

Test(two, a_row_deleted_elsewhere_says_so_in_its_state_and_its_mark_is_not_counted)
{
    terminal_send(mine, "  k");
    terminal_wait(mine, "2 marked");
    run("account delete agent-dublin --yes");
    terminal_wait(mine, "✗ deleted");
    terminal_wait(mine, "1 marked");
    terminal_send(mine, "A");
    terminal_wait(mine, "Deactivate 1");
    terminal_send(mine, "Y");
    terminal_wait(mine, "1 account deactivated");
}

/* Keys that come with the one that opens a form, before its first rows are read: they wait for
 * them. And where there are none to read, because the account is gone, only the way out works. */
Test(two, keys_typed_ahead_of_a_form_wait_for_what_it_shows)
{
    for (int i = 0; i < 5; i++) {
        terminal_send(mine, "\r\033\r\t\t\033OP");
        terminal_wait(mine, "Everywhere");
        terminal_send(mine, "\033");
        terminal_wait(mine, "Edit Service Account");
        terminal_send(mine, "\033Y");
        terminal_wait(mine, "30 accounts");
    }
    run("account delete agent-berlin --yes");
    terminal_send(mine, "\r\t \r");
    cr_assert(terminal_wait_idle(mine));
    terminal_send(mine, "\033");
    terminal_wait(mine, "ACCOUNT ID");
}
