#include "terminal_inside.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

int64_t terminal_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void keep(struct terminal *terminal, const char *bytes, size_t size)
{
    if (terminal->size + size + 1 > terminal->capacity) {
        terminal->capacity = (terminal->size + size + 1) * 2;
        terminal->output = realloc(terminal->output, terminal->capacity);
        cr_assert(terminal->output);
    }
    memcpy(terminal->output + terminal->size, bytes, size);
    terminal->size += size;
    terminal->output[terminal->size] = 0;
}

bool terminal_pump(struct terminal *terminal, int ms)
{
    struct pollfd ready = {.fd = terminal->fd, .events = POLLIN};
    char bytes[4096];
    if (poll(&ready, 1, ms) <= 0) return terminal_note(terminal), false;
    ssize_t got = read(terminal->fd, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) return true;
    if (got <= 0) {
        terminal->gone = true;
        return false;
    }
    keep(terminal, bytes, (size_t)got);
    vterm_input_write(terminal->vterm, bytes, (size_t)got);
    terminal->changed = true;
    return true;
}

/* Sanitizer reports go to files, because on the screen of a program that ends nobody would see
 * them. */
static void set_reports(const struct terminal *terminal, const char *asan)
{
    char options[512];
    snprintf(options, sizeof options, "%s%slog_path=%s/sanitizer", asan ? asan : "",
             asan && *asan ? ":" : "", terminal->home);
    setenv("ASAN_OPTIONS", options, 1);
}

/* Nothing from the environment of whoever runs the tests reaches the program, except PATH and the
 * options of the sanitizers. */
static void set_environment(const struct terminal *terminal, const char *const *variables)
{
    char clock[HOME_SIZE + 16], *kept[4];
    static const char *const keep[] = {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS",
                                       "GATEHOUSE_TEST_DB"};
    for (int i = 0; i < 4; i++) {
        const char *value = getenv(keep[i]);
        kept[i] = value ? strdup(value) : NULL;
    }
    snprintf(clock, sizeof clock, "%s/clock", terminal->home);
    clearenv();
    setenv("PATH", kept[0] ? kept[0] : "/usr/bin:/bin", 1);
    set_reports(terminal, kept[1]);
    if (kept[2]) setenv("UBSAN_OPTIONS", kept[2], 1);
    if (kept[3]) setenv("GATEHOUSE_DB", kept[3], 1);
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TZ", "UTC", 1);
    setenv("HOME", terminal->home, 1);
    setenv("TMPDIR", terminal->home, 1);
    setenv("GATEHOUSE_TEST_CLOCK", clock, 1);
    for (; variables && *variables; variables++)
        putenv(strdup(*variables));
}

static _Noreturn void run_child(const struct terminal *terminal, const char *const *argv,
                                const char *const *variables)
{
    set_environment(terminal, variables);
    const char *program = strcmp(argv[0], "gatehouse") == 0 ? GATEHOUSE_UNDER_TEST : argv[0];
    execvp(program, (char *const *)argv);
    _exit(127);
}

/* libvterm reports whether the cursor is visible, but cannot be asked. */
static int keep_cursor(VTermProp property, VTermValue *value, void *terminal)
{
    if (property == VTERM_PROP_CURSORVISIBLE)
        ((struct terminal *)terminal)->cursor_hidden = !value->boolean;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = keep_cursor};

static struct terminal *start(const char *home, int rows, int columns, const char *const *argv,
                              const char *const *variables)
{
    struct terminal *terminal = calloc(1, sizeof *terminal);
    cr_assert(terminal);
    terminal->rows = rows;
    terminal->columns = columns;
    snprintf(terminal->home, sizeof terminal->home, "%s", home);
    const struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    terminal->child = forkpty(&terminal->fd, NULL, NULL, &size);
    if (terminal->child == 0) run_child(terminal, argv, variables);
    cr_assert(terminal->child > 0);
    terminal->vterm = vterm_new(rows, columns);
    vterm_set_utf8(terminal->vterm, 1);
    terminal->screen = vterm_obtain_screen(terminal->vterm);
    vterm_screen_enable_altscreen(terminal->screen, 1);
    vterm_screen_set_callbacks(terminal->screen, &callbacks, terminal);
    vterm_screen_reset(terminal->screen, 1);
    return terminal;
}

/* ticks: where the timers stand still; -1: they run. */
static void write_clock(const char *home, int64_t epoch, int64_t skip_ms, int64_t ticks)
{
    char path[HOME_SIZE + 16], next[HOME_SIZE + 24];
    snprintf(path, sizeof path, "%s/clock", home);
    snprintf(next, sizeof next, "%s.next", path);
    FILE *clock = fopen(next, "w");
    cr_assert(clock);
    fprintf(clock, "%" PRId64 " %" PRId64, epoch, skip_ms);
    if (ticks >= 0) fprintf(clock, " %" PRId64, ticks);
    fputc('\n', clock);
    fclose(clock);
    cr_assert(rename(next, path) == 0);
}

void terminal_set_clock(const struct terminal *terminal, int64_t epoch, int64_t skip_ms)
{
    write_clock(terminal->home, epoch, skip_ms, -1);
}

void terminal_hold_clock(const struct terminal *terminal, int64_t epoch, int64_t ticks)
{
    write_clock(terminal->home, epoch, 0, ticks);
}

struct terminal *terminal_start(int rows, int columns, const char *const *arguments,
                                const char *const *variables)
{
    char home[] = "/tmp/gatehouse-test-XXXXXX";
    const char *argv[16] = {"gatehouse"};
    cr_assert(mkdtemp(home));
    write_clock(home, TERMINAL_EPOCH, 0, -1);
    for (int i = 0; arguments && arguments[i] && i < 14; i++)
        argv[i + 1] = arguments[i];
    struct terminal *terminal = start(home, rows, columns, argv, variables);
    terminal->owns_home = true;
    return terminal;
}

struct terminal *terminal_start_beside(const struct terminal *other, int rows, int columns,
                                       const char *const *argv)
{
    return start(other->home, rows, columns, argv, NULL);
}

static bool has_ended(struct terminal *terminal, int *status)
{
    bool ended = waitpid(terminal->child, status, WNOHANG) == terminal->child;
    if (ended) terminal->child = 0;
    return ended;
}

/* As if the window were closed, so that the program frees what it holds and leaks are seen. */
static void hang_up(struct terminal *terminal)
{
    int64_t end = terminal_now() + HANG_UP_MS;
    kill(terminal->child, SIGHUP);
    while (terminal_now() < end && !has_ended(terminal, NULL))
        if (!terminal_pump(terminal, 10) && terminal->gone) poll(NULL, 0, 10);
    if (terminal->child == 0) return;
    kill(terminal->child, SIGKILL);
    waitpid(terminal->child, NULL, 0);
}

static void expect_no_reports(const struct terminal *terminal)
{
    char command[2 * HOME_SIZE + 64];
    snprintf(command, sizeof command, "! cat '%s'/sanitizer.* >&2 2>/dev/null", terminal->home);
    cr_assert(system(command) == 0, "a sanitizer complained about the program");
}

void terminal_free(struct terminal *terminal)
{
    char command[HOME_SIZE + 16];
    if (terminal->child > 0) hang_up(terminal);
    close(terminal->fd);
    vterm_free(terminal->vterm);
    expect_no_reports(terminal);
    snprintf(command, sizeof command, "rm -rf '%s'", terminal->home);
    if (terminal->owns_home) cr_assert(system(command) == 0);
    free(terminal->output);
    if (terminal->noted) fclose(terminal->noted);
    free(terminal->seen);
    free(terminal);
}

void terminal_resize(struct terminal *terminal, int rows, int columns)
{
    const struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    terminal->rows = rows;
    terminal->columns = columns;
    vterm_set_size(terminal->vterm, rows, columns);
    cr_assert(ioctl(terminal->fd, TIOCSWINSZ, &size) == 0);
}

void terminal_signal(struct terminal *terminal, int number)
{
    kill(terminal->child, number);
}

size_t terminal_listen(struct terminal *terminal, int ms)
{
    size_t before = terminal->size;
    int64_t end = terminal_now() + ms, left;
    while (!terminal->gone && (left = end - terminal_now()) > 0)
        terminal_pump(terminal, (int)left);
    return terminal->size - before;
}

int terminal_wait_exit(struct terminal *terminal)
{
    int64_t end = terminal_now() + PATIENCE_MS;
    int status;
    while (terminal_now() < end) {
        terminal_pump(terminal, 50);
        if (terminal->gone) poll(NULL, 0, 10);
        if (has_ended(terminal, &status)) {
            while (terminal_pump(terminal, QUIET_MS))
                continue;
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
    }
    terminal_print(terminal);
    cr_assert_fail("the program did not end");
    return -1;
}

const char *terminal_output(const struct terminal *terminal, size_t *size)
{
    *size = terminal->size;
    return terminal->output ? terminal->output : "";
}

int terminal_count(const struct terminal *terminal, const char *sequence)
{
    size_t size;
    int count = 0;
    for (const char *at = terminal_output(terminal, &size); (at = strstr(at, sequence)); at++)
        count++;
    return count;
}

void terminal_forget(struct terminal *terminal)
{
    terminal->size = 0;
}

const char *terminal_program(void)
{
    return GATEHOUSE_UNDER_TEST;
}

const char *terminal_home(const struct terminal *terminal)
{
    return terminal->home;
}

int terminal_command(const struct terminal *terminal, const char *command, char *out, size_t size)
{
    char line[2048];
    snprintf(line, sizeof line,
             "HOME='%s' GATEHOUSE_DB=\"$GATEHOUSE_TEST_DB\" GATEHOUSE_TEST_CLOCK='%s/clock' "
             "LC_ALL=C.UTF-8 "
             "ASAN_OPTIONS=\"$ASAN_OPTIONS:log_path=%s/sanitizer\" '%s' %s 2>&1",
             terminal->home, terminal->home, terminal->home, GATEHOUSE_UNDER_TEST, command);
    FILE *output = popen(line, "r");
    cr_assert(output);
    size_t got = fread(out, 1, size - 1, output);
    out[got] = 0;
    int status = pclose(output);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
