#include "src/serve/listener.h"

#include "src/serve/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024, FIRST_INHERITED = 3 };

static enum error add(struct listeners *listeners, int fd, bool is_admin)
{
    if (listeners->count == LISTENERS_MAX) {
        close(fd);
        return fail(ERR_USAGE, "too many sockets: at most %d", LISTENERS_MAX);
    }
    listeners->items[listeners->count++] = (struct listener){.fd = fd, .is_admin = is_admin};
    return OK;
}

static enum error open_socket(int family, int *fd)
{
    *fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return *fd < 0 ? fail(ERR_SYSTEM, "cannot make a socket: %s", strerror(errno)) : OK;
}

/* Whether somebody listens at this name. */
static bool is_answered(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool answered = fd >= 0 && connect(fd, (const struct sockaddr *)(const void *)address,
                                       sizeof *address) == 0;
    if (fd >= 0) close(fd);
    return answered;
}

static enum error check_name(const struct sockaddr_un *address)
{
    struct stat there;
    if (lstat(address->sun_path, &there) != 0) return OK;
    if (!S_ISSOCK(there.st_mode))
        return fail(ERR_CONFLICT, "%s is not a socket: remove it, or choose another name",
                    address->sun_path);
    if (is_answered(address))
        return fail(ERR_CONFLICT,
                    "a service is listening on %s already: stop that one, or choose "
                    "another name",
                    address->sun_path);
    return OK;
}

/* Bound under another name and renamed: whoever finds the name finds a socket that listens. */
static enum error bind_unix(int fd, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int size = snprintf(address.sun_path, sizeof address.sun_path, "%s.%d", path, (int)getpid());
    if (size < 0 || (size_t)size >= sizeof address.sun_path)
        return fail(ERR_USAGE, "the path of the socket is too long: %s", path);
    unlink(address.sun_path);
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        return fail(ERR_SYSTEM, "cannot make the socket %s: %s", path, strerror(errno));
    if (chmod(address.sun_path, 0660) == 0 && listen(fd, BACKLOG) == 0 &&
        rename(address.sun_path, path) == 0)
        return OK;
    enum error e = fail(ERR_SYSTEM, "cannot make the socket %s: %s", path, strerror(errno));
    unlink(address.sun_path);
    return e;
}

enum error listener_add_unix(struct listeners *listeners, const char *path, bool is_admin)
{
    int fd;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!*path || strlen(path) >= LISTENER_PATH_SIZE)
        return fail(ERR_USAGE, "the path of the socket is too long or empty: %s", path);
    strcpy(address.sun_path, path);
    enum error e = check_name(&address);
    if (!e) e = open_socket(AF_UNIX, &fd);
    if (e) return e;
    e = bind_unix(fd, path);
    if (e) {
        close(fd);
        return e;
    }
    e = add(listeners, fd, is_admin);
    if (e) return e;
    struct listener *made = &listeners->items[listeners->count - 1];
    strcpy(made->path, path);
    return lstat(path, &made->made) == 0 ? OK : fail(ERR_SYSTEM, "%s is gone again", path);
}

union address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

static bool parse_port(const char *typed, in_port_t *port)
{
    size_t digits = strspn(typed, "0123456789");
    long number = digits > 0 && digits < 6 && !typed[digits] ? atol(typed) : 0;
    *port = htons((uint16_t)number);
    return number > 0 && number <= UINT16_MAX;
}

static bool parse_address(const char *typed, union address *out)
{
    char host[64];
    const char *colon = strrchr(typed, ':');
    *out = (union address){0};
    if (!colon || (size_t)(colon - typed) >= sizeof host) return false;
    snprintf(host, sizeof host, "%.*s", (int)(colon - typed), typed);
    size_t size = strlen(host);
    if (host[0] == '[' && host[size - 1] == ']') {
        host[size - 1] = 0;
        out->six.sin6_family = AF_INET6;
        return inet_pton(AF_INET6, host + 1, &out->six.sin6_addr) == 1 &&
               parse_port(colon + 1, &out->six.sin6_port);
    }
    out->four.sin_family = AF_INET;
    return inet_pton(AF_INET, host, &out->four.sin_addr) == 1 &&
           parse_port(colon + 1, &out->four.sin_port);
}

static bool is_loopback(const union address *address)
{
    if (address->any.sa_family == AF_INET6) return IN6_IS_ADDR_LOOPBACK(&address->six.sin6_addr);
    return ntohl(address->four.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

static void warn(const char *where)
{
    log_line("%s can be reached from other machines: tokens travel in the clear", where);
}

enum error listener_add_tcp(struct listeners *listeners, const char *typed, bool anywhere)
{
    int fd, on = 1;
    union address address;
    if (!parse_address(typed, &address))
        return fail(ERR_USAGE,
                    "“%s” is not an address to listen on: write 127.0.0.1:8080 or "
                    "[::1]:8080",
                    typed);
    if (!is_loopback(&address) && !anywhere)
        return fail(ERR_USAGE,
                    "%s can be reached from other machines, and tokens would travel in "
                    "the clear: add --listen-anywhere if that is intended",
                    typed);
    if (!is_loopback(&address)) warn(typed);
    enum error e = open_socket(address.any.sa_family, &fd);
    if (e) return e;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    socklen_t size = address.any.sa_family == AF_INET6 ? sizeof address.six : sizeof address.four;
    if (bind(fd, &address.any, size) == 0 && listen(fd, BACKLOG) == 0)
        return add(listeners, fd, false);
    e = fail(ERR_SYSTEM, "cannot listen on %s: %s", typed, strerror(errno));
    close(fd);
    return e;
}

/* Whether the n-th of the names, which colons separate, is "admin". */
static bool is_admin_name(const char *names, int n)
{
    while (names && n-- > 0) {
        names = strchr(names, ':');
        if (names) names++;
    }
    static const char admin[] = "admin";
    return names && strncmp(names, admin, sizeof admin - 1) == 0 &&
           (names[sizeof admin - 1] == ':' || !names[sizeof admin - 1]);
}

static enum error add_inherited(struct listeners *listeners, int fd, bool is_admin)
{
    union address address = {0};
    socklen_t size = sizeof address;
    int accepts = 0;
    socklen_t accepts_size = sizeof accepts;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &accepts_size) != 0 || !accepts)
        return fail(ERR_USAGE, "the descriptor %d of LISTEN_FDS is not a socket that listens", fd);
    if (getsockname(fd, &address.any, &size) == 0 && address.any.sa_family != AF_UNIX &&
        !is_loopback(&address))
        warn("a socket of LISTEN_FDS");
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    return add(listeners, fd, is_admin);
}

enum error listener_add_inherited(struct listeners *listeners)
{
    const char *process = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
    const char *names = getenv("LISTEN_FDNAMES");
    enum error e = OK;
    if (!process || !count || atol(process) != (long)getpid()) return OK;
    for (int i = 0; i < atoi(count) && !e; i++)
        e = add_inherited(listeners, FIRST_INHERITED + i, is_admin_name(names, i));
    return e;
}

const char *listeners_admin_path(const struct listeners *listeners,
                                 char out[static LISTENER_PATH_SIZE])
{
    for (size_t i = 0; i < listeners->count; i++) {
        const struct listener *listener = &listeners->items[i];
        struct sockaddr_un address = {0};
        socklen_t size = sizeof address - 1;
        if (!listener->is_admin) continue;
        snprintf(out, LISTENER_PATH_SIZE, "%s", listener->path);
        if (!out[0] && getsockname(listener->fd, (struct sockaddr *)&address, &size) == 0 &&
            address.sun_family == AF_UNIX && strlen(address.sun_path) < LISTENER_PATH_SIZE)
            strcpy(out, address.sun_path);
        if (out[0]) return out;
    }
    return NULL;
}

void listeners_close(struct listeners *listeners)
{
    for (size_t i = 0; i < listeners->count; i++) {
        const struct listener *listener = &listeners->items[i];
        struct stat now;
        if (listener->path[0] && lstat(listener->path, &now) == 0 &&
            now.st_ino == listener->made.st_ino && now.st_dev == listener->made.st_dev)
            unlink(listener->path);
        close(listener->fd);
    }
    listeners->count = 0;
}
