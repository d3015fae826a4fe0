/* The names in memory agree with the database. */
#include "house.h"

#include <gatehouse/audit.h>
#include <gatehouse/name_arena.h>
#include <stdio.h>

enum { MANY = 900 };
static struct name_arena *arena;

/* Returns how many steps it took. */
static int fill(void)
{
    bool done = false;
    int steps = 0;
    for (; !done; steps++)
        cr_assert_ok(name_arena_step(arena, act.store, &done));
    return steps;
}

static void open_many(void)
{
    house_open();
    cr_assert_ok(name_arena_new(&arena));
    cr_assert_ok(store_begin(act.store));
    for (int i = 0; i < MANY; i++) {
        char name[40];
        snprintf(name, sizeof name, "%s-%03d%s", i % 3 ? "ci" : "agent", i * 7 % 1000,
                 i % 5 ? ".eu" : "_us");
        house_account(name);
    }
    cr_assert_ok(store_end(act.store, OK));
}

static void add_more(int count)
{
    cr_assert_ok(store_begin(act.store));
    for (int i = 0; i < count; i++) {
        char name[40];
        snprintf(name, sizeof name, "more-%05d", i);
        house_account(name);
    }
    cr_assert_ok(store_end(act.store, OK));
}

static void close_many(void)
{
    name_arena_free(arena);
    house_close();
}

TestSuite(name_arena, .init = open_many, .fini = close_many);

static bool serves(const struct account_query *query)
{
    bool answer;
    cr_assert_ok(name_arena_serves(arena, act.store, query, &answer));
    return answer;
}

static int64_t found(const struct account_query *query)
{
    int64_t count;
    cr_assert_ok(name_arena_count(arena, act.store, query, &count));
    return count;
}

static void compare(const struct account_query *query, const char *from, bool backward,
                    bool inclusive)
{
    enum { PAGE = 7 };
    static struct account_row rows[PAGE];
    int64_t numbers[PAGE];
    size_t expected, count;
    struct account_place place = {0};
    snprintf(place.name, sizeof place.name, "%s", from);
    cr_assert_ok(account_page(
        act.store, act.now, query, &place,
        (struct page){.max = PAGE, .backward = backward, .inclusive = inclusive}, rows, &expected));
    cr_assert_ok(name_arena_page(
        arena, act.store, query, &place,
        (struct page){.max = PAGE, .backward = backward, .inclusive = inclusive}, numbers, &count));
    cr_assert_eq(count, expected, "“%s” from “%s”", query->filter, from);
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(numbers[i], rows[i].number, "“%s” from “%s”, row %zu", query->filter, from, i);
}

Test(name_arena, pages_and_counts_are_those_of_the_database)
{
    static const char *const filters[] = {"c",     "ci-",  "CI-0 .eu",  "sa::agent", "7",
                                          "_us 1", "zzzz", "ci-007.eu", "-"};
    static const char *const places[] = {"", "a", "agent-500", "ci-007.eu", "ci-500", "zz"};
    fill();
    for (size_t f = 0; f < sizeof filters / sizeof *filters; f++)
        for (size_t p = 0; p < sizeof places / sizeof *places; p++)
            for (int mode = 0; mode < 8; mode++) {
                const struct account_query query = {.filter = filters[f], .descending = mode & 1};
                int64_t count;
                cr_assert(serves(&query), "%s", filters[f]);
                compare(&query, places[p], mode & 2, mode & 4);
                cr_assert_ok(account_count(act.store, &query, &count));
                cr_assert_eq(found(&query), count, "%s", filters[f]);
            }
}

Test(name_arena, it_serves_names_in_their_order_and_nothing_else)
{
    const struct account_query name = {.filter = "ci"}, none = {.filter = ""};
    const struct account_query other = {.filter = "ci d:word"};
    const struct account_query sorted = {.filter = "ci", .sort = ACCOUNT_BY_TOKENS};
    const struct account_query status = {.filter = "ci", .status = ACCOUNT_ACTIVE};
    cr_assert_not(serves(&name), "nothing was read yet");
    fill();
    cr_assert(serves(&name));
    cr_assert_not(serves(&none));
    cr_assert_not(serves(&other));
    cr_assert_not(serves(&sorted));
    cr_assert_not(serves(&status));
}

Test(name_arena, accounts_that_come_and_go_are_read_again)
{
    const struct account_query query = {.filter = "newcomer"};
    fill();
    cr_assert_eq(found(&query), 0);
    int64_t number = house_account("newcomer");
    cr_assert_not(serves(&query));
    fill();
    cr_assert(serves(&query));
    cr_assert_eq(found(&query), 1);
    cr_assert_ok(account_delete(&act, number));
    cr_assert_not(serves(&query));
    fill();
    cr_assert_eq(found(&query), 0);
    /* One is deleted and one created: the same number, but not the same names. */
    cr_assert_ok(account_delete(&act, sa));
    house_account("ci-deploy");
    const struct account_query again = {.filter = "ci-deploy"};
    cr_assert_not(serves(&again));
}

/* Compares all names in memory with the database. */
static void expect_the_same(void)
{
    static const char *const filters[] = {"-", "ci", "x1", "x", "agent-0", "zz"};
    for (size_t f = 0; f < sizeof filters / sizeof *filters; f++) {
        const struct account_query query = {.filter = filters[f]};
        int64_t count;
        cr_assert(serves(&query));
        cr_assert_ok(account_count(act.store, &query, &count));
        cr_assert_eq(found(&query), count, "“%s”", filters[f]);
        for (int mode = 0; mode < 4; mode++)
            compare(&query, f % 2 ? "ci-500" : "", mode & 1, mode & 2);
    }
}

/* Some before all others, some after, some between, several next to each other. */
Test(name_arena, it_follows_those_that_come_and_go_many_times)
{
    static const char *const before[] = {"0", "ci-4", "ci-400", "x", "zz", "agent-2"};
    unsigned state = 7;
    fill();
    for (int round = 0; round < 30; round++) {
        cr_assert_ok(store_begin(act.store));
        for (int i = 0; i < 20; i++) {
            char name[40];
            state = state * 1103515245 + 12345;
            snprintf(name, sizeof name, "%s%d-%d", before[(state >> 16) % 6], round, i);
            house_account(name);
        }
        cr_assert_ok(store_end(act.store, OK));
        for (int i = 0; i < 15; i++) {
            state = state * 1103515245 + 12345;
            enum error e = account_delete(&act, 1 + (int64_t)(state >> 16) % (MANY + 20 * round));
            cr_assert(!e || e == ERR_NOT_FOUND);
        }
        cr_assert_eq(fill(), 1, "all was read anew");
        expect_the_same();
    }
}

Test(name_arena, what_changes_while_it_is_read_is_followed)
{
    bool done;
    add_more(8000);
    cr_assert_ok(name_arena_step(arena, act.store, &done));
    cr_assert_not(done);
    int64_t read_already = house_account("agent-zz"), to_come = house_account("zz-top");
    const struct account_query first = {.filter = "agent-zz"}, last = {.filter = "zz-top"};
    cr_assert_ok(account_delete(&act, sa)); /* its name was read */
    /* The rest of the names, and what was created and deleted. */
    cr_assert_eq(fill(), 3);
    cr_assert_eq(found(&first), 1);
    cr_assert_eq(found(&last), 1);
    expect_the_same();
    cr_assert_ok(account_delete(&act, read_already));
    cr_assert_ok(account_delete(&act, to_come));
    fill();
    cr_assert_eq(found(&first) + found(&last), 0);
}

static bool always(void *unused)
{
    (void)unused;
    return true;
}

Test(name_arena, a_search_is_stopped_and_nothing_is_lost)
{
    const struct account_query query = {.filter = "-"}, newer = {.filter = "newer"};
    int64_t count;
    bool done;
    add_more(20000);
    fill();
    store_set_interrupt(act.store, always, NULL);
    cr_assert_eq(name_arena_count(arena, act.store, &query, &count), ERR_STOPPED);
    for (int descending = 0; descending < 2; descending++) { /* many hits that do not match */
        const struct account_query none = {.filter = "more- nowhere", .descending = descending};
        const struct account_place start = {0};
        int64_t number;
        size_t read;
        cr_assert_eq(name_arena_page(arena, act.store, &none, &start, (struct page){.max = 1},
                                     &number, &read),
                     ERR_STOPPED);
    }
    store_set_interrupt(act.store, NULL, NULL);
    house_account("newer");
    store_set_interrupt(act.store, always, NULL);
    enum error e = name_arena_step(arena, act.store, &done);
    cr_assert(!e || e == ERR_STOPPED);
    store_set_interrupt(act.store, NULL, NULL);
    fill();
    cr_assert_eq(found(&newer), 1);
    expect_the_same();
}

Test(name_arena, after_a_restore_all_is_read_again)
{
    const struct account_query old = {.filter = "ci-deploy"}, new = {.filter = "from-the"};
    const struct audit_entry restored = {.kind = "database.restore"};
    fill();
    struct stmt *stmt = store_prepare(
        act.store, "UPDATE account SET name = 'from-the-backup' WHERE name = 'ci-deploy'");
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(stmt_run(stmt));
    cr_assert_ok(audit_write(&act, &restored));
    cr_assert_ok(store_end(act.store, OK));
    fill();
    cr_assert_eq(found(&old), 0);
    cr_assert_eq(found(&new), 1);
}
