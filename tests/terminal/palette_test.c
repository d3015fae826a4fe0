/* The palette: commands, and accounts, groups, permissions and searches by name. */
#include "console.h"

#include <stdio.h>
#include <string.h>

static void open_console(void)
{
    open_console_of(24, 80);
}

TestSuite(palette, .init = open_console, .fini = close_console, .timeout = 300);

/* The row of the screen that begins an entry with this text; fails if there is none. */
static int row_of(const char *text)
{
    for (int row = 0; row < 24; row++)
        if (strstr(terminal_row(console, row), text)) return row;
    cr_assert_fail("“%s” is not on the screen", text);
    return -1;
}

Test(palette, opens_an_account_by_its_name)
{
    step(":Berl", "sa::agent-berlin                   account");
    cr_assert(strstr(terminal_row(console, row_of("account ")), "▌ sa::agent-berlin"));
    step("\r", "Edit Service Account");
    step("\033", "ACCOUNT ID");
}

Test(palette, shows_a_group_and_a_permission_in_their_tabs)
{
    step(":on-call", "▌ on-call                            group");
    step("\r", "MEMBERS");
    terminal_wait(console, "▌ on-call");
    step(":metrics", "permission");
    terminal_wait(console, "▌ Metrics");
    step("\r", "EFFECTIVE");
    terminal_wait(console, "▌ Metrics                metrics_management");
}

Test(palette, finds_what_was_typed_ahead_of_it)
{
    step("3", "MEMBERS");
    step(":sa::ci-depl\r", "Edit Service Account");
    terminal_wait(console, "sa::ci-deploy");
}

Test(palette, has_commands_that_can_be_run_before_names_and_others_after_them)
{
    command("group create filters");
    command("group create member-club");
    step(":filter", "filters                            group");
    cr_assert_lt(row_of("▌ filter "), row_of("filters         "));
    step("\025member", "member-club");
    cr_assert_lt(row_of("member-club"), row_of("only in: Members of a group"));
}

Test(palette, narrows_names_at_once_and_keeps_the_cursor_on_its_name)
{
    step(":ci-", "▌ sa::ci-artifacts");
    step("\033[B\033[B", "▌ sa::ci-docs");
    step("d", "▌ sa::ci-deploy");
    terminal_wait_gone(console, "sa::ci-artifacts");
    step("zzz", "Nothing matches");
    step("\025", "sort");
    cr_assert_not(terminal_shows(console, "           account"));
}

/* Those that begin with what was typed, and as many more as there is room for among twenty. */
Test(palette, names_twenty_accounts_at_most)
{
    char line[64];
    for (int i = 0; i < 18; i++) {
        snprintf(line, sizeof line, "account create zed-%02d", i);
        command(line);
        snprintf(line, sizeof line, "account create a-zed-%02d", i);
        command(line);
    }
    step(":zed", "▌ sa::zed-00");
    for (int i = 0; i < 19; i++) {
        terminal_send(console, "\033[B");
        terminal_wait_idle(console);
    }
    cr_assert(terminal_shows(console, "▌ sa::a-zed-01"));
    step("\033[B\033[B", "▌");
    terminal_wait_idle(console);
    cr_assert_not(terminal_shows(console, "sa::a-zed-02"));
}

Test(palette, applies_a_kept_search)
{
    command("search save quiet --filter ci- --facet unused");
    step(":quiet", "▌ search quiet");
    step("\r", "/ ci-");
    terminal_wait(console, "Unused for 30 days");
}

Test(palette, asks_before_it_leaves_a_changed_form)
{
    step("\r", "Edit Service Account");
    step("\033[Z\033[Z\033[Z\033[Z", "Owner");
    step("\t\tx", "changed");
    step("\033", "Edit Service Account");
}

/* Another process deletes it between the look and the key. */
Test(palette, says_when_what_it_found_is_gone)
{
    step(":berlin", "sa::agent-berlin                   account");
    command("account delete --yes agent-berlin");
    step("\r", "no longer exists");
}

Test(palette, draws_hostile_names_safely)
{
    PREPARED_NEEDS_SQLITE();
    prepared_run(home,
                 "UPDATE account_group SET name = CAST(x'1b5b33316d' || 'zzevil' || x'e280ae' "
                 "AS TEXT), folded = 'zzevil' WHERE name = 'on-call'");
    prepared_run(home,
                 "UPDATE permission SET name = 'zz' || x'e6bca2e5ad97e6bca2e5ad97e6bca2' WHERE "
                 "id = (SELECT max(id) FROM permission)");
    terminal_forget(console);
    step(":zz", "zzevil");
    terminal_wait(console, "permission");
    size_t size;
    const char *output = terminal_output(console, &size);
    cr_assert_not(memmem(output, size, "\033[31mzz", 7));
    cr_assert_not(memmem(output, size, "\xe2\x80\xae", 3));
    terminal_resize(console, 10, 40);
    terminal_wait(console, "▌ zz漢字漢字漢");
    terminal_resize(console, 5, 20);
    terminal_wait(console, "zz");
}
