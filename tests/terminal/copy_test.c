/* The clipboard of a plain terminal: the exact bytes, and when it is cleared. */
#include "prepared.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define EMPTY "\033]52;c;\a"

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

TestSuite(copy, .init = open_home, .fini = close_home, .timeout = 300);

static void skip(int64_t ms)
{
    terminal_set_clock(home, TERMINAL_EPOCH, ms);
}

/* Until the console has checked its timers: it does so four times a second. */
static void wait_for(const char *sequence, int count)
{
    for (int i = 0; i < 100 && terminal_count(terminal, sequence) < count; i++)
        terminal_listen(terminal, 50);
    cr_assert_eq(terminal_count(terminal, sequence), count);
}

static void generate(void)
{
    terminal_send(terminal, "T");
    terminal_wait(terminal, "New token of");
    terminal_send(terminal, "made\r");
    terminal_wait(terminal, "Sent to the clipboard of your terminal");
}

static void expect_end(int clears)
{
    terminal_signal(terminal, SIGTERM);
    cr_assert_eq(terminal_wait_exit(terminal), 0);
    cr_assert_eq(terminal_count(terminal, EMPTY), clears);
}

/* What a text looks like when it is sent. */
static const char *sequence_of(const char *text, size_t size)
{
    static char sequence[256];
    char code[200];
    sodium_bin2base64(code, sizeof code, (const unsigned char *)text, size,
                      sodium_base64_VARIANT_ORIGINAL);
    snprintf(sequence, sizeof sequence, "\033]52;c;%s\a", code);
    return sequence;
}

Test(copy, a_token_goes_out_as_one_sequence_between_frames)
{
    const char *token = NULL;
    generate();
    for (int row = 0; row < 24 && !token; row++)
        token = strstr(terminal_row(terminal, row), "│ gth_");
    cr_assert(token);
    const char *sequence = sequence_of(token + strlen("│ "), 40);
    cr_assert_eq(terminal_count(terminal, sequence), 1, "not sent: %s", sequence + 1);
    cr_assert_eq(terminal_count(terminal, "\033]") - terminal_count(terminal, "\033]11;?"), 1,
                 "something else was sent");
    terminal_send(terminal, "y");
    wait_for(sequence, 2);
    expect_end(1);
}

Test(copy, it_is_taken_back_once_after_45_seconds)
{
    generate();
    skip(30000);
    terminal_listen(terminal, 600);
    cr_assert_eq(terminal_count(terminal, EMPTY), 0);
    skip(45000);
    wait_for(EMPTY, 1);
    skip(200000);
    terminal_listen(terminal, 600);
    expect_end(1);
}

Test(copy, a_second_copy_starts_the_time_anew)
{
    generate();
    skip(30000);
    terminal_send(terminal, "y");
    wait_for("\033]52;c;Z3RoX", 2);
    skip(60000);
    terminal_listen(terminal, 600);
    cr_assert_eq(terminal_count(terminal, EMPTY), 0);
    skip(75000);
    wait_for(EMPTY, 1);
    expect_end(1);
}

Test(copy, it_is_taken_back_at_the_end)
{
    generate();
    skip(1000);
    terminal_send(terminal, "\r");
    terminal_wait_gone(terminal, "Token generated");
    cr_assert_eq(terminal_count(terminal, EMPTY), 0);
    terminal_send(terminal, "Q");
    cr_assert_eq(terminal_wait_exit(terminal), 0);
    cr_assert_eq(terminal_count(terminal, EMPTY), 1);
}

Test(copy, an_older_token_is_taken_back_too)
{
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Edit Service Account");
    terminal_send(terminal, "y");
    terminal_wait(terminal, "Unlock the vault");
    terminal_send(terminal, "gatehouse demo\r");
    wait_for("\033]52;c;Z3RoX", 1);
    skip(45000);
    wait_for(EMPTY, 1);
    expect_end(1);
}

Test(copy, an_account_id_is_nothing_to_take_back)
{
    terminal_send(terminal, "y");
    wait_for(sequence_of("sa::agent-berlin", 16), 1);
    skip(100000);
    terminal_listen(terminal, 600);
    expect_end(0);
}

Test(copy, zero_seconds_mean_never)
{
    prepared_run(home, "INSERT OR REPLACE INTO setting (name, value) VALUES "
                       "('clipboard.clear', 0)");
    generate();
    skip(1000000);
    terminal_listen(terminal, 600);
    expect_end(0);
}

Test(copy, the_setting_says_when)
{
    prepared_run(home, "INSERT OR REPLACE INTO setting (name, value) VALUES "
                       "('clipboard.clear', 300)");
    generate();
    skip(200000);
    terminal_listen(terminal, 600);
    cr_assert_eq(terminal_count(terminal, EMPTY), 0);
    skip(300000);
    wait_for(EMPTY, 1);
    expect_end(1);
}
