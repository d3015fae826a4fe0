#include <gatehouse/account.h>
#include <gatehouse/setting.h>
#include <gatehouse/token.h>
#include <gatehouse/when.h>

#include "rows.h"
#include "token_row.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *token_state_text(enum token_state state)
{
    static const char *const texts[] = {"live", "suspended", "expired", "revoked"};
    return texts[state];
}

/* Several may hold at once: revoked, then expired, then suspended. */
void token_read(struct stmt *stmt, void *item)
{
    struct token_row *row = item;
    row->number = column_int(stmt, "number");
    row->account = column_int(stmt, "account");
    row->created = column_int(stmt, "created");
    row->expires = column_time(stmt, "expires");
    row->revoked = column_time(stmt, "revoked");
    row->last_used = column_time(stmt, "last_used");
    row->rotated = column_time(stmt, "rotated");
    row->successor = column_int(stmt, "successor");
    row->predecessor = column_int(stmt, "predecessor");
    row->narrowed = column_int(stmt, "narrowed");
    row->networks = column_int(stmt, "networks");
    row->canary = column_int(stmt, "canary");
    row->sealed = column_int(stmt, "sealed");
    column_copy(stmt, "last_from", row->last_from, sizeof row->last_from);
    row->state = (enum token_state)column_int(stmt, "state");
    column_copy(stmt, "name", row->name, sizeof row->name);
    column_copy(stmt, "last_four", row->last_four, sizeof row->last_four);
}

enum error token_list(struct store *store, int64_t now, int64_t account, bool with_revoked,
                      struct token_rows **out)
{
    struct stmt *stmt = store_prepare(
        store,
        "SELECT " TOKEN_COLUMNS " FROM token t WHERE account = :account AND (revoked IS NULL "
        "OR :all) ORDER BY revoked IS NOT NULL, expires IS NOT NULL AND expires <= :now, "
        "coalesce(successor, number), number");
    bind_int(stmt, ":account", account);
    bind_int(stmt, ":now", now);
    bind_int(stmt, ":all", with_revoked);
    return rows_collect(stmt, sizeof(struct token_rows), sizeof(struct token_row), token_read,
                        (void **)out);
}

enum error token_get(struct store *store, int64_t now, int64_t number, struct token_row *out)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT " TOKEN_COLUMNS " FROM token t WHERE number = :number");
    bind_int(stmt, ":number", number);
    bind_int(stmt, ":now", now);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "there is no token %lld", (long long)number);
    token_read(stmt, out);
    stmt_reset(stmt);
    return OK;
}

static enum error find_named(struct store *store, const char *ref, const char *slash,
                             int64_t *number)
{
    char id[ACCOUNT_ID_SIZE + 1];
    snprintf(id, sizeof id, "%.*s", (int)(slash - ref), ref);
    if (!slash[1])
        return fail(ERR_INVALID, "no name after “%s”: a token without a name goes by its number",
                    ref);
    int64_t account;
    enum error e = account_find(store, id, &account);
    if (e) return e;
    struct stmt *stmt =
        store_prepare(store, "SELECT number, revoked IS NOT NULL AS revoked FROM token WHERE "
                             "account = :account AND name = :name ORDER BY 2, 1 LIMIT 2");
    bind_int(stmt, ":account", account);
    bind_text(stmt, ":name", slash + 1);
    bool row;
    e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "%s has no token named “%s”", id, slash + 1);
    *number = column_int(stmt, "number");
    bool revoked = column_int(stmt, "revoked");
    e = stmt_step(stmt, &row);
    /* A revoked namesake is only a record: it does not stand in the way of the one in use. */
    bool ambiguous = !e && row && revoked == column_int(stmt, "revoked");
    stmt_reset(stmt);
    if (ambiguous)
        return fail(ERR_CONFLICT, "several tokens are named “%s”: give the number instead", ref);
    return e;
}

enum error token_find(struct store *store, const char *ref, int64_t *number)
{
    const char *slash = strchr(ref, '/');
    if (slash) return find_named(store, ref, slash, number);
    size_t digits = strspn(ref, "0123456789");
    if (digits == 0 || digits > 18 || ref[digits])
        return fail(ERR_INVALID, "“%s” names no token: give its number, or ACCOUNT/NAME", ref);
    struct token_row row;
    *number = strtoll(ref, NULL, 10);
    return token_get(store, 0, *number, &row);
}

enum error token_get_counts(struct store *store, int64_t now, int64_t account,
                            struct token_counts *out)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT coalesce(sum(revoked IS NULL AND (expires IS NULL OR expires > :now)), 0) "
               "AS used, coalesce(sum(revoked IS NOT NULL), 0) AS revoked FROM token WHERE account "
               "= :account");
    bind_int(stmt, ":account", account);
    bind_int(stmt, ":now", now);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    out->used = column_int(stmt, "used");
    out->revoked = column_int(stmt, "revoked");
    stmt_reset(stmt);
    return setting_get(store, SETTING_TOKEN_LIMIT, &out->limit);
}

enum error token_check_limit(struct store *store, int64_t now, int64_t account, int64_t more)
{
    struct token_counts counts;
    enum error e = token_get_counts(store, now, account, &counts);
    if (!e && counts.used + more > counts.limit)
        e = fail(ERR_LIMIT,
                 "the account has %lld tokens in use and may have %lld: revoke one first",
                 (long long)counts.used, (long long)counts.limit);
    return e;
}
