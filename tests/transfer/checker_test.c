/* What a checker remembers does not outlive a file that is imported or applied, whoever does it. */
#include <gatehouse/account.h>
#include <gatehouse/account_change.h>
#include <gatehouse/database.h>
#include <gatehouse/permission.h>
#include <gatehouse/secret.h>
#include <gatehouse/token.h>
#include <gatehouse/token_check.h>
#include <gatehouse/transfer.h>
#include <gatehouse/when.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char folder[40], path[64], file[64];
static struct store *own, *other;
static struct actor admin = {.user = "mara"};
static struct act act = {.actor = &admin, .now = INT64_C(1800000000)};
static struct secret *text;
static struct token_checker *checker;
static int64_t asked;

static void open_both(void)
{
    const struct account_details details = {0};
    int64_t account, token;
    strcpy(folder, "/tmp/gatehouse-transfer-XXXXXX");
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/g.db", folder);
    snprintf(file, sizeof file, "%s/f.json", folder);
    cr_assert_eq(crypto_init(), OK);
    cr_assert_eq(database_open(path, STORE_CREATE, &own), OK, "%s", error_message());
    cr_assert_eq(database_open(path, STORE_OPEN, &other), OK, "%s", error_message());
    cr_assert_eq(token_checker_new(own, &checker), OK);
    act.store = own;
    cr_assert_eq(account_create(&act, "ci-deploy", &details, &account), OK);
    cr_assert_eq(token_generate(&act, account,
                                &(struct token_plan){.name = "", .expires = WHEN_NEVER}, &token,
                                &text),
                 OK);
    cr_assert_eq(permission_find(own, "ingestion", &asked), OK);
}

static void close_both(void)
{
    secret_free(text);
    token_checker_free(checker);
    store_close(other);
    store_close(own);
    unlink(file);
    unlink(path);
    rmdir(folder);
}

TestSuite(checker, .init = open_both, .fini = close_both);

/* Why it is refused; "" if it passes. */
static const char *ask(void)
{
    struct token_pass pass;
    const char *reason;
    enum error e = token_check(checker, act.now, text->bytes, text->size,
                               &(struct token_question){.permission = asked}, &pass, &reason);
    cr_assert(e == OK || e == ERR_NOT_FOUND, "%s", error_message());
    return e ? reason : "";
}

typedef enum error taker(const struct act *act, const struct transfer_file *file,
                         const struct transfer_options *options, struct transfer_report *report);

static enum error prune(const struct act *with, const struct transfer_file *parsed,
                        const struct transfer_options *options, struct transfer_report *report)
{
    struct transfer_options pruning = *options;
    pruning.prune = true;
    return transfer_apply(with, parsed, &pruning, report);
}

static void take(taker *how, const char *content)
{
    struct transfer_file *parsed;
    struct transfer_report report;
    const struct transfer_options options = {0};
    FILE *out = fopen(file, "w");
    cr_assert(out);
    fputs(content, out);
    fclose(out);
    cr_assert_eq(transfer_read(file, &parsed), OK, "%s", error_message());
    cr_assert_eq(how(&act, parsed, &options, &report), OK, "%s", error_message());
    transfer_report_free(&report);
    transfer_free(parsed);
}

#define EXPORT "{\"format\": \"gatehouse-export\", \"version\": 1, "
#define LACKS  "the account does not hold the permission"
static const struct step {
    taker *how;
    const char *content, *answer;
} steps[] = {
    {transfer_import, "[{\"identifier\": \"sa::ci-deploy\", \"groups\": [\"ingestion\"]}]", ""},
    {transfer_apply, EXPORT "\"accounts\": [{\"id\": \"sa::ci-deploy\"}]}", LACKS},
    {transfer_import,
     "[{\"identifier\": \"sa::ci-deploy\", \"userGroups\": [{\"name\": \"Build\", \"permissions\": "
     "[\"ingestion\"]}]}]",
     ""},
    {transfer_apply, EXPORT "\"groups\": [{\"name\": \"Build\"}]}", LACKS},
    {transfer_import,
     "[{\"identifier\": \"sa::new\", \"userGroups\": [{\"name\": \"Everyone\", \"permissions\": "
     "[\"ingestion\"]}]}]",
     ""},
    {transfer_apply, EXPORT "\"groups\": [{\"name\": \"Everyone\"}]}", LACKS},
    {transfer_apply,
     EXPORT "\"accounts\": [{\"id\": \"sa::ci-deploy\", \"permissions\": [\"ingestion\"]}]}", ""},
    {transfer_apply,
     EXPORT "\"accounts\": [{\"id\": \"sa::ci-deploy\", \"active\": false, \"permissions\": "
            "[\"ingestion\"]}]}",
     "the account is inactive"},
    {transfer_apply,
     EXPORT "\"accounts\": [{\"id\": \"sa::ci-deploy\", \"permissions\": [\"ingestion\"]}]}", ""},
    {prune, EXPORT "\"permissions\": []}", LACKS},
    {prune, EXPORT "\"accounts\": []}", "the account was deleted"},
};

static void try_all(struct store *store)
{
    cr_assert_str_eq(ask(), LACKS);
    act.store = store;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        take(steps[i].how, steps[i].content);
        cr_assert_str_eq(ask(), steps[i].answer, "step %zu: %s", i, ask());
    }
}

Test(checker, follows_a_file_that_its_own_store_takes_over)
{
    try_all(own);
}

Test(checker, follows_a_file_that_another_connection_takes_over)
{
    try_all(other);
}
