/* How the service begins and ends, and what it listens on. */
#include "tests/serve/service.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gatehouse/service.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

TestSuite(life, .init = service_setup, .fini = service_teardown, .timeout = 300);

static double since(const struct timespec *begin)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - begin->tv_sec) + (double)(now.tv_nsec - begin->tv_nsec) / 1e9;
}

/* A connection with half a request on it, which the service has read. */
static int half_a_request(void)
{
    char text[256];
    int fd = service_connect();
    snprintf(text, sizeof text, "GET /verify HTTP/1.1\r\nHost: g\r\nX-API-Key: %s\r\n",
             service_token);
    service_send(fd, text, strlen(text));
    service_until_read(fd);
    return fd;
}

Test(life, it_ends_on_sigterm_and_takes_its_sockets_with_it)
{
    struct stat info;
    service_start(NULL);
    cr_assert_eq(stat(run_path("s.sock"), &info), 0);
    cr_assert_eq(info.st_mode & 0777, 0660);
    cr_assert_eq(stat(run_path("a.sock"), &info), 0);
    cr_assert_eq(info.st_mode & 0777, 0660);
    service_signal(SIGTERM);
    cr_assert_eq(service_wait(), 0);
    cr_assert(!run_exists("s.sock") && !run_exists("a.sock"));
}

Test(life, what_is_in_flight_is_answered_before_it_ends)
{
    service_start(NULL);
    int fd = half_a_request();
    service_signal(SIGTERM);
    while (run_exists("s.sock"))
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    nanosleep(&(struct timespec){.tv_nsec = 500000000}, NULL);
    service_send(fd, "\r\n", 2);
    struct reply reply = service_read(fd);
    cr_assert_eq(reply.status, 200, "%s", reply.head);
    cr_assert(reply.ended, "it says that the connection ends");
    cr_assert_eq(service_wait(), 0);
    close(fd);
}

Test(life, who_never_finishes_a_request_is_waited_for_five_seconds)
{
    struct timespec begin;
    service_start(NULL);
    int fd = half_a_request();
    clock_gettime(CLOCK_MONOTONIC, &begin);
    service_signal(SIGTERM);
    cr_assert_eq(service_wait(), 0);
    double took = since(&begin);
    cr_assert(took > 4 && took < 9, "%g s", took);
    close(fd);
}

Test(life, a_second_sigterm_ends_it_at_once)
{
    struct timespec begin;
    service_start(NULL);
    int fd = half_a_request();
    service_signal(SIGTERM);
    while (run_exists("s.sock"))
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    service_signal(SIGTERM);
    cr_assert_eq(service_wait(), 128 + SIGTERM);
    cr_assert_lt(since(&begin), 2);
    close(fd);
}

Test(life, idle_connections_do_not_hold_it_up)
{
    struct timespec begin;
    service_start(NULL);
    int fd = service_connect();
    service_send(fd, "GET /healthz HTTP/1.1\r\nHost: g\r\n\r\n", 34);
    cr_assert_eq(service_read(fd).status, 200);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    service_signal(SIGTERM);
    cr_assert_eq(service_wait(), 0);
    cr_assert_lt(since(&begin), 3);
    close(fd);
}

Test(life, sighup_opens_the_database_again)
{
    service_start(NULL);
    cr_assert_eq(service_check("/verify", "").status, 200);
    service_signal(SIGHUP);
    for (int i = 0; i < 20; i++)
        cr_assert_eq(service_check("/verify", "").status, 200);
}

/* Denials of so many addresses that their lines do not fit into a pipe. */
static void deny_many(void)
{
    enum { ADDRESSES = 1500 };
    char text[256];
    int fd = service_connect();
    for (int i = 0; i < ADDRESSES; i++) {
        int size = snprintf(text, sizeof text,
                            "GET /verify HTTP/1.1\r\nHost: g\r\nX-API-Key: x\r\n"
                            "X-Forwarded-For: 10.0.%d.%d\r\n\r\n",
                            i / 250, i % 250);
        service_send(fd, text, (size_t)size);
        cr_assert_eq(service_read(fd).status, 401);
    }
    close(fd);
    nanosleep(&(struct timespec){.tv_sec = 1}, NULL); /* until they are logged */
}

Test(life, nobody_waits_for_who_should_read_the_log)
{
    int ends[2], kept = dup(STDERR_FILENO);
    char form[96];
    const char *const words[] = {"serve", "--socket", run_path("s.sock"), NULL};
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    dup2(ends[1], STDERR_FILENO);
    struct running service = run_begin(words);
    dup2(kept, STDERR_FILENO);
    close(kept);
    while (!run_exists("s.sock"))
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    deny_many();
    snprintf(form, sizeof form, "token=%s", service_token);
    cr_assert_eq(service_post("/revoke", "", form).status, 200);
    cr_assert_eq(service_check("/verify", "").status, 401);
    run_stop(&service);
    close(ends[0]);
    close(ends[1]);
}

static int refused(const char *option, const char *value)
{
    return run("serve", option, value);
}

Test(life, a_socket_that_nobody_listens_on_is_replaced_and_other_names_are_not)
{
    service_start(NULL);
    service_signal(SIGKILL);
    cr_assert_eq(service_wait(), 128 + SIGKILL);
    cr_assert(run_exists("s.sock"), "left behind");
    service_start(NULL);
    cr_assert_eq(service_check("/verify", "").status, 200);
    cr_assert_eq(refused("--socket", run_path("s.sock")), 3);
    cr_assert(strstr(run_err, "a service is listening on"), "%s", run_err);
    cr_assert_eq(service_check("/verify", "").status, 200);
    run_file("plain", "x", 0600);
    cr_assert_eq(refused("--socket", run_path("plain")), 3);
    cr_assert(strstr(run_err, "is not a socket"), "%s", run_err);
    cr_assert(run_exists("plain"));
}

Test(life, wrong_options_are_refused_in_one_line)
{
    static const struct {
        const char *option, *value;
        int status;
    } cases[] = {
        {"--listen", "localhost:80", 2},
        {"--listen", "127.0.0.1", 2},
        {"--listen", "127.0.0.1:0", 2},
        {"--listen", "127.0.0.1:65536", 2},
        {"--listen", "0.0.0.0:8080", 2},
        {"--listen", "[::]:8080", 2},
        {"--listen", "[::1:8080", 2},
        {"--listen", "::1]:8080", 2},
        {"--listen", "::1:8080", 2},
        {"--listen", "[127.0.0.1]:8080", 2},
        {"--listen", "[::1]:0", 2},
        {"--listen", ":8080", 2},
        {"--trust", "10.0.0.0/40", 3},
        {"--challenge", "digest", 2},
        {"--threads", "0", 2},
        {"--threads", "65", 2},
        {"--socket", "", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int status = refused(cases[i].option, cases[i].value);
        cr_expect_eq(status, cases[i].status, "%s %s", cases[i].option, cases[i].value);
        const char *end = strchr(run_err, '\n');
        cr_expect(end && end > run_err && !end[1], "%s %s: %s", cases[i].option, cases[i].value,
                  run_err);
    }
    /* It is made under a longer name first. */
    char path[120];
    for (size_t size = 105; size < sizeof path; size++) {
        snprintf(path, sizeof path, "%s/", run_folder);
        const size_t used = strlen(path);
        memset(path + used, 's', size - used);
        path[size] = 0;
        cr_expect_eq(refused("--socket", path), 2, "%zu: %s", size, run_err);
        cr_expect(strstr(run_err, "too long"), "%zu: %s", size, run_err);
    }
    cr_assert_eq(refused("--listen", "0.0.0.0:8080"), 2);
    cr_assert(strstr(run_err, "add --listen-anywhere"), "%s", run_err);
    cr_assert_eq(run("serve", "now"), 2);
    cr_assert_eq(run("--db", run_path("missing.db"), "serve"), 4);
    cr_assert(strstr(run_err, "there is no database"), "%s", run_err);
}

/* A port that was free a moment ago. */
static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&address, size), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static int connected_status(int fd, const char *headers)
{
    char text[512];
    snprintf(text, sizeof text, "GET /verify HTTP/1.1\r\nHost: g\r\nX-API-Key: %s\r\n%s\r\n",
             service_token, headers);
    service_send(fd, text, strlen(text));
    int status = service_read(fd).status;
    close(fd);
    return status;
}

static int tcp_status(int port, const char *headers)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return connected_status(fd, headers);
}

static int listen_on_tcp(const char *format, const char *option, const char *value)
{
    char where[64];
    int port = free_port();
    snprintf(where, sizeof where, "%s:%d", format, port);
    service_start("--listen", where, option, value);
    return port;
}

static void restrict_to_network(const char *network)
{
    cr_assert_eq(run("token", "generate", "ci", "--from", network), 0, "%s", run_err);
    snprintf(service_token, sizeof service_token, "%s", run_out);
    service_token[strcspn(service_token, "\n")] = 0;
}

Test(life, over_tcp_the_address_is_the_peers_own)
{
    restrict_to_network("127.0.0.0/8");
    int port = listen_on_tcp("127.0.0.1", NULL, NULL);
    cr_assert_eq(tcp_status(port, ""), 200);
    cr_assert_eq(tcp_status(port, "X-Forwarded-For: 10.0.0.1\r\n"), 200, "anybody can write that");
}

Test(life, only_trusted_peers_name_the_address)
{
    restrict_to_network("10.0.0.0/8");
    int port = listen_on_tcp("127.0.0.1", "--trust", "127.0.0.0/8");
    cr_assert_eq(tcp_status(port, "X-Forwarded-For: 10.0.0.1\r\n"), 200);
    cr_assert_eq(tcp_status(port, ""), 401);
}

Test(life, peers_that_are_not_trusted_cannot)
{
    restrict_to_network("10.0.0.0/8");
    int port = listen_on_tcp("127.0.0.1", "--trust", "192.0.2.0/24");
    cr_assert_eq(tcp_status(port, "X-Forwarded-For: 10.0.0.1\r\n"), 401);
}

Test(life, listening_anywhere_says_that_tokens_travel_in_the_clear)
{
    int port = listen_on_tcp("0.0.0.0", "--listen-anywhere", NULL);
    service_until_log("can be reached from other machines: tokens travel in the clear\n");
    cr_assert_eq(tcp_status(port, ""), 200);
}

Test(life, it_listens_on_the_loopback_of_ipv6_alone)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
        cr_skip_test("there is no IPv6 here");
    close(fd);
    restrict_to_network("::1/128");
    address.sin6_port = htons((uint16_t)listen_on_tcp("[::1]", NULL, NULL));
    fd = socket(AF_INET6, SOCK_STREAM, 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(connected_status(fd, ""), 200);
}

/* Each thread needs some, so that one or the other is refused as the limit changes. */
Test(life, with_too_few_descriptors_it_says_so_and_ends)
{
    bool refused_by_library = false;
    for (rlim_t most = 115; most >= 100; most--) {
        struct rlimit limit = {.rlim_cur = most, .rlim_max = most};
        cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
        int status = run("serve", "--socket", run_path("s.sock"), "--threads", "64");
        cr_assert_neq(status, 0, "%d", (int)most);
        cr_assert(*run_err, "%d", (int)most);
        refused_by_library |= strstr(run_err, "cannot start a thread of libmicrohttpd") != NULL;
    }
    cr_assert(refused_by_library, "%s", run_err);
}

Test(life, the_challenge_may_be_basic_for_browsers)
{
    service_start("--challenge", "basic");
    struct reply reply = service_get("/verify", "");
    cr_assert_eq(reply.status, 401);
    service_expect_header(&reply, "WWW-Authenticate",
                          "Basic realm=\"gatehouse\", charset=\"UTF-8\"");
}

/* A socket that a service manager would hand over. */
static int bind_at(const char *name, int type)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", run_path(name));
    cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static pid_t start_managed(int checks, int admin, const char *manager)
{
    char own[32];
    pid_t child = fork();
    if (child != 0) return child;
    /* Out of the way first: one of them may have the number of the other's place. */
    int first = fcntl(checks, F_DUPFD, 10), second = fcntl(admin, F_DUPFD, 10);
    dup2(first, 3);
    dup2(second, 4);
    snprintf(own, sizeof own, "%d", (int)getpid());
    setenv("LISTEN_PID", own, 1);
    setenv("LISTEN_FDS", "2", 1);
    setenv("LISTEN_FDNAMES", "checks:admin", 1);
    setenv("NOTIFY_SOCKET", manager, 1);
    setenv("GATEHOUSE_DB", run_database, 1);
    execl(GATEHOUSE_UNDER_TEST, "gatehouse", "serve", NULL);
    _exit(127);
}

/* Runs it with one descriptor handed over; returns its exit status. */
static int run_managed(int handed, const char *process)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        int kept = fcntl(handed, F_DUPFD, 10), null = open("/dev/null", O_WRONLY);
        dup2(null, STDERR_FILENO);
        dup2(kept, 3);
        setenv("LISTEN_PID", process, 1);
        setenv("LISTEN_FDS", "1", 1);
        setenv("GATEHOUSE_DB", run_database, 1);
        execl(GATEHOUSE_UNDER_TEST, "gatehouse", "serve", "--socket", run_path("plain"),
              (char *)NULL);
        _exit(127);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Test(life, says_nothing_while_nothing_is_amiss)
{
    service_start(NULL);
    cr_assert_eq(service_check("/verify", "").status, 200);
    service_signal(SIGHUP);
    cr_assert_eq(service_check("/verify", "").status, 200);
    service_signal(SIGTERM);
    cr_assert_eq(service_wait(), 0);
    char *log = service_log();
    cr_assert_str_empty(log);
    free(log);
}

Test(life, says_that_the_console_will_not_show_it)
{
    RUN_NEEDS_SQLITE();
    cr_assert_eq(mkdir(run_path("gatehouse.db.service"), 0700), 0);
    service_start(NULL);
    service_until_log("the console will not show this service: cannot write ");
    cr_assert_eq(service_check("/verify", "").status, 200);
}

static void expect_state(int manager, const char *state)
{
    char got[256] = "";
    struct timeval wait = {.tv_sec = 10};
    setsockopt(manager, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    ssize_t size = recv(manager, got, sizeof got - 1, 0);
    cr_assert_gt(size, 0, "waited in vain for %s", state);
    cr_assert_eq(strncmp(got, state, strlen(state)), 0, "%s, not %s", got, state);
}

Test(life, a_service_manager_may_hand_over_sockets_and_is_told_how_it_goes)
{
    int status;
    int checks = bind_at("s.sock", SOCK_STREAM), admin = bind_at("a.sock", SOCK_STREAM);
    int manager = bind_at("notify", SOCK_DGRAM);
    cr_assert_eq(listen(checks, 8) + listen(admin, 8), 0);
    pid_t child = start_managed(checks, admin, run_path("notify"));
    expect_state(manager, "READY=1");
    cr_assert_eq(service_check("/verify", "").status, 200);
    cr_assert_eq(service_admin("/status").status, 200);
    cr_assert_eq(service_get("/status", "").status, 404);
    kill(child, SIGHUP);
    expect_state(manager, "RELOADING=1\nMONOTONIC_USEC=");
    expect_state(manager, "READY=1");
    kill(child, SIGTERM);
    expect_state(manager, "STOPPING=1");
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    cr_assert(run_exists("s.sock"), "it is the manager's");
    close(checks);
    close(admin);
    close(manager);
}

/* A shell, which becomes the service, knows the number of its process beforehand. */
Test(life, what_is_handed_over_must_listen_and_is_ignored_if_it_is_meant_for_another_process)
{
    char command[1024];
    run_file("plain", "x", 0600);
    int handed = open(run_path("plain"), O_RDONLY | O_CLOEXEC);
    cr_assert_eq(run_managed(handed, "1"), 3, "it went on to --socket, which is refused");
    snprintf(command, sizeof command,
             "LISTEN_PID=$$ LISTEN_FDS=1 GATEHOUSE_DB='%s' exec '%s' serve 3<'%s' 2>'%s'",
             run_database, GATEHOUSE_UNDER_TEST, run_path("plain"), run_path("said"));
    int status = system(command);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 2, "%d", status);
    snprintf(command, sizeof command, "grep -q 'is not a socket that listens' '%s'",
             run_path("said"));
    cr_assert_eq(system(command), 0);
    close(handed);
}

Test(life, the_socket_of_a_service_manager_may_have_an_abstract_name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char name[64];
    int status;
    snprintf(name, sizeof name, "@gatehouse-test-%d", (int)getpid());
    memcpy(address.sun_path + 1, name + 1, strlen(name) - 1);
    int manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(manager, (struct sockaddr *)&address,
                      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))),
                 0);
    int checks = bind_at("s.sock", SOCK_STREAM), admin = bind_at("a.sock", SOCK_STREAM);
    cr_assert_eq(listen(checks, 8) + listen(admin, 8), 0);
    pid_t child = start_managed(checks, admin, name);
    expect_state(manager, "READY=1");
    kill(child, SIGTERM);
    expect_state(manager, "STOPPING=1");
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(checks);
    close(admin);
    close(manager);
}

/* It says so after it has begun to listen. */
static struct service_state wait_for_state(bool runs)
{
    struct service_state state;
    struct timespec begin;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    do
        service_ask(run_database, NULL, NULL, &state);
    while ((state.runs != runs || state.answers != runs) && since(&begin) < 5);
    cr_assert_eq(state.runs, runs);
    cr_assert_eq(state.answers, runs);
    return state;
}

Test(life, the_console_finds_a_running_service_and_what_it_does)
{
    RUN_NEEDS_SQLITE();
    wait_for_state(false);
    service_start(NULL);
    struct service_state state = wait_for_state(true);
    cr_assert_eq(state.process, service_process());
    cr_assert_eq(state.checks, 0);
    service_check("/verify", "");
    service_check_token("nonsense");
    cr_assert_eq(wait_for_state(true).checks, 2);
    service_signal(SIGKILL);
    service_wait();
    wait_for_state(false);
    service_start(NULL);
    wait_for_state(true);
    service_signal(SIGTERM);
    cr_assert_eq(service_wait(), 0);
    wait_for_state(false);
}
