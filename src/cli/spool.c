#include "src/cli/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static FILE *plain;     /* what stdout was; NULL: nothing is spooled */
static int direct = -1; /* the same output, but writing to it does not wait; -1: cannot be had */
static FILE *waiting;   /* what was not taken at once; NULL: all was */

static ssize_t write_some(int fd, const char *bytes, size_t size)
{
    ssize_t written;
    do
        written = write(fd, bytes, size);
    while (written < 0 && errno == EINTR);
    return written;
}

static bool write_all(int fd, const char *bytes, size_t size)
{
    while (size) {
        ssize_t written = write_some(fd, bytes, size);
        if (written < 0) return false;
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

/* Everything that waits, to the reader, however long that takes. */
static bool drain(void)
{
    char buffer[1 << 14];
    ssize_t got = 0;
    off_t at = 0;
    bool done = true;
    if (!waiting) return true;
    while (done && (got = pread(fileno(waiting), buffer, sizeof buffer, at)) > 0) {
        done = write_all(STDOUT_FILENO, buffer, (size_t)got);
        at += got;
    }
    int reason = errno;
    fclose(waiting);
    waiting = NULL;
    errno = reason;
    return done && got == 0;
}

/* How much of it was taken at once. */
static size_t offer(const char *bytes, size_t size)
{
    size_t taken = 0;
    while (taken < size) {
        ssize_t written = write_some(direct, bytes + taken, size - taken);
        if (written <= 0) break;
        taken += (size_t)written;
    }
    return taken;
}

static bool set_aside(const char *bytes, size_t size)
{
    if (!waiting) waiting = tmpfile();
    off_t before = waiting ? lseek(fileno(waiting), 0, SEEK_END) : -1;
    if (before < 0) return false;
    if (write_all(fileno(waiting), bytes, size)) return true;
    if (ftruncate(fileno(waiting), before) != 0) return false; /* it is written once more */
    return false;
}

static ssize_t put(void *unused, const char *bytes, size_t size)
{
    (void)unused;
    size_t taken = 0;
    errno = 0;
    if (!waiting && direct >= 0) taken = offer(bytes, size);
    if (taken == size) return (ssize_t)size;
    if (!waiting && direct >= 0 && errno != EAGAIN) return -1;
    bool done = (direct >= 0 && set_aside(bytes + taken, size - taken)) ||
                (drain() && write_all(STDOUT_FILENO, bytes + taken, size - taken));
    return done ? (ssize_t)size : -1;
}

/* Opened once more, it has a flag of its own: other programs go on writing to the same pipe or
 * terminal as they are used to. */
static void open_direct(void)
{
    struct stat status;
    if (fstat(STDOUT_FILENO, &status) != 0 || !(S_ISFIFO(status.st_mode) || isatty(STDOUT_FILENO)))
        return;
    direct = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

void spool_begin(void)
{
    open_direct();
    if (direct < 0) return;
    FILE *spooled = fopencookie(NULL, "w", (cookie_io_functions_t){.write = put});
    if (!spooled) return;
    if (isatty(STDOUT_FILENO)) setvbuf(spooled, NULL, _IOLBF, BUFSIZ);
    plain = stdout;
    stdout = spooled;
}

enum error spool_end(void)
{
    if (!plain) return OK;
    errno = 0;
    bool lost = ferror(stdout);
    lost = fclose(stdout) != 0 || lost;
    stdout = plain;
    plain = NULL;
    lost = !drain() || lost;
    close(direct);
    direct = -1;
    if (!lost) return OK;
    return fail(ERR_SYSTEM, "cannot write to standard output: %s",
                errno ? strerror(errno) : "some of it was lost");
}
