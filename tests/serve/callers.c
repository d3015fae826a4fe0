/* What Traefik and Envoy send, byte by byte, and what they need of an answer. */
#include "tests/serve/service.h"

#include <stdio.h>

static void start(void)
{
    service_setup();
    service_start(NULL);
}

TestSuite(callers, .init = start, .fini = service_teardown);

/* Sends the text, in which %s is the token, twice on one connection; returns the second answer. */
static struct reply send_twice(const char *format)
{
    char text[2048];
    const char *rest = strstr(format, "%s");
    snprintf(text, sizeof text, "%.*s%s%s", (int)(rest - format), format, service_token, rest + 2);
    int fd = service_connect();
    service_send(fd, text, strlen(text));
    struct reply reply = service_read(fd);
    cr_assert(!reply.ended, "%s", reply.head);
    service_send(fd, text, strlen(text));
    reply = service_read(fd);
    close(fd);
    return reply;
}

/* Each header of authResponseHeaders replaces the client's only if it is in the answer. */
static void expect_allowed(const struct reply *reply)
{
    cr_assert_eq(reply->status, 200, "%s", reply->head);
    service_expect_header(reply, "X-Auth-Account", "sa::ci");
    service_expect_header(reply, "X-Auth-Token", "1");
    service_expect_header(reply, "X-Auth-Permissions", "-");
    service_expect_header(reply, "X-Auth-Expires", "-");
    cr_assert_str_empty(reply->body);
}

Test(callers, traefik_asks_with_get_and_the_headers_of_the_client)
{
    struct reply reply = send_twice("GET /verify HTTP/1.1\r\n"
                                    "Host: 127.0.0.1:8082\r\n"
                                    "User-Agent: curl/7.88.1\r\n"
                                    "Accept: */*\r\n"
                                    "Authorization: Bearer %s\r\n"
                                    "X-Auth-Account: sa::evil\r\n"
                                    "X-Forwarded-For: 192.0.2.7\r\n"
                                    "X-Forwarded-Host: example.org\r\n"
                                    "X-Forwarded-Method: POST\r\n"
                                    "X-Forwarded-Port: 443\r\n"
                                    "X-Forwarded-Proto: https\r\n"
                                    "X-Forwarded-Server: edge\r\n"
                                    "X-Forwarded-Uri: /some/path?x=1\r\n"
                                    "Accept-Encoding: gzip\r\n"
                                    "\r\n");
    expect_allowed(&reply);
}

Test(callers, envoy_asks_with_the_method_of_the_client_and_appends_its_path)
{
    static const char *const methods[] = {"GET", "POST", "PATCH", "OPTIONS"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        char format[1024];
        snprintf(format, sizeof format,
                 "%s /verify/-/p/ingestion/../x?token=y HTTP/1.1\r\n"
                 "host: example.org\r\n"
                 "content-length: 0\r\n"
                 "authorization: Bearer %%s\r\n"
                 "x-forwarded-for: 10.9.9.9, 192.0.2.7\r\n"
                 "x-envoy-expected-rq-timeout-ms: 1000\r\n"
                 "\r\n",
                 methods[i]);
        struct reply reply = send_twice(format);
        expect_allowed(&reply);
    }
}

Test(callers, envoy_takes_exactly_200_for_a_yes_and_passes_a_denial_on)
{
    struct reply reply = service_get("/verify/p/agent_management/some/path", "");
    cr_assert_eq(reply.status, 401);
    cr_assert(service_has_header(&reply, "WWW-Authenticate"));
    reply = service_check("/verify/p/agent_management/a/nobody", "");
    cr_assert_eq(reply.status, 200, "what follows the prefix asks for nothing: %s", reply.head);
    cr_assert_eq(service_check("/verify/p/ingestion/p/agent_management", "").status, 403);
}

Test(callers, the_blocks_name_the_sockets_that_were_given)
{
    static const char *const names[] = {"nginx",   "caddy", "haproxy", "haproxy-lua",
                                        "traefik", "envoy", "apache",  "pam"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cr_assert_eq(run("serve", "--snippet", names[i], "--socket", "/tmp/some.sock", "--listen",
                         "127.0.0.1:999"),
                     0, "%s", run_err);
        cr_assert(strstr(run_out, "/tmp/some.sock") || strstr(run_out, "127.0.0.1:999") ||
                      strstr(run_out, run_database) || strcmp(names[i], "haproxy") == 0,
                  "%s", run_out);
        static const char *const marks[] = {"@SOCKET", "@LISTEN@", "@PROGRAM@", "@DATABASE@"};
        for (size_t mark = 0; mark < sizeof marks / sizeof *marks; mark++)
            cr_assert(!strstr(run_out, marks[mark]), "%s: %s", names[i], marks[mark]);
    }
    cr_assert_eq(run("serve", "--snippet", "squid"), 2);
    cr_assert(strstr(run_err, "choose nginx, caddy"), "%s", run_err);
}
