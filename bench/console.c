#include "console.h"

#include "figures.h"
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vterm.h>

enum { PATIENCE_MS = 20000 };

struct console {
    int fd;
    pid_t child;
    VTerm *vterm;
    VTermScreen *screen;
};

/* Takes what comes within `ms`; 0: nothing did, -1: the program ended. */
static ssize_t take(struct console *console, int ms)
{
    char buffer[65536];
    struct pollfd ready = {.fd = console->fd, .events = POLLIN};
    if (poll(&ready, 1, ms) <= 0) return 0;
    ssize_t got = read(console->fd, buffer, sizeof buffer);
    if (got > 0) vterm_input_write(console->vterm, buffer, (size_t)got);
    return got > 0 ? got : -1;
}

bool console_shows(struct console *console, const char *text)
{
    for (int row = 0; row < CONSOLE_ROWS; row++) {
        char line[CONSOLE_COLUMNS * 4 + 1];
        VTermRect rect = {row, row + 1, 0, CONSOLE_COLUMNS};
        size_t size = vterm_screen_get_text(console->screen, line, sizeof line - 1, rect);
        line[size] = 0;
        if (strstr(line, text)) return true;
    }
    return false;
}

static struct console *spawn(char *const *argv)
{
    const struct winsize size = {.ws_row = CONSOLE_ROWS, .ws_col = CONSOLE_COLUMNS};
    struct console *console = calloc(1, sizeof *console);
    if (!console) return NULL;
    console->vterm = vterm_new(CONSOLE_ROWS, CONSOLE_COLUMNS);
    vterm_set_utf8(console->vterm, 1);
    console->screen = vterm_obtain_screen(console->vterm);
    vterm_screen_enable_altscreen(console->screen, 1);
    vterm_screen_reset(console->screen, 1);
    console->child = forkpty(&console->fd, NULL, NULL, &size);
    if (console->child == 0) {
        setenv("TERM", "xterm-256color", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        unsetenv("TMUX");
        unsetenv("SSH_CONNECTION");
        execv(argv[0], argv);
        _exit(127);
    }
    return console;
}

struct console *console_start(char *const *argv, const char *wait, double *first_ms)
{
    double begun = now_ms();
    struct console *console = spawn(argv);
    while (console && !console_shows(console, wait)) {
        if (now_ms() - begun > PATIENCE_MS || take(console, 100) < 0) {
            console_stop(console);
            return NULL;
        }
    }
    *first_ms = now_ms() - begun;
    return console;
}

void console_stop(struct console *console)
{
    kill(console->child, SIGTERM);
    while (take(console, 200) > 0)
        continue;
    waitpid(console->child, NULL, 0);
    close(console->fd);
    vterm_free(console->vterm);
    free(console);
}

static struct reaction listen_until(struct console *console, const char *keys, int quiet_ms,
                                    const char *text)
{
    struct reaction reaction = {0};
    double begun = now_ms();
    if (write(console->fd, keys, strlen(keys)) < 0) return reaction;
    while (now_ms() - begun < PATIENCE_MS) {
        ssize_t got = take(console, quiet_ms);
        if (got < 0 || (got == 0 && !text)) break;
        if (got > 0) {
            reaction.last_ms = now_ms() - begun;
            if (!reaction.bytes) reaction.first_ms = reaction.last_ms;
            reaction.bytes += (size_t)got;
        }
        if (text && console_shows(console, text)) break;
    }
    return reaction;
}

struct reaction console_send(struct console *console, const char *keys, int quiet_ms)
{
    return listen_until(console, keys, quiet_ms, NULL);
}

struct reaction console_until(struct console *console, const char *keys, const char *text)
{
    return listen_until(console, keys, 50, text);
}

double console_memory_mb(const struct console *console)
{
    char path[64], line[256];
    double kilobytes = 0, one;
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)console->child);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "Private_Dirty: %lf kB", &one) == 1) kilobytes += one;
    if (file) fclose(file);
    return kilobytes / 1024;
}

double console_cpu_ms(const struct console *console)
{
    char path[64];
    long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)console->child);
    FILE *file = fopen(path, "r");
    if (file && fscanf(file, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user,
                       &system) != 2)
        user = system = 0;
    if (file) fclose(file);
    return (double)(user + system) * 1000 / (double)sysconf(_SC_CLK_TCK);
}
