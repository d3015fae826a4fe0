/* A cleared sealed copy is gone from the files of the database, even though somebody else has it
 * open and does nothing. */
#include <gatehouse/account.h>
#include <gatehouse/account_change.h>
#include <gatehouse/bulk.h>
#include <gatehouse/database.h>
#include <gatehouse/secret.h>
#include <gatehouse/token_change.h>
#include <gatehouse/transfer.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Sixteen bytes from the middle of a box are enough to recognise it. */
enum { FROM = 40, SIZE = 16 };

static char folder[40], path[64], file[64];
static struct store *idle;
static struct actor admin = {.user = "mara"};
static struct act act = {.actor = &admin, .now = INT64_C(1800000000)};
static int64_t account, token;
static unsigned char box[SIZE];

static void assert_ok(enum error e)
{
    cr_assert_eq(e, OK, "%s", error_message());
}

static void make_vault(void)
{
    struct secret *passphrase;
    assert_ok(secret_new(32, &passphrase));
    assert_ok(secret_set(passphrase, "correct horse battery", 21));
    assert_ok(vault_create(&act, SLOT_PASSPHRASE, "", passphrase, (struct kdf_cost){1, 8192}));
    secret_free(passphrase);
}

static void remember_box(void)
{
    struct stmt *stmt = store_prepare(act.store, "SELECT box FROM token");
    bool row;
    size_t size;
    assert_ok(stmt_step(stmt, &row));
    const unsigned char *bytes = column_blob(stmt, "box", &size);
    cr_assert(row && size >= FROM + SIZE);
    memcpy(box, bytes + FROM, SIZE);
    stmt_reset(stmt);
}

static void open_house(void)
{
    const struct account_details nothing = {0};
    struct secret *text;
    strcpy(folder, "/tmp/gatehouse-sealed-XXXXXX");
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/g.db", folder);
    snprintf(file, sizeof file, "%s/f.json", folder);
    assert_ok(crypto_init());
    assert_ok(database_open(path, STORE_CREATE, &act.store));
    make_vault();
    assert_ok(account_create(&act, "ci-deploy", &nothing, &account));
    assert_ok(token_generate(
        &act, account, &(struct token_plan){.name = "main", .expires = WHEN_NEVER}, &token, &text));
    secret_free(text);
    remember_box();
    assert_ok(database_open(path, STORE_OPEN, &idle));
}

static void close_house(void)
{
    store_close(idle);
    store_close(act.store);
    unlink(file);
    unlink(path);
    rmdir(folder);
}

TestSuite(sealed, .init = open_house, .fini = close_house);

static bool holds(const char *name)
{
    FILE *in = fopen(name, "rb");
    if (!in) return false;
    char *text = NULL;
    size_t length = 0;
    FILE *copy = open_memstream(&text, &length);
    for (int c; (c = getc(in)) != EOF;)
        putc(c, copy);
    fclose(copy);
    fclose(in);
    const bool found = memmem(text, length, box, SIZE) != NULL;
    free(text);
    return found;
}

static bool is_on_disk(void)
{
    char log[sizeof path + 4];
    snprintf(log, sizeof log, "%s-wal", path);
    return holds(path) || holds(log);
}

static void apply_nothing(bool dry_run)
{
    static const char empty[] = "{\"format\": \"gatehouse-export\", \"version\": 1, "
                                "\"permissions\": [], \"groups\": [{\"name\": \"Everyone\", "
                                "\"description\": \"\", \"permissions\": []}], \"accounts\": []}";
    struct transfer_file *export;
    struct transfer_report report = {0};
    FILE *out = fopen(file, "w");
    cr_assert(out && fputs(empty, out) >= 0 && fclose(out) == 0);
    assert_ok(transfer_read(file, &export));
    assert_ok(transfer_apply(
        &act, export, &(struct transfer_options){.prune = true, .dry_run = dry_run}, &report));
    transfer_report_free(&report);
    transfer_free(export);
}

Test(sealed, nothing_of_a_box_stays_after_a_pruning_apply)
{
    cr_assert(is_on_disk(), "the search must be able to find it");
    apply_nothing(true);
    cr_assert(is_on_disk(), "a dry run clears nothing");
    apply_nothing(false);
    cr_assert_not(is_on_disk());
}

static void run_bulk(enum bulk_kind kind, int64_t number)
{
    struct id_set rows = {0};
    struct bulk_result result;
    assert_ok(id_set_add(&rows, number));
    assert_ok(bulk_run(&act, &(struct bulk){.kind = kind}, &rows, NULL, &result));
    cr_assert_eq(result.changed.count, 1);
    id_set_free(&result.changed);
    id_set_free(&rows);
}

Test(sealed, nothing_of_a_box_stays_after_a_bulk_revocation)
{
    run_bulk(BULK_TOKEN_REVOKE, token);
    cr_assert_not(is_on_disk());
}

Test(sealed, nothing_of_a_box_stays_after_a_bulk_deletion)
{
    run_bulk(BULK_DELETE, account);
    cr_assert_not(is_on_disk());
}

/* As the command line does it, which puts several into one transaction. */
Test(sealed, nothing_of_a_box_stays_after_acts_in_an_outer_transaction)
{
    assert_ok(store_begin(act.store));
    assert_ok(token_forget(&act, token, NULL));
    cr_assert(is_on_disk());
    assert_ok(store_end(act.store, token_revoke(&act, token, NULL)));
    cr_assert_not(is_on_disk());
}
