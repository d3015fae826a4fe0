/* Bytes are not keys: nothing that a terminal sends by itself may act as one. */
#include "prepared.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct terminal *home, *console;
static int64_t events;

static void open_console(void)
{
    home = prepared_home();
    console = prepared_console(home, 24, 80, "", "");
    cr_assert(terminal_wait_idle(console));
    events = prepared_events(home);
}

static void close_console(void)
{
    terminal_free(console);
    terminal_free(home);
}

TestSuite(bytes, .init = open_console, .fini = close_console, .timeout = 300);

static void expect_nothing_changed(const char *after)
{
    int64_t now = prepared_events(home);
    cr_expect_eq(now, events, "%lld changes after %s", (long long)(now - events), after);
    cr_expect_not(terminal_shows(console, "U undo"), "%s", after);
    events = now;
}

/* Not even a message, a mark or a question comes of it. */
static void send_each(const char *const *bytes, size_t count, const char *what)
{
    char *before = terminal_picture(console);
    for (size_t i = 0; i < count; i++) {
        terminal_write(console, bytes[i], strlen(bytes[i]));
        terminal_listen(console, 50);
        char *after = terminal_picture(console);
        if (strcmp(before, after) != 0) terminal_print_difference(before, after);
        cr_assert_str_eq(before, after, "%s: number %zu is seen", what, i + 1);
        free(after);
    }
    terminal_listen(console, 600);
    char *after = terminal_picture(console);
    cr_expect_str_eq(before, after, "%s are seen later", what);
    free(after);
    free(before);
    terminal_send(console, "\033\033g");
    terminal_wait(console, "▌   sa::agent-berlin");
    expect_nothing_changed(what);
}

Test(bytes, eight_bit_controls_are_no_letters)
{
    static const char *const controls[] = {"\233A",       "\302\233A", "\217A",
                                           "\302\217A",   "\220A\234", "\302\235A\302\234",
                                           "\340\201\201" /* A, too long */};
    send_each(controls, sizeof controls / sizeof *controls, "8-bit controls");
}

Test(bytes, answers_of_the_terminal_are_no_letters)
{
    static const char *const answers[] = {
        "\033P>|XTerm(395)A\033\\",
        "\033P!|7E565445A\033\\",
        "\033]11;rgb:A/A/A\033\\",
        "\033]10;rgb:AAAA/AAAA/A\007",
        "\033P1$r0;1mA\033\\",
        "\033_A\033\\",
        "\033^A\033\\",
        "\033XA\033\\",
        "\033[?1;2c",
        "\033[I\033[O",
    };
    send_each(answers, sizeof answers / sizeof *answers, "answers");
}

Test(bytes, letters_with_alt_change_nothing)
{
    static const char *const letters[] = {"\033A", "\033D", "\033T", "\033S", "\033n",
                                          "\033U", "\033+", "\033 ", "\033\r"};
    send_each(letters, sizeof letters / sizeof *letters, "letters with Alt");
}

/* Left on by another program: the mouse is off here. */
Test(bytes, mouse_reports_are_no_letters)
{
    static const char *const reports[] = {
        "\033[M AA",     "\033[Ma%A",    "\033[M#A\304\201", "\033[M \303\201A",  "\033[<64;33;9M",
        "\033[96;33;9M", "\033[<0;5;8M", "\033[<0;5;8m",     "\033[M`A)\033[MaA)"};
    send_each(reports, sizeof reports / sizeof *reports, "mouse reports");
}

Test(bytes, a_paste_outside_of_a_field_is_dropped_and_said)
{
    static const char paste[] = "\033[200~AD\rY\033[201~";
    terminal_write(console, paste, sizeof paste - 1);
    terminal_wait(console, "Dropped a paste");
    terminal_send(console, "j");
    terminal_wait_gone(console, "Dropped a paste");
    expect_nothing_changed("a paste");
}

Test(bytes, a_paste_that_marks_its_own_end_changes_nothing)
{
    static const char paste[] = "\033[200~x\033[201~A\033[201~";
    terminal_write(console, paste, sizeof paste - 1);
    terminal_wait(console, "Ignored keys that arrived all at once");
    terminal_listen(console, 100);
    expect_nothing_changed("a paste with keys after its end");
}

Test(bytes, a_paste_that_never_ends_leaves_the_keyboard_alive)
{
    terminal_write(console, "\033[200~AD\rY", 10);
    terminal_wait(console, "Dropped a paste");
    terminal_send(console, "j");
    terminal_wait(console, "▌   sa::agent-dublin");
    terminal_send(console, "/");
    terminal_write(console, "\033[200~ci-", 9);
    terminal_wait(console, "The paste never ended");
    terminal_wait(console, "7 of 30");
    terminal_send(console, "docs");
    terminal_wait(console, "1 of 30");
    expect_nothing_changed("pastes without an end");
}

Test(bytes, a_paste_goes_into_the_field_of_a_question)
{
    terminal_send(console, "D");
    terminal_wait(console, "Type its name");
    terminal_send(console, "\033[200~agent-berlin\033[201~\r");
    terminal_wait(console, "agent-berlin deleted");
}

Test(bytes, a_burst_of_characters_outside_of_a_field_is_a_paste)
{
    static const char *const bursts[] = {"Activate\r", "ADDDY\r", "rm -rf A\rD\r", "jjjA",
                                         "A A A A "};
    for (size_t i = 0; i < sizeof bursts / sizeof *bursts; i++) {
        terminal_write(console, bursts[i], strlen(bursts[i]));
        terminal_wait(console, "Ignored keys that arrived all at once");
        terminal_listen(console, 100); /* what comes sooner is part of the burst */
        terminal_send(console, "\014");
        terminal_wait_gone(console, "Ignored keys");
        expect_nothing_changed(bursts[i]);
    }
    terminal_send(console, "A");
    terminal_wait(console, "deactivated");
}

Test(bytes, keys_held_down_and_text_for_a_field_are_no_paste)
{
    terminal_write(console, "jjjjjjjjkkkkkk", 14);
    terminal_wait(console, "▌   sa::agent-oslo");
    terminal_write(console, "/agent-b", 8);
    terminal_wait(console, "1 of 30");
    terminal_send(console, "\033");
    terminal_wait(console, "30 accounts");
    terminal_write(console, ":settings\r", 10);
    terminal_wait(console, "Settings");
    expect_nothing_changed("keys held down");
}
