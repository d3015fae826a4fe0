#include "terminal.h"

#include <criterion/criterion.h>
#include <errno.h>
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

enum { PATIENCE_MS = 20000, QUIET_MS = 40, ROW_BYTES = 4096, HOME_SIZE = 64 };

struct terminal {
    VTerm *vterm;
    VTermScreen *screen;
    int fd, rows, columns;
    pid_t child;
    bool owns_home;
    char home[HOME_SIZE];
    char row[ROW_BYTES];
    char *output;
    size_t size, capacity;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
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

/* Reads what comes within `ms`; false: nothing came, or the program is gone. */
static bool pump(struct terminal *terminal, int ms)
{
    struct pollfd ready = {.fd = terminal->fd, .events = POLLIN};
    char bytes[4096];
    if (poll(&ready, 1, ms) <= 0) return false;
    ssize_t got = read(terminal->fd, bytes, sizeof bytes);
    if (got <= 0) return false;
    keep(terminal, bytes, (size_t)got);
    vterm_input_write(terminal->vterm, bytes, (size_t)got);
    return true;
}

static void set_environment(const struct terminal *terminal, const char *const *variables)
{
    char path[HOME_SIZE + 16];
    const char *search = getenv("PATH");
    char *kept_path = strdup(search ? search : "/usr/bin:/bin");
    const char *asan = getenv("ASAN_OPTIONS"), *ubsan = getenv("UBSAN_OPTIONS");
    char *kept_asan = asan ? strdup(asan) : NULL, *kept_ubsan = ubsan ? strdup(ubsan) : NULL;
    clearenv();
    setenv("PATH", kept_path, 1);
    if (kept_asan) setenv("ASAN_OPTIONS", kept_asan, 1);
    if (kept_ubsan) setenv("UBSAN_OPTIONS", kept_ubsan, 1);
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TZ", "UTC", 1);
    setenv("HOME", terminal->home, 1);
    setenv("TMPDIR", terminal->home, 1);
    snprintf(path, sizeof path, "%s/clock", terminal->home);
    setenv("GATEHOUSE_TEST_CLOCK", path, 1);
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
    vterm_screen_reset(terminal->screen, 1);
    return terminal;
}

static void write_clock(const char *home)
{
    char path[HOME_SIZE + 16];
    snprintf(path, sizeof path, "%s/clock", home);
    FILE *clock = fopen(path, "w");
    cr_assert(clock);
    fputs("1795435200 0\n", clock);
    fclose(clock);
}

struct terminal *terminal_start(int rows, int columns, const char *const *arguments,
                                const char *const *variables)
{
    char home[] = "/tmp/gatehouse-test-XXXXXX";
    const char *argv[16] = {"gatehouse"};
    cr_assert(mkdtemp(home));
    write_clock(home);
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

void terminal_free(struct terminal *terminal)
{
    if (terminal->child > 0) {
        kill(terminal->child, SIGKILL);
        waitpid(terminal->child, NULL, 0);
    }
    close(terminal->fd);
    vterm_free(terminal->vterm);
    if (terminal->owns_home) {
        char command[HOME_SIZE + 16];
        snprintf(command, sizeof command, "rm -rf '%s'", terminal->home);
        cr_assert(system(command) == 0);
    }
    free(terminal->output);
    free(terminal);
}

void terminal_send(struct terminal *terminal, const char *keys)
{
    size_t size = strlen(keys);
    cr_assert(write(terminal->fd, keys, size) == (ssize_t)size);
}

void terminal_send_slowly(struct terminal *terminal, const char *keys, int pause_ms)
{
    for (; *keys; keys++) {
        cr_assert(write(terminal->fd, keys, 1) == 1);
        terminal_listen(terminal, pause_ms);
    }
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
    int64_t end = now_ms() + ms, left;
    while ((left = end - now_ms()) > 0)
        pump(terminal, (int)left);
    return terminal->size - before;
}

const char *terminal_row(struct terminal *terminal, int row)
{
    const VTermRect rect = {row, row + 1, 0, terminal->columns};
    size_t size = vterm_screen_get_text(terminal->screen, terminal->row, ROW_BYTES - 1, rect);
    while (size > 0 && (terminal->row[size - 1] == ' ' || terminal->row[size - 1] == '\n'))
        size--;
    terminal->row[size] = 0;
    return terminal->row;
}

bool terminal_shows(struct terminal *terminal, const char *text)
{
    for (int row = 0; row < terminal->rows; row++)
        if (strstr(terminal_row(terminal, row), text)) return true;
    return false;
}

static void show(struct terminal *terminal)
{
    for (int row = 0; row < terminal->rows; row++)
        fprintf(stderr, "|%s\n", terminal_row(terminal, row));
}

static void wait_until(struct terminal *terminal, const char *text, bool there)
{
    int64_t end = now_ms() + PATIENCE_MS;
    while (now_ms() < end) {
        if (terminal_shows(terminal, text) == there && !pump(terminal, QUIET_MS)) {
            if (terminal_shows(terminal, text) == there) return;
        } else {
            pump(terminal, 100);
        }
    }
    show(terminal);
    cr_assert_fail("waited in vain for “%s” to %s", text, there ? "appear" : "go");
}

void terminal_wait(struct terminal *terminal, const char *text)
{
    wait_until(terminal, text, true);
}

void terminal_wait_gone(struct terminal *terminal, const char *text)
{
    wait_until(terminal, text, false);
}

int terminal_wait_exit(struct terminal *terminal)
{
    int64_t end = now_ms() + PATIENCE_MS;
    int status;
    while (now_ms() < end) {
        pump(terminal, 50);
        if (waitpid(terminal->child, &status, WNOHANG) == terminal->child) {
            while (pump(terminal, QUIET_MS))
                continue;
            terminal->child = 0;
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
    }
    show(terminal);
    cr_assert_fail("the program did not end");
    return -1;
}

const char *terminal_output(const struct terminal *terminal, size_t *size)
{
    *size = terminal->size;
    return terminal->output ? terminal->output : "";
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
             "HOME='%s' GATEHOUSE_TEST_CLOCK='%s/clock' LC_ALL=C.UTF-8 '%s' %s 2>&1",
             terminal->home, terminal->home, GATEHOUSE_UNDER_TEST, command);
    FILE *output = popen(line, "r");
    cr_assert(output);
    size_t got = fread(out, 1, size - 1, output);
    out[got] = 0;
    int status = pclose(output);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
