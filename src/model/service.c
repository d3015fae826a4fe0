#include <gatehouse/clock.h>
#include <gatehouse/service.h>
#include <gatehouse/store.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { SOCKET_SIZE = sizeof((struct sockaddr_un *)0)->sun_path };

struct service_mark {
    int fd; /* holds the lock */
    char path[PATH_MAX];
};

/* The database by its real name: the service and who asks may have come by different links. */
static bool mark_path(const char *database, char out[static PATH_MAX])
{
    char real[PATH_MAX];
    if (!realpath(database, real)) return false;
    return snprintf(out, PATH_MAX, "%s.service", real) < PATH_MAX;
}

static bool lock(int fd)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, F_OFD_SETLK, &whole) == 0;
}

static bool is_locked(int fd)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

/* Locked and written under another name first: whoever finds the file finds it whole. */
static bool write_mark(struct service_mark *mark, const char *made, const char *socket)
{
    char real[PATH_MAX] = "";
    if (socket && (!realpath(socket, real) || strlen(real) >= SOCKET_SIZE)) real[0] = 0;
    size_t size = strlen(real);
    mark->fd = open(made, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    return mark->fd >= 0 && lock(mark->fd) && write(mark->fd, real, size) == (ssize_t)size &&
           rename(made, mark->path) == 0;
}

enum error service_announce(const char *database, const char *socket, struct service_mark **out)
{
    char made[PATH_MAX + 32];
    *out = NULL;
    if (store_is_address(database)) return OK;
    struct service_mark *mark = *out = calloc(1, sizeof *mark);
    if (!mark) return fail_memory();
    mark->fd = -1;
    bool named = mark_path(database, mark->path);
    snprintf(made, sizeof made, "%s.%d", mark->path, (int)getpid());
    if (named && write_mark(mark, made, socket)) return OK;
    enum error e = fail(ERR_SYSTEM, "cannot write %s.service: %s", database, strerror(errno));
    if (named) unlink(made);
    service_withdraw(mark);
    *out = NULL;
    return e;
}

void service_withdraw(struct service_mark *mark)
{
    struct stat own, there;
    if (!mark) return;
    if (mark->fd >= 0 && fstat(mark->fd, &own) == 0 && lstat(mark->path, &there) == 0 &&
        own.st_dev == there.st_dev && own.st_ino == there.st_ino)
        unlink(mark->path);
    if (mark->fd >= 0) close(mark->fd);
    free(mark);
}

/* Reads whether the service runs, and the path of its socket ("": none). */
static bool read_mark(const char *database, char socket[static SOCKET_SIZE])
{
    char path[PATH_MAX];
    int fd =
        mark_path(database, path) ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1;
    if (fd < 0) return false;
    bool runs = is_locked(fd);
    ssize_t size = read(fd, socket, SOCKET_SIZE - 1);
    socket[size > 0 ? size : 0] = 0;
    close(fd);
    return runs;
}

/* A question that is being asked, and when it has taken too long. */
struct question {
    int fd;
    int64_t until_ms;
    bool (*stopped)(void *arg);
    void *arg;
    size_t size;
    char answer[16384];
};

static bool wait_for(const struct question *question, short events)
{
    enum { STEP_MS = 20 };
    while (clock_ms() < question->until_ms) {
        struct pollfd waits = {.fd = question->fd, .events = events};
        if (question->stopped && question->stopped(question->arg)) return false;
        if (poll(&waits, 1, STEP_MS) > 0) return true;
    }
    return false;
}

static bool send_question(const struct question *question, const char *socket_path)
{
    static const char request[] =
        "GET /status HTTP/1.1\r\nHost: gatehouse\r\nConnection: close\r\n\r\n";
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
    return connect(question->fd, (const struct sockaddr *)(const void *)&address, sizeof address) ==
               0 &&
           wait_for(question, POLLOUT) &&
           send(question->fd, request, sizeof request - 1, MSG_NOSIGNAL) ==
               (ssize_t)sizeof request - 1;
}

/* Reads until the other side ends the connection. */
static bool read_answer(struct question *question)
{
    while (wait_for(question, POLLIN)) {
        if (question->size >= sizeof question->answer - 1) return true;
        size_t room = sizeof question->answer - 1 - question->size;
        ssize_t size = read(question->fd, question->answer + question->size, room);
        if (size == 0) return true;
        if (size < 0 && errno != EINTR && errno != EAGAIN) return false;
        if (size > 0) question->size += (size_t)size;
    }
    return false;
}

static void read_status(struct question *question, struct service_state *out)
{
    question->answer[question->size] = 0;
    const char *body = strstr(question->answer, "\r\n\r\n");
    json_t *status = body ? json_loads(body + 4, 0, NULL) : NULL;
    json_int_t process = 0, checks = 0;
    if (json_unpack(status, "{s:I, s:I}", "process", &process, "checks", &checks) == 0) {
        out->answers = true;
        out->process = process;
        out->checks = checks;
    }
    json_decref(status);
}

void service_ask(const char *database, bool (*stopped)(void *arg), void *arg,
                 struct service_state *out)
{
    char path[SOCKET_SIZE] = "";
    struct question question = {
        .stopped = stopped, .arg = arg, .until_ms = clock_ms() + SERVICE_WAIT_MS};
    *out = (struct service_state){.runs = read_mark(database, path)};
    out->has_socket = out->runs && path[0];
    if (!out->has_socket) return;
    question.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (question.fd < 0) return;
    if (send_question(&question, path) && read_answer(&question)) read_status(&question, out);
    close(question.fd);
}
