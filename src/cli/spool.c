#include "src/cli/spool.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static FILE *plain;   /* what stdout was; NULL: nothing is spooled */
static size_t piece;  /* so much can be written without waiting when poll() says that it can */
static FILE *waiting; /* what was not taken at once; NULL: all was */

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

static bool is_taken_at_once(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) > 0;
}

/* *taken: how much of it was taken at once. False: the output has failed. */
static bool offer(const char *bytes, size_t size, size_t *taken)
{
    *taken = 0;
    while (*taken < size && is_taken_at_once()) {
        size_t some = size - *taken < piece ? size - *taken : piece;
        ssize_t written = write_some(STDOUT_FILENO, bytes + *taken, some);
        if (written < 0) return false;
        *taken += (size_t)written;
    }
    return true;
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
    if (!waiting && !offer(bytes, size, &taken)) return -1;
    bool done = taken == size || set_aside(bytes + taken, size - taken) ||
                (drain() && write_all(STDOUT_FILENO, bytes + taken, size - taken));
    return done ? (ssize_t)size : -1;
}

/* What a pipe takes at once, it takes whole up to PIPE_BUF. A terminal promises less. A file never
 * keeps anybody waiting: 0. */
static size_t choose_piece(void)
{
    enum { TERMINAL = 64 };
    struct stat status;
    if (isatty(STDOUT_FILENO)) return TERMINAL;
    if (fstat(STDOUT_FILENO, &status) != 0) return 0;
    return S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) ? PIPE_BUF : 0;
}

void spool_begin(void)
{
    piece = choose_piece();
    FILE *spooled = piece ? fopencookie(NULL, "w", (cookie_io_functions_t){.write = put}) : NULL;
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
    if (!lost) return OK;
    return fail(ERR_SYSTEM, "cannot write to standard output: %s",
                errno ? strerror(errno) : "some of it was lost");
}
