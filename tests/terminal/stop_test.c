/* The terminal is restored however the console stops: suspended, ended normally, or crashed. A
 * shell around it sees what is left. */
#include "prepared.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static struct terminal *home, *terminal;

static void open_home(void)
{
    home = prepared_home();
}

static void close_home(void)
{
    terminal_free(terminal);
    terminal_free(home);
}

TestSuite(stop, .init = open_home, .fini = close_home, .timeout = 300);

/* `after` runs in the shell when the console has stopped or ended. Its process ID is left in a
 * file. */
static void open_in_shell(const char *after)
{
    char line[1024];
    snprintf(line, sizeof line,
             "cd \"$HOME\"; stty -g >before; set -m; "
             "sh -c 'echo $$ >number; exec \"$0\"' '%s'; status=$?; "
             "stty -g >after; cmp before after && echo modes are the same; %s",
             terminal_program(), after);
    const char *const argv[] = {"sh", "-c", line, NULL};
    terminal = terminal_start_beside(home, 24, 80, argv);
    terminal_wait(terminal, "sa::agent-berlin");
}

static int console_number(void)
{
    char path[128];
    int process = 0;
    snprintf(path, sizeof path, "%s/number", terminal_home(home));
    FILE *file = fopen(path, "r");
    cr_assert(file);
    cr_assert_eq(fscanf(file, "%d", &process), 1);
    fclose(file);
    return process;
}

static void signal_console(int number)
{
    cr_assert_eq(kill(console_number(), number), 0);
}

static const char *last(const char *output, const char *sequence)
{
    const char *found = NULL;
    while ((output = strstr(output, sequence)))
        found = output++;
    return found;
}

/* Each mode that was switched on is off again, by what was written last. */
static void expect_left_whole(void)
{
    static const char *const modes[][2] = {{"\033[?1049h", "\033[?1049l"},
                                           {"\033[?2004h", "\033[?2004l"},
                                           {"\033[?1h\033=", "\033[?1l\033>"},
                                           {"\033[?25l", "\033[?25h"}};
    size_t size;
    const char *output = terminal_output(terminal, &size);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        const char *on = last(output, modes[i][0]), *off = last(output, modes[i][1]);
        cr_assert(on, "mode %zu was never on", i);
        cr_assert(off && off > on, "mode %zu was left on", i);
    }
    cr_assert_not(terminal_shows(terminal, "sa::"), "the alternate screen was not left");
}

static void expect_end(int number, const char *status)
{
    open_in_shell("echo status $status; read x");
    signal_console(number);
    terminal_wait(terminal, status);
    terminal_wait(terminal, "modes are the same");
    expect_left_whole();
    int row = 0;
    while (!strstr(terminal_row(terminal, row), "status"))
        row++;
    struct terminal_cell cell = terminal_cell(terminal, row, 0);
    cr_assert_not(cell.coloured || cell.bold || cell.reverse || cell.underline);
    terminal_free(terminal);
}

Test(stop, signals_end_it_in_order)
{
    static const int numbers[] = {SIGTERM, SIGHUP,  SIGINT,  SIGQUIT, SIGUSR1,   SIGUSR2,
                                  SIGALRM, SIGXCPU, SIGPOLL, SIGPROF, SIGVTALRM, SIGPWR};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        expect_end(numbers[i], "status 0");
    open_in_shell("echo status $status; read x");
}

Test(stop, a_crash_leaves_the_terminal_whole)
{
    static const struct {
        int number;
        const char *status;
    } crashes[] = {{SIGSEGV, "status 139"},
                   {SIGABRT, "status 134"},
                   {SIGBUS, "status 135"},
                   {SIGFPE, "status 136"},
                   {SIGILL, "status 132"}};
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        expect_end(crashes[i].number, crashes[i].status);
    open_in_shell("echo status $status; read x");
}

Test(stop, a_pipe_or_a_file_that_takes_no_more_does_not_end_it)
{
    open_in_shell("echo status $status; read x");
    signal_console(SIGPIPE);
    signal_console(SIGXFSZ);
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Edit Service Account");
}

/* The thread with the greatest number is the youngest. */
static int youngest_thread(int process)
{
    char path[64];
    int youngest = 0;
    snprintf(path, sizeof path, "/proc/%d/task", process);
    DIR *tasks = opendir(path);
    cr_assert(tasks);
    for (struct dirent *task; (task = readdir(tasks));)
        if (atoi(task->d_name) > youngest) youngest = atoi(task->d_name);
    closedir(tasks);
    return youngest;
}

Test(stop, a_crash_in_the_background_leaves_the_terminal_whole)
{
    static const struct {
        int number;
        const char *status;
    } crashes[] = {{SIGSEGV, "status 139"}, {SIGBUS, "status 135"}, {SIGABRT, "status 134"}};
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) {
        open_in_shell("echo status $status; read x");
        int process = console_number(), thread = youngest_thread(process);
        cr_assert_neq(thread, process);
        cr_assert_eq(syscall(SYS_tgkill, process, thread, crashes[i].number), 0);
        terminal_wait(terminal, crashes[i].status);
        terminal_wait(terminal, "modes are the same");
        expect_left_whole();
        terminal_free(terminal);
    }
    open_in_shell("echo status $status; read x");
}

/* Its stack pointer at nothing is what a stack that has overflowed looks like: a signal handler
 * finds no room there. */
static bool lose_stack(int thread)
{
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
    struct user_regs_struct registers;
    int status;
    if (ptrace(PTRACE_ATTACH, thread, NULL, NULL)) return false;
    cr_assert_eq(waitpid(thread, &status, __WALL), thread);
    cr_assert_eq(ptrace(PTRACE_GETREGS, thread, NULL, &registers), 0);
    registers.rsp = 64;
    cr_assert_eq(ptrace(PTRACE_SETREGS, thread, NULL, &registers), 0);
    cr_assert_eq(ptrace(PTRACE_DETACH, thread, NULL, NULL), 0);
    return true;
#else
    (void)thread;
    return false;
#endif
}

Test(stop, a_stack_that_overflows_in_any_thread_leaves_the_terminal_whole)
{
    for (int background = 0; background < 2; background++) {
        open_in_shell("echo status $status; read x");
        int process = console_number();
        if (!lose_stack(background ? youngest_thread(process) : process))
            cr_skip("the console cannot be traced here (it takes root, x86-64 and no sanitizer)");
        terminal_send(terminal, "/a"); /* something to do for both */
        terminal_wait(terminal, "status 139");
        terminal_wait(terminal, "modes are the same");
        expect_left_whole();
        terminal_free(terminal);
    }
    open_in_shell("echo status $status; read x");
}

Test(stop, a_mapped_file_that_is_cut_short_is_an_error_with_a_sentence)
{
    char index[200];
    open_in_shell("echo status $status; read x");
    snprintf(index, sizeof index, "%s-shm", prepared_database(home));
    cr_assert_eq(truncate(index, 0), 0);
    terminal_wait(terminal, "status 4");
    terminal_wait(terminal, "modes are the same");
    cr_assert(terminal_shows(terminal, "was cut short"));
    expect_left_whole();
}

Test(stop, the_mouse_is_off_again)
{
    static const int numbers[] = {SIGSEGV, SIGTERM, SIGTSTP};
    size_t size;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (i > 0) terminal_free(terminal);
        open_in_shell("echo status $status; read x");
        terminal_send(terminal, "%");
        terminal_wait(terminal, "Mouse on");
        signal_console(numbers[i]);
        terminal_wait(terminal, "status");
        const char *output = terminal_output(terminal, &size);
        cr_assert(last(output, "1000h"));
        cr_assert_gt(last(output, "1000l"), last(output, "1000h"));
        expect_left_whole();
    }
}

/* A program that was killed may have left any of them on, and another may do so while this one is
 * stopped. */
static void expect_mouse_modes_off(const char *output)
{
    static const char *const modes[] = {"9", "1000", "1002", "1003", "1005", "1006", "1015"};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        char off[16];
        snprintf(off, sizeof off, "\033[?%sl", modes[i]);
        cr_expect(strstr(output, off), "%s was not switched off", modes[i]);
    }
}

Test(stop, mouse_modes_of_others_are_switched_off_at_start_and_stop)
{
    size_t started, stopped, again;
    open_in_shell("echo stopped now; read x; fg >/dev/null; echo ended now; read x");
    expect_mouse_modes_off(terminal_output(terminal, &started));
    terminal_send(terminal, "\x1a");
    terminal_wait(terminal, "stopped now");
    expect_mouse_modes_off(terminal_output(terminal, &stopped) + started);
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "sa::agent-berlin");
    expect_mouse_modes_off(terminal_output(terminal, &again) + stopped);
    terminal_send(terminal, "Q");
    terminal_wait(terminal, "ended now");
    expect_mouse_modes_off(terminal_output(terminal, &stopped) + again);
}

Test(stop, the_mouse_is_on_again_after_a_stop)
{
    static const int numbers[] = {SIGTSTP, SIGSTOP};
    for (size_t i = 0; i < 2; i++) {
        size_t stopped, size;
        if (i) terminal_free(terminal);
        open_in_shell(
            "printf '\\033[?2004lstopped now'; read x; fg >/dev/null; echo ended; read x");
        terminal_send(terminal, "%");
        terminal_wait(terminal, "Mouse on");
        signal_console(numbers[i]);
        terminal_wait(terminal, "stopped now");
        terminal_output(terminal, &stopped);
        terminal_send(terminal, "\n");
        terminal_wait_gone(terminal, "stopped now");
        terminal_wait(terminal, "sa::agent-berlin");
        const char *after = terminal_output(terminal, &size) + stopped;
        cr_expect(last(after, "\033[?1000h") && last(after, "\033[?2004h"));
        cr_expect_gt(last(after, "\033[?1000h"), last(after, "\033[?1000l"));
    }
}

static void expect_stop_and_return(void)
{
    size_t stopped, before, after;
    terminal_wait(terminal, "stopped now");
    terminal_wait(terminal, "modes are the same");
    expect_left_whole();
    terminal_output(terminal, &stopped);
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "sa::agent-berlin");
    terminal_wait(terminal, "Enter edit");
    const char *again = terminal_output(terminal, &before) + stopped;
    cr_assert_eq(strstr(again, "Enter"), last(again, "Enter"), "it was drawn twice");
    terminal_send(terminal, "j");
    terminal_wait(terminal, "▌   sa::agent-dublin");
    const char *output = terminal_output(terminal, &after);
    cr_assert_lt(after - before, 400, "a step redraws the whole screen");
    cr_assert_gt(last(output, "\033[?2004h"), last(output, "\033[?2004l"));
    cr_assert_gt(last(output, "\033[?1049h"), last(output, "\033[?1049l"));
    terminal_send(terminal, "Q");
    terminal_wait(terminal, "ended now");
    expect_left_whole();
}

#define STOPPED "echo stopped now; read x; fg >/dev/null; echo ended now; read x"

Test(stop, control_z_and_fg)
{
    open_in_shell(STOPPED);
    terminal_send(terminal, "\x1a");
    expect_stop_and_return();
}

Test(stop, a_stop_from_elsewhere_and_fg)
{
    open_in_shell(STOPPED);
    signal_console(SIGTSTP);
    expect_stop_and_return();
}

Test(stop, control_z_in_a_dialog_keeps_what_was_typed)
{
    open_in_shell(STOPPED);
    terminal_send(terminal, "T");
    terminal_wait(terminal, "New token of");
    terminal_send(terminal, "half");
    terminal_wait(terminal, "half");
    terminal_send(terminal, "\x1a");
    terminal_wait(terminal, "stopped now");
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "half");
    terminal_send(terminal, "-typed");
    terminal_wait(terminal, "half-typed");
}

/* SIGSTOP gives no chance to leave the screen: whatever was written over it must go. */
Test(stop, the_screen_is_drawn_anew_after_a_hard_stop)
{
    size_t before, after;
    open_in_shell("echo written over it; read x; fg >/dev/null; echo ended now; read x");
    signal_console(SIGSTOP);
    terminal_wait(terminal, "written over it");
    terminal_output(terminal, &before);
    terminal_send(terminal, "\n"); /* the console's modes are still set */
    terminal_wait_gone(terminal, "written over it");
    terminal_wait(terminal, "sa::agent-berlin");
    terminal_output(terminal, &after);
    cr_assert_gt(after - before, 1000);
    terminal_send(terminal, "Q");
    terminal_wait(terminal, "ended now");
}
