#include "src/serve/server.h"

#include "src/serve/guard.h"
#include "src/serve/listener.h"
#include "src/serve/log.h"
#include "src/serve/notify.h"
#include "src/serve/worker.h"

#include <errno.h>
#include <gatehouse/ambient.h>
#include <gatehouse/clock.h>
#include <gatehouse/database.h>
#include <gatehouse/service.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    FULL_WAIT_MS = 20,   /* until it is looked whether a connection has ended */
    DRAIN_LEAST_MS = 50, /* for what was sent, but not read yet */
    DRAIN_STEP_MS = 5,
};

struct server {
    struct service service;
    struct listeners listeners;
    struct seat *seats; /* those of the service, then the admin's */
    size_t seat_count;
    struct queue **queues;
    int signals; /* a signalfd */
    struct service_mark *mark;
};

/* So that the console can show it; nothing else depends on it. */
static void announce(struct server *server)
{
    char socket[LISTENER_PATH_SIZE];
    if (service_announce(server->service.path, listeners_admin_path(&server->listeners, socket),
                         &server->mark))
        log_line("the console will not show this service: %s", error_message());
}

static int count_processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

/* The threads inherit the mask: signals are read by the main one only. */
static enum error catch_signals(int *fd)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    *fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return *fd < 0 ? fail(ERR_SYSTEM, "cannot wait for signals: %s", strerror(errno)) : OK;
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= GUARD_DESCRIPTORS) return;
    limit.rlim_cur = limit.rlim_max < GUARD_DESCRIPTORS ? limit.rlim_max : GUARD_DESCRIPTORS;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static enum error open_listeners(struct server *server, const struct serve_options *options)
{
    struct listeners *listeners = &server->listeners;
    enum error e = listener_add_inherited(listeners);
    for (size_t i = 0; i < options->socket_count && !e; i++)
        e = listener_add_unix(listeners, options->sockets[i], false);
    for (size_t i = 0; i < options->listen_count && !e; i++)
        e = listener_add_tcp(listeners, options->listens[i], options->anywhere);
    if (!e && listeners->count == 0) e = listener_add_unix(listeners, LISTENER_DEFAULT, false);
    if (!e && options->admin_socket) e = listener_add_unix(listeners, options->admin_socket, true);
    return e;
}

static enum error start_seats(struct server *server, const struct serve_options *options)
{
    size_t count = (size_t)(options->threads ? options->threads : count_processors());
    server->seats = calloc(count + 1, sizeof *server->seats);
    server->queues = calloc(count + 1, sizeof(struct queue *));
    if (!server->seats || !server->queues) return fail_memory();
    server->seat_count = count + 1;
    enum error e = OK;
    for (size_t i = 0; i <= count && !e; i++) {
        e = queue_new(&server->queues[i]);
        server->seats[i].queue = server->queues[i];
    }
    struct service *service = &server->service;
    if (!e) e = writer_start(service->path, server->queues, count + 1, &service->writer);
    service->seats = server->seats;
    service->seat_count = count;
    for (size_t i = 0; i <= count && !e; i++)
        e = worker_start(&server->seats[i], service, i == count ? WORKER_ADMIN : WORKER_CHECKS);
    return e;
}

/* The thread with the fewest connections. */
static struct seat *choose_seat(struct server *server, const struct listener *listener)
{
    struct seat *best = &server->seats[0];
    if (listener->is_admin) return &server->seats[server->seat_count - 1];
    for (size_t i = 1; i < server->service.seat_count; i++)
        if (atomic_load(&server->seats[i].connections) < atomic_load(&best->connections))
            best = &server->seats[i];
    return best;
}

/* Those of the admin socket have places of their own: it must answer when all others are taken. */
static bool is_full(const struct server *server, const struct listener *listener)
{
    int all = atomic_load(&server->service.connections);
    int admins = atomic_load(&server->seats[server->seat_count - 1].connections);
    return listener->is_admin ? admins >= SEAT_ADMINS_MAX : all - admins >= SEAT_CONNECTIONS_MAX;
}

static void accept_all(struct server *server, const struct listener *listener)
{
    while (!is_full(server, listener)) {
        struct sockaddr_storage peer;
        socklen_t size = sizeof peer;
        int fd =
            accept4(listener->fd, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE) poll(NULL, 0, FULL_WAIT_MS);
            return;
        }
        worker_add(choose_seat(server, listener), fd, (struct sockaddr *)&peer, size);
    }
}

/* Returns the signal that came; 0: none. */
static int read_signal(const struct server *server)
{
    struct signalfd_siginfo info;
    return read(server->signals, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

/* Waits for a signal or a connection. While all places are taken, connections wait in the queue of
 * the kernel. */
static void wait(const struct server *server)
{
    struct pollfd waits[LISTENERS_MAX + 1] = {{.fd = server->signals, .events = POLLIN}};
    bool full = false;
    for (size_t i = 0; i < server->listeners.count; i++) {
        const struct listener *listener = &server->listeners.items[i];
        bool taken = is_full(server, listener);
        full |= taken;
        waits[i + 1] = (struct pollfd){.fd = taken ? -1 : listener->fd, .events = POLLIN};
    }
    poll(waits, 1 + server->listeners.count, full ? FULL_WAIT_MS : -1);
}

static void run(struct server *server)
{
    for (;;) {
        wait(server);
        int signal_number = read_signal(server);
        if (signal_number == SIGHUP) {
            notify_reloading();
            source_reopen_all();
            notify("READY=1");
        } else if (signal_number) {
            return;
        }
        for (size_t i = 0; i < server->listeners.count; i++)
            accept_all(server, &server->listeners.items[i]);
    }
}

/* A second signal finds its default action, and ends the program. */
static void let_signals_through(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void drain(struct server *server)
{
    notify("STOPPING=1");
    service_withdraw(server->mark);
    atomic_store(&server->service.draining, true);
    for (size_t i = 0; i < server->listeners.count; i++)
        accept_all(server, &server->listeners.items[i]);
    listeners_close(&server->listeners);
    let_signals_through();
    const int64_t begun = clock_ns();
    int64_t waited_ms = 0;
    while (waited_ms < DRAIN_LEAST_MS || (guard_in_flight() > 0 && waited_ms < SERVER_DRAIN_MS)) {
        poll(NULL, 0, DRAIN_STEP_MS);
        waited_ms = (clock_ns() - begun) / 1000000;
    }
}

static void stop(struct server *server)
{
    listeners_close(&server->listeners);
    if (server->service.writer) writer_stop(server->service.writer);
    for (size_t i = 0; i < server->seat_count; i++)
        worker_stop(&server->seats[i]);
    writer_free(server->service.writer);
    for (size_t i = 0; i < server->seat_count; i++)
        queue_free(server->queues[i]);
    free(server->queues);
    free(server->seats);
    if (server->signals >= 0) close(server->signals);
}

enum error server_run(const struct serve_options *options)
{
    char path[4096];
    struct server server = {
        .service = {.path = path, .basic = options->basic, .trusted = options->trusted},
        .signals = -1};
    enum error e = guard_check();
    if (!e) e = database_path(options->database, path, sizeof path);
    if (e) return e;
    raise_descriptor_limit();
    server.service.started = ambient_now();
    e = catch_signals(&server.signals);
    if (!e) e = start_seats(&server, options);
    if (!e) e = open_listeners(&server, options);
    if (!e) {
        announce(&server);
        notify("READY=1");
        run(&server);
        drain(&server);
    }
    stop(&server);
    return e;
}
