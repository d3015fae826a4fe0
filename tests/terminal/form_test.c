/* The form of an account: where Tab goes, what each part does with its keys, and what is saved. */
#include "console.h"

#include <stdio.h>
#include <string.h>

enum { ROWS = 40, COLUMNS = 100 };

static void open_console(void)
{
    open_console_of(ROWS, COLUMNS);
}

TestSuite(form, .init = open_console, .fini = close_console, .timeout = 300);

static void open_form(void)
{
    step("/ci-deploy\r", "1 of 30");
    step("\r", "Edit Service Account");
    terminal_wait(console, "remaining");
}

static int characters(const char *text, size_t bytes)
{
    int count = 0;
    for (size_t i = 0; i < bytes; i++)
        count += (text[i] & 0xC0) != 0x80;
    return count;
}

/* The cursor shows where the keys go. It is in `text`, or right after it. */
static void expect_cursor(const char *text)
{
    int row, column;
    terminal_wait(console, text);
    terminal_wait_idle(console);
    terminal_cursor(console, &row, &column);
    const char *line = terminal_row(console, row), *found = strstr(line, text);
    cr_assert(found, "the cursor is not at “%s” but in “%s”", text, line);
    int first = characters(line, (size_t)(found - line));
    int last = first + characters(text, strlen(text));
    cr_assert(first <= column && column <= last,
              "the cursor is not at “%s” but in column %d of “%s”", text, column, line);
}

static void walk(const char *key, const char *const *stops)
{
    for (size_t i = 0; stops[i]; i++) {
        expect_cursor(stops[i]);
        terminal_send(console, key);
    }
}

static int64_t ask(const char *condition)
{
    char sql[300];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM account WHERE name = 'ci-deploy' AND %s",
             condition);
    return prepared_ask(home, sql);
}

Test(form, tab_goes_through_its_parts_and_begins_anew)
{
    open_form();
    walk("\t", (const char *const[]){"github-main", "Everyone", "[ ] Accounts", "[ Update ]",
                                     "[ Cancel ]", "(  ●) Active", "Deploys main to production",
                                     "team-platform", "github-main", NULL});
}

Test(form, shift_tab_goes_back)
{
    open_form();
    walk("\033[Z",
         (const char *const[]){"github-main", "team-platform", "Deploys main to production",
                               "(  ●) Active", "[ Cancel ]", "[ Update ]", "[ ] Accounts",
                               "Everyone", "github-main", NULL});
}

Test(form, a_new_one_begins_with_the_name)
{
    step("n", "New Service Account");
    expect_cursor("sa::");
    step("quiet\tOne\tops", "ops");
    walk("\033[Z", (const char *const[]){"ops", "One", "sa::quiet", NULL});
    expect_cursor("[ Cancel ]");
    terminal_send(console, "\t\t\t");
    walk("\t", (const char *const[]){"ops", "Everyone", "[ ] Accounts", "[x] first token",
                                     "default", "[never]", NULL});
    step("10.0.0.0/8", "✓");
    walk("\t", (const char *const[]){"10.0.0.0/8", "[ Create ]", "[ Cancel ]", "sa::quiet", NULL});
}

Test(form, cancel_leaves_and_asks_only_where_something_was_changed)
{
    open_form();
    terminal_send(console, "\t\t\t\t\r");
    terminal_wait(console, "1 of 30");
    step("\r", "remaining");
    step("\033[Z!", "team-platform!");
    terminal_wait(console, "changed");
    step("\033", "You have unsaved changes");
    terminal_wait(console, "Unsaved changes");
    step("\r", "team-platform!");
    cr_assert_eq(ask("owner = 'team-platform'"), 1);
}

Test(form, update_writes_what_is_staged_and_U_takes_it_back)
{
    open_form();
    step("\033[Z\025others", "others");
    step("\033[Z\025One\rTwo", "Two");
    terminal_wait(console, "One");
    cr_assert_eq(ask("owner = 'team-platform'"), 1, "nothing is written before Update");
    /* From the description on: Owner, Tokens, Groups, Permissions, Update. */
    terminal_send(console, "\t\t\t\t\t\r");
    terminal_wait(console, "Updated sa::ci-deploy · U undo");
    cr_assert_eq(ask("owner = 'others' AND description LIKE 'One_Two'"), 1);
    terminal_send(console, "U");
    terminal_wait(console, "Undone");
    cr_assert_eq(ask("owner = 'team-platform' AND description = 'Deploys main to production'"), 1);
}

Test(form, enter_goes_on_from_the_owner)
{
    open_form();
    terminal_send(console, "\033[Z\r");
    expect_cursor("github-main");
}

Test(form, the_toggle_acts_at_once_by_space_and_by_enter)
{
    open_form();
    step("\033[Z\033[Z\033[Z ", "Inactive");
    terminal_wait(console, "sa::ci-deploy deactivated");
    cr_assert_eq(ask("active = 0"), 1);
    step("\r", "(  ●) Active");
    terminal_wait(console, "sa::ci-deploy activated");
    cr_assert_eq(ask("active = 1"), 1);
}

static int64_t groups(void)
{
    return prepared_ask(home,
                        "SELECT count(*) FROM membership m JOIN account a ON a.number = m.account "
                        "WHERE a.name = 'ci-deploy'");
}

Test(form, groups_are_chips_that_are_taken_out_and_put_in)
{
    open_form();
    cr_assert_eq(groups(), 2);
    terminal_send(console, "\t");
    expect_cursor("Everyone");
    step("-", "every account is always in Everyone");
    terminal_send(console, "\033[C");
    expect_cursor("build ×");
    terminal_send(console, "\033[C");
    expect_cursor("deploy ×");
    terminal_send(console, "\033[D-");
    terminal_wait_gone(console, "build ×");
    terminal_wait(console, "changed");
    cr_assert_eq(groups(), 2, "it is only staged");
    step("+", "Add to a group");
    step("coll", "collectors");
    step("\r", "collectors ×");
    step("\023", "Effective permissions change, at once for its working");
    cr_assert(terminal_shows(console, "- Derived Metrics") &&
              terminal_shows(console, "+ Source Tags"));
    step("Y", "Updated sa::ci-deploy");
    cr_assert_eq(groups(), 2);
    cr_assert_eq(prepared_ask(home,
                              "SELECT count(*) FROM membership m JOIN account a ON a.number = "
                              "m.account JOIN account_group g ON g.number = m.account_group WHERE "
                              "a.name = 'ci-deploy' AND g.name IN ('collectors', 'deploy')"),
                 2);
}

static int64_t grants(void)
{
    return prepared_ask(home, "SELECT count(*) FROM account_grant g JOIN account a ON a.number = "
                              "g.account WHERE a.name = 'ci-deploy'");
}

Test(form, a_permission_is_set_and_explained)
{
    open_form();
    cr_assert_eq(grants(), 1);
    terminal_send(console, "\t\t");
    terminal_wait(console, "Accounts: not granted. Manage user");
    terminal_send(console, "\033[C");
    expect_cursor("[x] Alerts");
    terminal_wait(console, "Alerts: explicit");
    step(" ", "[·] Alerts");
    terminal_wait(console, "Alerts: from group deploy");
    step("l ", "[x] Applications");
    step("j", "Derived Metrics: from group build");
    step("h", "Dashboards: not granted");
    step("k", "Alerts: from group deploy");
    cr_assert_eq(grants(), 1, "it is only staged");
    step("\023", "+ Applications");
    step("Y", "Updated sa::ci-deploy");
    cr_assert_eq(grants(), 1);
    cr_assert_eq(
        prepared_ask(home, "SELECT count(*) FROM account_grant g JOIN account a ON a.number = "
                           "g.account JOIN permission p ON p.number = g.permission WHERE a.name = "
                           "'ci-deploy' AND p.name = 'Applications'"),
        1);
}

Test(form, what_a_group_gives_is_granted_explicitly_only_by_plus)
{
    open_form();
    terminal_send(console, "\t\tjll");
    expect_cursor("[·] Derived Metrics");
    step(" ", "Derived Metrics comes from");
    terminal_wait(console, "+ also grants it explicitly");
    step("+", "[x] Derived Metrics");
    terminal_wait(console, "Derived Metrics: explicit, also from build");
    step(" ", "[·] Derived Metrics");
}

Test(form, a_new_account_has_what_was_filled_in)
{
    step("n", "New Service Account");
    terminal_send(console, "Night-Shift\tWorks late\tteam-z\t\t \t\tfirst\tlll");
    terminal_wait(console, "[x] Accounts");
    step("\023", "Token generated");
    cr_assert_eq(prepared_ask(home,
                              "SELECT count(*) FROM account a JOIN token t ON t.account = a.number "
                              "WHERE a.name = 'night-shift' AND a.description = 'Works late' AND "
                              "a.owner = 'team-z' AND t.name = 'first' AND t.expires - t.created = "
                              "90 * 86400"),
                 1);
    cr_assert_eq(prepared_ask(home,
                              "SELECT count(*) FROM account_grant g JOIN account a ON a.number = "
                              "g.account WHERE a.name = 'night-shift'"),
                 1);
}

Test(form, a_name_that_is_wrong_or_taken_is_refused_below_it)
{
    step("n", "New Service Account");
    step("ci deploy", "1 to 64 of a-z");
    terminal_send(console, "\177\177\177\177\177\177\177");
    terminal_wait_gone(console, "1 to 64 of a-z");
    step(" deploy\023", "1 to 64 of a-z");
    expect_cursor("ci deploy");
    step("\025ci-deploy\023", "is taken: choose another name");
    step("\025ci-deploy-2\023", "Token generated");
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM account"), 31);
}

Test(form, no_first_token_where_none_is_wanted)
{
    step("n", "New Service Account");
    terminal_send(console, "quiet\t\t\t\t\t");
    step(" ", "[ ] first token");
    step("\023", "Created sa::quiet");
    cr_assert_eq(prepared_ask(home, "SELECT tokens FROM account WHERE name = 'quiet'"), 0);
}

Test(form, an_account_at_its_limit_says_so)
{
    prepared_run(home, "INSERT INTO setting (name, value) VALUES ('token.limit', 2)");
    open_form();
    terminal_wait(console, "2 of 2 · 0 remaining");
    step("n", "The account is at its limit of 2 tokens: revoke one first");
}

/* All of them are there, in one column or in several. */
Test(form, cuts_no_permission_while_there_is_room)
{
    static const int widths[] = {40, 53, 60, 80, 100, 130, 200};
    open_form();
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        terminal_resize(console, ROWS, widths[i]);
        cr_assert(terminal_wait_idle(console));
        terminal_wait(console, "Batch Query Priority");
        terminal_wait(console, "Direct Data Ingestion");
    }
}
