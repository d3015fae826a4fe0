/* A token that was asked about stands nowhere in the memory of the service afterwards. */
#include "tests/process_memory.h"
#include "tests/serve/service.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void start(void)
{
#ifdef __SANITIZE_ADDRESS__
    cr_skip("a sanitizer keeps what was freed");
#endif
    service_setup();
    service_start("--threads", "1");
}

static void stop(void)
{
    if (*service_token) service_teardown();
}

TestSuite(memory, .init = start, .fini = stop);

/* How often `text` stands there, once that is so or not so any more. */
static int count_until(const char *text, bool stands)
{
    const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
    int count = process_memory_count(service_process(), text, 1);
    for (int i = 0; i < 200 && count >= 0 && (count > 0) != stands; i++) {
        nanosleep(&pause, NULL);
        count = process_memory_count(service_process(), text, 1);
    }
    if (count < 0) cr_skip("the memory of the service cannot be read here (it takes root)");
    return count;
}

/* On a connection that stays open. */
static void expect_wiped(const char *request, const char *text, int status)
{
    int fd = service_connect();
    size_t last = strlen(request) - 1;
    service_send(fd, request, last);
    if (strstr(request, text))
        cr_assert_gt(count_until(text, true), 0, "the test looks in the wrong place: %s", request);
    service_send(fd, request + last, 1);
    struct reply reply = service_read(fd);
    cr_assert_eq(reply.status, status, "%s%s", request, reply.head);
    int count = count_until(text, false);
    cr_expect_eq(count, 0, "%d times, after %s", count, request);
    close(fd);
}

static const char *middle_of(const char *token)
{
    static char middle[25];
    snprintf(middle, sizeof middle, "%.24s", token + 8);
    return middle;
}

static void expect_header_wiped(const char *header, const char *token, const char *line, int status)
{
    char request[512];
    snprintf(request, sizeof request, "%s\r\nHost: g\r\n%s %s\r\nContent-Length: 0\r\n\r\n", line,
             header, token);
    expect_wiped(request, middle_of(token), status);
}

static const char *const headers[] = {"Authorization: Bearer", "X-API-Key:"};

Test(memory, a_token_in_a_header_is_wiped)
{
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        expect_header_wiped(headers[i], service_token, "GET /verify HTTP/1.1", 200);
}

Test(memory, a_token_as_a_password_is_wiped)
{
    char pair[128], coded[256], request[512];
    snprintf(pair, sizeof pair, "ci:%s", service_token);
    sodium_bin2base64(coded, sizeof coded, (const unsigned char *)pair, strlen(pair),
                      sodium_base64_VARIANT_ORIGINAL);
    snprintf(request, sizeof request,
             "GET /verify HTTP/1.1\r\nHost: g\r\nAuthorization: Basic %s\r\n\r\n", coded);
    expect_wiped(request, middle_of(service_token), 200);
    expect_wiped(request, middle_of(coded), 200);
}

Test(memory, a_token_in_a_form_is_wiped)
{
    char request[512];
    snprintf(request, sizeof request,
             "POST /revoke HTTP/1.1\r\nHost: g\r\nContent-Type: application/x-www-form-urlencoded"
             "\r\nContent-Length: %zu\r\n\r\ntoken=%s",
             strlen("token=") + strlen(service_token), service_token);
    expect_wiped(request, middle_of(service_token), 200);
}

Test(memory, tokens_that_are_refused_are_wiped)
{
    static const char other[] = "gth_0123456789abcdefghijABCDEFGHIJ05DYyq";
    static const char *const lines[] = {"GET /verify HTTP/1.1", "GET /verify/a/other HTTP/1.1",
                                        "GET /nothing HTTP/1.1", "POST /introspect HTTP/1.1"};
    static const int status[] = {401, 401, 404, 400};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        for (size_t j = 0; j < sizeof headers / sizeof *headers; j++)
            expect_header_wiped(headers[j], other, lines[i], status[i]);
}
