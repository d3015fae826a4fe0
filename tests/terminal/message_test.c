/* The console's texts: its headings, what an empty list says, what a question says before it is
 * answered, and the colour of a result. */
#include "console.h"

#include <stdio.h>
#include <string.h>

/* Of 256, on a dark background. */
enum colour { GOOD = 114, WARN = 179, BAD = 203 };

enum { ROWS = 30, COLUMNS = 110 };

/* As a terminal answers that is asked for its background. */
static void say_dark(void)
{
    static const char answer[] = "\033]11;rgb:0000/0000/0000\033\\";
    terminal_write(console, answer, sizeof answer - 1);
}

static void open_console(void)
{
    open_console_of(ROWS, COLUMNS);
    say_dark();
}

TestSuite(message, .init = open_console, .fini = close_console, .timeout = 300);

/* The colour in which a text on the screen begins. */
static int colour_of(const char *text)
{
    for (int row = ROWS - 1; row >= 0; row--) {
        const char *line = terminal_row(console, row), *found = strstr(line, text);
        int column = 0;
        if (!found) continue;
        for (const char *at = line; at < found; at++)
            column += (*at & 0xC0) != 0x80;
        return terminal_cell(console, row, column).foreground;
    }
    cr_assert_fail("“%s” is not on the screen", text);
    return 0;
}

static void expect(const char *keys, const char *text, enum colour colour)
{
    step(keys, text);
    cr_assert_eq(colour_of(text), (int)colour, "“%s” has the colour %d", text, colour_of(text));
}

/* The text of the box on the screen, its lines joined: where they break does not matter here. */
static const char *box_text(void)
{
    static char text[4000];
    size_t used = 0;
    text[0] = 0;
    terminal_wait_idle(console);
    for (int row = 0; row < ROWS; row++) {
        const char *line = terminal_row(console, row), *begin = strstr(line, "│"), *end;
        const char *title = strstr(line, "╭ ");
        if (title) {
            title += strlen("╭ ");
            end = strstr(title, " ─");
            used += (size_t)snprintf(text + used, sizeof text - used, "%.*s:", (int)(end - title),
                                     title);
        }
        if (!begin || !(end = strstr(begin + strlen("│"), "│"))) continue;
        begin += strlen("│");
        while (begin < end && *begin == ' ')
            begin++;
        while (begin < end && end[-1] == ' ')
            end--;
        if (begin < end)
            used += (size_t)snprintf(text + used, sizeof text - used, " %.*s", (int)(end - begin),
                                     begin);
    }
    return text;
}

static bool says(const char *part)
{
    return strstr(box_text(), part) != NULL;
}

/* Opens a box with these keys, expects these parts in it, and that looking at it changes
 * nothing. */
static void ask(const char *keys, const char *title, const char *const *parts)
{
    int64_t events = prepared_events(home);
    step(keys, title);
    for (size_t i = 0; parts[i]; i++)
        cr_assert(says(parts[i]), "%s lacks “%s”: %s", title, parts[i], box_text());
    step("\033", "Gatehouse");
    terminal_wait_gone(console, title);
    cr_assert_eq(prepared_events(home), events, "Esc says no to “%s”", title);
}

#define PARTS(...) ((const char *const[]){__VA_ARGS__, NULL})

Test(message, what_was_done_is_green)
{
    step("/ci-deploy\r", "1 of 30");
    expect("A", "✓ sa::ci-deploy deactivated", GOOD);
    cr_assert(terminal_shows(console, "deactivated · U undo · 1 token stopped, last used 1 h ago"));
    expect("U", "Undone", GOOD);
    expect("A", "✓ sa::ci-deploy deactivated", GOOD);
    expect("A", "✓ sa::ci-deploy activated", GOOD);
    step("\033", "30 accounts");
    step("3", "collectors");
    step("n", "New group");
    expect("Night\r", "✓ Created the group Night", GOOD);
    step("\033", "collectors");
    step("/night\r", "1 of");
    step("r", "Rename the group");
    expect("-old\r", "✓ Renamed the group to Night-old", GOOD);
    step("D", "Delete the group Night-old");
    expect("Y", "✓ The group was deleted", GOOD);
}

Test(message, deleting_says_so_in_green_and_a_wrong_name_deletes_nothing)
{
    step("/ci-deploy\rD", "Type its name to delete it:");
    terminal_send(console, "ci-deplo\r");
    terminal_wait_idle(console);
    cr_assert(says("Type its name"), "%s", box_text());
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM account"), 30);
    step("y\r", "✓ sa::ci-deploy deleted");
    cr_assert_eq(colour_of("✓ sa::ci-deploy deleted"), (int)GOOD);
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM account"), 29);
}

Test(message, what_cannot_be_done_is_a_warning)
{
    step("3", "collectors");
    expect("D", "Cannot do that: Everyone always contains every account", WARN);
    terminal_free(console);
    console = prepared_console(home, ROWS, COLUMNS, "", "--read-only");
    say_dark();
    expect("A", "Cannot do that: this console is read-only", WARN);
}

Test(message, what_failed_is_red)
{
    step("3", "collectors");
    step("n", "New group");
    step("build\r", "there is already a group");
    cr_assert_eq(colour_of("there is already a group"), (int)BAD);
    step("\033", "collectors");
    prepared_run(home, "PRAGMA user_version = 99");
    step("1", "sa::ci-deploy");
    expect("A", "a newer Gatehouse has changed", BAD);
}

Test(message, the_questions_about_one_account_say_what_is_hit)
{
    step("/ci-deploy\r", "1 of 30");
    ask("D", "Delete the account",
        PARTS("sa::ci-deploy", "cannot be undone", "1 token", "last used 1 h ago from 10.20.4.26",
              "The audit log keeps what happened", "github-main 1 h ago from 10.20.4.26",
              "Type its name to delete it:", "[ Cancel ]  [ Delete ]"));
    ask("T", "New token of sa::ci-deploy",
        PARTS("Name", "Expires  [never]", "Only", "From", "What uses it? Optional."));
    ask("+", "Add", PARTS("Permission", "Group"));
    ask("-", "Remove", PARTS("Permission", "Group"));
}

Test(message, the_questions_about_marked_accounts_say_how_many)
{
    step("   ", "3 marked");
    ask("D", "Delete the marked accounts",
        PARTS("Deleting 3 marked accounts cannot be undone", "4 tokens",
              "last used 1 min ago from 10.20.3.11", "Type 3 to delete:"));
    ask("A", "Marked accounts",
        PARTS("4 tokens, last used 1 min ago from 10.20.3.11, stop working now",
              "[ Y  Deactivate 3 ]"));
}

Test(message, the_questions_about_a_token_say_what_is_final)
{
    step("2", "API Tokens");
    step("/ber1\r", "1 of 40");
    ask("D", "Revoke the token",
        PARTS("ber1 stops working immediately", "last used 1 min ago from 10.20.3.11",
              "This cannot be undone", "[ Y  Revoke ]"));
    ask("F", "Forget the secret",
        PARTS("ber1", "works as before but can no longer be copied", "cannot be undone",
              "[ Y  Forget ]"));
    ask("R", "Rotate ber1",
        PARTS("How long the old token keeps working", "30d at most", "Grace  24h"));
    ask("E", "Expiry of ber1", PARTS("never, 7d, 30d, 90d, 365d", "Expires  never"));
}

Test(message, the_questions_about_groups_and_permissions_say_who_loses_what)
{
    step("3", "collectors");
    step("/build\r", "1 of");
    ask("D", "Delete the group build",
        PARTS("8 members",
              "Effective permissions of 8 accounts change; 6 of them have working tokens",
              "- Derived Metrics: 8 accounts lose it", "- Events: 7 accounts lose it",
              "[ Y  Delete ]"));
    ask("n", "New group", PARTS("1 to 64 printable characters", "Name"));
    step("4", "EFFECTIVE");
    step("/alerts\r", "1 of 16");
    ask("D", "Delete the permission Alerts",
        PARTS("Held explicitly by 1 account and 2 groups",
              "Effective permissions of 6 accounts change; 6 of them have working tokens",
              "- Alerts: 6 accounts lose it", "[ Y  Delete ]"));
    ask("n", "New permission",
        PARTS("ID", "Name", "Sentence", "1 to 64 of a-z 0-9", "It never changes"));
}

Test(message, an_event_is_shown_in_full)
{
    step("5", "96 events");
    ask("\r", "Event 96",
        PARTS("2026-11-23T12:00:00Z · just now", "mara (user id 1000)", "Host      north",
              "account.deactivate", "sa::sandbox-jo", "number 29", "active yes → no", "Hash"));
    ask(":audit\r", "The chain of events is sound",
        PARTS("96 events form an unbroken chain", "keep its head elsewhere"));
}

Test(message, a_panic_says_what_stops)
{
    step(":panic\r", "Every token of a group");
    step("\r", "Panic: which group?");
    terminal_wait(console, "8 members, 2 permissions.");
    step("\r", "Suspend every token of group build");
    cr_assert(says("8 accounts. 7 tokens, last used 2 min ago from 10.20.5.12, stop working until "
                   "they are resumed. 1 token of an inactive account is suspended, too."),
              "%s", box_text());
    expect("Y", "8 tokens suspended", GOOD);
}

/* The headings of each tab from left to right; which of them fit depends on the width. */
static const struct heading {
    const char *key, *title;
    const char *columns[9];
} headings[] = {
    {"1",
     "Service Accounts",
     {"ACCOUNT ID ▲", "STATUS", "TOKENS", "LAST USED", "DESCRIPTION", NULL}},
    {"2", "API Tokens", {"ACCOUNT ID ▲", "NAME", "TOKEN", "STATE", "EXPIRES", "LAST USED", NULL}},
    {"3", "Groups", {"GROUP ▲", "MEMBERS", "PERMISSIONS", NULL}},
    {"4", "Permissions", {"PERMISSION ▲", "ID", "ACCOUNTS", "GROUPS", "EFFECTIVE", NULL}},
    {"5", "Audit", {"TIME ▼", "WHO", "WHAT", "SUBJECT", NULL}},
};

Test(message, each_tab_has_its_title_and_its_headings_in_order)
{
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
        const struct heading *heading = &headings[i];
        step(heading->key, heading->title);
        terminal_wait(console, heading->columns[0]);
        cr_assert_eq(strncmp(terminal_row(console, 1) + 1, heading->title, strlen(heading->title)),
                     0, "%s", terminal_row(console, 1));
        const char *at = terminal_row(console, 3);
        for (size_t k = 0; heading->columns[k]; k++) {
            const char *found = strstr(at, heading->columns[k]);
            cr_assert(found, "%s lacks %s: %s", heading->title, heading->columns[k], at);
            at = found + strlen(heading->columns[k]);
        }
    }
}

Test(message, nothing_that_matches_says_so_in_every_tab)
{
    static const char *const keys[] = {"1", "2", "3", "4", "5"};
    for (size_t i = 0; i < 5; i++) {
        step(keys[i], headings[i].title);
        step("/zzzz", "Nothing matches. Esc clears the filter.");
        cr_assert(terminal_shows(console, "0 of "));
        terminal_send(console, "\033");
        terminal_wait_gone(console, "Nothing matches");
    }
}

Test(message, an_empty_list_names_the_next_key)
{
    prepared_run(home, "DELETE FROM digest");
    prepared_run(home, "DELETE FROM token");
    prepared_run(home, "DELETE FROM account");
    prepared_run(home, "DELETE FROM permission");
    prepared_run(home, "DELETE FROM event");
    prepared_run(home, "UPDATE counter SET value = 0");
    terminal_free(console);
    console = prepared_line(home, ROWS, COLUMNS, "exec", "");
    terminal_wait(console, "No service accounts yet. Press n to create the first one.");
    step("2", "No tokens");
    step("4", "The catalogue is empty. Press n to add a permission.");
    step("5", "No events yet. Every change is written here.");
}
