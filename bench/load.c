#include "load.h"

#include "bench.h"
#include "figures.h"
#include "local.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 64, LATENCIES = 1 << 20, BUFFER = 4096 };

/* One connection: at most one request is under way. */
struct line {
    int fd;
    double due;   /* when the request should have been sent: waiting counts */
    bool waiting; /* for its answer */
    size_t size;
    char buffer[BUFFER];
};

struct run {
    const struct load *load;
    struct loaded seen;
    double next; /* when the next request is due, if there is a rate */
    struct line lines[CONNECTIONS_MAX];
    float *latencies;
};

static void begin(struct run *run, struct line *line, double now)
{
    size_t size = strlen(run->load->request);
    line->due = run->load->rate > 0 ? run->next : now;
    if (run->load->rate > 0) run->next += 1000 / run->load->rate;
    if (send(line->fd, run->load->request, size, MSG_NOSIGNAL) != (ssize_t)size)
        bench_die("sending to a server that is measured");
    line->waiting = true;
    line->size = 0;
}

/* The answers have no body, or are counted by what follows the head being short. */
static bool take(struct run *run, struct line *line)
{
    ssize_t got = recv(line->fd, line->buffer + line->size, BUFFER - 1 - line->size, 0);
    if (got <= 0) bench_die("a server that is measured closed a connection");
    line->size += (size_t)got;
    line->buffer[line->size] = 0;
    if (!strstr(line->buffer, "\r\n\r\n")) return false;
    double took = now_ms() - line->due;
    bool good = strncmp(line->buffer, "HTTP/1.1 200", 12) == 0;
    long nth = run->seen.answers + run->seen.others;
    if (nth < LATENCIES) run->latencies[nth] = (float)took;
    if (took > run->seen.worst) run->seen.worst = took;
    *(good ? &run->seen.answers : &run->seen.others) += 1;
    line->waiting = false;
    return true;
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void send_due(struct run *run, double now)
{
    for (int i = 0; i < run->load->connections; i++) {
        if (run->load->rate > 0 && run->next > now) return;
        if (!run->lines[i].waiting) begin(run, &run->lines[i], now);
    }
}

static void receive(struct run *run)
{
    struct pollfd waits[CONNECTIONS_MAX];
    struct timespec pause = {.tv_nsec = 50000};
    for (int i = 0; i < run->load->connections; i++)
        waits[i] =
            (struct pollfd){.fd = run->lines[i].waiting ? run->lines[i].fd : -1, .events = POLLIN};
    if (run->load->rate == 0) pause = (struct timespec){.tv_sec = 1};
    ppoll(waits, (nfds_t)run->load->connections, &pause, NULL);
    for (int i = 0; i < run->load->connections; i++)
        if (waits[i].fd >= 0 && waits[i].revents && take(run, &run->lines[i]) &&
            run->load->rate == 0)
            begin(run, &run->lines[i], now_ms());
}

struct loaded load_run(const struct load *load)
{
    struct run run = {.load = load, .latencies = calloc(LATENCIES, sizeof(float))};
    if (!run.latencies) bench_die("memory");
    for (int i = 0; i < load->connections; i++)
        if ((run.lines[i].fd = local_connect(load->socket)) < 0)
            bench_die("connecting to a server that is measured");
    double begun = run.next = now_ms(), now = begun;
    while (now - begun < load->seconds * 1000 && !(load->is_over && load->is_over(load->arg))) {
        send_due(&run, now);
        receive(&run);
        now = now_ms();
    }
    run.seen.seconds = (now - begun) / 1000;
    for (int i = 0; i < load->connections; i++)
        close(run.lines[i].fd);
    long count = run.seen.answers + run.seen.others;
    if (count > LATENCIES) count = LATENCIES;
    qsort(run.latencies, (size_t)count, sizeof(float), compare);
    if (count) run.seen.p99 = (double)run.latencies[count * 99 / 100];
    free(run.latencies);
    return run.seen;
}

/* Of all threads of one process; not of its children. */
static double own_processor_us(pid_t process)
{
    char path[64];
    double all = 0;
    snprintf(path, sizeof path, "/proc/%d/task", (int)process);
    DIR *tasks = opendir(path);
    struct dirent *task;
    while (tasks && (task = readdir(tasks))) {
        if (task->d_name[0] == '.') continue; /* beside ".." are the figures of the first thread */
        char file[400];
        double nanoseconds = 0;
        snprintf(file, sizeof file, "%s/%s/schedstat", path, task->d_name);
        FILE *stat = fopen(file, "r");
        if (stat && fscanf(stat, "%lf", &nanoseconds) == 1) all += nanoseconds / 1000;
        if (stat) fclose(stat);
    }
    if (tasks) closedir(tasks);
    return all;
}

double load_processor_us(pid_t process)
{
    char path[96];
    int child;
    double all = own_processor_us(process);
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)process, (int)process);
    FILE *children = fopen(path, "r");
    while (children && fscanf(children, "%d", &child) == 1)
        all += own_processor_us(child);
    if (children) fclose(children);
    return all;
}

static bool ask_once(const char *socket, const char *request)
{
    char answer[BUFFER] = "";
    int fd = local_connect(socket);
    if (fd < 0) return false;
    ssize_t size = send(fd, request, strlen(request), MSG_NOSIGNAL);
    if (size > 0) size = recv(fd, answer, sizeof answer - 1, 0);
    close(fd);
    return size > 0 && strncmp(answer, "HTTP/1.1 200", 12) == 0;
}

double load_first_answer(const char *socket, const char *request)
{
    enum { WAIT_MS = 30000 };
    double begun = now_ms();
    while (!ask_once(socket, request)) {
        if (now_ms() - begun > WAIT_MS) bench_die("a server that is measured does not answer");
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    }
    return now_ms() - begun;
}
