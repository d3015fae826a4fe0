/* Who looks at the database hears of the changes of others. */
#include "tests/model/house.h"

#include <gatehouse/clock.h>
#include <gatehouse/service.h>
#include <limits.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

static struct store *other;

static bool has_changed(void)
{
    bool changed;
    cr_assert_ok(store_changed(other, &changed));
    return changed;
}

static void setup(void)
{
    if (!fresh_is_postgres()) cr_skip_test("there is no PostgreSQL");
    house_open();
    cr_assert_ok(database_open(fresh_address(), STORE_OPEN, &other));
    has_changed();
}

static void teardown(void)
{
    store_close(other);
    house_close();
}

TestSuite(listen, .init = setup, .fini = teardown, .timeout = 300);

static bool is_woken(int ms)
{
    struct pollfd wake = {.fd = store_wake_descriptor(other), .events = POLLIN};
    cr_assert_geq(wake.fd, 0);
    return poll(&wake, 1, ms) > 0;
}

/* Asks until it has changed; returns after how long. */
static int64_t wait_for_change(void)
{
    const int64_t since = clock_ms();
    while (!has_changed())
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    return clock_ms() - since;
}

Test(listen, each_change_of_somebody_else_wakes)
{
    enum { SOON_MS = 5000 };
    for (int i = 0; i < 5; i++) {
        house_token(sa, "", WHEN_NEVER);
        cr_assert(is_woken(SOON_MS) && has_changed(), "change %d", i);
        cr_assert_not(has_changed());
    }
}

Test(listen, ones_own_changes_are_no_news)
{
    struct act mine = {.actor = &admin, .now = NOON, .store = other};
    int64_t number;
    const struct account_details nothing = {0};
    cr_assert_ok(account_create(&mine, "mine", &nothing, &number));
    cr_assert_not(has_changed());
}

Test(listen, who_is_told_hardly_asks_and_who_is_not_told_asks_each_time)
{
    enum { RARELY_MS = 2000, SLACK_MS = 1500, ALWAYS_MS = 1000 };
    house_token(sa, "", WHEN_NEVER);
    cr_assert(is_woken(RARELY_MS) && has_changed());
    fresh_run("BEGIN");
    fresh_run("UPDATE gatehouse SET commits = commits + 1"); /* as through a pooler: in silence */
    fresh_run("COMMIT");
    int64_t took = wait_for_change();
    cr_assert(took > RARELY_MS / 2 && took < RARELY_MS + SLACK_MS, "%lld ms", (long long)took);
    fresh_run("UPDATE gatehouse SET commits = commits + 1");
    took = wait_for_change();
    cr_assert_lt(took, ALWAYS_MS, "%lld ms", (long long)took);
}

Test(listen, what_cannot_listen_asks_each_time)
{
    cr_assert_ok(stmt_run(store_prepare(other, "UNLISTEN *")));
    house_token(sa, "", WHEN_NEVER);
    cr_assert(has_changed());
    house_token(sa, "", WHEN_NEVER);
    cr_assert(has_changed());
}

Test(listen, a_service_is_seen_with_its_machine_while_it_runs)
{
    char machine[HOST_NAME_MAX + 1] = "";
    struct service_state state;
    struct store *services[2];
    cr_assert_ok(service_find(other, &state));
    cr_assert(!state.runs && state.machines == 0);
    for (int i = 0; i < 2; i++)
        cr_assert_ok(database_open(fresh_address(), STORE_ANSWER, &services[i]));
    cr_assert_ok(service_find(other, &state));
    gethostname(machine, HOST_NAME_MAX);
    cr_assert(state.runs && !state.answers && state.machines == 1, "%d", (int)state.machines);
    cr_assert_str_eq(state.machine, machine);
    for (int i = 0; i < 2; i++)
        store_close(services[i]);
    const int64_t since = clock_ms();
    do
        cr_assert_ok(service_find(other, &state));
    while (state.runs && clock_ms() - since < 5000); /* the server notices a little later */
    cr_assert_not(state.runs);
}
