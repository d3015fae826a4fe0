#include <gatehouse/group.h>
#include <gatehouse/text.h>
#include <gatehouse/words.h>

#include "counter.h"
#include "sql.h"
#include "version.h"
#include <stdlib.h>
#include <string.h>

#define GROUP_MEMBERS                                                                              \
    "CASE WHEN system = 1 THEN (SELECT value FROM counter WHERE name = 'accounts') ELSE members "  \
    "END"
#define GROUP_PERMISSIONS                                                                          \
    "(SELECT count(*) FROM group_grant WHERE account_group = account_group.number)"
#define GROUP_COLUMNS                                                                              \
    "number, name, folded, system, description, " GROUP_MEMBERS " AS members, " GROUP_PERMISSIONS  \
    " AS permissions"

static void read_group(struct stmt *stmt, void *item)
{
    struct group *group = item;
    group->number = column_int(stmt, "number");
    group->system = column_int(stmt, "system");
    group->members = column_int(stmt, "members");
    group->permissions = column_int(stmt, "permissions");
    column_copy(stmt, "name", group->name, sizeof group->name);
    column_copy(stmt, "folded", group->folded, sizeof group->folded);
    column_copy(stmt, "description", group->summary, sizeof group->summary);
}

enum error group_list(struct store *store, const char *filter, size_t max, struct group_rows **out)
{
    char *folded = text_fold(filter);
    *out = NULL;
    if (!folded) return fail(ERR_INVALID, "the filter is not valid text");
    struct stmt *stmt =
        store_prepare(store, "SELECT " GROUP_COLUMNS " FROM account_group WHERE instr(folded, "
                             ":filter) > 0 OR :filter = '' ORDER BY system DESC, folded LIMIT "
                             ":max");
    bind_text(stmt, ":filter", folded);
    bind_int(stmt, ":max", (int64_t)max);
    free(folded);
    enum error e = counter_settle(store);
    if (e) return e;
    return rows_collect(stmt, sizeof(struct group_rows), sizeof(struct group), read_group,
                        (void **)out);
}

enum error group_get(struct store *store, int64_t number, struct group *out)
{
    enum error e = counter_settle(store);
    if (e) return e;
    struct stmt *stmt =
        store_prepare(store, "SELECT " GROUP_COLUMNS " FROM account_group WHERE number = :number");
    bind_int(stmt, ":number", number);
    bool row;
    e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that group no longer exists");
    read_group(stmt, out);
    stmt_reset(stmt);
    return OK;
}

enum error group_find(struct store *store, const char *name, int64_t *number)
{
    char *folded = text_fold(name);
    if (!folded) return fail(ERR_INVALID, "“%s” is not valid text", name);
    struct stmt *stmt =
        store_prepare(store, "SELECT number FROM account_group WHERE folded = :folded");
    bind_text(stmt, ":folded", folded);
    free(folded);
    enum error e = stmt_int(stmt, number);
    return e == ERR_NOT_FOUND ? fail(e, "there is no group “%s”", name) : e;
}

enum { WORDS = SQL_WORDS };

/* The sort key, before the folded name. There are few groups, so there is no index for it. */
static const char *const sort_keys[] = {
    [GROUP_BY_NAME] = "(1 - system)",
    [GROUP_BY_MEMBERS] = "(" GROUP_MEMBERS ")",
    [GROUP_BY_PERMISSIONS] = GROUP_PERMISSIONS,
};

static int64_t key_of(enum group_sort sort, const struct group *group)
{
    return sort == GROUP_BY_NAME      ? !group->system
           : sort == GROUP_BY_MEMBERS ? group->members
                                      : group->permissions;
}

/* The words of a filter, folded. */
struct group_words {
    size_t count;
    struct {
        bool of_description;
        char text[2 * 256 + 8]; /* for LIKE */
    } items[WORDS];
};

static enum error read_words(const char *filter, struct group_words *words)
{
    struct word word;
    char *folded = text_fold(filter);
    words->count = 0;
    if (!folded) return fail(ERR_INVALID, "the filter is not valid text");
    const char *typed = folded;
    while (words->count < WORDS && word_next(WORDS_GROUPS, &typed, &word)) {
        if (!word.size) continue;
        words->items[words->count].of_description = word.kind == WORD_DESCRIPTION;
        sql_pattern(words->items[words->count].text, sizeof words->items->text, word.text,
                    word.size);
        words->count++;
    }
    free(folded);
    return OK;
}

static void add_words(struct sql *sql, const struct group_words *words)
{
    sql_add(sql, " WHERE true");
    for (size_t i = 0; i < words->count; i++)
        sql_format(sql, " AND %s LIKE %s ESCAPE '\\'",
                   words->items[i].of_description ? "description" : "folded", sql_words[i]);
}

static void bind_words(struct stmt *stmt, const struct group_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        bind_text(stmt, sql_words[i], words->items[i].text);
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

enum error group_page(struct store *store, const struct group_query *query,
                      const struct group *from, struct page page, struct group *rows, size_t *count)
{
    struct sql sql = {0};
    struct group_words words;
    *count = 0;
    enum error e = read_words(query->filter, &words);
    if (e) return e;
    sql_add(&sql, "SELECT " GROUP_COLUMNS " FROM account_group");
    add_words(&sql, &words);
    add_place_and_order(&sql, query, from != NULL, query->descending == page.backward,
                        page.inclusive);
    struct stmt *stmt = sql_prepare(store, &sql);
    bind_words(stmt, &words);
    if (from) bind_int(stmt, ":key", key_of(query->sort, from));
    if (from) bind_text(stmt, ":folded", from->folded);
    bind_int(stmt, ":max", (int64_t)page.max);
    while (*count < page.max && stmt_next(stmt, &e))
        read_group(stmt, &rows[(*count)++]);
    stmt_reset(stmt);
    if (page.backward) rows_reverse(rows, *count, sizeof *rows);
    return e;
}

enum error group_count(struct store *store, const char *filter, int64_t *count)
{
    struct sql sql = {0};
    struct group_words words;
    enum error e = read_words(filter, &words);
    if (e) return e;
    sql_add(&sql, "SELECT count(*) FROM account_group");
    add_words(&sql, &words);
    struct stmt *stmt = sql_prepare(store, &sql);
    bind_words(stmt, &words);
    return stmt_int(stmt, count);
}

void group_details_free(struct group_details *details)
{
    free(details->description);
    id_set_free(&details->permissions);
    *details = (struct group_details){0};
}

static int64_t version_of_details(const struct group_details *details)
{
    const char *const texts[] = {details->description};
    const struct id_set *const sets[] = {&details->permissions};
    return version_of(texts, 1, sets, 1);
}

static enum error load(struct store *store, int64_t number, struct group_details *out)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT description FROM account_group WHERE number = :number");
    bind_int(stmt, ":number", number);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that group no longer exists");
    out->description = strdup(column_text(stmt, "description"));
    stmt_reset(stmt);
    if (!out->description) return fail_memory();
    stmt = store_prepare(store, "SELECT permission FROM group_grant WHERE account_group = :number "
                                "ORDER BY permission");
    bind_int(stmt, ":number", number);
    while (stmt_next(stmt, &e))
        e = id_set_add(&out->permissions, column_int(stmt, "permission"));
    return e;
}

enum error group_details_load(struct store *store, int64_t number, struct group_details *out,
                              int64_t *version)
{
    *out = (struct group_details){0};
    enum error e = store_begin_read(store);
    if (e) return e;
    e = store_end(store, load(store, number, out));
    if (e)
        group_details_free(out);
    else if (version)
        *version = version_of_details(out);
    return e;
}
