/* How a check service is found and asked: the mark beside the database, and an admin socket. */
#include <criterion/criterion.h>

#include <gatehouse/service.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char folder[40], database[80], name[80], mark_name[100];
static struct service_state state;

static void setup(void)
{
    snprintf(folder, sizeof folder, "/tmp/gatehouse-service-XXXXXX");
    cr_assert(mkdtemp(folder));
    snprintf(database, sizeof database, "%s/gatehouse.db", folder);
    snprintf(name, sizeof name, "%s/admin.sock", folder);
    snprintf(mark_name, sizeof mark_name, "%s.service", database);
    fclose(fopen(database, "w"));
}

static void teardown(void)
{
    unlink(mark_name);
    unlink(name);
    unlink(database);
    rmdir(folder);
}

TestSuite(service, .init = setup, .fini = teardown);

static void ask(void)
{
    service_ask(database, NULL, NULL, &state);
}

static int listen_there(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", name);
    cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(listen(fd, 4), 0);
    return fd;
}

struct answering {
    int fd;
    const char *answer;
    bool by_bytes;
};

static void *answer_once(void *arg)
{
    const struct answering *answering = arg;
    char request[4096];
    int fd = accept(answering->fd, NULL, NULL);
    ssize_t size = recv(fd, request, sizeof request, 0);
    for (const char *at = answering->answer; size > 0 && *at;
         at += answering->by_bytes ? 1 : size) {
        size = answering->by_bytes ? 1 : (ssize_t)strlen(at);
        if (send(fd, at, (size_t)size, MSG_NOSIGNAL) != size) break;
        if (answering->by_bytes) nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    close(fd);
    return NULL;
}

static void ask_answered(const char *answer, bool by_bytes)
{
    pthread_t thread;
    struct service_mark *mark;
    struct answering answering = {.fd = listen_there(), .answer = answer, .by_bytes = by_bytes};
    cr_assert_eq(service_announce(database, name, &mark), OK);
    cr_assert_eq(pthread_create(&thread, NULL, answer_once, &answering), 0);
    ask();
    pthread_join(thread, NULL);
    close(answering.fd);
    service_withdraw(mark);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

Test(service, without_a_mark_none_runs)
{
    ask();
    cr_assert_not(state.runs);
    service_ask("/nowhere/gatehouse.db", NULL, NULL, &state);
    cr_assert_not(state.runs);
}

Test(service, it_runs_from_its_announcement_to_its_withdrawal)
{
    struct service_mark *mark;
    cr_assert_eq(service_announce(database, NULL, &mark), OK);
    ask();
    cr_assert(state.runs);
    cr_assert_not(state.has_socket);
    cr_assert_not(state.answers);
    struct stat info;
    cr_assert_eq(stat(mark_name, &info), 0);
    cr_assert_eq(info.st_mode & 07777, 0600);
    cr_assert_eq(info.st_size, 0);
    service_withdraw(mark);
    ask();
    cr_assert_not(state.runs);
    cr_assert_neq(access(mark_name, F_OK), 0, "nothing is left behind");
}

Test(service, one_that_was_killed_does_not_run)
{
    struct service_mark *mark;
    pid_t child = fork();
    if (!child) _exit(service_announce(database, NULL, &mark) ? 1 : 0);
    int status;
    waitpid(child, &status, 0);
    cr_assert_eq(status, 0);
    cr_assert_eq(access(mark_name, F_OK), 0);
    ask();
    cr_assert_not(state.runs);
    cr_assert_eq(service_announce(database, NULL, &mark), OK, "%s", error_message());
    ask();
    cr_assert(state.runs);
    service_withdraw(mark);
}

Test(service, the_end_of_an_older_one_leaves_the_mark_of_the_newer)
{
    struct service_mark *older, *newer;
    cr_assert_eq(service_announce(database, NULL, &older), OK);
    cr_assert_eq(service_announce(database, NULL, &newer), OK);
    service_withdraw(older);
    ask();
    cr_assert(state.runs);
    service_withdraw(newer);
    service_withdraw(NULL);
}

Test(service, it_is_found_by_another_name_of_the_database)
{
    struct service_mark *mark;
    char link_name[160];
    snprintf(link_name, sizeof link_name, "%s/link.db", folder);
    cr_assert_eq(symlink(database, link_name), 0);
    cr_assert_eq(service_announce(link_name, NULL, &mark), OK);
    ask();
    cr_assert(state.runs);
    service_withdraw(mark);
    unlink(link_name);
}

Test(service, its_status_is_read)
{
    ask_answered(
        "HTTP/1.1 200 OK\r\nContent-Length: 34\r\n\r\n{\"process\":7,\"checks\":1234567,\"x\":1}",
        false);
    cr_assert(state.runs && state.has_socket && state.answers);
    cr_assert_eq(state.process, 7);
    cr_assert_eq(state.checks, 1234567);
}

Test(service, nonsense_is_no_answer)
{
    static const char *const answers[] = {
        "",
        "{}",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n[]",
        "HTTP/1.1 200 OK\r\n\r\n{\"process\":\"7\",\"checks\":null}",
        "HTTP/1.1 404 Not Found\r\n\r\n{\"checks\":"};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        ask_answered(answers[i], false);
        cr_assert(state.runs && state.has_socket, "%s", answers[i]);
        cr_assert_not(state.answers, "%s", answers[i]);
        unlink(name);
    }
}

Test(service, one_that_never_answers_or_byte_by_byte_is_left_after_a_moment)
{
    enum { BYTES = 3000 };
    static char slow[BYTES + 1];
    struct service_mark *mark;
    int fd = listen_there();
    cr_assert_eq(service_announce(database, name, &mark), OK);
    double before = seconds();
    ask();
    cr_assert_lt(seconds() - before, 1.0);
    cr_assert(state.runs && state.has_socket);
    cr_assert_not(state.answers);
    close(fd);
    unlink(name);
    ask();
    cr_assert_not(state.answers, "nobody listens");
    service_withdraw(mark);
    memset(slow, ' ', BYTES);
    before = seconds();
    ask_answered(slow, true);
    cr_assert_lt(seconds() - before, 1.0, "its time is counted as a whole");
    cr_assert_not(state.answers);
}

/* The path of a socket has a place of 108 bytes. */
Test(service, a_socket_with_a_longer_path_than_sockets_can_have_is_none)
{
    for (size_t size = 106; size <= 109; size++) {
        struct service_mark *mark;
        char path[200];
        memset(path, 'x', sizeof path);
        path[snprintf(path, sizeof path, "%s/", folder)] = 'x';
        path[size] = 0;
        fclose(fopen(path, "w"));
        cr_assert_eq(service_announce(database, path, &mark), OK, "%s", error_message());
        ask();
        cr_assert(state.runs);
        cr_assert_eq(state.has_socket, size < 108, "%zu", size);
        cr_assert_not(state.answers);
        service_withdraw(mark);
        unlink(path);
    }
}

Test(service, that_is_not_one_of_a_file_leaves_no_mark)
{
    struct service_mark *mark;
    cr_assert_eq(service_announce("postgresql://host/database", NULL, &mark), OK);
    cr_assert_null(mark);
    cr_assert_eq(service_announce("/nowhere/gatehouse.db", NULL, &mark), ERR_SYSTEM);
    cr_assert_str_eq(error_message(),
                     "cannot write /nowhere/gatehouse.db.service: No such file or directory");
    cr_assert_null(mark);
    cr_assert_eq(mkdir(mark_name, 0700), 0);
    cr_assert_eq(service_announce(database, NULL, &mark), ERR_SYSTEM);
    cr_assert_null(mark);
    cr_assert_eq(rmdir(mark_name), 0);
    unlink(database);
    cr_assert_eq(rmdir(folder), 0, "something is left");
    cr_assert_eq(mkdir(folder, 0700), 0);
}

static bool stop_now(void *arg)
{
    ++*(int *)arg;
    return true;
}

Test(service, asking_ends_when_it_is_told_to)
{
    struct service_mark *mark;
    int fd = listen_there(), asked = 0;
    cr_assert_eq(service_announce(database, name, &mark), OK);
    double before = seconds();
    service_ask(database, stop_now, &asked, &state);
    cr_assert_lt(seconds() - before, 0.1);
    cr_assert_eq(asked, 1);
    cr_assert_not(state.answers);
    close(fd);
    service_withdraw(mark);
}
