#include <gatehouse/memory.h>
#include <gatehouse/store.h>

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct migration first[] = {{.sql = "CREATE TABLE thing (name TEXT, size INTEGER)"}};
static const struct migration both[] = {{.sql = "CREATE TABLE thing (name TEXT, size INTEGER)"},
                                        {.sql = "ALTER TABLE thing ADD COLUMN colour TEXT"}};
static const struct schema one = {first, 1, NULL}, two = {both, 2, NULL};
static char folder[32], path[64];

static void start(void)
{
    strcpy(folder, "/tmp/gatehouse-test-XXXXXX");
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.db", folder);
}

static void stop(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_assert_eq(system(command), 0);
}
TestSuite(store, .init = start, .fini = stop);

static void make(const struct schema *schema)
{
    struct store *store;
    cr_assert_eq(store_open(path, STORE_CREATE, schema, &store), OK, "%s", error_message());
    store_close(store);
}

static void refuse(enum store_mode mode, const struct schema *schema, const char *sentence)
{
    struct store *store;
    cr_assert_neq(store_open(path, mode, schema, &store), OK);
    cr_assert(strstr(error_message(), sentence), "said: %s", error_message());
}

static enum error insert(struct store *store, const char *name)
{
    struct stmt *stmt = store_prepare(store, "INSERT INTO thing (name) VALUES (:name)");
    bind_text(stmt, ":name", name);
    return stmt_run(stmt);
}

static int64_t count(struct store *store)
{
    int64_t value;
    cr_assert_eq(stmt_int(store_prepare(store, "SELECT count(*) FROM thing"), &value), OK);
    return value;
}

Test(store, a_new_database_is_for_its_owner_alone)
{
    struct stat info;
    make(&one);
    cr_assert_eq(stat(path, &info), 0);
    cr_assert_eq(info.st_mode & 0777, 0600);
}

Test(store, creating_never_overwrites)
{
    make(&one);
    refuse(STORE_CREATE, &one, "already exists");
}

Test(store, a_missing_file_names_init)
{
    refuse(STORE_OPEN, &one, "gatehouse init");
}

Test(store, a_missing_folder_names_init_too)
{
    snprintf(path, sizeof path, "%s/none/a.db", folder);
    refuse(STORE_OPEN, &one, "gatehouse init");
    refuse(STORE_READ_ONLY, &one, "gatehouse init");
}

Test(store, a_file_others_can_write_is_refused_saying_what_to_do)
{
    make(&one);
    chmod(path, 0620);
    refuse(STORE_OPEN, &one, "chmod go-w");
    chmod(path, 0602);
    refuse(STORE_OPEN, &one, "chmod go-w");
}

Test(store, a_folder_others_can_write_is_refused)
{
    make(&one);
    chmod(folder, 0777);
    refuse(STORE_OPEN, &one, "the folder");
    chmod(folder, 0700);
}

Test(store, what_is_no_database_is_refused)
{
    FILE *file = fopen(path, "w");
    cr_assert(file);
    for (int i = 0; i < 400; i++)
        fputs("this is no database\n", file);
    fclose(file);
    chmod(path, 0600);
    refuse(STORE_OPEN, &one, "is not a database");
}

Test(store, a_newer_schema_is_refused)
{
    make(&two);
    refuse(STORE_OPEN, &one, "newer Gatehouse");
}

Test(store, an_older_schema_is_backed_up_and_migrated)
{
    struct store *store;
    char backup[80];
    make(&one);
    cr_assert_eq(store_open(path, STORE_OPEN, &two, &store), OK, "%s", error_message());
    cr_assert_eq(store_schema_version(store), 2);
    store_close(store);
    snprintf(backup, sizeof backup, "%s.v1.bak", path);
    cr_assert_eq(access(backup, F_OK), 0);
}

static int count_files(const char *part)
{
    char command[200];
    snprintf(command, sizeof command, "exit $(ls %s | grep -c -e %s)", folder, part);
    return WEXITSTATUS(system(command));
}

/* Twenty programs of the newer kind start at the same moment; one of the older kind reads on. */
Test(store, an_upgrade_beside_others_is_done_once, .timeout = 30)
{
    enum { PROGRAMS = 20 };
    struct store *older;
    int start[2], status;
    char ignored;
    make(&one);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &older), OK);
    cr_assert_eq(store_begin(older), OK);
    struct stmt *stmt =
        store_prepare(older, "INSERT INTO thing (name) SELECT hex(zeroblob(3000000))");
    cr_assert_eq(store_end(older, stmt_run(stmt)), OK);
    cr_assert_eq(pipe(start), 0);
    for (int i = 0; i < PROGRAMS; i++) {
        if (fork()) continue;
        struct store *store;
        close(start[1]);
        _exit(read(start[0], &ignored, 1) != 0 || store_open(path, STORE_OPEN, &two, &store) ||
              store_schema_version(store) != 2);
    }
    close(start[0]);
    close(start[1]);
    for (int i = 0; i < PROGRAMS; i++) {
        cr_assert_eq(count(older), 1);
        cr_assert(wait(&status) > 0 && status == 0);
    }
    cr_assert_eq(count(older), 1);
    cr_assert_neq(store_begin(older), OK, "it does not write to what it does not know");
    store_close(older);
    cr_assert_eq(count_files("bak"), 1);
    cr_assert_eq(count_files("gatehouse-new"), 0);
}

Test(store, what_fails_inside_leaves_nothing_behind)
{
    struct store *store;
    cr_assert_eq(store_open_memory(&one, &store), OK);
    cr_assert_eq(store_begin(store), OK);
    cr_assert_eq(insert(store, "outer"), OK);
    cr_assert_eq(store_begin(store), OK);
    cr_assert_eq(store_end(store, fail(ERR_INVALID, "no")), ERR_INVALID);
    cr_assert_neq(store_end(store, OK), OK);
    cr_assert_eq(count(store), 0);
    store_close(store);
}

Test(store, a_change_of_another_connection_is_noticed_once)
{
    struct store *here, *there;
    bool changed;
    make(&one);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &here), OK);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &there), OK);
    cr_assert_eq(store_changed(here, &changed), OK);
    cr_assert_not(changed);
    cr_assert_eq(store_begin(there), OK);
    cr_assert_eq(store_end(there, insert(there, "new")), OK);
    cr_assert_eq(store_changed(here, &changed), OK);
    cr_assert(changed);
    cr_assert_eq(store_changed(here, &changed), OK);
    cr_assert_not(changed);
    store_close(here);
    store_close(there);
}

Test(store, a_read_only_store_refuses_to_write)
{
    struct store *store;
    make(&one);
    cr_assert_eq(store_open(path, STORE_READ_ONLY, &one, &store), OK, "%s", error_message());
    cr_assert_eq(store_begin(store), ERR_STORE);
    store_close(store);
}

Test(store, names_are_found_in_whatever_order_they_are_asked_for)
{
    struct store *store;
    cr_assert_eq(store_open_memory(&one, &store), OK);
    for (int round = 0; round < 6; round++) {
        bool row;
        struct stmt *stmt = store_prepare(store, "SELECT :a AS first, :b AS second, :c AS third");
        if (round % 2) bind_int(stmt, ":c", 3);
        bind_int(stmt, ":b", 2);
        bind_int(stmt, ":a", 1);
        cr_assert_eq(stmt_step(stmt, &row), OK);
        cr_assert(row);
        if (round < 3) cr_assert_eq(column_int(stmt, "third"), round % 2 ? 3 : 0);
        cr_assert_eq(column_int(stmt, "second"), 2);
        cr_assert_eq(column_int(stmt, "first"), 1);
        cr_assert_eq(column_is_null(stmt, "third"), round % 2 == 0, "nothing stays bound");
    }
    store_close(store);
}

/* Releases the lock that `holder` has, after a moment. */
static void *let_go(void *holder)
{
    nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
    cr_assert_eq(store_end(holder, OK), OK);
    return NULL;
}

static void expect_to_wait(struct store *store, struct store *holder)
{
    pthread_t thread;
    cr_assert_eq(store_begin(holder), OK);
    cr_assert_eq(pthread_create(&thread, NULL, let_go, holder), 0);
    cr_assert_eq(store_begin(store), OK, "it waits for the lock: %s", error_message());
    cr_assert_eq(store_end(store, OK), OK);
    pthread_join(thread, NULL);
}

Test(store, a_text_that_does_not_fit_is_cut_between_characters)
{
    static const struct {
        const char *text, *cut;
    } cases[] = {{"", ""},      {"abc", "abc"}, {"abcd", "abc"},
                 {"aäö", "aä"}, {"abä", "ab"},  {"\x80\x81\x82\x83\x84", ""}};
    struct store *store;
    cr_assert_eq(store_open(path, STORE_CREATE, &one, &store), OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[4];
        bool row;
        struct stmt *stmt = store_prepare(store, "SELECT :text AS text");
        bind_text(stmt, ":text", cases[i].text);
        cr_assert_eq(stmt_step(stmt, &row), OK);
        column_copy(stmt, "text", out, sizeof out);
        cr_assert_str_eq(out, cases[i].cut, "%s", cases[i].text);
        stmt_reset(stmt);
    }
    store_close(store);
}

Test(store, only_a_lazy_write_does_not_wait_for_the_lock)
{
    struct store *here, *there;
    make(&one);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &here), OK);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &there), OK);
    expect_to_wait(here, there);
    cr_assert_eq(store_begin_lazy(here), OK);
    cr_assert_eq(store_end(here, insert(here, "lazy")), OK);
    expect_to_wait(here, there);
    cr_assert_eq(store_begin(there), OK);
    cr_assert_eq(store_begin_lazy(here), ERR_BUSY);
    cr_assert_eq(store_end(there, OK), OK);
    expect_to_wait(here, there);
    store_close(here);
    store_close(there);
}

static int64_t synchronous(struct store *store)
{
    int64_t value = -1;
    cr_assert_eq(stmt_int(store_prepare(store, "PRAGMA synchronous"), &value), OK);
    return value;
}

Test(store, only_a_lazy_write_does_not_wait_for_the_disk)
{
    enum { NORMAL = 1, FULL = 2 };
    struct store *here, *there;
    make(&one);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &here), OK);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &there), OK);
    cr_assert_eq(synchronous(here), FULL);
    cr_assert_eq(store_begin_lazy(here), OK);
    cr_assert_eq(synchronous(here), NORMAL);
    cr_assert_eq(store_end(here, ERR_STOPPED), ERR_STOPPED);
    cr_assert_eq(synchronous(here), FULL);
    cr_assert_eq(store_begin(there), OK);
    cr_assert_eq(store_begin_lazy(here), ERR_BUSY);
    cr_assert_eq(synchronous(here), FULL);
    cr_assert_eq(store_end(there, OK), OK);
    store_close(here);
    store_close(there);
}

Test(store, a_pair_inside_fails_the_whole_transaction)
{
    struct store *store;
    cr_assert_eq(store_open(path, STORE_CREATE, &one, &store), OK);
    cr_assert_eq(store_begin(store), OK);
    cr_assert_eq(insert(store, "outer"), OK);
    cr_assert_eq(store_begin(store), OK);
    cr_assert_eq(store_end(store, ERR_INVALID), ERR_INVALID);
    cr_assert_eq(store_end(store, OK), ERR_CONFLICT, "somebody may have overlooked it");
    cr_assert_eq(count(store), 0);
    cr_assert_eq(store_begin(store), OK);
    cr_assert_eq(store_end(store, insert(store, "next")), OK, "the next one knows nothing of it");
    cr_assert_eq(count(store), 1);
    store_close(store);
}

static bool always(void *unused)
{
    (void)unused;
    return true;
}

Test(store, a_long_query_can_be_stopped)
{
    struct store *store;
    cr_assert_eq(store_open_memory(&one, &store), OK);
    store_set_interrupt(store, always, NULL);
    cr_assert_eq(
        stmt_run(store_prepare(store, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT "
                                      "i + 1 FROM n LIMIT 1000000) SELECT count(*) FROM n")),
        ERR_STOPPED);
    store_close(store);
}

static int told;
static int64_t told_first, told_last;

static void tell(struct store *store, int64_t first_number, int64_t last_number)
{
    told++;
    told_first = first_number;
    told_last = last_number;
    cr_assert_eq(count(store), 1, "it comes after the commit and may read");
}

Test(store, what_waits_for_the_commit_comes_once_and_only_after_it)
{
    struct store *store;
    cr_assert_eq(store_open(path, STORE_CREATE, &one, &store), OK);
    cr_assert_eq(store_begin(store), OK);
    store_after_commit(store, tell, 4);
    cr_assert_eq(store_end(store, ERR_STOPPED), ERR_STOPPED);
    cr_assert_eq(told, 0, "rolled back");
    cr_assert_eq(store_begin(store), OK);
    cr_assert_eq(insert(store, "a"), OK);
    cr_assert_eq(store_begin(store), OK);
    store_after_commit(store, tell, 5);
    cr_assert_eq(store_end(store, OK), OK);
    cr_assert_eq(told, 0, "only the outermost commits");
    store_after_commit(store, tell, 6);
    cr_assert_eq(store_end(store, OK), OK);
    cr_assert(told == 1 && told_first == 5 && told_last == 6);
    cr_assert_eq(store_begin(store), OK);
    cr_assert_eq(store_end(store, OK), OK);
    cr_assert_eq(told, 1, "said once");
    store_close(store);
}

struct pile {
    struct store_pending base;
    int rows, dropped;
};

static enum error write_pile(struct store *store, struct store_pending *pending)
{
    struct pile *pile = (struct pile *)pending;
    enum error e = OK;
    for (; !e && pile->rows > 0; pile->rows--)
        e = insert(store, "a");
    return e;
}

static void drop_pile(struct store_pending *pending)
{
    ((struct pile *)pending)->dropped++;
}

Test(store, what_is_collected_is_written_before_the_commit_and_dropped_after_any_end)
{
    struct store *store;
    struct pile pile = {{write_pile, drop_pile, NULL}, 3, 0};
    cr_assert_eq(store_open(path, STORE_CREATE, &one, &store), OK);
    cr_assert_eq(store_begin(store), OK);
    store_add_pending(store, &pile.base);
    cr_assert_eq(store_end(store, ERR_STOPPED), ERR_STOPPED);
    cr_assert(pile.rows == 3 && pile.dropped == 1, "rolled back");
    cr_assert_eq(store_begin(store), OK);
    cr_assert_null(store_find_pending(store, write_pile), "nothing is left of the one before");
    store_add_pending(store, &pile.base);
    cr_assert_eq(store_begin(store), OK);
    cr_assert_eq(store_end(store, OK), OK);
    cr_assert_eq(count(store), 0, "only the outermost writes");
    cr_assert_eq(store_end(store, OK), OK);
    cr_assert(count(store) == 3 && pile.dropped == 2);
    store_close(store);
}

static int64_t size_of(const char *suffix)
{
    char name[80];
    struct stat info;
    snprintf(name, sizeof name, "%s%s", path, suffix);
    return stat(name, &info) ? 0 : (int64_t)info.st_size;
}

Test(store, a_log_that_a_reader_holds_is_truncated_when_it_lets_go)
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

Test(store, a_log_is_truncated_after_the_outermost_commit_and_not_after_a_rollback)
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

Test(store, a_long_log_is_left_to_another_connection)
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

Test(store, a_checkpoint_is_asked_for_once)
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

static bool is_mapped(void)
{
    char line[512], end[80];
    bool found = false;
    snprintf(end, sizeof end, " %s\n", path);
    FILE *maps = fopen("/proc/self/maps", "r");
    cr_assert(maps);
    while (fgets(line, sizeof line, maps))
        found |= strlen(line) > strlen(end) && !strcmp(line + strlen(line) - strlen(end), end);
    fclose(maps);
    return found;
}

Test(store, the_file_is_mapped_until_it_is_unmapped)
{
    struct store *store;
    make(&one);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &store), OK);
    cr_assert_eq(insert(store, "a"), OK);
    cr_assert_eq(store_checkpoint(store), OK);
    cr_assert_eq(count(store), 1);
    cr_assert(is_mapped());
    cr_assert_eq(store_unmap(store), OK);
    cr_assert_not(is_mapped());
    cr_assert_eq(insert(store, "b"), OK);
    cr_assert_eq(count(store), 2);
    cr_assert_not(is_mapped());
    store_close(store);
}

Test(store, a_file_that_was_replaced_or_removed_is_noticed_and_not_written_to)
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

Test(store, a_fresh_read_sees_the_last_commit_and_neither_another_file_nor_another_schema)
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
Test(store, a_fresh_read_notices_another_file_in_a_folder_where_nothing_happened_for_long)
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

Test(store, a_kept_read_is_used_again_until_something_is_committed)
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

Test(store, what_another_process_commits_ends_a_kept_read)
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

Test(store, a_kept_read_holds_the_log_until_it_is_let_go_or_has_been_kept_for_some_time)
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
Test(store, a_kept_read_does_not_outlast_its_file)
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

Test(store, a_log_that_was_removed_is_noticed_and_not_written_to)
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

/* What a library left out for lack of memory may be part of an event. */
Test(store, a_transaction_in_which_memory_ran_out_is_rolled_back)
{
    struct store *store;
    const volatile size_t too_much = SIZE_MAX / 2;
#ifdef __SANITIZE_ADDRESS__
    cr_skip("a sanitizer ends the program instead");
#endif
    make(&one);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &store), OK);
    cr_assert_eq(store_begin(store), OK);
    cr_assert_eq(insert(store, "a"), OK);
    cr_assert_null(memory_allocate(too_much));
    cr_assert_eq(store_end(store, OK), ERR_SYSTEM);
    cr_assert_str_eq(error_message(), "out of memory");
    cr_assert_eq(count(store), 0);
    cr_assert_eq(store_begin(store), OK);
    cr_assert_eq(store_end(store, insert(store, "a")), OK, "it goes on afterwards");
    cr_assert_eq(count(store), 1);
    store_close(store);
}

/* Its own log is gone, which is not taken for one that somebody removed. */
Test(store, goes_on_when_it_has_left_its_log)
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

Test(store, a_log_is_to_be_emptied_when_nobody_has_committed_for_four_calls)
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
