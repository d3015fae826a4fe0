/* From the return of a revocation on, no check passes: each of the three ways to revoke, while
 * clients check the same token as fast as they can. */
#include "bench.h"
#include "figures.h"
#include "hammer.h"

#include <gatehouse/account.h>
#include <gatehouse/ambient.h>
#include <gatehouse/database.h>
#include <gatehouse/secret.h>
#include <gatehouse/token_change.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REVOCATIONS = 10000, CLIENTS = 4 };

static void by_command(const struct bench *bench, int64_t number)
{
    char typed[32];
    int status;
    snprintf(typed, sizeof typed, "%" PRId64, number);
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stdout)) _exit(127);
        execl(bench->program, "gatehouse", "--db", bench->database, "token", "revoke", typed,
              (char *)NULL);
        _exit(127);
    }
    if (waitpid(child, &status, 0) != child || status != 0) bench_die("gatehouse token revoke");
}

/* False: the service had no time for it, and it was not revoked. */
static bool over_http(const char *socket_path, const char *token)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char text[256], answer[1024] = "";
    int status = 0;
    snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
    snprintf(text, sizeof text,
             "POST /revoke HTTP/1.1\r\nHost: g\r\nContent-Type: application/x-www-form-urlencoded"
             "\r\nContent-Length: %zu\r\n\r\ntoken=%s",
             strlen(token) + sizeof "token=" - 1, token);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        send(fd, text, strlen(text), MSG_NOSIGNAL) != (ssize_t)strlen(text) ||
        recv(fd, answer, sizeof answer - 1, 0) <= 0 ||
        sscanf(answer, "HTTP/1.1 %d", &status) != 1 || (status != 200 && status != 503))
        bench_die("POST /revoke");
    close(fd);
    return status == 200;
}

/* Returns how many passed of those that had been asked for afterwards, one after the other. */
static int revoke_one(const struct bench *bench, const struct act *act, const char *socket,
                      struct hammers *hammers, int64_t account, int nth)
{
    struct secret *text;
    int64_t number;
    const struct token_plan plan = {.name = "", .expires = WHEN_NEVER};
    if (token_generate(act, account, &plan, &number, &text)) bench_die("a token to be revoked");
    hammers_aim(hammers, text->bytes, false);
    if (hammers_ask(hammers, text->bytes) != 200) bench_die("a check of a new token");
    if (nth % 3 == 0) {
        while (!over_http(socket, text->bytes))
            continue;
    } else if (nth % 3 == 1)
        by_command(bench, number);
    else if (token_revoke(act, number, NULL)) /* as the console does */
        bench_die("token_revoke");
    hammers_aim(hammers, text->bytes, true);
    int status = hammers_ask(hammers, text->bytes);
    if (status != 200 && status != 401) bench_die("a check of a token that was revoked");
    secret_free(text);
    return status == 200;
}

void bench_revocations(const struct bench *bench, const char *socket, const char *account_name)
{
    struct actor actor;
    struct act act = {.actor = &actor, .now = ambient_now()};
    struct samples passed = {0}, late = {0}, checks = {0};
    int64_t account;
    actor_current(&actor);
    struct hammers *hammers = hammers_start(socket, CLIENTS);
    if (!hammers || database_open(bench->database, STORE_OPEN, &act.store) ||
        account_find(act.store, account_name, &account))
        bench_die("the clients that hammer");
    double begun = now_ms();
    int after = 0;
    for (int i = 0; i < REVOCATIONS; i++)
        after += revoke_one(bench, &act, socket, hammers, account, i);
    double seconds = (now_ms() - begun) / 1000;
    store_close(act.store);
    const struct hammered seen = hammers_stop(hammers);
    if (seen.failures) bench_die("a check between revocations");
    samples_add(&passed, (double)(after + seen.passed_after));
    samples_add(&late, (double)seen.late);
    samples_add(&checks, (double)seen.answers / seconds);
    figure("checks that passed after one of 10,000 revocations had returned", "checks", &passed, 0,
           "0");
    figure("checks that were not answered in time meanwhile", "checks", &late, 0, "0");
    figure("checks of four clients meanwhile", "checks/s", &checks, 0, "");
}
