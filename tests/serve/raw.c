/* Bytes that no honest client sends. The library would accept many of them. */
#include "tests/serve/service.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

static void start(void)
{
    service_setup();
    service_start("--threads", "2");
}

TestSuite(raw, .init = start, .fini = service_teardown, .timeout = 300);

/* A request whose headers are these; %T stands for the token. */
static struct reply send_request(const char *line, const char *headers)
{
    char text[4096];
    size_t size = (size_t)snprintf(text, sizeof text, "%s\r\n", line);
    for (; *headers; headers++) {
        if (strncmp(headers, "%T", 2) == 0) {
            size += (size_t)snprintf(text + size, sizeof text - size, "%s", service_token);
            headers++;
        } else {
            text[size++] = *headers == '@' ? 0 : *headers; /* @: a NUL */
        }
    }
    memcpy(text + size, "\r\n", 2);
    return service_raw(text, size + 2);
}

#define HOST "Host: gatehouse\r\n"
#define GOOD "Authorization: Bearer %T\r\n"

static void expect_refused(const char *line, const char *headers)
{
    struct reply reply = send_request(line, headers);
    cr_assert_eq(reply.status, 400, "%s %s: %s", line, headers, reply.head);
    cr_assert(reply.ended, "%s: what follows may be another request: %s", headers, reply.head);
    cr_assert(!service_has_header(&reply, "X-Auth-Account"));
}

Test(raw, what_proxies_and_the_library_might_read_differently_is_refused)
{
    static const char get[] = "GET /verify HTTP/1.1";
    cr_assert_eq(send_request(get, HOST GOOD).status, 200);
    expect_refused(get, HOST GOOD "Authorization: Bearer %T\r\n");
    expect_refused(get, HOST GOOD "authorization: Bearer x\r\n");
    expect_refused(get, HOST "Authorization: Bearer x\r\n" GOOD);
    expect_refused(get, HOST HOST GOOD);
    expect_refused(get, HOST "host: other\r\n" GOOD);
    expect_refused(get, HOST GOOD "Content-Length: 0\r\nContent-Length: 0\r\n");
    expect_refused(get, HOST GOOD "Content-Length: 0\r\nContent-Length: 5\r\n");
    expect_refused(get, HOST GOOD "Transfer-Encoding: chunked\r\n");
    expect_refused(get, HOST GOOD "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n");
    expect_refused(get, HOST GOOD "Transfer-Encoding: identity\r\n");
    expect_refused(get, HOST GOOD "Content-Length : 5\r\n");
    expect_refused(get, HOST "Authorization : Bearer %T\r\n");
    expect_refused(get, HOST GOOD "Bad[name]: x\r\n");
    expect_refused(get, HOST GOOD "X: a\001b\r\n");
    expect_refused(get, HOST GOOD "X: a\177b\r\n");
    expect_refused(get, HOST GOOD "X: a\rb\r\n");
}

Test(raw, a_nul_anywhere_is_refused)
{
    expect_refused("GET /verify HTTP/1.1", HOST "Authorization: Bearer %T@x\r\n");
    expect_refused("GET /verify HTTP/1.1", HOST "Authorization: Bearer %T@\r\n");
    expect_refused("GET /verify HTTP/1.1", HOST GOOD "X: @\r\n");
    expect_refused("GET /verify HTTP/1.1", HOST GOOD "X@: y\r\n");
    expect_refused("GET /verify HTTP/1.1", HOST "Authorization@: y\r\n" GOOD);
    static const char in_path[] = "GET /verify/p/agent_management\0x HTTP/1.1\r\nHost: g\r\n\r\n";
    struct reply reply = service_raw(in_path, sizeof in_path - 1);
    /* libmicrohttpd 1.0 closes the connection by itself. */
    cr_assert(reply.status == 400 || reply.status == 0, "%s", reply.head);
    static const char in_method[] = "GET\0 /verify HTTP/1.1\r\nHost: g\r\n\r\n";
    reply = service_raw(in_method, sizeof in_method - 1);
    cr_assert_neq(reply.status, 200, "%s", reply.head);
    cr_assert_eq(service_check("/verify", "").status, 200, "the service is gone");
}

Test(raw, a_line_must_end_with_cr_and_lf_and_not_go_on_in_the_next)
{
    static const char get[] = "GET /verify HTTP/1.1";
    expect_refused(get, HOST GOOD "X: a\nX-Forwarded-For: 10.0.0.1\r\n");
    expect_refused(get, HOST GOOD "X: a\rX-Forwarded-For: 10.0.0.1\r\n");
    expect_refused(get, HOST GOOD "X: a\n\r\n");
    expect_refused(get, HOST GOOD "X: a\r\n b\r\n");
    expect_refused(get, HOST GOOD "X: a\r\n\tb\r\n");
    expect_refused(get, HOST "Authorization: Bearer\r\n %T\r\n");
    expect_refused("GET /verify HTTP/1.1\nHost: g", GOOD);
    struct reply reply = service_post("/revoke", "", "token=a\nb");
    cr_assert_eq(reply.status, 400, "%s", reply.head);
}

Test(raw, a_body_on_verify_is_refused_unread)
{
    char text[512];
    snprintf(text, sizeof text,
             "POST /verify HTTP/1.1\r\nHost: g\r\nX-API-Key: %s\r\nContent-Length: 40\r\n\r\n"
             "GET /verify HTTP/1.1\r\nHost: g\r\n\r\n12345",
             service_token);
    int fd = service_connect();
    service_send(fd, text, strlen(text));
    struct reply reply = service_read(fd);
    cr_assert_eq(reply.status, 400, "%s", reply.head);
    cr_assert(service_has_ended(fd, 5000), "the body was taken for a request");
    close(fd);
    expect_refused("GET /verify HTTP/1.1", HOST GOOD "Content-Length: 1\r\n");
    expect_refused("GET /healthz HTTP/1.1", HOST "Content-Length: 1\r\n");
}

Test(raw, a_token_in_the_path_or_the_query_is_refused_and_never_logged)
{
    char path[256];
    static const char *const forms[] = {"/verify/%s", "/verify?token=%s", "/verify/p/x?a=b&c=%s",
                                        "/%s"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const char *rest = strstr(forms[i], "%s");
        snprintf(path, sizeof path, "%.*s%s", (int)(rest - forms[i]), forms[i], service_token);
        struct reply reply = service_check(path, "");
        cr_assert_eq(reply.status, 400, "%s: %s", forms[i], reply.head);
    }
    service_check_token("gth_0123456789abcdefghijABCDEFGHIJ05DYyq");
    service_until_log("denied");
    char *log = service_log();
    cr_assert(!strstr(log, service_token) && !strstr(log, "gth_"), "%s", log);
    free(log);
}

Test(raw, more_than_16_kb_of_headers_are_refused)
{
    static char headers[40000];
    memcpy(headers, "X: ", 3);
    memset(headers + 3, 'a', 15 * 1024);
    strcat(headers, "\r\n");
    cr_assert_eq(service_check("/verify", headers).status, 200);
    memset(headers + 3, 'a', 17 * 1024);
    strcpy(headers + 3 + 17 * 1024, "\r\n");
    struct reply reply = service_check("/verify", headers);
    cr_assert_eq(reply.status, 431, "%s", reply.head);
    cr_assert(reply.ended);
    cr_assert_str_empty(reply.body);
    headers[0] = 0;
    for (int i = 0; i < 2000; i++)
        strcat(headers, "A: b\r\n");
    reply = service_get("/verify", headers); /* the library's own limit: many small ones */
    cr_assert_eq(reply.status, 431, "%s", reply.head);
    memset(headers, 'a', 35000);
    headers[0] = '/';
    headers[35000] = 0;
    cr_assert_geq(service_get(headers, "").status, 400);
}

Test(raw, nonsense_is_answered_or_cut_off_and_the_next_one_is_served)
{
    static const char *const lines[] = {
        "\r\n\r\n",
        "GET\r\n\r\n",
        "GET /verify\r\n\r\n",
        "GET /verify HTTP/9.9\r\nHost: g\r\n\r\n",
        "GET  /verify  HTTP/1.1\r\nHost: g\r\n\r\n",
        "GET /verify x HTTP/1.1\r\nHost: g\r\n\r\n",
        "GET http://other/verify HTTP/1.1\r\nHost: g\r\n\r\n",
        "GET /verify HTTP/1.1\r\nHost: g\r\nno colon\r\n\r\n",
        "GET /verify HTTP/1.1\r\nHost: g\r\nContent-Length: -1\r\n\r\n",
        "GET /verify HTTP/1.1\r\nHost: g\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "GET /verify HTTP/1.1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\026\003\001\002",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        int fd = service_connect();
        service_send(fd, lines[i], strlen(lines[i]));
        shutdown(fd, SHUT_WR);
        struct reply reply = service_read(fd);
        cr_assert_neq(reply.status, 200, "%s: %s", lines[i], reply.head);
        close(fd);
    }
    cr_assert_eq(service_check("/verify", "").status, 200);
}

Test(raw, a_client_that_closes_halfway_or_half_closes_disturbs_nobody)
{
    char text[512];
    snprintf(text, sizeof text, "GET /verify HTTP/1.1\r\nHost: g\r\nX-API-Key: %s\r\n\r\n",
             service_token);
    for (size_t size = 0; size < strlen(text); size += 7) {
        int fd = service_connect();
        service_send(fd, text, size);
        close(fd);
    }
    int fd = service_connect();
    service_send(fd, text, strlen(text));
    shutdown(fd, SHUT_WR);
    cr_assert_eq(service_read(fd).status, 200, "it still listens for the answer");
    close(fd);
    cr_assert_eq(service_check("/verify", "").status, 200);
}

Test(raw, a_request_may_come_byte_by_byte_but_not_for_longer_than_ten_seconds)
{
    enum { EVERY_MS = 100, SECONDS = 10 };
    char text[512];
    snprintf(text, sizeof text, "GET /verify HTTP/1.1\r\nHost: g\r\nX-API-Key: %s\r\n\r\n",
             service_token);
    int fd = service_connect();
    for (size_t i = 0; i < strlen(text); i++)
        service_send(fd, text + i, 1);
    cr_assert_eq(service_read(fd).status, 200);

    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    service_send(fd, "GET /verify HTTP/1.1\r\nX: ", 25);
    while (!service_has_ended(fd, EVERY_MS)) {
        service_send(fd, "x", 1);
        clock_gettime(CLOCK_MONOTONIC, &after);
        cr_assert_lt(after.tv_sec - before.tv_sec, SECONDS + 5, "it listens for ever");
    }
    clock_gettime(CLOCK_MONOTONIC, &after);
    cr_assert_geq(after.tv_sec - before.tv_sec, SECONDS - 1);
    close(fd);
}

Test(raw, ten_thousand_requests_go_through_one_connection)
{
    enum { LATE = 10 }; /* on a busy machine so many may not be answered in time */
    char text[256];
    int fd = service_connect(), late = 0;
    snprintf(text, sizeof text, "GET /verify HTTP/1.1\r\nHost: g\r\nX-API-Key: %s\r\n\r\n",
             service_token);
    for (int i = 0; i < 10000;) {
        service_send(fd, text, strlen(text));
        int status = service_read(fd).status;
        if (status == 503 && late++ < LATE) continue;
        cr_assert_eq(status, 200, "request %d", i);
        i++;
    }
    close(fd);
    cr_assert_eq(service_count("allowed"), 10000);
}

Test(raw, requests_that_come_at_once_are_answered_in_their_order)
{
    static const char *const paths[] = {"/verify", "/verify/p/ingestion", "/nowhere", "/healthz"};
    static const int expected[] = {200, 403, 404, 200};
    enum { ROUNDS = 50, KINDS = 4 };
    static char text[64 * 1024];
    size_t size = 0;
    for (int i = 0; i < ROUNDS * KINDS; i++)
        size += (size_t)snprintf(text + size, sizeof text - size,
                                 "GET %s HTTP/1.1\r\nHost: g\r\nX-API-Key: %s\r\n\r\n",
                                 paths[i % KINDS], service_token);
    int fd = service_connect();
    service_send(fd, text, size);
    for (int i = 0; i < ROUNDS * KINDS; i++)
        cr_assert_eq(service_read(fd).status, expected[i % KINDS], "answer %d", i);
    close(fd);
}

Test(raw, a_refused_request_hides_no_other_one_that_follows)
{
    char text[1024];
    snprintf(text, sizeof text,
             "GET /verify HTTP/1.1\r\nHost: g\r\nHost: g\r\n\r\n"
             "GET /verify HTTP/1.1\r\nHost: g\r\nX-API-Key: %s\r\n\r\n",
             service_token);
    int fd = service_connect();
    service_send(fd, text, strlen(text));
    cr_assert_eq(service_read(fd).status, 400);
    cr_assert(service_has_ended(fd, 5000));
    close(fd);
}

/* For each of the two threads, as many as the library takes from the kernel at once, or fewer. */
Test(raw, requests_that_come_at_once_are_all_answered_at_once)
{
    enum { MOST = 256, ANSWER_MS = 5000 };
    static const char text[] = "GET /healthz HTTP/1.1\r\nHost: g\r\n\r\n";
    int fds[MOST];
    for (int i = 0; i < MOST; i++) {
        fds[i] = service_connect();
        service_send(fds[i], text, sizeof text - 1);
        cr_assert_eq(service_read(fds[i]).status, 200);
    }
    for (int count = MOST; count > MOST - 4; count--) {
        service_signal(SIGSTOP);
        for (int i = 0; i < count; i++)
            service_send(fds[i], text, sizeof text - 1);
        service_signal(SIGCONT);
        for (int i = 0; i < count; i++) {
            struct pollfd wait = {.fd = fds[i], .events = POLLIN};
            cr_assert_eq(poll(&wait, 1, ANSWER_MS), 1, "request %d of %d", i, count);
            cr_assert_eq(service_read(fds[i]).status, 200);
        }
    }
    for (int i = 0; i < MOST; i++)
        close(fds[i]);
}

Test(raw, idle_connections_take_no_place_for_longer_than_half_a_minute)
{
    enum { PLACES = 1000, MORE = 20 };
    static int idle[PLACES + MORE];
    struct rlimit limit = {.rlim_cur = 4096, .rlim_max = 4096};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    for (int i = 0; i < PLACES - 1; i++) {
        idle[i] = service_connect();
        if (i % 2) service_send(idle[i], "GET /verify HTTP/1.1\r\nHost:", 27); /* and no more */
    }
    cr_assert_eq(service_check("/verify", "").status, 200, "with 999 others");
    for (int i = PLACES - 1; i < PLACES + MORE; i++)
        idle[i] = service_connect(); /* waits in the queue of the kernel */
    int fd = service_connect();
    char text[256];
    snprintf(text, sizeof text, "GET /verify HTTP/1.1\r\nHost: g\r\nX-API-Key: %s\r\n\r\n",
             service_token);
    service_send(fd, text, strlen(text));
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    cr_assert_eq(poll(&wait, 1, 300), 0, "more than a thousand are served");
    cr_assert_eq(service_count("connections"), PLACES + 1, "an admin can still look");
    cr_assert_eq(poll(&wait, 1, 40000), 1, "nobody made room");
    cr_assert_eq(service_read(fd).status, 200);
    close(fd);
    for (int i = 0; i < PLACES + MORE; i++)
        close(idle[i]);
}
