#include <gatehouse/why.h>

#include "sql.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void read_source(struct stmt *stmt, void *item)
{
    struct why_source *source = item;
    source->group = column_int(stmt, "number");
    column_copy(stmt, "name", source->name, sizeof source->name);
}

static enum error read_sources(struct store *store, int64_t account, int64_t permission,
                               struct why **out)
{
    struct stmt *stmt = store_prepare(
        store,
        "SELECT 0 AS number, '' AS name FROM account_grant WHERE account = :account AND permission "
        "= :permission UNION ALL SELECT g.number, g.name FROM group_grant gg JOIN account_group g "
        "ON g.number = gg.account_group WHERE gg.permission = :permission AND (g.number = 1 OR "
        "g.number IN (SELECT account_group FROM membership WHERE account = :account)) ORDER BY 1");
    bind_int(stmt, ":account", account);
    bind_int(stmt, ":permission", permission);
    return rows_collect(stmt, sizeof(struct why), sizeof(struct why_source), read_source,
                        (void **)out);
}

static enum error read_givers(struct store *store, int64_t permission, struct why **out)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT g.number, g.name FROM group_grant gg JOIN account_group g ON g.number = "
               "gg.account_group WHERE gg.permission = :permission ORDER BY g.folded");
    bind_int(stmt, ":permission", permission);
    return rows_collect(stmt, sizeof(struct why), sizeof(struct why_source), read_source,
                        (void **)out);
}

static enum error find(struct store *store, int64_t account, int64_t permission, struct why **out)
{
    struct permission row;
    *out = NULL;
    enum error e = permission_get(store, permission, &row);
    if (!e) e = read_sources(store, account, permission, out);
    if (e) return e;
    bool holds = (*out)->count > 0;
    if (!holds) {
        free(*out);
        e = read_givers(store, permission, out);
        if (e) return e;
    }
    (*out)->holds = holds;
    (*out)->permission = row;
    return OK;
}

enum error why_find(struct store *store, int64_t account, int64_t permission, struct why **out)
{
    *out = NULL;
    enum error e = store_begin_read(store);
    if (e) return e;
    e = store_end(store, find(store, account, permission, out));
    if (!e) return OK;
    free(*out);
    *out = NULL;
    return e;
}

static void read_holding(struct stmt *stmt, void *item)
{
    struct why_holding *holding = item;
    holding->account = column_int(stmt, "account");
    read_source(stmt, &holding->source);
}

#define IN_ACCOUNTS "IN " SQL_NUMBERS(":accounts")
#define IS_MEMBER                                                                                  \
    SQL_HAS("SELECT 1 FROM membership m WHERE m.account = a.number AND m.account_group = "         \
            "g.number")

enum error why_find_all(struct store *store, int64_t permission, const int64_t *accounts,
                        size_t count, struct why_holdings **out)
{
    *out = NULL;
    struct stmt *stmt = store_prepare(
        store,
        "SELECT account, 0 AS number, '' AS name FROM account_grant WHERE permission = :permission "
        "AND account " IN_ACCOUNTS " UNION ALL SELECT a.number, g.number, g.name FROM account a "
        "CROSS JOIN group_grant gg JOIN account_group g ON g.number = gg.account_group WHERE "
        "a.number " IN_ACCOUNTS " AND gg.permission = :permission AND (g.number = 1 OR " IS_MEMBER
        ") ORDER BY 1, 2");
    bind_int(stmt, ":permission", permission);
    enum error e = bind_numbers(stmt, ":accounts", accounts, count);
    return e ? e
             : rows_collect(stmt, sizeof(struct why_holdings), sizeof(struct why_holding),
                            read_holding, (void **)out);
}

static void add(char *out, size_t out_size, const char *text)
{
    size_t used = strlen(out);
    snprintf(out + used, out_size - used, "%s", text);
}

static void add_chain(const struct why *why, const struct why_source *source,
                      const char *account_name, char *out, size_t out_size)
{
    char line[1024];
    if (source->group)
        snprintf(line, sizeof line, "sa::%s → group %s → %s", account_name, source->name,
                 why->permission.name);
    else
        snprintf(line, sizeof line, "sa::%s → %s, explicit", account_name, why->permission.name);
    add(out, out_size, line);
}

void why_text(const struct why *why, const char *account_name, char *out, size_t out_size)
{
    enum { GIVERS = 8 };
    char line[1024];
    *out = 0;
    if (why->holds) {
        for (size_t i = 0; i < why->count; i++) {
            if (i) add(out, out_size, "\n");
            add_chain(why, &why->sources[i], account_name, out, out_size);
        }
        return;
    }
    snprintf(line, sizeof line, "sa::%s does not hold %s. An explicit grant would give it",
             account_name, why->permission.name);
    add(out, out_size, line);
    for (size_t i = 0; i < why->count && i < GIVERS; i++) {
        add(out, out_size,
            i                ? ", "
            : why->count > 1 ? ", or one of the groups "
                             : ", or the group ");
        add(out, out_size, why->sources[i].name);
    }
    add(out, out_size, why->count > GIVERS ? ", …" : "");
}
