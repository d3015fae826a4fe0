#include "thing.h"

#include <fcntl.h>
#include <gatehouse/memory.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

TestSuite(store, .init = start, .fini = stop);

static void refuse(enum store_mode mode, const struct schema *schema, const char *sentence)
{
    struct store *store;
    cr_assert_neq(store_open(path, mode, schema, &store), OK);
    cr_assert(strstr(error_message(), sentence), "said: %s", error_message());
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
Test(store, an_upgrade_beside_others_is_done_once, .timeout = 300)
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

/* Only the first of a transaction is looked up, and none of them may be one that there is. */
Test(store, numbers_are_taken_above_all_that_there_were)
{
    static const char insert_one[] = "INSERT INTO a (number) VALUES (:number)";
    static const char *const tables[] = {"a", "b", "c"};
    static const struct migration numbered[] = {
        {.sql = "CREATE TABLE a (number INTEGER PRIMARY KEY AUTOINCREMENT);"
                "CREATE TABLE b (number INTEGER PRIMARY KEY AUTOINCREMENT);"
                "CREATE TABLE c (number INTEGER PRIMARY KEY AUTOINCREMENT)"}};
    struct store *store;
    int64_t number;
    cr_assert_eq(store_open(path, STORE_CREATE, &(struct schema){numbered, 1, NULL}, &store), OK);
    for (int turn = 0; turn < 2; turn++) { /* what is rolled back is taken again */
        cr_assert_eq(store_begin(store), OK);
        for (int64_t i = 1; i <= 3; i++) {
            cr_assert_eq(store_take_number(store, "a", &number), OK);
            cr_assert_eq(number, i);
            struct stmt *stmt = store_prepare(store, insert_one);
            bind_int(stmt, ":number", number);
            cr_assert_eq(stmt_run(stmt), OK);
        }
        cr_assert_eq(store_raise_number(store, "b", 40), OK);
        for (int i = 1; i < 3; i++)
            cr_assert_eq(store_take_number(store, tables[i], &number), OK);
        cr_assert_eq(number, 1);
        cr_assert_eq(store_raise_number(store, "a", 100), OK);
        cr_assert_eq(store_take_number(store, "b", &number), OK);
        cr_assert_eq(number, 41);
        cr_assert_eq(store_take_number(store, "a", &number), OK);
        cr_assert_eq(number, 101);
        cr_assert_eq(store_end(store, ERR_STOPPED), ERR_STOPPED);
    }
    store_close(store);
}

Test(store, a_change_of_many_rows_has_more_room_until_it_ends)
{
    struct store *store;
    int64_t usual, room;
    make(&one);
    cr_assert_eq(store_open(path, STORE_OPEN, &one, &store), OK);
    cr_assert_eq(stmt_int(store_prepare(store, "PRAGMA cache_size"), &usual), OK);
    cr_assert_eq(store_begin(store), OK);
    store_expect_many(store);
    cr_assert_eq(stmt_int(store_prepare(store, "PRAGMA cache_size"), &room), OK);
    cr_assert_lt(room, usual, "it is in KiB, and negative");
    cr_assert_eq(insert(store, "x"), OK);
    cr_assert_eq(store_end(store, OK), OK);
    cr_assert_eq(stmt_int(store_prepare(store, "PRAGMA cache_size"), &room), OK);
    cr_assert_eq(room, usual);
    store_close(store);
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
