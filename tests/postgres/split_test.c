/* The standby is promoted although the primary lives: what is changed on one is missing on the
 * other. */
#include "tests/postgres/pair.h"
#include "tests/serve/service.h"

#include <gatehouse/clock.h>
#include <gatehouse/database.h>
#include <gatehouse/token_change.h>
#include <stdio.h>
#include <time.h>

TestSuite(split, .init = pair_setup, .fini = pair_teardown, .timeout = 300);

/* docs/operating.md states it. */
enum { BOUND_MS = 1000, SLACK_MS = 500 };

static void revoke_on_the_new_one(void)
{
    struct act act = run_act();
    store_close(act.store);
    cr_assert_eq(database_open(pair_address(5433, ""), STORE_OPEN, &act.store), OK, "%s",
                 error_message());
    cr_assert_eq(token_revoke(&act, 1, NULL), OK, "%s", error_message());
    store_close(act.store);
}

/* On a busy machine it may take a while to ask both. */
static int check_until_answered(void)
{
    int status, tries = 0;
    while ((status = service_check("/verify", "").status) == 503 && tries++ < 100)
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    return status;
}

Test(split, a_service_leaves_the_old_primary_within_a_second)
{
    service_start("--threads", "2");
    cr_assert_eq(service_check("/verify", "").status, 200);
    pair_do("promote", "");
    revoke_on_the_new_one();
    int64_t since = clock_ms(), last = since;
    while (clock_ms() - since < 2 * BOUND_MS) {
        if (service_check("/verify", "").status == 200) last = clock_ms();
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    printf("answered by the old primary for %lld ms\n", (long long)(last - since));
    cr_assert_leq(last - since, BOUND_MS + SLACK_MS);
    cr_assert_eq(check_until_answered(), 401);
    service_until_log("is a primary no more");
}

Test(split, a_primary_that_comes_back_is_not_taken_for_one)
{
    pair_do("kill", "");
    pair_do("promote", "");
    revoke_on_the_new_one();
    pair_do("revive", "");
    service_start("--threads", "1");
    cr_assert_eq(check_until_answered(), 401, "it is named first, but was deposed");
    cr_assert_eq(run("account", "create", "new"), 0, "%s", run_err);
    struct store *store;
    int64_t number;
    cr_assert_eq(database_open(pair_address(5433, ""), STORE_READ_ONLY, &store), OK);
    struct stmt *stmt = store_prepare(store, "SELECT number FROM account WHERE name = 'new'");
    cr_assert_eq(stmt_int(stmt, &number), OK, "it was made on the new one");
    store_close(store);
}
