/* A new token: what it can be limited to, what the screen says it will be, and what it then is. */
#include "console.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS = 24, COLUMNS = 80 };

static void open_console(void)
{
    open_console_of(ROWS, COLUMNS);
}

TestSuite(builder, .init = open_console, .fini = close_console, .timeout = 300);

/* A sequence is one key. */
static int keys_in(const char *keys)
{
    int count = 0;
    for (; *keys; keys++, count++)
        if (keys[0] == '\033' && keys[1] == '[') keys += 2;
    return count;
}

static int pressed;

static void press(const char *keys, const char *text)
{
    pressed += keys_in(keys);
    step(keys, text);
}

/* A shell that finds the console under its name, and nothing on the screen but a prompt. */
static void open_shell(void)
{
    char folder[256], path[300];
    const char *const shell[] = {"sh", "-c", "PATH=$HOME/bin:$PATH PS1='ready ' exec sh -i", NULL};
    snprintf(folder, sizeof folder, "%s/bin", terminal_home(home));
    snprintf(path, sizeof path, "%s/gatehouse", folder);
    cr_assert_eq(mkdir(folder, 0700), 0);
    cr_assert_eq(symlink(terminal_program(), path), 0);
    terminal_free(console);
    console = terminal_start_beside(home, ROWS, COLUMNS, shell);
    terminal_wait(console, "ready");
    pressed = 0;
}

static int64_t count_of(const char *tables, const char *condition)
{
    char sql[600];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM %s JOIN account a ON a.number = x.account WHERE a.name = "
             "'ci-release' AND %s",
             tables, condition);
    return prepared_ask(home, sql);
}

static void expect_what_the_screen_said(void)
{
    cr_assert_eq(count_of("membership x JOIN account_group g ON g.number = x.account_group",
                          "g.name IN ('build', 'deploy')"),
                 2);
    cr_assert_eq(count_of("membership x", "1"), 2);
    cr_assert_eq(count_of("account_grant x JOIN permission p ON p.number = x.permission",
                          "p.name IN ('Accounts', 'Applications', 'Batch Query Priority')"),
                 3);
    cr_assert_eq(count_of("account_grant x", "1"), 3);
    cr_assert_eq(count_of("token x", "x.name = 'default' AND x.narrowed AND x.expires - x.created "
                                     "= 30 * 86400"),
                 1);
    cr_assert_eq(count_of("token x JOIN token_permission t ON t.token = x.number JOIN permission p "
                          "ON p.number = t.permission",
                          "p.name = 'Alerts'"),
                 1);
    cr_assert_eq(count_of("token x JOIN token_permission t ON t.token = x.number", "1"), 1);
    cr_assert_eq(
        count_of("token x JOIN token_network t ON t.token = x.number", "t.network = '10.0.0.0/8'"),
        1);
    cr_assert_eq(count_of("token x JOIN token_network t ON t.token = x.number", "1"), 1);
}

Test(builder, from_a_bare_terminal_to_a_copied_token_takes_at_most_70_keys)
{
    enum { MOST = 70 };
    size_t size;
    open_shell();
    press("gatehouse\r", "sa::agent-berlin");
    press("n", "New Service Account");
    press("ci-release", "ci-release");
    press("\t\t\t+", "Add to a group");
    press("bu\r", "build ×");
    press(" ", "Add to a group");
    press("de\r", "deploy ×");
    press("\t ", "[x] Accounts");
    press("ll ", "[x] Applications");
    press("l ", "[x] Batch Query Priority");
    press("\t\t\tll", "[30d] 90d  365d  other…  2026-12-23");
    press("\tl ", "[x] Alerts");
    press("\t10.0.0.0/8", "30 days · Alerts only · from 10.0.0.0/8");
    press("\023", "Token generated");
    terminal_wait(console, "Sent to the clipboard");
    cr_assert(strstr(terminal_output(console, &size), "\033]52;c;Z3RoX"), "nothing was copied");
    cr_assert_leq(pressed, MOST, "%d keys", pressed);
    expect_what_the_screen_said();
}

static int64_t tokens(void)
{
    return prepared_ask(home, "SELECT count(*) FROM token");
}

static void open_dialog(void)
{
    step("/ci-deploy\r", "1 of 30");
    step("T", "New token of sa::ci-deploy");
    terminal_wait(console, "never expires · all permissions of the account · from anywhere");
}

Test(builder, each_expiry_shows_the_date_that_results)
{
    static const char *const shown[] = {"never [7d] 30d  90d  365d  other…  2026-11-30",
                                        "7d [30d] 90d  365d  other…  2026-12-23",
                                        "30d [90d] 365d  other…  2027-02-21",
                                        "90d [365d] other…  2027-11-23",
                                        "365d [other…] ✗",
                                        "[never] 7d  30d  90d  365d  other…"};
    open_dialog();
    step("\t", "The last day on which it works");
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        step("\033[C", shown[i]);
    step("\033[D", "type when it expires");
    step("\t2027-01-31", "[other…] 2027-01-31");
    terminal_wait(console, "until 2027-01-31 · all");
    step("\r", "Token generated");
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM token WHERE expires = "
                                    "strftime('%s', '2027-02-01') + 0"),
                 1);
}

Test(builder, an_expiry_beyond_the_longest_lifetime_is_marked_and_refused)
{
    int64_t before = tokens();
    prepared_run(home, "INSERT INTO setting (name, value) VALUES ('token.expiry.longest', 60)");
    step("/ci-deploy\r", "1 of 30");
    step("T", "60 days · all permissions");
    step("\t", "[other…] 2027-01-22");
    step("h", "[365d] other…  ✗");
    terminal_wait(console, "a token may live at most 60 days");
    terminal_wait(console, "no such expiry · all");
    step("\r", "Expires");
    terminal_wait_idle(console);
    cr_assert_eq(tokens(), before);
    step("hh", "[30d]");
    step("\r", "Token generated");
    cr_assert_eq(tokens(), before + 1);
}

Test(builder, from_is_marked_as_soon_as_it_is_a_network)
{
    open_dialog();
    step("\t\t\t10.", "✗");
    terminal_wait(console, "no such network");
    terminal_wait(console, "“10.” is not a network");
    step("1.2.3/8", "✓");
    terminal_wait(console, "from 10.0.0.0/8");
    step(", 192.0.2.1", "192.0.2.1/32");
    step(",", "✓");
    step("x", "✗");
}

Test(builder, only_offers_what_the_account_holds)
{
    open_dialog();
    terminal_wait(console, "[ ] Alerts");
    terminal_wait(console, "[ ] Derived Metrics");
    cr_assert(!terminal_shows(console, "[ ] Logs"));
    command("permission grant log_management --account ci-deploy");
    terminal_wait(console, "[ ] Logs");
}

Test(builder, a_new_account_offers_what_has_been_ticked_so_far)
{
    step("n", "the account has no permissions");
    step("quiet\t\t\t\t ", "Only         [ ] Accounts");
    step("\t\t\t\t ", "Accounts only");
    step("\033[Z\033[Z\033[Z\033[Z ", "Accounts: not granted");
    step("\t", "Accounts (not held) only");
}

Test(builder, what_was_ticked_stays_although_the_account_loses_it)
{
    open_dialog();
    step("\t\t ", "[x] Alerts");
    command("permission revoke alerts_management --account ci-deploy");
    command("permission revoke alerts_management --group deploy");
    terminal_wait(console, "Alerts (not held) only");
    terminal_wait(console, "the account does not hold it");
    step("\023", "Token generated");
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM token_permission x JOIN token t ON "
                                    "t.number = x.token WHERE t.number = (SELECT max(number) FROM "
                                    "token) AND t.narrowed"),
                 1);
}

/* Without its only limit, the token could do everything. */
Test(builder, a_limit_that_was_deleted_is_never_left_out_in_silence)
{
    int64_t before = tokens();
    open_dialog();
    step("\t\t ", "Alerts only");
    command("permission delete alerts_management --yes");
    terminal_wait(console, "(deleted) only");
    step("\023", "has been deleted elsewhere");
    cr_assert_eq(tokens(), before);
    terminal_wait(console, "all permissions of the account");
}

Test(builder, of_an_account_that_was_deleted_generates_nothing)
{
    int64_t before;
    open_dialog();
    command("account delete --yes ci-deploy");
    before = tokens();
    terminal_wait(console, "this account was deleted elsewhere");
    terminal_send(console, "\r");
    terminal_wait_idle(console);
    cr_assert(terminal_shows(console, "New token of sa::ci-deploy"));
    cr_assert_eq(tokens(), before);
    step("\033", "Esc clear filter");
}

Test(builder, enter_ticks_in_the_grid_and_generates_elsewhere)
{
    int64_t before = tokens();
    open_dialog();
    step("\t\t\r", "[x] Alerts");
    step("l\r", "Alerts, Derived Metrics only");
    step("h\r", "· Derived Metrics only");
    cr_assert_eq(tokens(), before);
    step("\t\r", "Token generated");
    cr_assert_eq(tokens(), before + 1);
}
