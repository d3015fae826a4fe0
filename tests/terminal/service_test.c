/* The line about the check service: a thread of the test is the service. */
#include "console.h"

#include <gatehouse/service.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct service_mark *mark;
static char path[100];
static int listening;
static atomic_llong checks;
static atomic_bool silent;

static void open_console(void)
{
    open_console_of(24, 80);
}

static void close_all(void)
{
    service_withdraw(mark);
    close_console();
    unlink(path);
}

TestSuite(service, .init = open_console, .fini = close_all, .timeout = 300);

static void answer(int fd)
{
    char request[1000], status[200];
    ssize_t size = recv(fd, request, sizeof request, 0);
    if (size < 0) return;
    snprintf(status, sizeof status, "HTTP/1.1 200 OK\r\n\r\n{\"process\":1,\"checks\":%lld}",
             atomic_load(&checks));
    send(fd, status, strlen(status), MSG_NOSIGNAL);
}

static void *serve(void *arg)
{
    for (;;) {
        int fd = accept(listening, NULL, NULL);
        if (fd < 0) return arg;
        if (!atomic_load(&silent)) answer(fd);
        if (!atomic_load(&silent)) close(fd);
    }
}

static void start(bool with_socket)
{
    pthread_t thread;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(path, sizeof path, "/tmp/gatehouse-admin-%d", (int)getpid());
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(listening, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(listen(listening, 8), 0);
    cr_assert_eq(pthread_create(&thread, NULL, serve, NULL), 0);
    cr_assert_eq(service_announce(prepared_database(home), with_socket ? path : NULL, &mark), OK,
                 "%s", error_message());
}

Test(service, without_one_there_is_no_line)
{
    terminal_listen(console, 1500);
    cr_assert_not(terminal_shows(console, "heck service"));
}

Test(service, one_without_an_admin_socket_is_only_said_to_run)
{
    start(false);
    terminal_wait(console, "● Check service running");
    cr_assert_not_null(strstr(terminal_row(console, 1), "Service Accounts  ● Check service"));
    step("/ci-\r", "of 30");
    cr_assert(terminal_shows(console, "● Check service running"));
    step("2", "API Tokens");
    terminal_wait_gone(console, "Check service");
    step("1", "● Check service running");
}

Test(service, its_rate_is_shown_and_its_end_is_seen)
{
    start(true);
    terminal_wait(console, "● Check service: 0 checks a second");
    atomic_store(&checks, 1000000);
    terminal_wait_gone(console, ": 0 checks a second");
    terminal_wait(console, "checks a second");
    service_withdraw(mark);
    mark = NULL;
    terminal_wait_gone(console, "Check service");
}

Test(service, one_that_hangs_is_said_not_to_answer_and_no_key_waits_for_it)
{
    atomic_store(&silent, true);
    start(true);
    terminal_wait(console, "○ Check service does not answer");
    step("/legacy\r", "1 of 30");
    step("\033", "30 accounts");
}

Test(service, at_forty_columns_its_glyph_has_room_and_on_a_low_screen_none)
{
    start(true);
    terminal_wait(console, "● Check service: 0 checks a second");
    terminal_resize(console, 24, 40);
    terminal_wait_gone(console, "Check service");
    cr_assert_not_null(strstr(terminal_row(console, 1), "Service Accounts  ●"));
    terminal_resize(console, 10, 40);
    terminal_wait_gone(console, "Service Accounts");
    cr_assert_null(strstr(terminal_row(console, 1), "●"));
}
