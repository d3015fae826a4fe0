/* The primary dies in the middle of revocations, and the standby takes over. Once more for each of
 * GATEHOUSE_FAILOVER_COUNT. */
#include "bench/hammer.h"
#include "tests/postgres/pair.h"
#include "tests/serve/service.h"

#include <gatehouse/account.h>
#include <gatehouse/clock.h>
#include <gatehouse/database.h>
#include <gatehouse/secret.h>
#include <gatehouse/token.h>
#include <gatehouse/token_change.h>
#include <gatehouse/when.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

TestSuite(failover, .timeout = 3600);

enum { TOKENS_MAX = 20000, CLIENTS = 4, WITHIN_MS = 2000, LEAST = 5 };

static void nap(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

/* What somebody who revokes one token after the other was told of each. */
struct told {
    int64_t number;
    bool is_revoked;
    bool is_kept; /* "nothing was changed" */
    char text[64];
};
struct revoker {
    pthread_t thread;
    bool over_http;
    struct hammers *hammers; /* NULL: nobody checks meanwhile */
    size_t count, passed;
    atomic_size_t revoked;
    struct told *told;
};
static atomic_bool stop;

static bool revoke_over_http(const char *text)
{
    char request[256];
    int fd = service_connect();
    int size = snprintf(request, sizeof request,
                        "POST /revoke HTTP/1.1\r\nHost: g\r\nContent-Type: "
                        "application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\ntoken=%s",
                        strlen(text) + sizeof "token=" - 1, text);
    service_send(fd, request, (size_t)size);
    int status = service_read(fd).status;
    close(fd);
    return status == 200;
}

static int check(const char *text)
{
    char request[256];
    int fd = service_connect();
    int size = snprintf(request, sizeof request,
                        "GET /verify HTTP/1.1\r\nHost: g\r\nX-API-Key: %s\r\n\r\n", text);
    service_send(fd, request, (size_t)size);
    int status = service_read(fd).status;
    close(fd);
    return status;
}

/* Waits for another answer than 503. */
static int check_until(const char *text)
{
    int status;
    while ((status = check(text)) == 503)
        nap(2);
    return status;
}

static void revoke_one(struct revoker *revoker, const struct act *act, struct told *told)
{
    if (revoker->hammers) hammers_aim(revoker->hammers, told->text, false);
    if (revoker->over_http) {
        told->is_revoked = revoke_over_http(told->text);
    } else {
        told->is_revoked = token_revoke(act, told->number, NULL) == OK;
        told->is_kept = !told->is_revoked && strstr(error_message(), "nothing was changed");
    }
    if (!told->is_revoked) return;
    if (revoker->hammers) hammers_aim(revoker->hammers, told->text, true);
    revoker->revoked++;
    revoker->passed += check_until(told->text) != 401;
}

static void *revoke_all(void *arg)
{
    struct revoker *revoker = arg;
    struct actor actor;
    struct act act = {.actor = &actor, .now = 1800000000};
    const struct token_plan plan = {.name = "", .expires = WHEN_NEVER};
    int64_t account = 0;
    actor_current(&actor);
    enum error e = database_open(run_database, STORE_OPEN, &act.store);
    if (!e) e = account_find(act.store, "ci", &account);
    while (!e && !atomic_load(&stop) && revoker->count < TOKENS_MAX) {
        struct told *told = &revoker->told[revoker->count];
        struct secret *text;
        if (token_generate(&act, account, &plan, &told->number, &text)) {
            nap(5);
            continue;
        }
        snprintf(told->text, sizeof told->text, "%s", text->bytes);
        secret_free(text);
        revoker->count++;
        revoke_one(revoker, &act, told);
    }
    store_close(act.store);
    return NULL;
}

/* What was said to be there is there, on the server that is left. */
static void expect_nothing_lost(const struct revoker *revoker)
{
    struct act act = run_act();
    for (size_t i = 0; i < revoker->count; i++) {
        const struct told *told = &revoker->told[i];
        struct token_row row;
        cr_assert_eq(token_get(act.store, act.now, told->number, &row), OK, "%s", error_message());
        bool revoked = row.revoked != WHEN_NEVER;
        if (told->is_revoked) cr_assert(revoked, "token %lld", (long long)told->number);
        if (told->is_kept) cr_assert(!revoked, "token %lld", (long long)told->number);
        int status = check_until(told->text);
        cr_assert_eq(status, revoked ? 401 : 200, "token %lld", (long long)told->number);
    }
    store_close(act.store);
}

static void once(int round)
{
    struct revoker revokers[2] = {{0}, {.over_http = true}};
    cr_assert_eq(crypto_init(), OK);
    pair_setup();
    service_start("--threads", "2");
    struct hammers *hammers = hammers_start(run_path("s.sock"), CLIENTS);
    cr_assert(hammers);
    atomic_store(&stop, false);
    for (size_t i = 0; i < 2; i++) {
        revokers[i].told = calloc(TOKENS_MAX, sizeof *revokers[i].told);
        revokers[i].hammers = i == 0 ? hammers : NULL;
        cr_assert_eq(pthread_create(&revokers[i].thread, NULL, revoke_all, &revokers[i]), 0);
    }
    while (revokers[0].revoked < LEAST || revokers[1].revoked < LEAST)
        nap(5);
    nap(rand() % 400);
    const size_t before = revokers[0].revoked + revokers[1].revoked;
    pair_do("sever", ""); /* what is not on the standby now will never be */
    nap(rand() % 100);
    int64_t killed = clock_ms();
    pair_do("kill", "");
    nap(rand() % 300);
    int64_t promoted = clock_ms();
    pair_begin("promote");
    while (check(service_token) != 200 && clock_ms() - promoted < 10 * WITHIN_MS)
        nap(2);
    int64_t answered = clock_ms();
    nap(700);
    atomic_store(&stop, true);
    for (size_t i = 0; i < 2; i++)
        pthread_join(revokers[i].thread, NULL);
    struct hammered seen = hammers_stop(hammers);
    printf("round %d: %zu revoked before, %zu after; answers again %lld ms after the kill, %lld "
           "after the promotion; %ld checks, %ld unanswered\n",
           round, before, revokers[0].revoked + revokers[1].revoked - before,
           (long long)(answered - killed), (long long)(answered - promoted), seen.answers,
           seen.late);
    cr_assert_gt(before, 0);
    cr_assert_gt(revokers[0].revoked + revokers[1].revoked, before, "it goes on");
    cr_assert_leq(answered - promoted, WITHIN_MS);
    cr_assert_eq(seen.passed_after + (long)revokers[0].passed + (long)revokers[1].passed, 0);
    cr_assert_eq(seen.failures, 0);
    for (size_t i = 0; i < 2; i++) {
        expect_nothing_lost(&revokers[i]);
        free(revokers[i].told);
    }
    cr_assert_eq(run("audit", "verify"), 0, "%s%s", run_out, run_err);
    cr_assert_eq(run("doctor"), 0, "%s%s", run_out, run_err);
    pair_teardown();
}

Test(failover, the_standby_takes_over_and_no_revoked_token_passes)
{
    const char *count = getenv("GATEHOUSE_FAILOVER_COUNT");
    int rounds = count ? atoi(count) : 1;
    srand((unsigned)clock_ms());
    for (int i = 1; i <= rounds; i++) {
        once(i);
        fflush(stdout);
    }
}
