#include <gatehouse/account.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>

#include "account_row.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char account_name_rule[] = "1 to 64 of a-z 0-9 . _ -, starting with a letter or digit";

enum error account_parse_name(const char *typed, char name[static ACCOUNT_NAME_MAX + 1])
{
    if (strncasecmp(typed, "sa::", 4) == 0) typed += 4;
    size_t size = strlen(typed);
    if (size == 0) return fail(ERR_INVALID, "a name is needed: %s", account_name_rule);
    if (size > ACCOUNT_NAME_MAX)
        return fail(ERR_INVALID, "the name is too long: %s", account_name_rule);
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)tolower((unsigned char)typed[i]);
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!plain && (i == 0 || !strchr("._-", c)))
            return fail(ERR_INVALID, "“%s” is no name: %s", typed, account_name_rule);
        name[i] = (char)c;
    }
    name[size] = 0;
    return OK;
}

void account_id_text(char out[static ACCOUNT_ID_SIZE], const char *name)
{
    snprintf(out, ACCOUNT_ID_SIZE, "sa::%s", name);
}

void account_read_row(struct stmt *stmt, struct account_row *row)
{
    row->number = column_int(stmt, "number");
    row->active = column_int(stmt, "active");
    row->tokens = column_int(stmt, "tokens");
    row->ending = column_int(stmt, "ending");
    row->last_used = column_time(stmt, "last_used");
    row->created = column_int(stmt, "created");
    column_copy(stmt, "name", row->name, sizeof row->name);
    column_copy(stmt, "owner", row->owner, sizeof row->owner);
    column_copy(stmt, "description", row->description, sizeof row->description);
}

enum error account_get(struct store *store, int64_t now, int64_t number, struct account *out)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT " ACCOUNT_COLUMNS ", version FROM account WHERE number = "
                             ":number");
    bind_int(stmt, ":number", number);
    bind_int(stmt, ":soon", now + ACCOUNT_SOON);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that account is gone: it was deleted");
    account_read_row(stmt, &out->row);
    out->version = column_int(stmt, "version");
    stmt_reset(stmt);
    return OK;
}

enum error account_read_id(struct store *store, int64_t number, char id[static ACCOUNT_ID_SIZE])
{
    struct stmt *stmt = store_prepare(store, "SELECT name FROM account WHERE number = :number");
    bind_int(stmt, ":number", number);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that account is gone: it was deleted");
    account_id_text(id, column_text(stmt, "name"));
    stmt_reset(stmt);
    return OK;
}

enum error account_find(struct store *store, const char *typed, int64_t *number)
{
    char name[ACCOUNT_NAME_MAX + 1];
    enum error e = account_parse_name(typed, name);
    if (e) return e;
    struct stmt *stmt = store_prepare(store, "SELECT number FROM account WHERE name = :name");
    bind_text(stmt, ":name", name);
    e = stmt_int(stmt, number);
    return e == ERR_NOT_FOUND ? fail(e, "there is no account sa::%s", name) : e;
}

static void add_token(struct stmt *stmt, struct account_impact *out)
{
    int64_t used = column_time(stmt, "last_used");
    out->live++;
    if (used <= out->last_used) return;
    out->last_used = used;
    column_copy(stmt, "last_from", out->last_from, sizeof out->last_from);
}

/* The tokens are added up here: a sub-query that orders them builds a table for each account, and
 * bulk acts ask for hundreds of thousands. */
enum error account_get_impact(struct store *store, int64_t now, int64_t number,
                              struct account_impact *out)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT a.active, t.number, t.last_used, t.last_from FROM account a LEFT JOIN token "
               "t ON t.account = a.number AND t.revoked IS NULL AND t.suspended = 0 AND (t.expires "
               "IS NULL OR t.expires > :now) WHERE a.number = :number");
    bind_int(stmt, ":number", number);
    bind_int(stmt, ":now", now);
    *out = (struct account_impact){.last_used = WHEN_NEVER};
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that account is gone: it was deleted");
    out->active = column_int(stmt, "active");
    for (; !e && row; e = stmt_step(stmt, &row))
        if (!column_is_null(stmt, "number")) add_token(stmt, out);
    return e;
}
