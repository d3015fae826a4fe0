/* SQL that is built from parts, and rows that are collected. */
#include "house.h"

#include "src/model/sql.h"
#include <signal.h>

TestSuite(sql, .init = house_open, .fini = house_close);

Test(sql, grows_by_parts)
{
    struct sql sql = {0};
    sql_add(&sql, "SELECT %s");
    sql_format(&sql, " %d%s", 7, "x");
    cr_assert_str_eq(sql.text, "SELECT %s 7x");
    cr_assert_eq(sql.size, strlen(sql.text));
    while (sql.size + 1 < sizeof sql.text)
        sql_add(&sql, "y");
    cr_assert_eq(strlen(sql.text), sizeof sql.text - 1, "it may be filled to its last byte");
}

/* Statements are known by where their text is. */
Test(sql, the_same_text_is_one_statement)
{
    struct sql one = {0}, same = {0}, other = {0};
    sql_add(&one, "SELECT 1");
    sql_add(&same, "SELECT");
    sql_add(&same, " 1");
    sql_add(&other, "SELECT 2");
    struct stmt *stmt = sql_prepare(act.store, &one);
    stmt_reset(stmt);
    cr_assert_neq(sql_prepare(act.store, &other), stmt);
    cr_assert_eq(sql_prepare(act.store, &same), stmt);
    cr_assert_eq(sql_prepare(act.store, &one), stmt);
}

Test(sql, that_does_not_fit_is_a_bug, .signal = SIGABRT)
{
    struct sql sql = {0};
    for (size_t i = 0; i < sizeof sql.text; i++)
        sql_add(&sql, "y");
}

/* In every size of buffer: what fits, never half of an escaped character, and nothing past the end.
 */
Test(sql, a_pattern_has_its_wildcards_escaped_and_is_cut_to_its_room)
{
    static const struct {
        const char *text, *pattern;
    } rows[] = {{"", "%%"},
                {"abc", "%abc%"},
                {"a%b_c\\d", "%a\\%b\\_c\\\\d%"},
                {"%%%", "%\\%\\%\\%%"},
                {"%a", "%\\%a%"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char whole[64];
        const size_t needed = strlen(rows[i].pattern) + 1;
        sql_pattern(whole, sizeof whole, rows[i].text, strlen(rows[i].text));
        cr_assert_str_eq(whole, rows[i].pattern);
        for (size_t size = 5; size < sizeof whole; size++) {
            char out[sizeof whole + 1];
            memset(out, '#', sizeof out);
            sql_pattern(out, size, rows[i].text, strlen(rows[i].text));
            const size_t used = strlen(out);
            cr_assert_lt(used, size, "%s", out);
            if (size > needed + 1) cr_assert_str_eq(out, rows[i].pattern, "%zu", size);
            cr_assert_eq(strncmp(out, rows[i].pattern, used - 1), 0, "%s", out);
            cr_assert_eq(out[used - 1], '%');
            for (size_t at = used + 1; at < sizeof out; at++)
                cr_assert_eq(out[at], '#', "%zu is after the end", at);
        }
    }
    char out[16];
    sql_pattern(out, sizeof out, "abcdef", 3);
    cr_assert_str_eq(out, "%abc%", "only as much as is given");
}

Test(sql, a_pattern_takes_as_many_letters_as_there_is_room_for)
{
    for (size_t size = 6; size < 20; size++) {
        char out[20];
        sql_pattern(out, size, "abcdefghijklmnopqrstuvwxyz", 26);
        cr_assert_eq(strlen(out), size - 3, "%zu: %s; the last may need two", size, out);
    }
}

Test(sql, the_same_text_is_kept_once_and_others_apart)
{
    static const char *const texts[] = {"SELECT 1", "SELECT 2", "SELECT 12", "SELECT 21"};
    static const int64_t wanted[] = {1, 2, 12, 21};
    for (int turn = 0; turn < 3; turn++)
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            struct sql sql = {0};
            int64_t value = 0;
            sql_add(&sql, texts[i]);
            cr_assert_ok(stmt_int(sql_prepare(act.store, &sql), &value));
            cr_assert_eq(value, wanted[i]);
        }
}

static const char in_list[] =
    "SELECT count(*) FROM account WHERE number IN " SQL_NUMBERS(":numbers");

Test(sql, numbers_are_bound_as_a_list)
{
    const int64_t numbers[] = {INT64_MIN, sa, INT64_MAX, 0, house_account("other"), sa};
    static const int64_t wanted[] = {0, 0, 1, 1, 1, 2, 2};
    for (size_t count = 0; count <= 6; count++) {
        int64_t found = -1;
        struct stmt *stmt = store_prepare(act.store, in_list);
        cr_assert_ok(bind_numbers(stmt, ":numbers", numbers, count));
        cr_assert_ok(stmt_int(stmt, &found));
        cr_assert_eq(found, wanted[count], "%zu", count);
    }
}

struct odd_row {
    int64_t number;
    char text[13];
};

struct odd_rows {
    size_t count;
    struct odd_row items[];
};

static void read_row(struct stmt *stmt, void *item)
{
    struct odd_row *row = item;
    row->number = column_int(stmt, "i");
    memset(row->text, 'a' + (int)(row->number % 26), sizeof row->text);
}

Test(sql, any_number_of_rows_is_collected_and_reversed)
{
    for (int64_t wanted = 0; wanted <= 70; wanted++) {
        struct odd_rows *rows;
        struct stmt *stmt = store_prepare(
            act.store, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                       ":many) SELECT i FROM n WHERE i <= :many ORDER BY i");
        bind_int(stmt, ":many", wanted);
        cr_assert_ok(rows_collect(stmt, sizeof(struct odd_rows), sizeof(struct odd_row), read_row,
                                  (void **)&rows));
        cr_assert_eq((int64_t)rows->count, wanted);
        for (int turn = 0; turn < 2; turn++) {
            for (int64_t i = 0; i < wanted; i++) {
                const struct odd_row *row = &rows->items[turn ? wanted - 1 - i : i];
                cr_assert_eq(row->number, i + 1, "%d of %d", (int)i, (int)wanted);
                for (size_t k = 0; k < sizeof row->text; k++)
                    cr_assert_eq(row->text[k], 'a' + (i + 1) % 26);
            }
            rows_reverse(rows->items, rows->count, sizeof *rows->items);
        }
        free(rows);
    }
}
