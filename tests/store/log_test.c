/* The write-ahead log: when it is emptied and copied into the file, and by whom. */
#include "thing.h"

#include <sqlite3.h>
#include <sys/stat.h>

TestSuite(log, .init = start, .fini = stop);

Test(log, a_log_that_a_reader_holds_is_truncated_when_it_lets_go)
{
    struct store *writer, *reader;
    bool ignored;
    make(&one);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &writer), OK);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &reader), OK);
    cr_assert_eq(store_begin_read(reader), OK);
    count(reader);
    cr_assert_eq(store_begin(writer), OK);
    store_truncate_after_commit(writer);
    cr_assert_eq(store_end(writer, insert(writer, "secret")), OK);
    cr_assert_gt(size_of("-wal"), 0);
    cr_assert_eq(store_changed(writer, &ignored), OK);
    cr_assert_gt(size_of("-wal"), 0, "the reader still needs it");
    cr_assert_eq(store_end(reader, OK), OK);
    cr_assert_eq(store_changed(writer, &ignored), OK);
    cr_assert_eq(size_of("-wal"), 0);
    store_close(reader);
    store_close(writer);
}

Test(log, a_log_is_truncated_after_the_outermost_commit_and_not_after_a_rollback)
{
    struct store *writer, *other;
    make(&one);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &writer), OK);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &other), OK);
    cr_assert_eq(store_begin(writer), OK);
    cr_assert_eq(store_end(writer, insert(writer, "kept")), OK);
    cr_assert_gt(size_of("-wal"), 0);
    cr_assert_eq(store_begin(writer), OK);
    store_truncate_after_commit(writer);
    cr_assert_eq(store_end(writer, ERR_STOPPED), ERR_STOPPED);
    cr_assert_gt(size_of("-wal"), 0, "nothing was cleared");
    cr_assert_eq(store_begin(writer), OK);
    cr_assert_eq(store_end(writer, insert(writer, "also kept")), OK);
    cr_assert_gt(size_of("-wal"), 0, "the one that asked for it was rolled back");
    cr_assert_eq(store_begin(writer), OK);
    cr_assert_eq(store_begin(writer), OK);
    store_truncate_after_commit(writer);
    cr_assert_eq(store_end(writer, OK), OK);
    cr_assert_eq(store_end(writer, insert(writer, "last")), OK);
    cr_assert_eq(size_of("-wal"), 0);
    store_close(other);
    store_close(writer);
}

Test(log, a_long_log_is_left_to_another_connection)
{
    struct store *writer, *other;
    bool wanted = false;
    make(&one);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &writer), OK);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &other), OK);
    store_hold_checkpoints(writer);
    for (int i = 0; i < 40; i++) {
        cr_assert_eq(store_begin(writer), OK);
        struct stmt *stmt = store_prepare(
            writer, "INSERT INTO thing (name) SELECT hex(zeroblob(2000)) FROM "
                    "(WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < "
                    "40) SELECT n FROM n)");
        cr_assert_eq(store_end(writer, stmt_run(stmt)), OK);
        wanted |= store_wants_checkpoint(writer);
    }
    cr_assert(wanted);
    cr_assert_lt(size_of(""), 100000, "the file has grown in a commit");
    cr_assert_eq(store_checkpoint(other), OK);
    cr_assert_gt(size_of(""), 4000000);
    cr_assert_eq(count(other), 1600);
    store_close(other);
    store_close(writer);
}

Test(log, a_checkpoint_is_asked_for_once)
{
    struct store *writer;
    make(&one);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &writer), OK);
    store_hold_checkpoints(writer);
    cr_assert_not(store_wants_checkpoint(writer));
    cr_assert_eq(store_begin(writer), OK);
    struct stmt *stmt =
        store_prepare(writer, "INSERT INTO thing (name) SELECT hex(zeroblob(4000000))");
    cr_assert_eq(store_end(writer, stmt_run(stmt)), OK);
    cr_assert(store_wants_checkpoint(writer));
    cr_assert_not(store_wants_checkpoint(writer));
    store_close(writer);
}

Test(log, a_log_that_was_removed_is_noticed_and_not_written_to)
{
    static const char *const ends[] = {"-wal", "-shm"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct store *store;
        bool changed;
        char companion[80], aside[96];
        make(&one);
        cr_assert_eq(store_open(path, STORE_OPEN, &one, &store), OK);
        cr_assert_eq(store_begin(store), OK);
        cr_assert_eq(store_end(store, insert(store, "a")), OK);
        snprintf(companion, sizeof companion, "%s%s", path, ends[i]);
        snprintf(aside, sizeof aside, "%s.aside", companion);
        cr_assert_eq(rename(companion, aside), 0);
        cr_assert_eq(store_changed(store, &changed), ERR_STORE, "%s", ends[i]);
        cr_assert(strstr(error_message(), "log of the database"), "%s", error_message());
        cr_assert_eq(store_begin(store), ERR_STORE, "%s", ends[i]);
        cr_assert_eq(rename(aside, companion), 0);
        cr_assert_eq(store_begin(store), OK, "%s", error_message());
        cr_assert_eq(store_end(store, OK), OK);
        store_close(store);
        unlink(path);
    }
}

/* Its own log is gone, which is not taken for one that somebody removed. */
Test(log, goes_on_when_it_has_left_its_log)
{
    struct store *store, *other;
    char log[80];
    snprintf(log, sizeof log, "%s-wal", path);
    make(&one);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &store), OK, "%s", error_message());
    cr_assert_eq(insert(store, "a"), OK, "%s", error_message());
    cr_assert_eq(access(log, F_OK), 0);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &other), OK, "%s", error_message());
    cr_assert_eq(store_leave_log(store), ERR_BUSY);
    cr_assert(strstr(error_message(), "is open elsewhere"), "said: %s", error_message());
    store_close(other);
    cr_assert_eq(store_leave_log(store), OK, "%s", error_message());
    cr_assert_neq(access(log, F_OK), 0);
    cr_assert_eq(store_begin(store), OK, "%s", error_message());
    cr_assert_eq(store_end(store, insert(store, "b")), OK, "%s", error_message());
    cr_assert_eq(count(store), 2);
    store_close(store);
}

/* How many calls without a change it takes; 0: none of many is enough. */
static int calls_until_it_wants_to_truncate(struct store *store)
{
    for (int calls = 1; calls < 20; calls++) {
        bool changed;
        cr_assert_eq(store_changed(store, &changed), OK, "%s", error_message());
        cr_assert_not(changed);
        if (store_wants_truncate(store)) return calls;
        cr_assert_not(store_wants_truncate(store));
    }
    return 0;
}

Test(log, a_log_is_to_be_emptied_when_nobody_has_committed_for_four_calls)
{
    struct store *store, *other;
    bool changed;
    make(&one);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &store), OK, "%s", error_message());
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &other), OK, "%s", error_message());
    for (int round = 0; round < 2; round++) {
        cr_assert_eq(insert(other, "a"), OK, "%s", error_message());
        cr_assert_eq(store_changed(store, &changed), OK);
        cr_assert(changed);
        cr_assert_eq(calls_until_it_wants_to_truncate(store), 4);
        cr_assert_eq(calls_until_it_wants_to_truncate(store), 4, "it has not been done");
        store_truncate_log(other);
        cr_assert_eq(store_changed(store, &changed), OK); /* it may take that for a change */
        cr_assert_eq(calls_until_it_wants_to_truncate(store), 0);
    }
    store_close(other);
    store_close(store);
}
