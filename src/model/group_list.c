#include <gatehouse/text.h>

#include "group_row.h"
#include "sql.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = SQL_WORDS };

/* What the rows are ordered by before the folded name. There are few groups: no index. */
static const char *const sort_keys[] = {
    [GROUP_BY_NAME] = "(system = 0)",
    [GROUP_BY_MEMBERS] = "(" GROUP_MEMBERS ")",
    [GROUP_BY_PERMISSIONS] = GROUP_PERMISSIONS,
};

static int64_t key_of(enum group_sort sort, const struct group *group)
{
    return sort == GROUP_BY_NAME      ? !group->system
           : sort == GROUP_BY_MEMBERS ? group->members
                                      : group->permissions;
}

static size_t split(char *folded, const char *words[WORDS])
{
    size_t count = 0;
    char *rest = folded;
    for (char *word = strtok_r(folded, " \t", &rest); word && count < WORDS;
         word = strtok_r(NULL, " \t", &rest))
        words[count++] = word;
    return count;
}

static void add_words(struct sql *sql, size_t count)
{
    sql_add(sql, " WHERE 1");
    for (size_t i = 0; i < count; i++)
        sql_format(sql, " AND instr(folded, %s) > 0", sql_words[i]);
}

static void bind_words(struct stmt *stmt, const char *const words[WORDS], size_t count)
{
    for (size_t i = 0; i < count; i++)
        bind_text(stmt, sql_words[i], words[i]);
}

static void add_place_and_order(struct sql *sql, const struct group_query *query, bool has_place,
                                bool upward, bool inclusive)
{
    const char *compare = upward ? (inclusive ? " >= " : " > ") : (inclusive ? " <= " : " < ");
    const char *direction = upward ? " ASC" : " DESC";
    const char *key = sort_keys[query->sort];
    if (has_place) {
        sql_add(sql, " AND (");
        sql_add(sql, key);
        sql_add(sql, ", folded)");
        sql_add(sql, compare);
        sql_add(sql, "(:key, :folded)");
    }
    sql_add(sql, " ORDER BY ");
    sql_add(sql, key);
    sql_add(sql, direction);
    sql_add(sql, ", folded");
    sql_add(sql, direction);
    sql_add(sql, " LIMIT :max");
}

static void reverse(struct group *rows, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct group other = rows[i];
        rows[i] = rows[count - 1 - i];
        rows[count - 1 - i] = other;
    }
}

enum error group_page(struct store *store, const struct group_query *query,
                      const struct group *from, bool backward, bool inclusive, struct group *rows,
                      size_t max, size_t *count)
{
    struct sql sql = {0};
    const char *words[WORDS];
    *count = 0;
    char *folded = text_fold(query->filter);
    if (!folded) return fail(ERR_INVALID, "the filter is not readable as text");
    size_t word_count = split(folded, words);
    sql_add(&sql, "SELECT " GROUP_COLUMNS " FROM account_group");
    add_words(&sql, word_count);
    add_place_and_order(&sql, query, from != NULL, query->descending == backward, inclusive);
    struct stmt *stmt = sql_prepare(store, &sql);
    bind_words(stmt, words, word_count);
    if (from) bind_int(stmt, ":key", key_of(query->sort, from));
    if (from) bind_text(stmt, ":folded", from->folded);
    bind_int(stmt, ":max", (int64_t)max);
    bool row = true;
    enum error e = OK;
    while (*count < max && !(e = stmt_step(stmt, &row)) && row)
        group_read(stmt, &rows[(*count)++]);
    stmt_reset(stmt);
    free(folded);
    if (backward) reverse(rows, *count);
    return e;
}

enum error group_count(struct store *store, const char *filter, int64_t *count)
{
    struct sql sql = {0};
    const char *words[WORDS];
    char *folded = text_fold(filter);
    if (!folded) return fail(ERR_INVALID, "the filter is not readable as text");
    size_t word_count = split(folded, words);
    sql_add(&sql, "SELECT count(*) FROM account_group");
    add_words(&sql, word_count);
    struct stmt *stmt = sql_prepare(store, &sql);
    bind_words(stmt, words, word_count);
    enum error e = stmt_int(stmt, count);
    free(folded);
    return e;
}
