#include "account_query.h"
#include "counter.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A word without anything behind its prefix matches all: it is still being typed. */
static void add_word(struct account_filter *words, const char *text, size_t size)
{
    const char *column = "name";
    if (size >= 2 && text[1] == ':' && strchr("dDoO", text[0])) {
        column = tolower((unsigned char)text[0]) == 'd' ? "description" : "owner";
        text += 2, size -= 2;
    } else if (size >= 4 && strncasecmp(text, "sa::", 4) == 0) {
        text += 4, size -= 4;
    }
    if (size == 0 || words->count == ACCOUNT_WORDS) return;
    struct account_word *word = &words->words[words->count++];
    word->column = column;
    sql_pattern(word->pattern, sizeof word->pattern, text, size);
}

static void split_words(struct account_filter *words, const char *filter)
{
    words->count = 0;
    while (*filter) {
        filter += strspn(filter, " \t");
        size_t size = strcspn(filter, " \t");
        add_word(words, filter, size);
        filter += size;
    }
}

/* How many accounts a group or a permission leaves, at the most; -1: it leaves all. */
static enum error count_bound(struct store *store, const struct account_query *query,
                              int64_t *bound)
{
    *bound = -1;
    if (query->group) {
        struct stmt *stmt = store_prepare(
            store, "SELECT CASE WHEN system = 1 THEN -1 ELSE members END FROM account_group WHERE "
                   "number = :group");
        bind_int(stmt, ":group", query->group);
        enum error e = stmt_int(stmt, bound);
        if (e == ERR_NOT_FOUND) return fail(e, "that group is gone: it was deleted");
        if (e || *bound >= 0) return e;
    }
    if (!query->permission) return OK;
    struct stmt *stmt = store_prepare(
        store, "SELECT CASE WHEN EXISTS (SELECT 1 FROM group_grant WHERE account_group = 1 AND "
               "permission = :permission) THEN -1 ELSE (SELECT accounts FROM permission WHERE "
               "number = :permission) + (SELECT coalesce(sum(g.members), 0) FROM group_grant gg "
               "JOIN account_group g ON g.number = gg.account_group WHERE gg.permission = "
               ":permission) END");
    bind_int(stmt, ":permission", query->permission);
    return stmt_int(stmt, bound);
}

enum error account_filter_read(struct store *store, const struct account_query *query,
                               struct account_filter *out)
{
    int64_t accounts, bound;
    *out = (struct account_filter){.query = query};
    split_words(out, query->filter);
    out->all = !out->count && !query->owner && query->status == ACCOUNT_ANY;
    if (!query->group && !query->permission) return OK;
    enum error e = counter_get(store, "accounts", &accounts);
    if (!e) e = count_bound(store, query, &bound);
    if (e) return e;
    out->everyone = bound < 0;
    out->sparse = bound >= 0 && bound * WINDOW_MOST < accounts;
    out->all &= out->everyone;
    return OK;
}

#define OF_GROUP "SELECT account FROM membership WHERE account_group = :group"
#define OF_PERMISSION                                                                              \
    "SELECT account FROM account_grant WHERE permission = :permission UNION SELECT account FROM "  \
    "membership WHERE account_group IN (SELECT account_group FROM group_grant WHERE permission = " \
    ":permission)"
#define IN_GROUP                                                                                   \
    "EXISTS (SELECT 1 FROM membership m WHERE m.account_group = :group AND m.account = "           \
    "account.number)"
#define HOLDS_PERMISSION                                                                           \
    "(EXISTS (SELECT 1 FROM account_grant g WHERE g.account = account.number AND g.permission = "  \
    ":permission) OR EXISTS (SELECT 1 FROM membership m JOIN group_grant gg ON gg.account_group "  \
    "= m.account_group WHERE m.account = account.number AND gg.permission = :permission))"

/* Few among many are looked up by number and sorted; many are met on the way along the index. */
static void add_set(struct sql *sql, const struct account_filter *filter)
{
    const struct account_query *query = filter->query;
    if (filter->everyone) return;
    if (query->group)
        sql_add(sql, filter->sparse ? " AND number IN (" OF_GROUP ")" : " AND " IN_GROUP);
    else if (query->permission)
        sql_add(sql,
                filter->sparse ? " AND number IN (" OF_PERMISSION ")" : " AND " HOLDS_PERMISSION);
}

void account_set_add(struct sql *sql, const struct account_filter *filter)
{
    sql_format(sql, "(%s)", filter->query->group ? OF_GROUP : OF_PERMISSION);
}

void account_filter_add(struct sql *sql, const struct account_filter *filter)
{
    const struct account_query *query = filter->query;
    sql_add(sql, " WHERE 1");
    /* No index: it would be searched for most of the accounts, and each looked up. */
    if (query->status) sql_format(sql, " AND +active = %d", query->status == ACCOUNT_ACTIVE);
    if (query->owner) sql_add(sql, " AND owner = :owner");
    add_set(sql, filter);
    for (size_t i = 0; i < filter->count; i++)
        sql_format(sql, " AND %s LIKE %s ESCAPE '\\'", filter->words[i].column, sql_words[i]);
}

void account_filter_bind(struct stmt *stmt, const struct account_filter *filter)
{
    const struct account_query *query = filter->query;
    for (size_t i = 0; i < filter->count; i++)
        bind_text(stmt, sql_words[i], filter->words[i].pattern);
    if (query->owner) bind_text(stmt, ":owner", query->owner);
    if (filter->everyone) return;
    if (query->group)
        bind_int(stmt, ":group", query->group);
    else if (query->permission)
        bind_int(stmt, ":permission", query->permission);
}

void account_filter_matches(const char *filter, const char *name,
                            void (*found)(void *arg, size_t start, size_t length), void *arg)
{
    while (*filter) {
        filter += strspn(filter, " \t");
        size_t size = strcspn(filter, " \t");
        const char *word = filter;
        filter += size;
        if (size >= 2 && word[1] == ':' && strchr("dDoO", word[0])) continue;
        if (size >= 4 && strncasecmp(word, "sa::", 4) == 0) word += 4, size -= 4;
        for (size_t i = 0; size > 0 && name[i]; i++) {
            if (strncasecmp(name + i, word, size) != 0) continue;
            found(arg, i, size);
            break;
        }
    }
}
