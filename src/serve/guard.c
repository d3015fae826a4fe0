/* recv() is defined here; the inline one of the C library must not be in the way. */
#undef _FORTIFY_SOURCE
#include "src/serve/guard.h"

#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct place {
    bool open, is_odd, is_unix;
    char last;          /* byte that came */
    atomic_llong began; /* the present request, in seconds; 0: none has begun */
};
static struct place places[GUARD_DESCRIPTORS];

static int64_t seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return now.tv_sec + 1; /* never 0 */
}

static struct place *place_of(int fd)
{
    return fd >= 0 && fd < GUARD_DESCRIPTORS && places[fd].open ? &places[fd] : NULL;
}

enum error guard_check(void)
{
    ssize_t (*own)(int, void *, size_t, int) = recv;
    void *found = dlsym(RTLD_DEFAULT, "recv"); /* what the library was bound to */
    if (memcmp(&found, &own, sizeof found) == 0) return OK;
    return fail(ERR_SYSTEM, "libmicrohttpd reads without the guard: link it dynamically");
}

static void end_request(struct place *place)
{
    atomic_store_explicit(&place->began, 0, memory_order_relaxed);
}

bool guard_open(int fd, bool is_unix)
{
    if (fd < 0 || fd >= GUARD_DESCRIPTORS) return false;
    struct place *place = &places[fd];
    place->is_odd = false;
    place->is_unix = is_unix;
    place->last = '\n';
    end_request(place);
    place->open = true;
    return true;
}

void guard_close(int fd)
{
    struct place *place = place_of(fd);
    if (!place) return;
    end_request(place);
    place->open = false;
}

void guard_answered(int fd)
{
    struct place *place = place_of(fd);
    if (place) end_request(place);
}

int guard_in_flight(void)
{
    int count = 0;
    for (int fd = 0; fd < GUARD_DESCRIPTORS; fd++)
        count += atomic_load_explicit(&places[fd].began, memory_order_relaxed) != 0;
    return count;
}

bool guard_is_odd(int fd)
{
    const struct place *place = place_of(fd);
    return !place || place->is_odd;
}

/* A NUL ends what is read as a string; some take CR or LF alone for the end of a line, and some
 * join a line that begins with a blank to the one before. */
static void look_at(struct place *place, const char *bytes, size_t size)
{
    char last = place->last;
    for (size_t i = 0; i < size; i++) {
        char c = bytes[i];
        if ((unsigned char)c > ' ' && last > '\r') { /* nearly all */
            last = c;
            continue;
        }
        bool joins = last == '\n' && (c == ' ' || c == '\t');
        if (!c || joins || (c == '\n') != (last == '\r')) place->is_odd = true;
        last = c;
    }
    place->last = last;
}

ssize_t recv(int fd, void *buffer, size_t size, int flags)
{
    struct place *place = place_of(fd);
    ssize_t got = recvfrom(fd, buffer, size, flags, NULL, NULL);
    if (!place || got <= 0) return got;
    long long began = atomic_load_explicit(&place->began, memory_order_relaxed);
    if (!began) {
        atomic_store_explicit(&place->began, seconds(), memory_order_relaxed);
    } else if (seconds() - began > GUARD_REQUEST_SECONDS) {
        errno = ECONNRESET;
        return -1;
    }
    look_at(place, buffer, (size_t)got);
    return got;
}

/* The library sets options of TCP before and after each answer, and does not stop when a Unix
 * socket refuses them. This refusal it understands. */
int setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
    if (level != IPPROTO_TCP || !place_of(fd) || !places[fd].is_unix)
        return (int)syscall(SYS_setsockopt, fd, level, name, value, size);
    errno = ENOPROTOOPT;
    return -1;
}

static _Thread_local struct {
    bool is_ours;
    void (*before)(void *arg);
    void (*idle)(void *arg);
    void *arg;
} loop;

bool guard_on_wait(void (*before)(void *arg), void (*idle)(void *arg), void *arg)
{
    loop.before = before;
    loop.idle = idle;
    loop.arg = arg;
    return loop.is_ours;
}

/* Where as many events come as the library has room for, it waits for more before it looks at any
 * of them: it is never given so many. */
int epoll_wait(int fd, struct epoll_event *events, int max, int timeout)
{
    if (max > 1) max--;
    loop.is_ours = true;
    if (loop.before) loop.before(loop.arg);
    if (loop.idle && (timeout < 0 || timeout > GUARD_IDLE_MS)) {
        int ready = epoll_pwait(fd, events, max, GUARD_IDLE_MS, NULL);
        if (ready != 0) return ready;
        loop.idle(loop.arg);
    }
    return epoll_pwait(fd, events, max, timeout, NULL);
}

bool guard_is_clean(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < ' ' && c != '\t') || c == 0x7f) return false;
    }
    return true;
}

bool guard_is_name(const char *text, size_t size)
{
    static const char allowed[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!word && (!c || !strchr(allowed, c))) return false;
    }
    return size > 0;
}
