/* Checks on a standby: only while the primary waits for it. */
#include "bench/hammer.h"
#include "tests/postgres/pair.h"
#include "tests/serve/service.h"

#include <gatehouse/account.h>
#include <gatehouse/database.h>
#include <gatehouse/secret.h>
#include <gatehouse/token_change.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

TestSuite(standby, .init = pair_setup, .fini = pair_teardown, .timeout = 300);

static void nap(int ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000L}, NULL);
}

/* It checks on the standby, and writes on the primary. */
static void start_on_standby(void)
{
    char address[300];
    snprintf(address, sizeof address, "%s&target_session_attrs=prefer-standby", run_database);
    snprintf(run_database, sizeof address, "%s", address);
    service_start("--threads", "1");
}

/* How many others are connected to the standby. */
static int64_t count_connected(void)
{
    struct store *store;
    int64_t count = 0;
    cr_assert_eq(database_open(pair_address(5433, ""), STORE_READ_ONLY, &store), OK, "%s",
                 error_message());
    struct stmt *stmt = store_prepare(
        store, "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'gatehouse%' AND "
               "pid <> pg_backend_pid()");
    cr_assert_eq(stmt_int(stmt, &count), OK);
    store_close(store);
    return count;
}

static int wait_for_status(int wanted)
{
    int status = 0;
    for (int i = 0; i < 400; i++) {
        if ((status = service_check("/verify", "").status) == wanted) return status;
        nap(10);
    }
    return status;
}

static void revoke_many(int rounds)
{
    enum { CLIENTS = 4 };
    int64_t account, number;
    cr_assert_eq(crypto_init(), OK);
    struct act act = run_act();
    struct hammers *hammers = hammers_start(run_path("s.sock"), CLIENTS);
    cr_assert(hammers);
    cr_assert_eq(account_find(act.store, "ci", &account), OK);
    for (int i = 0; i < rounds; i++) {
        struct secret *text;
        const struct token_plan plan = {.name = "", .expires = WHEN_NEVER};
        cr_assert_eq(token_generate(&act, account, &plan, &number, &text), OK, "%s",
                     error_message());
        hammers_aim(hammers, text->bytes, false);
        cr_assert_eq(hammers_ask(hammers, text->bytes), 200);
        cr_assert_eq(token_revoke(&act, number, NULL), OK, "%s", error_message());
        hammers_aim(hammers, text->bytes, true);
        cr_assert_eq(hammers_ask(hammers, text->bytes), 401, "round %d", i);
        secret_free(text);
    }
    cr_assert_eq(hammers_stop(hammers).passed_after, 0);
    store_close(act.store);
}

Test(standby, it_answers_while_the_primary_waits_until_it_has_applied_each_change)
{
    pair_do("set", "synchronous_commit = remote_apply");
    start_on_standby();
    cr_assert_eq(service_check("/verify", "").status, 200);
    cr_assert_eq(count_connected(), 2, "it answers there, and on the admin socket");
    revoke_many(40);
}

Test(standby, it_is_refused_from_the_moment_on_that_the_primary_does_not_wait_for_it)
{
    pair_do("set", "synchronous_commit = remote_apply");
    start_on_standby();
    cr_assert_eq(service_check("/verify", "").status, 200);
    pair_do("set", "synchronous_commit = on");
    cr_assert_eq(wait_for_status(503), 503);
    service_until_log("synchronous_commit is not remote_apply for everybody on the primary");
    pair_do("set", "synchronous_commit = remote_apply");
    cr_assert_eq(wait_for_status(200), 200);
    service_until_log("the database is open again");
    pair_do("set", "synchronous_standby_names = ''");
    cr_assert_eq(wait_for_status(503), 503);
    service_until_log("the primary does not wait for it");
}

Test(standby, it_is_refused_at_the_start_where_it_may_lag_behind)
{
    char address[300];
    snprintf(address, sizeof address, "%s&target_session_attrs=prefer-standby", run_database);
    int status = run("--db", address, "serve", "--socket", run_path("x.sock"));
    cr_assert_eq(status, 4, "%s", run_err);
    cr_assert(strstr(run_err, "is a standby that may lag behind"), "%s", run_err);
}

Test(standby, alone_it_has_no_primary_to_ask_and_is_refused)
{
    pair_do("set", "synchronous_commit = remote_apply");
    struct store *store;
    const char *address = pair_address(5433, "&target_session_attrs=any");
    cr_assert_eq(database_open(address, STORE_ANSWER, &store), ERR_SYSTEM);
    cr_assert(strstr(error_message(), "session is read-only"), "%s", error_message());
    cr_assert_eq(database_open(address, STORE_READ_ONLY, &store), OK, "but it can be looked at");
    store_close(store);
}

Test(standby, once_it_is_promoted_it_answers_like_any_primary)
{
    pair_do("set", "synchronous_commit = remote_apply");
    start_on_standby();
    cr_assert_eq(service_check("/verify", "").status, 200);
    pair_do("kill", "");
    cr_assert_eq(wait_for_status(503), 503, "nobody says that it is up to date");
    pair_do("promote", "");
    cr_assert_eq(wait_for_status(200), 200);
}
