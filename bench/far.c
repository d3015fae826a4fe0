#include "far.h"
#include "bench.h"
#include "figures.h"
#include "local.h"

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 1 << 16, PIECES = 64 };

/* One way of one connection: what was read waits until it is due. When it is full, nothing more is
 * read. */
struct way {
    int from, to;
    size_t first, count;
    struct piece {
        double due;
        size_t size, sent;
        char bytes[PIECE];
    } pieces[PIECES];
};

static char folder[] = "/tmp/gatehouse-far-XXXXXX";
static char server_socket[BENCH_PATH];
static double delay_ms;
static int listening;

static bool take(struct way *way)
{
    struct piece *piece = &way->pieces[(way->first + way->count) % PIECES];
    ssize_t size = read(way->from, piece->bytes, PIECE);
    if (size <= 0) return false;
    piece->size = (size_t)size;
    piece->sent = 0;
    piece->due = now_ms() + delay_ms;
    way->count++;
    return true;
}

/* Sends what is due, without waiting for whoever reads it. */
static void give(struct way *way)
{
    while (way->count && way->pieces[way->first].due <= now_ms()) {
        struct piece *piece = &way->pieces[way->first];
        ssize_t size = send(way->to, piece->bytes + piece->sent, piece->size - piece->sent,
                            MSG_DONTWAIT | MSG_NOSIGNAL);
        if (size < 0) return; /* later; the next read notices if it has gone */
        piece->sent += (size_t)size;
        if (piece->sent < piece->size) return;
        way->first = (way->first + 1) % PIECES;
        way->count--;
    }
}

static void wait_for(const struct way *ways)
{
    struct pollfd ends[4];
    double next = 1000;
    for (size_t i = 0; i < 2; i++) {
        const struct way *way = &ways[i];
        double left = way->count ? way->pieces[way->first].due - now_ms() : next;
        ends[2 * i] = (struct pollfd){.fd = way->count < PIECES ? way->from : -1, .events = POLLIN};
        ends[2 * i + 1] = (struct pollfd){.fd = left <= 0 ? way->to : -1, .events = POLLOUT};
        if (left > 0 && left < next) next = left;
    }
    const struct timespec pause = {.tv_sec = next >= 1000,
                                   .tv_nsec = next >= 1000 ? 0 : (long)(next * 1e6)};
    ppoll(ends, 4, &pause, NULL);
}

static bool has_more(int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    return poll(&ready, 1, 0) > 0;
}

static void *relay(void *arg)
{
    struct way *ways = calloc(2, sizeof *ways);
    int program = (int)(long)arg, server = local_connect(server_socket);
    bool going = ways && server >= 0;
    prctl(PR_SET_TIMERSLACK, 1000UL);
    if (going) {
        ways[0].from = ways[1].to = program;
        ways[0].to = ways[1].from = server;
    }
    while (going) {
        wait_for(ways);
        for (int i = 0; i < 2 && going; i++) {
            if (ways[i].count < PIECES && has_more(ways[i].from)) going = take(&ways[i]);
            if (going) give(&ways[i]);
        }
    }
    free(ways);
    close(program);
    if (server >= 0) close(server);
    return NULL;
}

static void *accept_all(void *arg)
{
    (void)arg;
    for (;;) {
        pthread_t thread;
        int program = accept(listening, NULL, NULL);
        if (program < 0) return NULL;
        if (pthread_create(&thread, NULL, relay, (void *)(long)program))
            close(program);
        else
            pthread_detach(thread);
    }
}

static struct sockaddr_un own_address(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", folder);
    return address;
}

static void remove_folder(void)
{
    struct sockaddr_un address = own_address();
    unlink(address.sun_path);
    rmdir(folder);
}

const char *far_start(const char *of, int us)
{
    pthread_t thread;
    if (!mkdtemp(folder)) bench_die(folder);
    struct sockaddr_un address = own_address();
    delay_ms = us / 1000.0;
    snprintf(server_socket, sizeof server_socket, "%s/.s.PGSQL.5432", of);
    listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listening, (struct sockaddr *)&address, sizeof address) || listen(listening, 16) ||
        pthread_create(&thread, NULL, accept_all, NULL))
        bench_die(folder);
    pthread_detach(thread);
    atexit(remove_folder);
    return folder;
}
