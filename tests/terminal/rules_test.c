/* The rules of the model, as an admin meets them on the screen. */
#include "terminal.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* A database that shows tokens once, with one account. */
static struct terminal *open_one(void)
{
    char out[1024];
    struct terminal *terminal = terminal_start(24, 80, NULL, NULL);
    terminal_wait(terminal, "Welcome");
    terminal_send(terminal, "s\r");
    terminal_wait(terminal, "Service Accounts");
    cr_assert_eq(
        terminal_command(terminal, "account create ci-deploy --owner team", out, sizeof out), 0,
        "%s", out);
    terminal_wait(terminal, "sa::ci-deploy");
    return terminal;
}

Test(rules, rule_5_the_twenty_first_token_is_refused)
{
    char out[1024];
    struct terminal *terminal = open_one();
    for (int i = 0; i < 20; i++)
        cr_assert_eq(terminal_command(terminal, "token generate ci-deploy", out, sizeof out), 0,
                     "%s", out);
    cr_assert_eq(terminal_command(terminal, "token generate ci-deploy", out, sizeof out), 3);
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "20 of 20");
    terminal_send(terminal, "n");
    terminal_wait(terminal, "revoke one");
    terminal_free(terminal);
}

Test(rules, an_update_over_someone_elses_asks)
{
    char out[1024];
    struct terminal *terminal = open_one();
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Edit Service Account");
    terminal_send(terminal, "\033[Z");
    terminal_send(terminal, "-mine");
    terminal_wait(terminal, "team-mine");
    cr_assert_eq(
        terminal_command(terminal, "account edit ci-deploy --owner theirs", out, sizeof out), 0,
        "%s", out);
    terminal_send(terminal, "\x13");
    terminal_wait(terminal, "Changed by someone else");
    terminal_wait(terminal, "theirs  theirs");
    terminal_wait(terminal, "yours   team-mine");
    terminal_send(terminal, "M");
    terminal_wait_gone(terminal, "Edit Service Account");
    cr_assert_eq(terminal_command(terminal, "account show ci-deploy", out, sizeof out), 0);
    cr_assert(strstr(out, "team-mine"), "%s", out);
    terminal_free(terminal);
}

Test(rules, hostile_text_breaks_no_column)
{
    char out[1024];
    struct terminal *terminal = open_one();
    cr_assert_eq(terminal_command(terminal,
                                  "account edit ci-deploy --description '漢字 e\xcc\x81 text'", out,
                                  sizeof out),
                 0, "%s", out);
    terminal_wait(terminal, "漢字");
    cr_assert_eq(terminal_command(terminal,
                                  "account edit ci-deploy --description \"$(printf '\\033[2J')\"",
                                  out, sizeof out),
                 3, "%s", out);
    cr_assert_not(strstr(out, "\033"));
    terminal_free(terminal);
}

Test(rules, leaving_a_changed_form_asks)
{
    struct terminal *terminal = open_one();
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Edit Service Account");
    terminal_send(terminal, "\033[Z");
    terminal_send(terminal, "x");
    terminal_wait(terminal, "changed");
    terminal_send(terminal, "\033");
    terminal_wait(terminal, "unsaved changes");
    terminal_send(terminal, "Y");
    terminal_wait_gone(terminal, "Edit Service Account");
    terminal_free(terminal);
}

Test(rules, inherited_permissions_name_their_group)
{
    static const char *const demo[] = {"demo", NULL};
    struct terminal *terminal = terminal_start(24, 80, demo, NULL);
    terminal_leave_tour(terminal);
    terminal_wait(terminal, "sa::agent-berlin");
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "[·] Direct Data");
    terminal_send(terminal, "\t\tjjl");
    terminal_wait(terminal, "from group collectors");
    terminal_send(terminal, " ");
    terminal_wait(terminal, "+ also grants it explicitly");
    terminal_send(terminal, "+");
    terminal_wait(terminal, "explicit, also from collectors");
    terminal_free(terminal);
}

/* The toggle writes at once; the owner waits for Update. */
Test(rules, rule_10_the_toggle_acts_at_once_and_the_fields_are_staged)
{
    char out[1024];
    struct terminal *terminal = open_one();
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Edit Service Account");
    terminal_send(terminal, "\033[Z-mine");
    terminal_wait(terminal, "team-mine");
    terminal_send(terminal, "\033[Z\033[Z ");
    terminal_wait(terminal, "sa::ci-deploy deactivated");
    cr_assert_eq(terminal_command(terminal, "account show ci-deploy", out, sizeof out), 0);
    cr_expect(strstr(out, "inactive"), "%s", out);
    cr_expect_not(strstr(out, "team-mine"), "%s", out);
    terminal_send(terminal, "\x13");
    terminal_wait(terminal, "Updated sa::ci-deploy");
    cr_assert_eq(terminal_command(terminal, "account show ci-deploy", out, sizeof out), 0);
    cr_expect(strstr(out, "team-mine"), "%s", out);
    terminal_free(terminal);
}
