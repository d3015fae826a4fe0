/* A bulk change next to others: another process that writes, and kill -9 in the middle. */
#include "tests/model/house.h"

#include <gatehouse/audit_verify.h>
#include <gatehouse/bulk.h>
#include <gatehouse/token_change.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CROWD = 4000 };

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

/* Toggles an account that the bulk change does not touch, over and over; returns 0 if all went
 * well. */
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

/* Whether the `size` bytes of `needle` are anywhere in the file. */
static bool file_holds(const char *name, const void *needle, size_t size)
{
    FILE *file = fopen(name, "rb");
    if (!file) return false;
    char *text = NULL;
    size_t length = 0;
    FILE *copy = open_memstream(&text, &length);
    int c;
    while ((c = getc(file)) != EOF)
        putc(c, copy);
    fclose(copy);
    fclose(file);
    const bool found = memmem(text, length, needle, size) != NULL;
    free(text);
    return found;
}

static bool files_hold(const void *needle, size_t size)
{
    char log[sizeof path + 4];
    snprintf(log, sizeof log, "%s-wal", path);
    return file_holds(path, needle, size) || file_holds(log, needle, size);
}

/* No trace of a revoked token's sealed copy may be left in the files of the database. */
Test(crowd, a_revoked_token_leaves_no_box_behind)
{
    reopen();
    const struct kdf_cost cheap = {1, 8192};
    struct secret *passphrase;
    cr_assert_ok(secret_new(32, &passphrase));
    cr_assert_ok(secret_set(passphrase, "correct horse battery", 21));
    cr_assert_ok(vault_create(&act, SLOT_PASSPHRASE, "", passphrase, cheap));
    secret_free(passphrase);
    int64_t token = house_token(bystander, "doomed", WHEN_NEVER);
    struct stmt *stmt = store_prepare(act.store, "SELECT box FROM token");
    bool row;
    unsigned char box[KEYBOX_BOX_SIZE];
    cr_assert_ok(stmt_step(stmt, &row));
    size_t size;
    const void *sealed = column_blob(stmt, "box", &size);
    cr_assert(row && size == sizeof box);
    memcpy(box, sealed, size);
    stmt_reset(stmt);
    /* Sixteen bytes from its middle are enough to recognise it. */
    cr_assert(files_hold(box + 40, 16), "the search must be able to find it");
    cr_assert_ok(token_revoke(&act, token, NULL));
    cr_assert_not(files_hold(box + 40, 16), "a sealed copy is still there");
    store_close(act.store);
}
