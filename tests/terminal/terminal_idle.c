/* Waiting for a program that has nothing left to do. */
#include "terminal_inside.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A key may start work on thousands of rows. */
enum { LOOKS = 3, LOOK_MS = 20, SHORT_LOOKS = 2, SHORT_LOOK_MS = 2, WORK_MS = 3 * PATIENCE_MS };

/* 'S': sleeps until something comes; 'Z': has ended; 0: no longer exists. */
static char state_of(const char *path)
{
    char line[256] = "";
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    char *end = fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
    fclose(file);
    return end && end[1] ? end[2] : 0;
}

/* Whether one of the descriptors that the process polls is the terminal. */
static bool polls_terminal(int process, unsigned long fds, unsigned long count)
{
    enum { MOST = 16 };
    struct pollfd polled[MOST];
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", process);
    int memory = open(path, O_RDONLY | O_CLOEXEC);
    size_t size = (count < MOST ? count : MOST) * sizeof *polled;
    bool read = memory >= 0 && pread(memory, polled, size, (off_t)fds) == (ssize_t)size;
    if (memory >= 0) close(memory);
    if (!read) return true; /* it cannot be told */
    for (size_t i = 0; i < size / sizeof *polled; i++)
        if (polled[i].fd == STDIN_FILENO) return true;
    return false;
}

/* Whether a thread sleeps only until time has passed, or a server has answered. */
static bool goes_on_by_itself(int process, const char *thread)
{
    char path[384];
    long call = -1;
    unsigned long first = 0, second = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%s/syscall", process, thread);
    FILE *file = fopen(path, "r");
    if (!file) return false;
    int found = fscanf(file, "%ld %lx %lx", &call, &first, &second);
    fclose(file);
    if (found != 3) return false;
    if (call == SYS_clock_nanosleep || call == SYS_recvfrom) return true;
    bool polls = call == SYS_ppoll;
#ifdef SYS_poll
    polls |= call == SYS_poll;
#endif
    return polls && !polls_terminal(process, first, second);
}

/* The state of the busiest thread. */
static char state(const struct terminal *terminal)
{
    char folder[64], path[384], one = 0;
    snprintf(folder, sizeof folder, "/proc/%d/task", (int)terminal->child);
    DIR *threads = opendir(folder);
    for (struct dirent *entry; threads && (entry = readdir(threads)) && one != 'R';) {
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s/stat", folder, entry->d_name);
        char its = state_of(path);
        if (its) one = its == 'S' || its == 'Z' ? its : 'R';
        if (its == 'S' && goes_on_by_itself((int)terminal->child, entry->d_name)) one = 'R';
    }
    if (threads) closedir(threads);
    return one;
}

static bool wait_idle(struct terminal *terminal, int looks, int look_ms)
{
    int64_t end = terminal_now() + WORK_MS;
    for (int still = 0; still < looks;) {
        size_t before = terminal->size;
        while (terminal_pump(terminal, look_ms))
            continue;
        if (terminal->gone) poll(NULL, 0, look_ms);
        char its = state(terminal);
        if (its == 'Z' || its == 0) return false;
        still = its == 'S' && terminal->size == before ? still + 1 : 0;
        if (terminal_now() < end) continue;
        terminal_print(terminal);
        cr_assert_fail("the program never came to rest");
    }
    return true;
}

bool terminal_wait_idle(struct terminal *terminal)
{
    return wait_idle(terminal, LOOKS, LOOK_MS);
}

bool terminal_wait_briefly(struct terminal *terminal)
{
    return wait_idle(terminal, SHORT_LOOKS, SHORT_LOOK_MS);
}
