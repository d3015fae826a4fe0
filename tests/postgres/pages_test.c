/* What a page of a list costs on PostgreSQL: one or two round trips, and no more rows than it
 * shows, also where the server does not know what the tables contain. */
#include "tests/model/house.h"
#include "tests/postgres/relay.h"

#include <gatehouse/account_list.h>
#include <gatehouse/audit_story.h>
#include <gatehouse/token_page.h>
#include <stdio.h>

enum { SCREEN = 30 };
static struct store *direct;

/* Of all that there are, others' tests would notice. */
#define ANALYZE "ANALYZE account, token, event"

/* Analyzed when it only had the accounts at the end. */
static void fill(void)
{
    fresh_run("INSERT INTO account (name, created, tokens) SELECT 'z-' || i, i, 2 FROM "
              "generate_series(1, 100) i");
    fresh_run(ANALYZE);
    fresh_run("INSERT INTO account (name, created, tokens) SELECT 'b-' || i, i, 2 FROM "
              "generate_series(1, 5000) i");
    fresh_run("INSERT INTO token (account, name, last_four, created, expires) SELECT number, "
              "'main', 'abcd', 1, 1800003600 FROM account CROSS JOIN generate_series(1, 2)");
    fresh_run(
        "INSERT INTO event (sequence, at, uid, username, login, claim, host, terminal, kind, "
        "subject, after, hash) SELECT (SELECT max(sequence) FROM event) + i, 1, 1, 'mara', "
        "'', '', '', '', CASE i % 1000 WHEN 0 THEN 'accounts.deactivate' ELSE "
        "'account.deactivate' END, 'x', CASE i % 1000 WHEN 0 THEN '{\"first\": ' || i - 40 || "
        "'}' END, '' FROM generate_series(1, 20000) i");
    fresh_run("UPDATE counter SET value = 5101 WHERE name = 'accounts'");
}

static void setup(void)
{
    if (!fresh_is_postgres()) cr_skip_test("there is no PostgreSQL");
    house_open();
    house_is_damaged = true; /* what nobody reads here is left out */
    fill();
    direct = act.store;
    cr_assert_ok(database_open(relay_start(), STORE_OPEN, &act.store));
}

static void teardown(void)
{
    store_close(act.store);
    act.store = direct;
    house_close();
}

TestSuite(pages, .init = setup, .fini = teardown, .timeout = 300);

/* In the current transaction. */
static int64_t rows_read(struct store *store)
{
    int64_t read = 0;
    struct stmt *stmt = store_prepare(
        store, "SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0) FROM "
               "pg_stat_xact_user_tables WHERE schemaname = current_schema()");
    cr_assert_ok(stmt_int(stmt, &read));
    return read;
}

/* Reads a page of what a number says; returns how many rows it has. */
static size_t (*read_page)(struct page page, int which);

/* The most that the page may cost. */
static void expect(const char *what, int which, int turns, int64_t rows)
{
    for (size_t max = 1; max <= SCREEN; max += SCREEN - 1)
        for (int backward = 0; backward < 2; backward++) {
            const struct page page = {.max = max, .backward = backward};
            const unsigned before = relay_turns();
            cr_assert_eq(read_page(page, which), max);
            const int took = (int)(relay_turns() - before);
            cr_assert_leq(took, turns, "%s %d: %d round trips", what, which, took);
            cr_assert_ok(store_begin_read(act.store));
            const int64_t read_before = rows_read(act.store);
            read_page(page, which);
            const int64_t read = rows_read(act.store) - read_before;
            cr_assert_ok(store_end(act.store, OK));
            cr_assert_leq(read, rows, "%s %d, %zu %s: %d rows read", what, which, max,
                          backward ? "up" : "down", (int)read);
        }
}

/* As many as leave the server no more to learn of a statement. */
Test(pages, a_check_reads_its_token_however_small_the_table_was_when_it_was_planned)
{
    enum { CHECKS = 12 };
    struct store *service;
    struct token_checker *checks;
    struct token_pass pass;
    struct secret *text;
    int64_t token, read = 0;
    cr_assert_ok(token_generate(&act, sa, &(struct token_plan){.name = "", .expires = WHEN_NEVER},
                                &token, &text));
    fresh_run("VACUUM ANALYZE digest, counter, account");
    cr_assert_ok(database_open(fresh_address(), STORE_ANSWER, &service));
    cr_assert_ok(token_checker_new(service, &checks));
    for (int i = 0; i < 2 * CHECKS; i++) {
        if (i == CHECKS)
            fresh_run("INSERT INTO digest (digest, token, account) SELECT sha256(CAST(CAST(i AS "
                      "text) AS bytea)), i, 1 FROM generate_series(1000, 20000) i");
        cr_assert_ok(store_begin_fresh(service));
        if (i % 2) {
            cr_assert_ok(token_checker_expect(checks, text->bytes, text->size));
            cr_assert_ok(token_checker_read_expected(checks));
        }
        cr_assert_ok(token_check(checks, act.now, text->bytes, text->size, NULL, &pass, NULL));
        token_checker_expect_nothing(checks);
        read = rows_read(service);
        cr_assert_ok(store_end(service, OK));
        cr_assert_leq(read, 200, "check %d: %d rows read", i, (int)read);
    }
    secret_free(text);
    token_checker_free(checks);
    store_close(service);
}

static struct account_row somebody;

static size_t read_accounts(struct page page, int sort)
{
    static struct account_row rows[SCREEN];
    const struct account_query query = {.filter = "", .sort = (enum account_sort)sort};
    const struct account_place place = account_place_of(&query, &somebody);
    size_t count = 0;
    cr_assert_ok(account_page(act.store, NOON, &query, &place, page, rows, &count));
    return count;
}

Test(pages, accounts)
{
    read_page = read_accounts;
    cr_assert_ok(account_get(act.store, NOON, sa + 2500, &somebody));
    for (int analyzed = 0; analyzed < 2; analyzed++, fresh_run(ANALYZE))
        for (int sort = ACCOUNT_BY_ID; sort <= ACCOUNT_BY_CREATED; sort++)
            expect("accounts", sort, 1, 10 * SCREEN);
}

static struct token_item some_token;

static size_t read_tokens(struct page page, int sort)
{
    static struct token_item rows[SCREEN];
    const struct token_query query = {.filter = "", .sort = (enum token_sort)sort, .now = NOON};
    size_t count = 0;
    cr_assert_ok(token_page(act.store, &query, &some_token, page, rows, &count));
    return count;
}

Test(pages, tokens)
{
    read_page = read_tokens;
    cr_assert_ok(token_item_get(act.store, NOON, 5000, &some_token));
    for (int analyzed = 0; analyzed < 2; analyzed++, fresh_run(ANALYZE))
        for (int sort = TOKENS_BY_ACCOUNT; sort < TOKENS_SORTS; sort++)
            if (sort != TOKENS_BY_STATE) expect("tokens", sort, 2, 10 * SCREEN);
}

static size_t read_events(struct page page, int from)
{
    static struct audit_event rows[SCREEN];
    const struct audit_query query = {.since = WHEN_NEVER, .until = WHEN_NEVER};
    const struct id_set none = {0};
    size_t count = 0;
    cr_assert_ok(audit_story_page(act.store, &query, &none, from, page, rows, &count));
    for (size_t i = 0; i < count; i++)
        audit_event_free(&rows[i]);
    return count;
}

Test(pages, events)
{
    read_page = read_events;
    for (int analyzed = 0; analyzed < 2; analyzed++, fresh_run(ANALYZE)) {
        expect("events", 5500, 2, 10 * SCREEN); /* far from an act */
        expect("events", 9990, 3, 10 * SCREEN); /* in one, which is skipped */
    }
}
