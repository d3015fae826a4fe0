/* An answer never comes from an older state than the one before the request. */
#include "bench/hammer.h"
#include "tests/serve/service.h"

#include <gatehouse/account.h>
#include <gatehouse/secret.h>
#include <gatehouse/token_change.h>
#include <gatehouse/when.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void start(void)
{
    service_setup();
    service_start("--threads", "2");
}

TestSuite(fresh, .init = start, .fini = service_teardown, .timeout = 300);

static int status(void)
{
    return service_check("/verify", "").status;
}

static void wait_for_status(int wanted)
{
    int last = 0;
    for (int i = 0; i < 500; i++) {
        if ((last = status()) == wanted) return;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    cr_assert_eq(last, wanted);
}

/* Revokes a token, whose number and text are given; after its return none may pass. */
typedef void revoker(const struct act *act, int64_t number, const char *text);

static void as_the_console_does(const struct act *act, int64_t number, const char *text)
{
    (void)text;
    cr_assert_eq(token_revoke(act, number, NULL), OK, "%s", error_message());
}

static void by_command(const struct act *act, int64_t number, const char *text)
{
    char typed[32];
    (void)act, (void)text;
    snprintf(typed, sizeof typed, "%lld", (long long)number);
    cr_assert_eq(run("token", "revoke", typed), 0, "%s", run_err);
}

static void over_http(const struct act *act, int64_t number, const char *text)
{
    char form[96];
    (void)act, (void)number;
    snprintf(form, sizeof form, "token=%s", text);
    cr_assert_eq(service_post("/revoke", "", form).status, 200);
}

static void revoke_under_hammers(revoker *revoke, int rounds)
{
    enum { CLIENTS = 4 };
    int64_t account, number;
    cr_assert_eq(crypto_init(), OK);
    struct act act = run_act();
    struct hammers *hammers = hammers_start(run_path("s.sock"), CLIENTS);
    cr_assert(hammers);
    cr_assert_eq(account_find(act.store, "ci", &account), OK);
    for (int i = 0; i < rounds; i++) {
        struct secret *text;
        const struct token_plan plan = {.name = "", .expires = WHEN_NEVER};
        cr_assert_eq(token_generate(&act, account, &plan, &number, &text), OK, "%s",
                     error_message());
        hammers_aim(hammers, text->bytes, false);
        cr_assert_eq(hammers_ask(hammers, text->bytes), 200);
        revoke(&act, number, text->bytes);
        hammers_aim(hammers, text->bytes, true);
        cr_assert_eq(hammers_ask(hammers, text->bytes), 401, "round %d", i);
        secret_free(text);
    }
    struct hammered seen = hammers_stop(hammers);
    cr_assert_gt(seen.answers, rounds * CLIENTS);
    cr_assert_eq(seen.passed_after, 0, "of %ld", seen.answers);
    cr_assert_eq(seen.failures, 0, "of %ld", seen.answers);
    store_close(act.store);
}

/* script/bench does the same 10,000 times. */
Test(fresh, after_a_revocation_no_check_passes_while_four_clients_hammer)
{
    revoke_under_hammers(as_the_console_does, 200);
}

Test(fresh, after_a_revocation_by_command_no_check_passes_while_four_clients_hammer)
{
    revoke_under_hammers(by_command, 30);
}

Test(fresh, after_a_revocation_over_http_no_check_passes_while_four_clients_hammer)
{
    revoke_under_hammers(over_http, 200);
}

Test(fresh, every_change_of_what_a_token_may_do_is_in_the_next_answer)
{
    cr_assert_eq(service_check("/verify/p/agent_management", "").status, 200);
    cr_assert_eq(run("permission", "revoke", "agent_management", "--account", "ci"), 0);
    cr_assert_eq(service_check("/verify/p/agent_management", "").status, 403);
    cr_assert_eq(run("group", "create", "crew"), 0, "%s", run_err);
    cr_assert_eq(run("permission", "grant", "agent_management", "--group", "crew"), 0);
    cr_assert_eq(run("group", "add", "crew", "ci"), 0);
    cr_assert_eq(service_check("/verify/p/agent_management", "").status, 200);
    cr_assert_eq(run("account", "deactivate", "ci"), 0);
    cr_assert_eq(status(), 401);
    cr_assert_eq(run("account", "activate", "ci"), 0);
    cr_assert_eq(status(), 200);
}

static void run_sql(const char *sql)
{
    sqlite3 *db;
    cr_assert_eq(sqlite3_open(run_database, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

Test(fresh, a_newer_schema_is_not_answered_from)
{
    RUN_NEEDS_SQLITE();
    sqlite3 *db;
    sqlite3_stmt *stmt;
    char back[64];
    cr_assert_eq(sqlite3_open(run_database, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &stmt, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_step(stmt), SQLITE_ROW);
    snprintf(back, sizeof back, "PRAGMA user_version = %d", sqlite3_column_int(stmt, 0));
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    cr_assert_eq(status(), 200);
    run_sql("PRAGMA user_version = 99");
    cr_assert_eq(status(), 503, "at once");
    struct reply reply = service_check("/verify", "");
    cr_assert_eq(reply.status, 503);
    cr_assert_str_empty(reply.body);
    cr_assert_eq(service_get("/readyz", "").status, 503);
    cr_assert_eq(service_get("/healthz", "").status, 200);
    service_until_log("newer Gatehouse");
    run_sql(back);
    wait_for_status(200);
    /* Each thread opens it for itself, when it is asked. */
    bool told = false;
    for (int i = 0; i < 500 && !told; i++) {
        wait_for_status(200);
        char *log = service_log();
        told = strstr(log, "the database is open again");
        free(log);
    }
    cr_assert(told);
}

/* A read is kept for the checks that follow; while there are none, it must not keep what was erased
 * in the log. */
Test(fresh, the_log_can_be_emptied_as_soon_as_nobody_asks)
{
    RUN_NEEDS_SQLITE();
    sqlite3 *db;
    int code = SQLITE_BUSY;
    cr_assert_eq(run("account", "create", "other"), 0, "%s", run_err);
    for (int i = 0; i < 100; i++)
        cr_assert_eq(status(), 200);
    cr_assert_eq(sqlite3_open(run_database, &db), SQLITE_OK);
    /* Before it has read, it knows of no log. */
    cr_assert_eq(sqlite3_exec(db, "SELECT * FROM account", NULL, NULL, NULL), SQLITE_OK);
    for (int waited = 0; code != SQLITE_OK && waited < 1000; waited += 10) {
        code = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    cr_assert_eq(code, SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

Test(fresh, a_database_that_is_gone_is_not_answered_from_until_it_is_back)
{
    RUN_NEEDS_SQLITE();
    char aside[128];
    snprintf(aside, sizeof aside, "%s.aside", run_database);
    cr_assert_eq(rename(run_database, aside), 0);
    cr_assert_eq(status(), 503, "at once");
    cr_assert_eq(status(), 503);
    cr_assert_eq(rename(aside, run_database), 0);
    wait_for_status(200);
}

Test(fresh, another_file_under_the_name_is_opened_and_the_old_one_answers_no_more)
{
    RUN_NEEDS_SQLITE();
    char command[1024], token[64];
    snprintf(token, sizeof token, "%s", service_token);
    snprintf(command, sizeof command, "cp -p %s %s.other && cp -p %s-wal %s.other-wal",
             run_database, run_database, run_database, run_database);
    cr_assert_eq(run("token", "revoke", "1"), 0);
    cr_assert_eq(system(command), 0);
    cr_assert_eq(run("token", "generate", "ci"), 0);
    snprintf(service_token, sizeof service_token, "%s", run_out);
    service_token[strcspn(service_token, "\n")] = 0;
    cr_assert_eq(status(), 200);
    snprintf(command, sizeof command, "mv %s.other-wal %s-wal && mv %s.other %s", run_database,
             run_database, run_database, run_database);
    cr_assert_eq(system(command), 0);
    cr_assert_neq(status(), 200, "that token is not in the present file");
    wait_for_status(401);
}

Test(fresh, a_restore_is_in_the_next_answer)
{
    RUN_NEEDS_SQLITE();
    cr_assert_eq(run("backup", run_path("backup.db")), 0, "%s", run_err);
    cr_assert_eq(run("token", "generate", "ci"), 0);
    snprintf(service_token, sizeof service_token, "%s", run_out);
    service_token[strcspn(service_token, "\n")] = 0;
    cr_assert_eq(status(), 200);
    cr_assert_eq(run("restore", run_path("backup.db"), "--yes"), 0, "%s", run_err);
    cr_assert_eq(status(), 401, "it came after the backup");
}

/* Without the log, newer commits than those in the file may be missing. */
Test(fresh, a_log_that_was_taken_away_is_not_done_without)
{
    RUN_NEEDS_SQLITE();
    char log[128], aside[160];
    snprintf(log, sizeof log, "%s-wal", run_database);
    snprintf(aside, sizeof aside, "%s.aside", log);
    cr_assert_eq(status(), 200);
    cr_assert_eq(rename(log, aside), 0);
    nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL); /* it looks once in a millisecond */
    cr_assert_eq(status(), 503, "at once");
    cr_assert_eq(rename(aside, log), 0);
    wait_for_status(200);
}

/* Writes over the pages of the table that each check reads; the same again puts them back. */
static void flip_pages(void)
{
    enum { PAGE = 4096 };
    unsigned char page[PAGE];
    FILE *file = fopen(run_database, "r+");
    cr_assert(file);
    for (long at = 4 * PAGE; fseek(file, at, SEEK_SET) == 0 && fread(page, PAGE, 1, file) == 1;
         at += PAGE) {
        for (int i = 0; i < PAGE; i++)
            page[i] ^= 0xff;
        fseek(file, at, SEEK_SET);
        cr_assert_eq(fwrite(page, PAGE, 1, file), 1);
        fseek(file, at + PAGE, SEEK_SET);
    }
    fclose(file);
}

Test(fresh, a_damaged_database_is_not_answered_from_until_it_is_whole)
{
    RUN_NEEDS_SQLITE();
    run_sql("PRAGMA wal_checkpoint(TRUNCATE)");
    cr_assert_eq(status(), 200);
    flip_pages();
    wait_for_status(503);
    cr_assert_eq(service_get("/readyz", "").status, 503);
    for (int i = 0; i < 20; i++)
        cr_assert_eq(status(), 503);
    service_until_log("damaged");
    flip_pages();
    wait_for_status(200);
}
