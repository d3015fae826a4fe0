/* A bulk change beside others: another process that writes, and kill -9 in the middle. */
#include "tests/model/house.h"

#include <gatehouse/audit.h>
#include <gatehouse/bulk.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CROWD = 10000 };

static char folder[64], path[96];
static struct id_set crowd;
static int64_t bystander;

static void open_crowd(void)
{
    cr_assert_ok(crypto_init());
    snprintf(folder, sizeof folder, "/tmp/gatehouse-crowd-XXXXXX");
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/gatehouse.db", folder);
    cr_assert_ok(database_open(path, STORE_CREATE, &act.store));
    act.now = NOON;
    cr_assert_ok(store_begin(act.store));
    bystander = house_account("bystander");
    for (int i = 0; i < CROWD; i++) {
        char name[32];
        snprintf(name, sizeof name, "a-%05d", i);
        cr_assert_ok(id_set_add(&crowd, house_account(name)));
    }
    cr_assert_ok(store_end(act.store, OK));
    store_close(act.store);
}

static void close_crowd(void)
{
    char command[128];
    id_set_free(&crowd);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(crowd, .init = open_crowd, .fini = close_crowd);

static void reopen(void)
{
    cr_assert_ok(database_open(path, STORE_OPEN, &act.store));
}

/* Flips an account that the bulk change does not touch, over and over; 0 when all went well. */
static int write_beside(int flips)
{
    if (database_open(path, STORE_OPEN, &act.store)) return 1;
    for (int i = 0; i < flips; i++)
        if (account_set_active(&act, bystander, i % 2, NULL)) return 2;
    store_close(act.store);
    return 0;
}

Test(crowd, both_writers_get_through)
{
    enum { FLIPS = 50 };
    struct bulk_result result;
    const struct bulk bulk = {.kind = BULK_DEACTIVATE};
    int status;
    int64_t checked;
    pid_t writer = fork();
    if (writer == 0) _exit(write_beside(FLIPS));
    reopen();
    cr_assert_ok(bulk_run(&act, &bulk, &crowd, NULL, &result));
    cr_assert_eq(result.changed.count, CROWD);
    id_set_free(&result.changed);
    cr_assert_eq(waitpid(writer, &status, 0), writer);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the other writer failed: %d", status);
    cr_assert_eq(
        house_number("SELECT count(*) FROM account WHERE active = 0 AND number <> :n", bystander),
        CROWD);
    cr_assert_eq(house_events("account.deactivate") + house_events("account.activate"),
                 CROWD + FLIPS);
    cr_assert_ok(audit_verify(act.store, &checked));
    cr_assert_ok(store_check(act.store));
    store_close(act.store);
}

static bool die_half_way(void *arg, size_t done, size_t total)
{
    (void)arg;
    if (done >= total / 2) raise(SIGKILL);
    return false;
}

Test(crowd, killed_half_way_changes_nothing)
{
    int status;
    int64_t checked;
    pid_t child = fork();
    if (child == 0) {
        const struct progress progress = {die_half_way, NULL};
        const struct bulk bulk = {.kind = BULK_DEACTIVATE};
        struct bulk_result result;
        if (database_open(path, STORE_OPEN, &act.store)) _exit(1);
        _exit(bulk_run(&act, &bulk, &crowd, &progress, &result) ? 2 : 3);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    reopen();
    cr_assert_eq(house_number("SELECT count(*) FROM account WHERE active = 0", 0), 0);
    cr_assert_eq(house_number("SELECT value FROM counter WHERE name = 'inactive'", 0), 0);
    cr_assert_eq(house_events("account.deactivate"), 0);
    cr_assert_ok(audit_verify(act.store, &checked));
    cr_assert_ok(store_check(act.store));
    store_close(act.store);
}

/* Nothing of a revoked token's sealed copy may be found in the files of the database. */
Test(crowd, a_revoked_token_leaves_no_box_behind)
{
    char command[512];
    reopen();
    const struct kdf_cost cheap = {1, 8192};
    struct secret *passphrase;
    cr_assert_ok(secret_new(32, &passphrase));
    cr_assert_ok(secret_set(passphrase, "correct horse battery", 21));
    cr_assert_ok(vault_create(&act, SLOT_PASSPHRASE, "", passphrase, cheap));
    secret_free(passphrase);
    int64_t token = house_token(bystander, "doomed", WHEN_NEVER);
    struct stmt *stmt = store_prepare(act.store, "SELECT hex(box) AS box FROM token");
    bool row;
    char box[2 * KEYBOX_BOX_SIZE + 1];
    cr_assert_ok(stmt_step(stmt, &row));
    column_copy(stmt, "box", box, sizeof box);
    stmt_reset(stmt);
    cr_assert_eq(strlen(box), 2 * KEYBOX_BOX_SIZE);
    /* 16 bytes of its middle are enough to know it by. */
    char needle[4 * 16 + 1] = "";
    for (int i = 0; i < 16; i++)
        snprintf(needle + 4 * i, 5, "\\x%.2s", box + 2 * (40 + i));
    snprintf(command, sizeof command, "LC_ALL=C grep -qaP '%s' %s %s-wal", needle, path, path);
    cr_assert_eq(system(command), 0, "the search must be able to find it");
    cr_assert_ok(token_revoke(&act, token, NULL));
    cr_assert_neq(system(command), 0, "a sealed copy is still there");
    store_close(act.store);
}
