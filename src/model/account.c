#include <gatehouse/account.h>
#include <gatehouse/ascii.h>
#include <gatehouse/stored_text.h>
#include <gatehouse/token_denial.h>
#include <gatehouse/when.h>

#include "account_internal.h"
#include "version.h"
#include "works.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The rule for names. */
static const char name_rule[] = "1 to 64 of a-z 0-9 . _ -, starting with a letter or digit";

enum error account_parse_name(const char *typed, char name[static ACCOUNT_NAME_MAX + 1])
{
    if (ascii_ncasecmp(typed, "sa::", 4) == 0) typed += 4;
    enum error e = stored_text_check("the name", typed);
    if (e) return e;
    size_t size = strlen(typed);
    if (size == 0) return fail(ERR_INVALID, "a name is needed: %s", name_rule);
    if (size > ACCOUNT_NAME_MAX) return fail(ERR_INVALID, "the name is too long: %s", name_rule);
    for (size_t i = 0; i < size; i++) {
        char c = ascii_lower(typed[i]);
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!plain && (i == 0 || !strchr("._-", c)))
            return fail(ERR_INVALID, "“%s” is not a valid name: %s", typed, name_rule);
        name[i] = c;
    }
    name[size] = 0;
    return OK;
}

void account_id_text(char out[static ACCOUNT_ID_SIZE], const char *name)
{
    size_t size = strnlen(name, ACCOUNT_NAME_MAX);
    memcpy(out, "sa::", 4);
    memcpy(out + 4, name, size);
    out[4 + size] = 0;
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

enum error account_get(struct store *store, int64_t now, int64_t number, struct account_row *out)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT " ACCOUNT_COLUMNS " FROM account WHERE number = "
                             ":number");
    bind_int(stmt, ":number", number);
    bind_int(stmt, ":soon", now + WHEN_SOON);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that account no longer exists");
    account_read_row(stmt, out);
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
    if (!row) return fail(ERR_NOT_FOUND, "that account no longer exists");
    account_id_text(id, column_text(stmt, "name"));
    stmt_reset(stmt);
    return OK;
}

struct choice {
    size_t count;
    struct chosen {
        int64_t number;
        char id[ACCOUNT_ID_SIZE];
    } items[];
};

static void read_chosen(struct stmt *stmt, void *item)
{
    struct chosen *chosen = item;
    chosen->number = column_int(stmt, "number");
    account_id_text(chosen->id, column_text(stmt, "name"));
}

static enum error choose(struct store *store, const char *sql, const int64_t *accounts,
                         size_t count, int64_t target, struct choice **out)
{
    struct stmt *stmt = store_prepare(store, sql);
    enum error e = bind_numbers(stmt, ":accounts", accounts, count);
    bind_int(stmt, ":target", target);
    return e ? e
             : rows_collect(stmt, sizeof(struct choice), sizeof(struct chosen), read_chosen,
                            (void **)out);
}

enum error account_change_each(struct store *store, const char *sql, const struct id_set *accounts,
                               int64_t target,
                               enum error (*change)(int64_t account, const char *id, void *arg),
                               void *arg, struct id_set *changed)
{
    enum { CHUNK = 256 };
    enum error e = OK;
    for (size_t at = 0; !e && at < accounts->count; at += CHUNK) {
        struct choice *choice = NULL;
        size_t left = accounts->count - at;
        e = choose(store, sql, accounts->ids + at, left < CHUNK ? left : CHUNK, target, &choice);
        for (size_t i = 0; !e && i < choice->count; i++) {
            e = change(choice->items[i].number, choice->items[i].id, arg);
            if (!e && changed) e = id_set_add(changed, choice->items[i].number);
        }
        free(choice);
    }
    return e;
}

/* Account names have nothing that JSON escapes. */
static enum error bind_names(struct stmt *stmt, const char *const *names, size_t count)
{
    char *list = malloc(count * (ACCOUNT_NAME_MAX + 3) + 3), *end = list;
    if (!list) return fail_memory();
    *end++ = '[';
    for (size_t i = 0; i < count; i++)
        end += sprintf(end, "%s\"%s\"", i ? "," : "", names[i]);
    strcpy(end, "]");
    bind_text(stmt, ":names", list);
    free(list);
    return OK;
}

enum error accounts_find(struct store *store, const char *const *names, size_t count, bool *known)
{
    struct stmt *stmt = store_prepare(
        store,
        "SELECT value AS name FROM " SQL_TEXTS(":names") " WHERE (SELECT count(*) FROM "
                                                         "account WHERE account.name = value) > 0");
    enum error e = bind_names(stmt, names, count);
    memset(known, 0, count * sizeof *known);
    while (stmt_next(stmt, &e))
        for (size_t i = 0; i < count; i++)
            if (strcmp(names[i], column_text(stmt, "name")) == 0) known[i] = true;
    return e;
}

enum error accounts_total(struct store *store, int64_t *count)
{
    return stmt_int(store_prepare(store, "SELECT count(*) FROM account"), count);
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

static void add_working(struct stmt *stmt, struct account_impact *out)
{
    int64_t used = column_time(stmt, "last_used");
    if (out->active)
        out->working++;
    else
        out->waiting++;
    if (used <= out->last_used) return;
    out->last_used = used;
    column_copy(stmt, "last_from", out->last_from, sizeof out->last_from);
}

static void add_knocking(struct stmt *stmt, struct account_impact *out)
{
    int64_t denied = column_time(stmt, "denied");
    out->knocking++;
    if (denied <= out->denied) return;
    out->denied = denied;
    column_copy(stmt, "denied_from", out->denied_from, sizeof out->denied_from);
}

/* Summed up here, because a sub-query with an ORDER BY builds a table per account, and bulk changes
 * ask for hundreds of thousands. */
enum error account_get_impact(struct store *store, int64_t now, int64_t number,
                              struct account_impact *out)
{
    struct stmt *stmt = store_prepare(
        store,
        "SELECT a.active, t.last_used, t.last_from, t.denied, t.denied_from, " TOKEN_WOULD_WORK
        " AS works, " TOKEN_KNOCKS " AS knocks FROM account a LEFT JOIN token t ON t.account "
        "= a.number AND (" TOKEN_WOULD_WORK " OR " TOKEN_KNOCKS ") WHERE a.number = :number");
    bind_int(stmt, ":number", number);
    bind_int(stmt, ":now", now);
    bind_int(stmt, ":recently", now - TOKEN_DENIED_RECENT);
    *out = (struct account_impact){.last_used = WHEN_NEVER, .denied = WHEN_NEVER};
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that account no longer exists");
    out->active = column_int(stmt, "active");
    for (; !e && row; e = stmt_step(stmt, &row)) {
        if (column_int(stmt, "works")) add_working(stmt, out);
        if (column_int(stmt, "knocks")) add_knocking(stmt, out);
    }
    return e;
}

void account_details_free(struct account_details *details)
{
    free(details->description);
    free(details->owner);
    id_set_free(&details->groups);
    id_set_free(&details->permissions);
    *details = (struct account_details){0};
}

static enum error load_set(struct stmt *stmt, int64_t number, struct id_set *out)
{
    bind_int(stmt, ":number", number);
    enum error e = OK;
    while (stmt_next(stmt, &e))
        e = id_set_add(out, column_int(stmt, "id"));
    return e;
}

static int64_t version_of_details(const struct account_details *details)
{
    const char *const texts[] = {details->description, details->owner};
    const struct id_set *const sets[] = {&details->groups, &details->permissions};
    return version_of(texts, 2, sets, 2);
}

static enum error load(struct store *store, int64_t number, struct account_details *out)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT description, owner FROM account WHERE number = :number");
    bind_int(stmt, ":number", number);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that account no longer exists");
    out->description = strdup(column_text(stmt, "description"));
    out->owner = strdup(column_text(stmt, "owner"));
    stmt_reset(stmt);
    if (!out->description || !out->owner) return fail_memory();
    e = load_set(store_prepare(store, "SELECT account_group AS id FROM membership WHERE account = "
                                      ":number ORDER BY account_group"),
                 number, &out->groups);
    if (e) return e;
    return load_set(store_prepare(store, "SELECT permission AS id FROM account_grant WHERE account "
                                         "= :number ORDER BY permission"),
                    number, &out->permissions);
}

enum error account_details_load(struct store *store, int64_t number, struct account_details *out,
                                int64_t *version)
{
    *out = (struct account_details){0};
    enum error e = store_begin_read(store);
    if (e) return e;
    e = store_end(store, load(store, number, out));
    if (e)
        account_details_free(out);
    else if (version)
        *version = version_of_details(out);
    return e;
}

int account_details_diff(const struct account_details *a, const struct account_details *b)
{
    int diff = 0;
    if (strcmp(text_or_empty(a->description), text_or_empty(b->description)) != 0)
        diff |= DIFF_DESCRIPTION;
    if (strcmp(text_or_empty(a->owner), text_or_empty(b->owner)) != 0) diff |= DIFF_OWNER;
    if (!id_set_equal(&a->groups, &b->groups)) diff |= DIFF_GROUPS;
    if (!id_set_equal(&a->permissions, &b->permissions)) diff |= DIFF_PERMISSIONS;
    return diff;
}

/* A text that was not changed here stays as they wrote it. */
static char *merge_text(const char *base, const char *mine, const char *theirs)
{
    bool same = strcmp(text_or_empty(base), text_or_empty(mine)) == 0;
    return strdup(text_or_empty(same ? theirs : mine));
}

enum error account_details_merge(const struct account_details *base,
                                 const struct account_details *mine,
                                 const struct account_details *theirs, struct account_details *out)
{
    *out = (struct account_details){
        .description = merge_text(base->description, mine->description, theirs->description),
        .owner = merge_text(base->owner, mine->owner, theirs->owner)};
    enum error e = out->description && out->owner ? OK : fail_memory();
    if (!e) e = id_set_merge(&base->groups, &mine->groups, &theirs->groups, &out->groups);
    if (!e)
        e = id_set_merge(&base->permissions, &mine->permissions, &theirs->permissions,
                         &out->permissions);
    if (e) account_details_free(out);
    return e;
}
