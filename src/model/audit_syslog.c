#include "audit_internal.h"

#include <gatehouse/audit.h>
#include <gatehouse/audit_list.h>
#include <gatehouse/audit_text.h>
#include <gatehouse/clock.h>
#include <gatehouse/setting.h>
#include <gatehouse/text.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

/* syslog() waits for ever where nobody reads. One commit waits so long in all for a reader that is
 * merely slow; what does not go out by then is counted as lost. */
enum { PATIENCE_MS = 200 };

struct way {
    int fd; /* -1: nobody listens */
    bool stream;
    int64_t until;
    int64_t lost;
};

static bool reach(struct way *way, int type)
{
    static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
    way->fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (way->fd < 0) return false;
    if (connect(way->fd, (const struct sockaddr *)&address, sizeof address) == 0) return true;
    int code = errno;
    close(way->fd);
    way->fd = -1;
    errno = code;
    return false;
}

static void way_open(struct way *way)
{
    *way = (struct way){.fd = -1, .until = clock_ms() + PATIENCE_MS};
    if (reach(way, SOCK_DGRAM) || errno != EPROTOTYPE) return;
    way->stream = reach(way, SOCK_STREAM);
}

static bool wait_for_room(const struct way *way)
{
    struct pollfd room = {.fd = way->fd, .events = POLLOUT};
    int64_t left = way->until - clock_ms();
    return left > 0 && poll(&room, 1, (int)left) >= 0;
}

/* In a stream a message ends with a null byte. One that went out in part is lost, too. */
static bool way_send(struct way *way, const char *text)
{
    char whole[8192 + 64], at[32];
    time_t now = time(NULL);
    struct tm parts;
    if (way->fd < 0 || !localtime_r(&now, &parts)) return false;
    strftime(at, sizeof at, "%b %e %H:%M:%S", &parts);
    snprintf(whole, sizeof whole, "<%d>%s gatehouse: %s", LOG_AUTHPRIV | LOG_NOTICE, at, text);
    size_t all = strlen(whole) + way->stream;
    for (;;) {
        ssize_t done = send(way->fd, whole, all, MSG_NOSIGNAL);
        if (done >= 0) return (size_t)done == all;
        if (errno != EINTR && errno != EAGAIN && errno != ENOBUFS) return false;
        if (!wait_for_room(way)) return false;
    }
}

static void send_event(struct way *way, const struct audit_event *event)
{
    char line[8192];
    audit_line_text(event, line, sizeof line);
    if (!way_send(way, line)) way->lost++;
}

enum error audit_syslog_lost(struct store *store, int64_t *count)
{
    struct stmt *stmt = store_prepare(store, "SELECT value FROM counter WHERE name = 'unsent'");
    enum error e = stmt_int(stmt, count);
    if (e == ERR_NOT_FOUND) *count = 0;
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum error write_lost(struct store *store, int64_t count)
{
    struct stmt *stmt =
        store_prepare(store, "INSERT INTO counter (name, value) VALUES ('unsent', :count) ON "
                             "CONFLICT (name) DO UPDATE SET value = excluded.value");
    bind_int(stmt, ":count", count);
    return stmt_run(stmt);
}

/* Adds to the count of lost events, or sends that count to syslog once it is reachable again. While
 * another process has the lock, the count is incomplete: it is not worth waiting or failing for. */
static void count_lost(struct store *store, struct way *way)
{
    int64_t before = 0;
    char line[200], events[TEXT_COUNT_SIZE];
    if (audit_syslog_lost(store, &before) || before < 0) before = 0;
    snprintf(line, sizeof line,
             "%s before this one did not reach syslog: gatehouse audit shows the log",
             text_count(events, before, "event"));
    int64_t after = before + way->lost;
    if (before && !way->lost && way_send(way, line)) after = 0;
    if (after == before || store_begin_lazy(store)) return;
    enum error ignored = store_end(store, write_lost(store, after));
    (void)ignored;
}

/* Switching it off is a transaction with one event, so a longer range does not contain it. */
static bool is_switched_off(struct store *store, int64_t sequence)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT kind = 'setting.set' AND subject = :switch FROM event WHERE sequence = "
               ":sequence");
    int64_t is = 0;
    bind_text(stmt, ":switch", setting_table[SETTING_AUDIT_SYSLOG].name);
    bind_int(stmt, ":sequence", sequence);
    return !stmt_int(stmt, &is) && is;
}

void audit_syslog(struct store *store, int64_t first, int64_t last)
{
    int64_t wanted;
    if (setting_get(store, SETTING_AUDIT_SYSLOG, &wanted)) return;
    if (!wanted && (first != last || !is_switched_off(store, first))) return;
    struct way way;
    way_open(&way);
    for (int64_t sequence = first; sequence <= last; sequence++) {
        struct audit_event event;
        if (audit_get(store, sequence, &event)) break;
        send_event(&way, &event);
        audit_event_free(&event);
    }
    count_lost(store, &way);
    if (way.fd >= 0) close(way.fd);
}
