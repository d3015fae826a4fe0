/* The harness itself, on programs whose output is known. */
#include "terminal.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct terminal *home;

/* Every test gets a home, and decides what to run there. */
static void open_home(void)
{
    static const char *const version[] = {"--version", NULL};
    home = terminal_start(3, 40, version, NULL);
    cr_assert_eq(terminal_wait_exit(home), 0);
}

static void close_home(void)
{
    terminal_free(home);
}

static struct terminal *shell(const char *script)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    return terminal_start_beside(home, 5, 20, argv);
}

TestSuite(harness, .init = open_home, .fini = close_home);

Test(harness, a_row_is_text_without_blanks_at_its_end)
{
    struct terminal *terminal = shell("printf 'one  \\r\\n \\303\\251\\344\\270\\255x\\r\\nend'");
    terminal_wait(terminal, "end");
    cr_assert_str_eq(terminal_row(terminal, 0), "one");
    cr_assert_str_eq(terminal_row(terminal, 1), " é中x");
    cr_assert_eq(terminal_cell(terminal, 1, 2).width, 2);
    terminal_free(terminal);
}

Test(harness, cells_and_cursor_are_seen)
{
    struct terminal *terminal =
        shell("printf 'a\\033[1mb\\033[0;4mc\\033[0;7md\\033[0;31me\\033[0m\\033[4;3H'; read x");
    int row, column;
    terminal_wait(terminal, "abcde");
    cr_assert_not(terminal_cell(terminal, 0, 0).bold);
    cr_assert(terminal_cell(terminal, 0, 1).bold);
    cr_assert(terminal_cell(terminal, 0, 2).underline);
    cr_assert(terminal_cell(terminal, 0, 3).reverse);
    cr_assert(terminal_cell(terminal, 0, 4).coloured);
    cr_assert_not(terminal_cell(terminal, 0, 3).coloured);
    terminal_cursor(terminal, &row, &column);
    cr_assert_eq(row, 3);
    cr_assert_eq(column, 2);
    terminal_free(terminal);
}

Test(harness, a_picture_tells_texts_looks_and_cursor)
{
    struct terminal *terminal =
        shell("printf '\\033[?25la\\033[1mb c\\033[0;4m\\344\\270\\255 \\033[0;7;38;5;244m>"
              "\\033[0;48;2;1;2;3m \\033[0m.\\r\\n\\033[31m \\033[0m|'; read x");
    terminal_wait(terminal, "|");
    char *picture = terminal_picture(terminal);
    cr_assert_str_eq(picture, "ab c中 > .          |\n"
                              " |                  |\n"
                              "                    |\n"
                              "                    |\n"
                              "                    |\n"
                              "cursor 2,3 hidden\n"
                              " 1  2-4 bold; 5-7 underline; 8 reverse fg244; 9 bg#010203\n");
    free(picture);
    terminal_free(terminal);
}

Test(harness, the_output_is_kept_byte_by_byte)
{
    struct terminal *terminal = shell("printf 'a\\033]52;c;YWJj\\007z'");
    size_t size;
    cr_assert_eq(terminal_wait_exit(terminal), 0);
    cr_assert_str_eq(terminal_output(terminal, &size), "a\033]52;c;YWJj\007z");
    cr_assert_eq(size, 14);
    terminal_free(terminal);
}

Test(harness, keys_arrive_and_what_is_gone_is_seen_to_go)
{
    struct terminal *terminal =
        shell("printf 'waiting'; read x; printf '\\033[2J\\033[Hgot %s' \"$x\"; read x");
    terminal_wait(terminal, "waiting");
    terminal_send(terminal, "fast\r");
    terminal_wait_gone(terminal, "waiting");
    cr_assert(terminal_shows(terminal, "got fast"));
    terminal_free(terminal);
}

Test(harness, slow_keys_arrive_one_by_one)
{
    struct terminal *terminal = shell("stty raw -echo; printf ready; while :; do "
                                      "dd bs=9 count=1 2>/dev/null | wc -c; done");
    size_t size;
    terminal_wait(terminal, "ready");
    terminal_send_slowly(terminal, "\033OA", 50);
    terminal_wait(terminal, "1");
    terminal_listen(terminal, 100);
    const char *output = terminal_output(terminal, &size);
    int ones = 0;
    for (const char *at = output; (at = strchr(at, '1')); at++)
        ones++;
    cr_assert_eq(ones, 3, "%s", output);
    terminal_free(terminal);
}

Test(harness, a_new_size_reaches_the_program)
{
    struct terminal *terminal = shell("trap 'stty size' WINCH; printf 'ready\\n'; "
                                      "while :; do read x; done");
    terminal_wait(terminal, "ready");
    terminal_resize(terminal, 7, 33);
    terminal_wait(terminal, "7 33");
    terminal_free(terminal);
}

Test(harness, the_way_a_program_ended_is_told)
{
    struct terminal *terminal = shell("exit 7");
    cr_assert_eq(terminal_wait_exit(terminal), 7);
    terminal_free(terminal);
    terminal = shell("echo ready; read x");
    terminal_wait(terminal, "ready");
    terminal_signal(terminal, SIGTERM);
    cr_assert_eq(terminal_wait_exit(terminal), 128 + SIGTERM);
    terminal_free(terminal);
}

Test(harness, the_environment_is_explicit)
{
    struct terminal *terminal =
        shell("env | cut -d= -f1 | grep -cE 'TMUX|STY|LINES|COLUMNS|DISPLAY|"
              "XDG'; echo $TERM $TZ $LC_ALL");
    terminal_wait(terminal, "xterm-256color UTC");
    cr_assert_str_eq(terminal_row(terminal, 0), "0");
    terminal_free(terminal);
}

Test(harness, the_clock_stands_until_it_is_moved)
{
    struct terminal *terminal =
        shell("cat $GATEHOUSE_TEST_CLOCK; read x; cat $GATEHOUSE_TEST_CLOCK");
    terminal_wait(terminal, "1795435200 0");
    terminal_set_clock(terminal, TERMINAL_EPOCH + 60, 10000);
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "1795435260 10000");
    terminal_free(terminal);
}
