#include "tests/serve/service.h"

#include "bench/local.h"

#include <fcntl.h>
#include <gatehouse/ascii.h>
#include <linux/sockios.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

enum {
    WAIT_MS = 60000,
    STEP_MS = 5,
    LATE_TRIES = 20,
    REOPENED_MS = 150, /* after so long a database that could not be read is opened again */
};

char service_token[64];
static struct running running;
static bool is_running;
static int known_late;

void service_setup(void)
{
    run_setup();
    cr_assert_eq(run("init", "--show-once"), 0, "%s", run_err);
    cr_assert_eq(run("account", "create", "ci"), 0, "%s", run_err);
    cr_assert_eq(run("permission", "grant", "agent_management", "--account", "ci"), 0, "%s",
                 run_err);
    run_generate("ci", "");
    snprintf(service_token, sizeof service_token, "%s", run_out);
    is_running = false;
    known_late = 0;
}

static void expect_no_report(void)
{
    char *log = service_log();
    bool clean = !strstr(log, "Sanitizer") && !strstr(log, "runtime error");
    cr_assert(clean, "%s", log);
    free(log);
}

void service_teardown(void)
{
    if (is_running) {
        service_signal(SIGTERM);
        cr_assert_eq(service_wait(), 0);
    }
    run_teardown();
}

static void nap_for(int ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000L}, NULL);
}

static void nap(void)
{
    nap_for(STEP_MS);
}

void service_start_words(const char *const *options)
{
    const char *words[32] = {"serve", "--socket", run_path("s.sock"), "--admin-socket",
                             run_path("a.sock")};
    size_t count = 5;
    for (; *options; options++)
        words[count++] = *options;
    int kept = dup(STDERR_FILENO);
    int log = open(run_path("log"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(log, STDERR_FILENO);
    running = run_begin(words);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(log);
    is_running = true;
    int fd = -1, waited = 0;
    while ((fd = local_connect(run_path("a.sock"))) < 0 && waited < WAIT_MS) {
        nap();
        waited += STEP_MS;
    }
    char *said = service_log();
    cr_assert_geq(fd, 0, "it does not listen: %s", said);
    free(said);
    close(fd);
}

pid_t service_process(void)
{
    return running.child;
}

void service_signal(int signal_number)
{
    cr_assert_eq(kill(running.child, signal_number), 0);
}

int service_wait(void)
{
    int status = 0, waited = 0;
    pid_t ended = 0;
    while ((ended = waitpid(running.child, &status, WNOHANG)) == 0 && waited < 2 * WAIT_MS) {
        nap();
        waited += STEP_MS;
    }
    if (!ended) {
        kill(running.child, SIGKILL);
        waitpid(running.child, &status, 0);
    }
    cr_assert(ended, "the service did not end");
    close(running.output);
    is_running = false;
    expect_no_report();
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

char *service_log(void)
{
    FILE *file = fopen(run_path("log"), "r");
    char *text = calloc(1, 1 << 20);
    cr_assert(text);
    if (file) {
        size_t ignored = fread(text, 1, (1 << 20) - 1, file);
        (void)ignored;
        fclose(file);
    }
    return text;
}

void service_until_log(const char *text)
{
    for (int waited = 0;; waited += STEP_MS) {
        char *log = service_log();
        bool found = strstr(log, text);
        cr_assert(found || waited < WAIT_MS, "waited in vain for “%s” in: %s", text, log);
        free(log);
        if (found) return;
        nap();
    }
}

int service_connect(void)
{
    int fd = local_connect(run_path("s.sock"));
    cr_assert_geq(fd, 0, "cannot connect");
    return fd;
}

int service_connect_admin(void)
{
    int fd = local_connect(run_path("a.sock"));
    cr_assert_geq(fd, 0, "cannot connect");
    return fd;
}

void service_send(int fd, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size > 0) {
        ssize_t sent = send(fd, at, size, MSG_NOSIGNAL);
        if (sent <= 0) return; /* the other side has had enough */
        at += sent;
        size -= (size_t)sent;
    }
}

void service_until_read(int fd)
{
    int unread = 1;
    for (int waited = 0; unread > 0 && waited < WAIT_MS; waited += STEP_MS) {
        nap();
        cr_assert_eq(ioctl(fd, SIOCOUTQ, &unread), 0);
    }
    cr_assert_eq(unread, 0, "it does not read");
    nap(); /* it looks at what it has read */
}

/* One byte at a time while the head lasts, so that nothing of the next answer is taken. */
static bool read_some(int fd, char *to, size_t size)
{
    while (size > 0) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        ssize_t got = poll(&wait, 1, WAIT_MS) > 0 ? read(fd, to, size) : -1;
        if (got <= 0) return false;
        to += got;
        size -= (size_t)got;
    }
    return true;
}

static const char *find_header(const char *head, const char *name)
{
    size_t size = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n"))
        if (ascii_ncasecmp(line + 2, name, size) == 0 && line[2 + size] == ':') return line + 2;
    return NULL;
}

struct reply service_read(int fd)
{
    struct reply reply = {0};
    size_t size = 0;
    while (size + 1 < sizeof reply.head && !strstr(reply.head, "\r\n\r\n")) {
        if (!read_some(fd, reply.head + size, 1)) return reply;
        size++;
    }
    cr_assert_eq(sscanf(reply.head, "HTTP/1.%*d %d", &reply.status), 1, "%s", reply.head);
    const char *length = find_header(reply.head, "Content-Length");
    size_t body = length ? (size_t)atol(length + sizeof "Content-Length:" - 1) : 0;
    cr_assert_lt(body, sizeof reply.body);
    cr_assert(read_some(fd, reply.body, body));
    const char *connection = find_header(reply.head, "Connection");
    reply.ended = connection && ascii_ncasecmp(connection, "Connection: close", 17) == 0;
    return reply;
}

bool service_has_ended(int fd, int milliseconds)
{
    char byte;
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    return poll(&wait, 1, milliseconds) > 0 && read(fd, &byte, 1) <= 0;
}

static struct reply ask_once(const void *bytes, size_t size)
{
    int fd = service_connect();
    service_send(fd, bytes, size);
    struct reply reply = service_read(fd);
    close(fd);
    return reply;
}

static int count_late(void)
{
    static const char late[] = "reading took longer than";
    int count = 0;
    char *log = service_log();
    for (const char *at = log; (at = strstr(at, late)); at += sizeof late - 1)
        count++;
    free(log);
    return count;
}

/* On a busy machine an answer may come too late through no fault of the service, which says so in
 * its log: it is asked again. */
struct reply service_raw(const void *bytes, size_t size)
{
    struct reply reply = ask_once(bytes, size);
    for (int tries = 0; reply.status == 503 && tries < LATE_TRIES; tries++) {
        int late = count_late();
        if (late == known_late) break;
        known_late = late;
        nap_for(REOPENED_MS);
        reply = ask_once(bytes, size);
    }
    return reply;
}

struct reply service_get(const char *path, const char *headers)
{
    char text[40000];
    int size =
        snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: gatehouse\r\n%s\r\n", path, headers);
    return service_raw(text, (size_t)size);
}

struct reply service_check(const char *path, const char *headers)
{
    char more[20000];
    snprintf(more, sizeof more, "Authorization: Bearer %s\r\n%s", service_token, headers);
    return service_get(path, more);
}

struct reply service_check_token(const char *token)
{
    char header[128];
    snprintf(header, sizeof header, "Authorization: Bearer %s\r\n", token);
    return service_get("/verify", header);
}

struct reply service_post(const char *path, const char *headers, const char *form)
{
    char text[20000];
    int size = snprintf(text, sizeof text,
                        "POST %s HTTP/1.1\r\nHost: gatehouse\r\nContent-Type: "
                        "application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n%s\r\n%s",
                        path, strlen(form), headers, form);
    return service_raw(text, (size_t)size);
}

struct reply service_admin(const char *path)
{
    char text[256];
    int fd = service_connect_admin();
    int size = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: gatehouse\r\n\r\n", path);
    service_send(fd, text, (size_t)size);
    struct reply reply = service_read(fd);
    close(fd);
    return reply;
}

bool service_has_header(const struct reply *reply, const char *name)
{
    return find_header(reply->head, name);
}

void service_expect_header(const struct reply *reply, const char *name, const char *value)
{
    char line[512];
    const char *found = find_header(reply->head, name);
    cr_assert(found, "there is no %s: %s", name, reply->head);
    snprintf(line, sizeof line, "%s: %s\r\n", name, value);
    cr_assert_eq(ascii_ncasecmp(found, line, strlen(line)), 0, "not “%s”: %s", line, reply->head);
    cr_assert_null(find_header(found, name), "twice: %s", reply->head);
}

long long service_count(const char *name)
{
    struct reply reply = service_admin("/status");
    cr_assert_eq(reply.status, 200);
    json_t *status = json_loads(reply.body, 0, NULL);
    cr_assert(status, "%s", reply.body);
    json_t *found = json_object_get(status, name);
    if (!found) found = json_object_get(json_object_get(status, "results"), name);
    cr_assert(found, "there is no %s: %s", name, reply.body);
    long long value = json_integer_value(found);
    json_decref(status);
    return value;
}
