#include "console.h"

#include "figures.h"
#include <glob.h>
#include <math.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vterm.h>

enum { PATIENCE_MS = 20000, ANSWER_MS = 3000, CHUNKS_MAX = 256, RECORD_MAX = 1 << 20 };

/* The output and when it came; parsed only when it is quiet, so that parsing delays nothing. */
struct chunk {
    double at;
    size_t size;
};
struct console {
    int fd;
    pid_t child;
    VTerm *vterm;
    VTermScreen *screen;
    size_t chunk_count, recorded;
    struct chunk chunks[CHUNKS_MAX];
    char record[RECORD_MAX];
};

static const struct {
    int from, to, columns;
} parts[CONSOLE_PARTS] = {
    [PART_COUNT] = {1, 2, CONSOLE_COLUMNS},
    [PART_FILTER] = {2, 3, CONSOLE_COLUMNS},
    /* Without the scroll bar, which waits for the count. */
    [PART_ROWS] = {4, CONSOLE_ROWS - 2, CONSOLE_COLUMNS - 1},
    [PART_ALL] = {0, CONSOLE_ROWS, CONSOLE_COLUMNS},
};

/* Keeps what comes within `ms`. 0: nothing came, -1: the program ended. */
static ssize_t listen_for(struct console *console, int ms)
{
    struct pollfd ready = {.fd = console->fd, .events = POLLIN};
    if (console->recorded == RECORD_MAX) return -1;
    if (poll(&ready, 1, ms) <= 0) return 0;
    ssize_t got = read(console->fd, console->record + console->recorded,
                       (size_t)RECORD_MAX - console->recorded);
    if (got <= 0) return -1;
    if (console->chunk_count < CHUNKS_MAX) console->chunks[console->chunk_count++].size = 0;
    struct chunk *chunk = &console->chunks[console->chunk_count - 1];
    chunk->at = now_ms();
    chunk->size += (size_t)got;
    console->recorded += (size_t)got;
    return got;
}

static uint64_t hash_part(const struct console *console, enum console_part part)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (int row = parts[part].from; row < parts[part].to; row++)
        for (int column = 0; column < parts[part].columns; column++) {
            VTermScreenCell cell;
            memset(&cell, 0, sizeof cell);
            vterm_screen_get_cell(console->screen, (VTermPos){row, column}, &cell);
            const unsigned char *bytes = (const unsigned char *)&cell;
            for (size_t i = 0; i < sizeof cell; i++)
                hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
        }
    return hash;
}

/* Draws what was kept, and notes when each part last changed. */
static void replay(struct console *console, double begun, struct reaction *reaction)
{
    uint64_t hashes[CONSOLE_PARTS];
    const char *bytes = console->record;
    for (int part = 0; part < CONSOLE_PARTS; part++)
        hashes[part] = hash_part(console, (enum console_part)part);
    for (size_t i = 0; i < console->chunk_count; i++) {
        const struct chunk *chunk = &console->chunks[i];
        bool first = reaction->bytes == 0;
        if (first) reaction->first_ms = chunk->at - begun;
        reaction->bytes += chunk->size;
        vterm_input_write(console->vterm, bytes, chunk->size);
        bytes += chunk->size;
        for (int part = 0; part < CONSOLE_PARTS; part++) {
            uint64_t hash = hash_part(console, (enum console_part)part);
            bool changed = hash != hashes[part];
            if (first || changed) reaction->right_ms[part] = chunk->at - begun;
            if (part == PART_ROWS && changed) reaction->rows_changed = true;
            hashes[part] = hash;
        }
    }
    console->chunk_count = console->recorded = 0;
}

/* Draws what was kept, whatever its time. */
static void draw(struct console *console)
{
    vterm_input_write(console->vterm, console->record, console->recorded);
    console->chunk_count = console->recorded = 0;
}

static bool row_shows(struct console *console, int row, const char *text)
{
    char line[CONSOLE_COLUMNS * 4 + 1];
    VTermRect rect = {row, row + 1, 0, CONSOLE_COLUMNS};
    size_t size = vterm_screen_get_text(console->screen, line, sizeof line - 1, rect);
    line[size] = 0;
    return strstr(line, text) != NULL;
}

bool console_shows(struct console *console, const char *text)
{
    for (int row = 0; row < CONSOLE_ROWS; row++)
        if (row_shows(console, row, text)) return true;
    return false;
}

bool console_counts(struct console *console)
{
    return row_shows(console, parts[PART_COUNT].from, "…");
}

/* What the terminal answers when it is asked, as whether it marks pastes. */
static void answer(const char *bytes, size_t size, void *arg)
{
    const struct console *console = arg;
    if (write(console->fd, bytes, size) < 0) perror("the terminal's answer");
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
    vterm_output_set_callback(console->vterm, answer, console);
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
        if (now_ms() - begun > PATIENCE_MS || listen_for(console, 100) < 0) {
            console_stop(console);
            return NULL;
        }
        draw(console);
    }
    *first_ms = now_ms() - begun;
    return console;
}

void console_stop(struct console *console)
{
    kill(console->child, SIGTERM);
    while (listen_for(console, 200) > 0)
        draw(console);
    waitpid(console->child, NULL, 0);
    close(console->fd);
    vterm_free(console->vterm);
    free(console);
}

struct reaction console_send(struct console *console, const char *keys, int quiet_ms)
{
    struct reaction reaction = {0};
    double begun = now_ms();
    if (write(console->fd, keys, strlen(keys)) < 0) return reaction;
    while (now_ms() - begun < PATIENCE_MS) {
        ssize_t got = listen_for(console, quiet_ms);
        bool answered = !keys[0] || reaction.bytes || console->recorded;
        if (got > 0 || (got == 0 && !answered && now_ms() - begun < ANSWER_MS)) continue;
        replay(console, begun, &reaction);
        if (got < 0 || !console_counts(console)) return reaction;
    }
    /* It took longer than the limit; that is recorded as its time. Rows come before their count. */
    reaction.right_ms[PART_COUNT] = now_ms() - begun;
    if (!reaction.rows_changed) reaction.right_ms[PART_ROWS] = reaction.right_ms[PART_COUNT];
    return reaction;
}

void console_interrupt(struct console *console, const char *keys, int ms)
{
    double end = now_ms() + ms;
    if (write(console->fd, keys, strlen(keys)) < 0) return;
    for (double left = ms; left >= 1; left = end - now_ms())
        if (listen_for(console, (int)left) < 0) break;
    draw(console);
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

/* In nanoseconds if the kernel has them: clock ticks would be too coarse. */
static double thread_cpu_ns(const char *path)
{
    double nanoseconds = 0;
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%lf", &nanoseconds) != 1) nanoseconds = NAN;
    if (file) fclose(file);
    return nanoseconds;
}

double console_cpu_ms(const struct console *console)
{
    char pattern[64];
    glob_t threads;
    double nanoseconds = 0;
    snprintf(pattern, sizeof pattern, "/proc/%d/task/*/schedstat", (int)console->child);
    if (glob(pattern, 0, NULL, &threads)) return NAN;
    for (size_t i = 0; i < threads.gl_pathc; i++)
        nanoseconds += thread_cpu_ns(threads.gl_pathv[i]);
    globfree(&threads);
    return nanoseconds / 1e6;
}
