/* When a connection to the database is not answered from any more. */
#include "src/serve/source.h"

#include "src/serve/guard.h"

#include <criterion/criterion.h>
#include <gatehouse/clock.h>
#include <gatehouse/database.h>
#include <gatehouse/secret.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static char folder[64], path[96];
static struct source source;

static void start(void)
{
    struct store *store;
    cr_assert_eq(crypto_init(), OK);
    snprintf(folder, sizeof folder, "/tmp/gatehouse-source-XXXXXX");
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/g.db", folder);
    cr_assert_eq(database_open(path, STORE_CREATE, &store), OK, "%s", error_message());
    store_close(store);
    source = (struct source){.path = path, .mode = STORE_ANSWER};
}

static void stop(void)
{
    char command[128];
    source_close(&source);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(source, .init = start, .fini = stop, .timeout = 30);

static void nap(int milliseconds)
{
    nanosleep(&(struct timespec){.tv_nsec = milliseconds * 1000000L}, NULL);
}

static enum error read_something(int64_t *value)
{
    enum error e = source_begin(&source);
    if (e) return e;
    return source_end(&source,
                      stmt_int(store_prepare(source.store, "SELECT count(*) FROM account"), value));
}

Test(source, a_query_that_takes_longer_than_a_tenth_of_a_second_is_cut_off)
{
    int64_t value;
    cr_assert_eq(read_something(&value), OK, "%s", error_message());
    cr_assert_eq(source_begin(&source), OK);
    int64_t began = clock_ns();
    enum error e = stmt_int(
        store_prepare(source.store, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                                    "FROM n) SELECT count(*) FROM n"),
        &value);
    cr_assert_eq(source_end(&source, e), ERR_STOPPED);
    int64_t took = (clock_ns() - began) / 1000000;
    cr_assert(took >= SOURCE_ANSWER_MS && took < 2000, "%lld ms", (long long)took);
    cr_assert_null(source.store, "it is closed");
    nap(SOURCE_RETRY_MS + 20);
    cr_assert_eq(read_something(&value), OK, "%s", error_message());
}

Test(source, an_answer_that_comes_too_late_is_none)
{
    int64_t value;
    cr_assert_eq(source_begin(&source), OK);
    cr_assert_eq(stmt_int(store_prepare(source.store, "SELECT 1"), &value), OK);
    nap(SOURCE_ANSWER_MS + 20);
    cr_assert_eq(source_end(&source, OK), ERR_STOPPED);
    cr_assert_null(source.store);
}

Test(source, a_denial_keeps_it_open_and_a_failure_closes_it_for_a_while)
{
    int64_t value;
    cr_assert_eq(source_begin(&source), OK);
    cr_assert_eq(source_end(&source, ERR_NOT_FOUND), ERR_NOT_FOUND);
    cr_assert(source.store);
    cr_assert_eq(source_begin(&source), OK);
    nap(SOURCE_RETRY_MS + 20);
    cr_assert_neq(source_end(&source, ERR_STORE), OK);
    cr_assert_null(source.store);
    cr_assert_eq(read_something(&value), OK, "%s", error_message());
    cr_assert_eq(source_begin(&source), OK);
    cr_assert_eq(source_end(&source, ERR_STORE), ERR_STORE);
    cr_assert_eq(source_begin(&source), ERR_BUSY, "it was opened a moment ago");
}

Test(source, all_are_opened_again_when_that_is_asked_for)
{
    cr_assert_eq(source_open(&source), OK);
    struct store *first = source.store;
    cr_assert_eq(source_open(&source), OK);
    cr_assert_eq(source.store, first);
    source_reopen_all();
    int64_t tried = source.tried;
    nap(5);
    cr_assert_eq(source_open(&source), OK);
    cr_assert_gt(source.tried, tried);
}

Test(source, the_library_reads_through_the_guard)
{
    cr_assert_eq(guard_check(), OK, "%s", error_message());
    cr_assert(guard_is_clean("a b\tc", 5) && !guard_is_clean("a\001", 2) && !guard_is_clean("", 1));
    cr_assert(guard_is_name("X-a_1", 5) && !guard_is_name("a b", 3) && !guard_is_name("", 0));
    cr_assert(!guard_open(GUARD_DESCRIPTORS, true) && !guard_open(-1, true));
}
