/* A sealed copy that was revoked or forgotten is gone from the disk, whoever has the database open,
 * and no reader makes the log grow without end. */
#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <gatehouse/store.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WAIT_MS = 10000, STEP_MS = 50 };

static struct running follower; /* has the database open and does nothing */

static void setup(void)
{
    run_setup_account();
    cr_assert_eq(run("account", "create", "old"), 0);
    run_generate("old", "main");
    run_generate("ci", "main");
    follower = run_begin((const char *const[]){"audit", "--follow", NULL});
    run_until(&follower, "token.generate");
}

static void teardown(void)
{
    run_stop(&follower);
    run_teardown();
}

TestSuite(erased, .init = setup, .fini = teardown, .timeout = 300);

/* Whether these bytes stand anywhere in the database or its log. */
static bool file_has(const char *name, const void *bytes, size_t size)
{
    FILE *file = fopen(run_path(name), "r");
    if (!file) return false;
    struct stat status;
    cr_assert_eq(fstat(fileno(file), &status), 0);
    char *all = malloc((size_t)status.st_size + 1);
    size_t got = fread(all, 1, (size_t)status.st_size, file);
    bool has = memmem(all, got, bytes, size) != NULL;
    free(all);
    fclose(file);
    return has;
}

struct box {
    uint8_t bytes[64]; /* of its middle */
};

static struct box box_of(const char *account)
{
    struct box box;
    struct act act = run_act();
    struct stmt *stmt =
        store_prepare(act.store, "SELECT t.box FROM token t JOIN account a ON a.number = t.account "
                                 "WHERE a.name = :name");
    bool row;
    size_t size;
    bind_text(stmt, ":name", account);
    cr_assert_eq(stmt_step(stmt, &row), OK);
    cr_assert(row);
    const char *bytes = column_blob(stmt, "box", &size);
    cr_assert_geq(size, sizeof box.bytes + 16);
    memcpy(box.bytes, bytes + 16, sizeof box.bytes);
    stmt_reset(stmt);
    store_close(act.store);
    return box;
}

static bool is_on_disk(const struct box *box)
{
    return file_has("gatehouse.db", box->bytes, sizeof box->bytes) ||
           file_has("gatehouse.db-wal", box->bytes, sizeof box->bytes);
}

static void expect_erased(const struct box *box, const char *by)
{
    for (int waited = 0; waited < WAIT_MS && is_on_disk(box); waited += STEP_MS)
        poll(NULL, 0, STEP_MS);
    cr_assert_not(is_on_disk(box), "%s leaves it on the disk", by);
}

Test(erased, it_is_gone_after_each_command_that_ends_it_while_others_have_the_database_open)
{
    struct box box = box_of("ci");
    cr_assert_eq(run("export"), 0, "%s", run_err);
    const char *without = strdup(run_file("empty.json", run_out, 0600));
    cr_assert(is_on_disk(&box));
    cr_assert_eq(run("token", "forget", "ci/main"), 0, "%s", run_err);
    expect_erased(&box, "token forget");

    run_generate("ci", "next");
    struct act act = run_act();
    cr_assert_eq(store_begin(act.store), OK);
    cr_assert_eq(
        store_end(act.store, stmt_run(store_prepare(act.store, "DELETE FROM token WHERE name = "
                                                               "'main' AND account = 1"))),
        OK);
    store_close(act.store);
    box = box_of("ci");
    cr_assert_eq(run("token", "revoke", "ci/next"), 0, "%s", run_err);
    expect_erased(&box, "token revoke");

    box = box_of("old");
    cr_assert_eq(run("account", "delete", "old", "--yes"), 0, "%s", run_err);
    expect_erased(&box, "account delete");

    cr_assert_eq(run("account", "create", "new"), 0);
    run_generate("new", "main");
    box = box_of("new");
    int status = run("apply", without, "--prune", "--yes");
    cr_assert(status == 0 || status == 3, "%s", run_err);
    cr_assert_eq(run("account", "show", "new"), 3, "it was pruned");
    expect_erased(&box, "apply --prune");
    free((char *)without);
}

/* The command cannot wait for a reader; whoever runs for long does it in its place. */
Test(erased, what_a_reader_kept_in_the_log_is_erased_by_whoever_runs_for_long)
{
    struct box box = box_of("ci");
    int64_t ignored;
    struct act reader = run_act();
    cr_assert_eq(store_begin_read(reader.store), OK);
    cr_assert_eq(stmt_int(store_prepare(reader.store, "SELECT count(*) FROM token"), &ignored), OK);
    cr_assert_eq(run("token", "revoke", "ci/main"), 0, "%s", run_err);
    cr_assert(is_on_disk(&box), "the reader must be able to read it");
    cr_assert_eq(store_end(reader.store, OK), OK);
    expect_erased(&box, "the follower");
    store_close(reader.store);
}

static off_t log_size(void)
{
    struct stat status;
    return stat(run_path("gatehouse.db-wal"), &status) == 0 ? status.st_size : 0;
}

static void insert_accounts(struct act *act, int from, int count)
{
    struct stmt *stmt;
    cr_assert_eq(store_begin(act->store), OK);
    enum error e = OK;
    for (int i = 0; i < count && !e; i++) {
        char name[64];
        snprintf(name, sizeof name, "many-%06d", from + i);
        stmt = store_prepare(act->store, "INSERT INTO account (name, created) VALUES (:name, 0)");
        bind_text(stmt, ":name", name);
        e = stmt_run(stmt);
    }
    cr_assert_eq(store_end(act->store, e), OK, "%s", error_message());
}

/* account list | less: what it prints is more than a pipe takes. */
static void expect_no_hold(const char *const *words, const char *last)
{
    struct act act = run_act();
    struct running list = run_begin(words);
    struct pollfd ready = {.fd = list.output, .events = POLLIN};
    cr_assert_eq(poll(&ready, 1, WAIT_MS), 1, "%s prints nothing", words[0]);
    insert_accounts(&act, 900000, 1);
    for (int waited = 0; waited < WAIT_MS && log_size(); waited += STEP_MS) {
        poll(NULL, 0, STEP_MS);
        store_truncate_log(act.store);
    }
    cr_assert_eq(log_size(), 0, "%s holds the log", words[0]);
    cr_assert_eq(store_begin(act.store), OK);
    cr_assert_eq(store_end(act.store, stmt_run(store_prepare(act.store, "DELETE FROM account WHERE "
                                                                        "name = 'many-900000'"))),
                 OK);
    run_until(&list, last);
    run_stop(&list);
    store_close(act.store);
}

Test(erased, an_output_that_nobody_reads_does_not_make_the_log_grow, .timeout = 300)
{
    enum { MANY = 6000 };
    struct act act = run_act();
    insert_accounts(&act, 0, MANY);
    store_close(act.store);
    cr_assert_eq(run("permission", "grant", "agent_management", "--group", "Everyone"), 0);
    expect_no_hold((const char *const[]){"account", "list", NULL}, "many-005999");
    expect_no_hold((const char *const[]){"account", "list", "--access", "--csv", NULL}, "05999");
    expect_no_hold((const char *const[]){"account", "list", "--json", NULL}, "many-005999");
    expect_no_hold((const char *const[]){"group", "show", "Everyone", NULL}, "Everyone");
    expect_no_hold((const char *const[]){"export", NULL}, "many-005999");
}
