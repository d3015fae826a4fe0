/* What processes that run for a long time read: the present state of the file that is there now. */
#include "thing.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

TestSuite(fresh, .init = start, .fini = stop);

Test(fresh, a_file_that_was_replaced_or_removed_is_noticed_and_not_written_to)
{
    struct store *store;
    bool changed;
    char aside[80];
    make(&one);
    snprintf(aside, sizeof aside, "%s.aside", path);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &store), OK);
    cr_assert_eq(store_changed(store, &changed), OK);
    cr_assert_eq(rename(path, aside), 0);
    cr_assert_eq(store_changed(store, &changed), ERR_STORE);
    cr_assert(strstr(error_message(), "replaced or removed"), "%s", error_message());
    cr_assert_eq(store_begin(store), ERR_STORE);
    FILE *other = fopen(path, "w");
    cr_assert(other);
    fclose(other);
    cr_assert_eq(store_begin(store), ERR_STORE, "another one has its name");
    unlink(path);
    cr_assert_eq(rename(aside, path), 0);
    cr_assert_eq(store_begin(store), OK, "%s", error_message());
    cr_assert_eq(store_end(store, insert(store, "a")), OK);
    unlink(path);
    store_close(store);
    cr_assert_gt(size_of("-wal"), 0, "the log may belong to the other one by now");
}

Test(fresh, a_fresh_read_sees_the_last_commit_and_neither_another_file_nor_another_schema)
{
    struct store *reader, *writer;
    char aside[80];
    make(&one);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &writer), OK);
    cr_assert_eq(store_open(path, STORE_READ_ONLY, &one, &reader), OK, "%s", error_message());
    cr_assert_eq(store_begin_fresh(reader), OK, "%s", error_message());
    cr_assert_eq(store_begin(writer), OK);
    cr_assert_eq(store_end(writer, insert(writer, "a")), OK);
    cr_assert_eq(store_begin_fresh(reader), OK, "pairs nest");
    cr_assert_eq(count(reader), 0, "the state is fixed when the transaction begins");
    cr_assert_eq(store_end(reader, OK), OK);
    cr_assert_eq(store_end(reader, OK), OK);
    cr_assert_eq(store_begin_fresh(reader), OK);
    cr_assert_eq(count(reader), 1);
    cr_assert_eq(store_end(reader, OK), OK);

    snprintf(aside, sizeof aside, "%s.aside", path);
    cr_assert_eq(rename(path, aside), 0);
    cr_assert_eq(store_begin_fresh(reader), ERR_STORE);
    cr_assert_eq(rename(aside, path), 0);
    cr_assert_eq(store_begin_fresh(reader), OK, "%s", error_message());
    cr_assert_eq(store_end(reader, OK), OK);

    store_close(writer);
    cr_assert_eq(store_open(path, STORE_OPEN, &two, &writer), OK, "%s", error_message());
    cr_assert_eq(store_begin_fresh(reader), ERR_STORE);
    cr_assert(strstr(error_message(), "newer Gatehouse"), "%s", error_message());
    cr_assert_eq(store_begin_fresh(reader), ERR_STORE, "the failed one has ended");
    store_close(reader);
    store_close(writer);
}

/* While nothing in its folder gets or loses a name, a fresh read does not look at the file itself.
 */
Test(fresh, a_fresh_read_notices_another_file_in_a_folder_where_nothing_happened_for_long)
{
    static const char *const moved[] = {"/a.db", "/a.db-wal", "/a.db-shm", ""};
    enum { CASES = sizeof moved / sizeof *moved };
    struct store *readers[CASES];
    char home[CASES][48];
    for (int i = 0; i < CASES; i++) {
        snprintf(home[i], sizeof home[i], "%s/%d", folder, i);
        cr_assert_eq(mkdir(home[i], 0700), 0);
        snprintf(path, sizeof path, "%s/a.db", home[i]);
        make(&one);
        cr_assert_eq(store_open(path, STORE_READ_ONLY, &one, &readers[i]), OK, "%s",
                     error_message());
    }
    sleep(5); /* changes that are not older prove nothing */
    for (int i = 0; i < CASES; i++) {
        char name[256], aside[272];
        snprintf(name, sizeof name, "%s%s", home[i], moved[i]);
        snprintf(aside, sizeof aside, "%s.aside", name);
        for (int again = 0; again < 3; again++) {
            cr_assert_eq(store_begin_fresh(readers[i]), OK, "%s", error_message());
            cr_assert_eq(store_end(readers[i], OK), OK);
        }
        cr_assert_eq(rename(name, aside), 0);
        cr_assert_eq(store_begin_fresh(readers[i]), ERR_STORE, "%s", name);
        cr_assert_eq(store_begin_fresh(readers[i]), ERR_STORE, "%s", name);
        cr_assert_eq(rename(aside, name), 0);
        store_close(readers[i]);
    }
}

/* The number of the state that the reader sees; *things: how many there are in it. */
static uint64_t look(struct store *reader, int64_t *things)
{
    cr_assert_eq(store_begin_fresh(reader), OK, "%s", error_message());
    uint64_t state = store_state(reader);
    *things = count(reader);
    cr_assert_eq(store_end(reader, OK), OK);
    return state;
}

static struct store *open_keeping(void)
{
    struct store *reader;
    cr_assert_eq(store_open(path, STORE_READ_ONLY, &one, &reader), OK, "%s", error_message());
    store_keep_reads(reader);
    return reader;
}

Test(fresh, a_kept_read_is_used_again_until_something_is_committed)
{
    struct store *writer;
    int64_t things;
    int again = 0;
    make(&one);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &writer), OK);
    struct store *reader = open_keeping();
    for (int i = 1; i <= 300; i++) {
        uint64_t before = look(reader, &things);
        cr_assert_neq(before, 0);
        cr_assert_eq(things, i - 1);
        again += look(reader, &things) == before; /* unless it was kept for too long meanwhile */
        cr_assert_eq(store_begin(writer), OK);
        cr_assert_eq(store_end(writer, insert(writer, "a")), OK);
        cr_assert_neq(look(reader, &things), before);
        cr_assert_eq(things, i, "the next read sees it");
    }
    cr_assert_gt(again, 100);
    store_close(reader);
    store_close(writer);
}

Test(fresh, what_another_process_commits_ends_a_kept_read)
{
    int64_t things;
    make(&one);
    struct store *reader = open_keeping();
    for (int i = 1; i <= 20; i++) {
        look(reader, &things);
        pid_t child = fork();
        if (child == 0) {
            struct store *writer;
            bool ok = store_open(path, STORE_OPEN, &one, &writer) == OK &&
                      store_begin(writer) == OK && store_end(writer, insert(writer, "a")) == OK;
            if (ok && i % 2) store_close(writer); /* else as if it was killed */
            _exit(!ok);
        }
        int status = 0;
        cr_assert_eq(waitpid(child, &status, 0), child);
        cr_assert_eq(status, 0);
        look(reader, &things);
        cr_assert_eq(things, i);
    }
    store_close(reader);
}

static bool can_truncate(void)
{
    sqlite3 *db;
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    /* Before it has read, it knows of no log. */
    cr_assert_eq(sqlite3_exec(db, "SELECT * FROM thing", NULL, NULL, NULL), SQLITE_OK);
    int code = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_close(db);
    return code == SQLITE_OK;
}

Test(fresh, a_kept_read_holds_the_log_until_it_is_let_go_or_has_been_kept_for_some_time)
{
    struct store *writer;
    int64_t things;
    make(&one);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &writer), OK);
    cr_assert_eq(store_begin(writer), OK);
    cr_assert_eq(store_end(writer, insert(writer, "a")), OK);
    struct store *reader = open_keeping();
    uint64_t state = look(reader, &things);
    cr_assert_not(can_truncate());
    store_let_go(reader);
    cr_assert(can_truncate());

    nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
    uint64_t later = look(reader, &things);
    cr_assert_neq(later, state);
    nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
    cr_assert_neq(look(reader, &things), later, "nothing changed, but it was old");
    store_close(reader);
    store_close(writer);
}

/* It is looked for once in a millisecond. */
Test(fresh, a_kept_read_does_not_outlast_its_file)
{
    char aside[80];
    int64_t things;
    make(&one);
    struct store *reader = open_keeping();
    look(reader, &things);
    snprintf(aside, sizeof aside, "%s.aside", path);
    cr_assert_eq(rename(path, aside), 0);
    nanosleep(&(struct timespec){.tv_nsec = 1100000}, NULL);
    cr_assert_eq(store_begin_fresh(reader), ERR_STORE);
    cr_assert_eq(store_begin_fresh(reader), ERR_STORE);
    cr_assert_eq(rename(aside, path), 0);
    look(reader, &things);
    store_close(reader);
}
