#include "ui/terminal/output.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum { WAITING_MAX = 1 << 14 };

/* A secret may stand in a frame: it is wiped as soon as it is sent. */
static char waiting[WAITING_MAX];
static size_t waiting_size;
static volatile sig_atomic_t frame_is_open;

static ssize_t (*next_write)(int fd, const void *bytes, size_t size);

/* Before main, because handlers of signals write, and must not look it up; sooner if what is loaded
 * before this program writes. */
__attribute__((constructor)) static void find_next_write(void)
{
    *(void **)&next_write = dlsym(RTLD_NEXT, "write");
}

enum error output_send(const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size) {
        ssize_t done = write(STDOUT_FILENO, at, size);
        if (done < 0 && errno != EINTR && errno != EAGAIN)
            return fail(ERR_SYSTEM, "cannot write to the terminal: %s", strerror(errno));
        if (done > 0) {
            at += done;
            size -= (size_t)done;
        }
    }
    return OK;
}

static void send_waiting(void)
{
    enum error lost = output_send(waiting, waiting_size);
    (void)lost; /* the loop ends when the terminal is gone */
    explicit_bzero(waiting, waiting_size);
    waiting_size = 0;
}

/* Stands in for that of the C library. Only the thread that draws writes to the terminal. */
ssize_t write(int fd, const void *bytes, size_t size)
{
    if (!next_write) find_next_write();
    if (fd != STDOUT_FILENO || !frame_is_open) return next_write(fd, bytes, size);
    const size_t room = sizeof waiting - waiting_size, taken = size < room ? size : room;
    memcpy(waiting + waiting_size, bytes, taken);
    waiting_size += taken;
    if (taken == room) {
        frame_is_open = false;
        send_waiting();
        frame_is_open = true;
    }
    return (ssize_t)taken;
}

void output_begin_frame(void)
{
    frame_is_open = true;
}

void output_end_frame(void)
{
    frame_is_open = false;
    send_waiting();
}

void output_abandon_frame(void)
{
    frame_is_open = false;
}
