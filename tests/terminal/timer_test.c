/* What closes by itself, what must not close too soon, and keys that come before their dialog. */
#include "prepared.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static struct terminal *home, *terminal;

static void open_home(void)
{
    home = prepared_home();
    terminal = prepared_console(home, 24, 80, "", "");
}

static void close_home(void)
{
    terminal_free(terminal);
    terminal_free(home);
}

TestSuite(timer, .init = open_home, .fini = close_home, .timeout = 300);

static void skip(int64_t ms)
{
    terminal_set_clock(home, TERMINAL_EPOCH, ms);
}

static void open_form(void)
{
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Edit Service Account");
}

static void unlock_for(const char *key, const char *then)
{
    terminal_send(terminal, key);
    terminal_wait(terminal, "Unlock the vault");
    terminal_send(terminal, "gatehouse demo\r");
    terminal_wait(terminal, then);
}

static bool shows_token(void)
{
    for (int row = 0; row < 24; row++)
        if (strstr(terminal_row(terminal, row), "│ gth_")) return true;
    return false;
}

Test(timer, a_peek_closes_after_ten_seconds)
{
    open_form();
    unlock_for("p", "Closes after ten seconds");
    cr_assert(shows_token());
    skip(5000);
    terminal_listen(terminal, 600);
    cr_assert(shows_token());
    skip(10000);
    terminal_wait_gone(terminal, "Closes after ten seconds");
    cr_assert_not(shows_token());
    cr_assert(terminal_shows(terminal, "Edit Service Account"));
}

/* A suspended machine: nothing runs while the time goes on, and a key may be the first to come. */
Test(timer, rule_19_the_vault_is_locked_before_the_first_key_after_a_suspend)
{
    open_form();
    unlock_for("y", "clipboard of your terminal");
    terminal_signal(terminal, SIGSTOP);
    skip(400000);
    terminal_write(terminal, "p", 1);
    terminal_signal(terminal, SIGCONT);
    terminal_wait(terminal, "Unlock the vault");
}

Test(timer, the_vault_locks_after_five_minutes_without_use)
{
    open_form();
    unlock_for("y", "clipboard of your terminal");
    skip(200000);
    terminal_send(terminal, "p");
    terminal_wait(terminal, "Closes after ten seconds");
    terminal_send(terminal, "\033");
    terminal_wait_gone(terminal, "Closes after ten seconds");
    skip(400000);
    terminal_listen(terminal, 600);
    cr_assert_not(terminal_shows(terminal, "has locked itself"), "use did not put it off");
    skip(500000);
    terminal_wait(terminal, "The vault has locked itself");
    terminal_send(terminal, "p");
    terminal_wait(terminal, "Unlock the vault");
}

Test(timer, L_locks_at_once)
{
    open_form();
    unlock_for("y", "clipboard of your terminal");
    terminal_send(terminal, "L");
    terminal_wait(terminal, "The vault is locked");
    terminal_send(terminal, "y");
    terminal_wait(terminal, "Unlock the vault");
}

static void generate(void)
{
    terminal_send(terminal, "T");
    terminal_wait(terminal, "New token of");
    terminal_send(terminal, "made\r");
    terminal_wait(terminal, "Sent to the clipboard");
}

Test(timer, enter_is_ignored_in_the_first_half_second)
{
    int64_t opened = terminal_now();
    terminal_hold_clock(home, TERMINAL_EPOCH, opened);
    generate();
    for (int ms = 0; ms <= 499; ms += 499) {
        terminal_hold_clock(home, TERMINAL_EPOCH, opened + ms);
        terminal_send(terminal, "\r\033\r");
        terminal_listen(terminal, 200);
        cr_assert(terminal_shows(terminal, "Token generated"), "after %d ms", ms);
    }
    terminal_hold_clock(home, TERMINAL_EPOCH, opened + 500);
    terminal_send(terminal, "\r");
    terminal_wait_gone(terminal, "Token generated");
}

Test(timer, a_token_that_is_not_kept_is_left_by_a_second_question_only)
{
    prepared_run(home, "INSERT OR REPLACE INTO setting (name, value) VALUES ('token.keep', 0)");
    generate();
    terminal_wait(terminal, "It is not kept");
    skip(1000);
    static const char *const no[] = {"\r", "\033"};
    for (int i = 0; i < 4; i++) {
        terminal_send(terminal, no[i / 2]);
        terminal_wait(terminal, "Leave the token");
        terminal_send(terminal, no[i % 2]);
        terminal_wait_gone(terminal, "Leave the token");
        cr_assert(shows_token());
    }
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Leave the token");
    terminal_send(terminal, "Y");
    terminal_wait_gone(terminal, "Token generated");
    cr_assert_not(shows_token());
}

Test(timer, a_token_that_was_written_is_left_at_once)
{
    char path[128], line[200];
    struct stat file;
    prepared_run(home, "INSERT OR REPLACE INTO setting (name, value) VALUES ('token.keep', 0)");
    snprintf(path, sizeof path, "%s/token", terminal_home(home));
    snprintf(line, sizeof line, "%s\r", path);
    generate();
    skip(1000);
    terminal_send(terminal, "w");
    terminal_wait(terminal, "Write the token");
    terminal_send(terminal, line);
    terminal_wait(terminal, "which only you can read");
    cr_assert_eq(stat(path, &file), 0);
    cr_assert_eq(file.st_mode & 0777, 0600);
    cr_assert_eq(file.st_size, 41);
    terminal_send(terminal, "w");
    terminal_wait(terminal, "Write the token");
    terminal_send(terminal, line);
    terminal_wait(terminal, "already exists");
    terminal_send(terminal, "\033");
    terminal_wait_gone(terminal, "Write the token");
    terminal_send(terminal, "\r");
    terminal_wait_gone(terminal, "Token generated");
}

/* All in one write: the dialog is not drawn yet when the second key comes. */
Test(timer, keys_before_the_dialog_are_discarded)
{
    static const char *const hasty[] = {"DY", "D\tY", "D\t\r", "DYY\r"};
    open_form();
    int64_t events = prepared_events(home);
    for (size_t i = 0; i < sizeof hasty / sizeof *hasty; i++) {
        terminal_write(terminal, hasty[i], strlen(hasty[i]));
        terminal_wait(terminal, "stops working immediately");
        terminal_send(terminal, "\033");
        terminal_wait_gone(terminal, "stops working immediately");
    }
    terminal_send(terminal, "\033");
    terminal_wait(terminal, "sa::agent-dublin");
    terminal_write(terminal, "Dsa\r", 4);
    terminal_wait(terminal, "Type its name");
    cr_assert_not(terminal_shows(terminal, "deleted"));
    cr_assert_eq(prepared_events(home), events);
}

Test(timer, typed_ahead_into_a_prompt_is_kept)
{
    terminal_send(terminal, "Tahead\r\r\rY");
    terminal_wait(terminal, "Token generated");
    terminal_listen(terminal, 100);
    cr_assert(terminal_shows(terminal, "Token generated"));
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM token WHERE name = 'ahead'"), 1);
}

/* What a policy deletes was due at two starts, at least a minute apart. */
Test(timer, what_is_due_is_deleted_after_the_first_frame)
{
    enum { DAY = 86400, MINUTE = 60 };
    static const char revoked[] = "SELECT count(*) FROM token WHERE revoked IS NOT NULL";
    prepared_run(home, "INSERT INTO setting (name, value) VALUES ('token.drop', 1)");
    const int64_t before = prepared_ask(home, revoked);
    cr_assert_gt(before, 0);
    for (int start = 0; start < 2; start++) {
        terminal_free(terminal);
        terminal_set_clock(home, TERMINAL_EPOCH + DAY * 2 + MINUTE * start, 0);
        terminal = prepared_console(home, 24, 80, "", "");
        terminal_wait_idle(terminal);
        cr_assert_eq(prepared_ask(home, revoked), start ? 0 : before);
    }
}
