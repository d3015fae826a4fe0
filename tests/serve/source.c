/* When a connection to the database is not answered from any more. */
#include "src/serve/source.h"

#include "src/serve/guard.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <gatehouse/clock.h>
#include <gatehouse/database.h>
#include <gatehouse/secret.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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

TestSuite(source, .init = start, .fini = stop, .timeout = 300);

static void nap(int milliseconds)
{
    nanosleep(&(struct timespec){.tv_nsec = milliseconds * 1000000L}, NULL);
}

static enum error read_from(struct source *one, int64_t *value)
{
    enum error e = source_begin(one);
    if (e) return e;
    return source_end(one,
                      stmt_int(store_prepare(one->store, "SELECT count(*) FROM account"), value));
}

static enum error read_something(int64_t *value)
{
    return read_from(&source, value);
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

static char said[2000];

/* What has been written to standard error since `begin`. */
static void read_log(int log)
{
    ssize_t size = pread(log, said, sizeof said - 1, 0);
    cr_assert_geq(size, 0);
    said[size] = 0;
    cr_assert_eq(ftruncate(log, 0), 0);
    cr_assert_eq(lseek(log, 0, SEEK_SET), 0);
}

static void expect_log(int log, const char *line)
{
    read_log(log);
    const char *found = strstr(said, line);
    cr_assert(found, "“%s” lacks “%s”", said, line);
    cr_assert_eq(strchr(found, '\n') + 1, said + strlen(said), "one line: %s", said);
}

Test(source, the_log_says_once_that_it_fails_and_once_that_it_works_again)
{
    int64_t value;
    char away[128];
    const int log = open(folder, O_TMPFILE | O_RDWR, 0600);
    cr_assert(log >= 0 && dup2(log, STDERR_FILENO) == STDERR_FILENO);
    snprintf(away, sizeof away, "%s.away", path);
    cr_assert_eq(rename(path, away), 0);
    cr_assert_neq(read_something(&value), OK);
    read_log(log);
    cr_assert_str_empty(said, "the program ends and says why");
    cr_assert_eq(rename(away, path), 0);
    for (int round = 0; round < 2; round++) {
        nap(SOURCE_RETRY_MS + 20);
        for (int i = 0; i < 3; i++)
            cr_assert_eq(read_something(&value), OK, "%s", error_message());
        if (round)
            expect_log(log, "gatehouse serve: the database is open again\n");
        else
            read_log(log);
        if (!round) cr_assert_str_empty(said);
        cr_assert_eq(rename(path, away), 0);
        for (int i = 0; i < 3; i++) {
            nap(SOURCE_RETRY_MS + 20);
            cr_assert_neq(read_something(&value), OK);
        }
        expect_log(log, "gatehouse serve: no answers until the database can be opened again: ");
        cr_assert_eq(rename(away, path), 0);
    }
}

/* One that is still failing when another works again has nothing new to say. */
Test(source, the_log_says_it_once_for_all_threads)
{
    struct source other = {.path = path, .mode = STORE_ANSWER};
    struct source *const both[] = {&source, &other};
    int64_t value;
    const int log = open(folder, O_TMPFILE | O_RDWR, 0600);
    cr_assert(log >= 0 && dup2(log, STDERR_FILENO) == STDERR_FILENO);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(read_from(both[i], &value), OK, "%s", error_message());
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(source_begin(both[i]), OK);
        cr_assert_eq(source_end(both[i], ERR_SYSTEM), ERR_SYSTEM);
    }
    expect_log(log, "no answers until the database can be opened again: ");
    nap(SOURCE_RETRY_MS + 20);
    cr_assert_eq(read_from(&source, &value), OK, "%s", error_message());
    expect_log(log, "the database is open again\n");
    cr_assert_eq(chmod(path, 0666), 0);
    nap(SOURCE_RETRY_MS + 20);
    cr_assert_eq(read_from(&other, &value), ERR_STORE);
    read_log(log);
    cr_assert_str_empty(said, "it was never open again for this one");
    cr_assert_eq(chmod(path, 0600), 0);
    nap(SOURCE_RETRY_MS + 20);
    cr_assert_eq(read_from(&other, &value), OK, "%s", error_message());
    read_log(log);
    cr_assert_str_empty(said);
    source_close(&other);
}

Test(source, the_log_says_it_once_more_when_an_admin_is_needed)
{
    int64_t value;
    const int log = open(folder, O_TMPFILE | O_RDWR, 0600);
    cr_assert(log >= 0 && dup2(log, STDERR_FILENO) == STDERR_FILENO);
    cr_assert_eq(source_begin(&source), OK);
    cr_assert_eq(source_end(&source, ERR_SYSTEM), ERR_SYSTEM);
    expect_log(log, "no answers until the database can be opened again: ");
    cr_assert_eq(chmod(path, 0666), 0);
    for (int i = 0; i < 2; i++) {
        nap(SOURCE_RETRY_MS + 20);
        cr_assert_eq(read_something(&value), ERR_STORE);
        if (i)
            read_log(log);
        else
            expect_log(log, "others can write");
    }
    cr_assert_str_empty(said);
    cr_assert_eq(chmod(path, 0600), 0);
    nap(SOURCE_RETRY_MS + 20);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(read_something(&value), OK, "%s", error_message());
        cr_assert_eq(source_begin(&source), OK);
        cr_assert_eq(source_end(&source, ERR_NOT_FOUND), ERR_NOT_FOUND);
    }
    expect_log(log, "the database is open again\n");
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
