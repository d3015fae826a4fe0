/* A database in memory, or a new one on PostgreSQL, with one account, an admin, and shortcuts to
 * query it. */
#ifndef GATEHOUSE_TESTS_MODEL_HOUSE_H
#define GATEHOUSE_TESTS_MODEL_HOUSE_H

#include <criterion/criterion.h>

#include <gatehouse/account.h>
#include <gatehouse/account_change.h>
#include <gatehouse/database.h>
#include <gatehouse/doctor.h>
#include <gatehouse/group.h>
#include <gatehouse/permission.h>
#include <gatehouse/secret.h>
#include <gatehouse/token.h>
#include <gatehouse/token_use.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/expect.h"
#include "tests/postgres/fresh.h"

#define NOON INT64_C(1800000000)

static struct actor admin = {.uid = 1000, .user = "mara", .host = "north"};
static struct act act = {.actor = &admin, .now = NOON};
static int64_t sa;
static struct token_checker *checker;

static inline int64_t house_account(const char *name)
{
    const struct account_details nothing = {0};
    int64_t number = 0;
    cr_assert_ok(account_create(&act, name, &nothing, &number));
    return number;
}

static inline void house_open_empty(void)
{
    if (!fresh_is_postgres()) {
        cr_assert_ok(database_open_memory(&act.store));
        return;
    }
    const char *address = fresh_make();
    cr_assert_ok(database_create(address, NULL, NULL));
    cr_assert_ok(database_open(address, STORE_OPEN, &act.store));
}

static inline void house_open(void)
{
    cr_assert_ok(crypto_init());
    house_open_empty();
    cr_assert_ok(token_checker_new(act.store, &checker));
    act.now = NOON;
    sa = house_account("ci-deploy");
}

/* A check that fails in a teardown fails no test, but CMake looks for this sentence. */
static inline void house_unsound(const char *sentence, void *unused)
{
    (void)unused;
    fprintf(stderr, "a test left an unsound database: %s\n", sentence);
}

static bool house_is_damaged; /* by the test, on purpose */

static inline void house_close(void)
{
    if (act.store && !house_is_damaged && doctor_run(act.store, NULL, house_unsound, NULL))
        house_unsound(error_message(), NULL);
    token_checker_free(checker);
    store_close(act.store);
    if (fresh_is_postgres()) fresh_drop();
}

/* For a test of what only SQLite does, or that says it in SQLite's words. */
#define HOUSE_NEEDS_SQLITE()                                                                       \
    do {                                                                                           \
        if (fresh_is_postgres()) cr_skip_test("needs SQLite");                                     \
    } while (0)

/* The first column of the first row; -1 for none. `sql` may use :n. */
static inline int64_t house_number(const char *sql, int64_t n)
{
    struct stmt *stmt = store_prepare(act.store, sql);
    if (strstr(sql, ":n")) bind_int(stmt, ":n", n);
    int64_t value;
    enum error e = stmt_int(stmt, &value);
    cr_assert(e == OK || e == ERR_NOT_FOUND, "%s: %s", sql, error_message());
    return e ? -1 : value;
}

static inline int64_t house_events(const char *kind)
{
    struct stmt *stmt = store_prepare(act.store, "SELECT count(*) FROM event WHERE kind = :kind");
    bind_text(stmt, ":kind", kind);
    int64_t count = 0;
    cr_assert_ok(stmt_int(stmt, &count));
    return count;
}

static inline void house_found(const char *sentence, void *unused)
{
    (void)unused;
    cr_assert_fail("the doctor found: %s", sentence);
}

/* Counters, references and rules agree with the rows. */
static inline void house_expect_sound(void)
{
    cr_assert_ok(doctor_run(act.store, NULL, house_found, NULL));
}

static inline int64_t house_all_events(void)
{
    return house_number("SELECT count(*) FROM event", 0);
}

static inline int64_t house_generation(void)
{
    return house_number("SELECT value FROM counter WHERE name = 'generation'", 0);
}

static inline int64_t house_version(int64_t account)
{
    struct account_details details;
    int64_t version;
    cr_assert_ok(account_details_load(act.store, account, &details, &version));
    account_details_free(&details);
    return version;
}

static inline int64_t house_group_version(int64_t group)
{
    struct group_details details;
    int64_t version;
    cr_assert_ok(group_details_load(act.store, group, &details, &version));
    group_details_free(&details);
    return version;
}

static inline int64_t house_token(int64_t account, const char *name, int64_t expires)
{
    int64_t number = 0;
    struct secret *text;
    cr_assert_ok(token_generate(
        &act, account, &(struct token_plan){.name = name, .expires = expires}, &number, &text));
    secret_free(text);
    return number;
}

/* Whether the account effectively holds a permission. */
static inline bool house_holds(int64_t account, int64_t permission)
{
    struct permission_sources *sources;
    bool holds = false;
    cr_assert_ok(permission_effective(act.store, account, &sources));
    for (size_t i = 0; i < sources->count; i++)
        holds |= sources->items[i].permission == permission;
    free(sources);
    return holds;
}

static inline enum token_state house_state(int64_t token)
{
    struct token_row row = {0};
    cr_assert_ok(token_get(act.store, act.now, token, &row));
    return row.state;
}

#endif
