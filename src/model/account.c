#include <gatehouse/account.h>
#include <gatehouse/membership.h>
#include <gatehouse/text.h>
#include <gatehouse/token.h>
#include <gatehouse/when.h>

#include "account_internal.h"
#include "audit_internal.h"
#include "counter.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The rule in words. */
static const char name_rule[] = "1 to 64 of a-z 0-9 . _ -, starting with a letter or digit";

enum error account_parse_name(const char *typed, char name[static ACCOUNT_NAME_MAX + 1])
{
    if (strncasecmp(typed, "sa::", 4) == 0) typed += 4;
    size_t size = strlen(typed);
    if (size == 0) return fail(ERR_INVALID, "a name is needed: %s", name_rule);
    if (size > ACCOUNT_NAME_MAX) return fail(ERR_INVALID, "the name is too long: %s", name_rule);
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)tolower((unsigned char)typed[i]);
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!plain && (i == 0 || !strchr("._-", c)))
            return fail(ERR_INVALID, "“%s” is no name: %s", typed, name_rule);
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
    bind_int(stmt, ":soon", now + TOKEN_SOON);
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
    bool row = true;
    enum error e = OK;
    while (!e && !(e = stmt_step(stmt, &row)) && row)
        e = id_set_add(out, column_int(stmt, "id"));
    stmt_reset(stmt);
    return e;
}

static enum error load(struct store *store, int64_t number, struct account_details *out,
                       int64_t *version)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT description, owner, version FROM account WHERE number = :number");
    bind_int(stmt, ":number", number);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that account is gone: it was deleted");
    out->description = strdup(column_text(stmt, "description"));
    out->owner = strdup(column_text(stmt, "owner"));
    *version = column_int(stmt, "version");
    stmt_reset(stmt);
    if (!out->description || !out->owner) return fail(ERR_SYSTEM, "out of memory");
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
    e = store_end(store, load(store, number, out, version));
    if (e) account_details_free(out);
    return e;
}

static const char *text_or_empty(const char *text)
{
    return text ? text : "";
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

enum error account_check_details(const struct account_details *details)
{
    const char *description = text_or_empty(details->description);
    const char *owner = text_or_empty(details->owner);
    if (!text_is_printable(description, true))
        return fail(ERR_INVALID, "the description has characters that cannot be shown: use "
                                 "printable text and line breaks");
    if (text_length(description) > ACCOUNT_DESCRIPTION_MAX)
        return fail(ERR_INVALID, "the description is too long: at most %d characters",
                    ACCOUNT_DESCRIPTION_MAX);
    if (!text_is_printable(owner, false))
        return fail(ERR_INVALID, "the owner has characters that cannot be shown: use printable "
                                 "text");
    if (text_length(owner) > ACCOUNT_OWNER_MAX)
        return fail(ERR_INVALID, "the owner is too long: at most %d characters", ACCOUNT_OWNER_MAX);
    return OK;
}

/* Names of groups or permissions, for the record: ids would say nothing once they are gone. */
static json_t *names_of(struct store *store, const char *sql, const struct id_set *set)
{
    json_t *names = json_array();
    for (size_t i = 0; i < set->count; i++) {
        struct stmt *stmt = store_prepare(store, sql);
        bind_int(stmt, ":number", set->ids[i]);
        bool row;
        if (!stmt_step(stmt, &row) && row)
            json_array_append_new(names, event_text(column_text(stmt, "name")));
        stmt_reset(stmt);
    }
    return names;
}

/* Only the fields of `which`: an event says what changed, not what stayed. */
static json_t *details_json(struct store *store, const struct account_details *details, int which)
{
    json_t *object = json_object();
    if (which & DIFF_DESCRIPTION)
        json_object_set_new(object, "description",
                            event_text(details->description ? details->description : ""));
    if (which & DIFF_OWNER)
        json_object_set_new(object, "owner", event_text(details->owner ? details->owner : ""));
    if (which & DIFF_GROUPS)
        json_object_set_new(object, "groups",
                            names_of(store, "SELECT name FROM account_group WHERE number = :number",
                                     &details->groups));
    if (which & DIFF_PERMISSIONS)
        json_object_set_new(object, "permissions",
                            names_of(store,
                                     "SELECT id AS name FROM permission WHERE number = :number",
                                     &details->permissions));
    return object;
}

static enum error refuse_taken(struct store *store, const char *name)
{
    struct stmt *stmt = store_prepare(store, "SELECT 1 FROM account WHERE name = :name");
    bind_text(stmt, ":name", name);
    int64_t one;
    enum error e = stmt_int(stmt, &one);
    if (e == OK) return fail(ERR_CONFLICT, "sa::%s is taken: choose another name", name);
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum error create(const struct act *act, const char *name,
                         const struct account_details *details, int64_t *number)
{
    enum error e = refuse_taken(act->store, name);
    if (e) return e;
    struct stmt *stmt =
        store_prepare(act->store, "INSERT INTO account (name, description, owner, created) VALUES "
                                  "(:name, :description, :owner, :created)");
    bind_text(stmt, ":name", name);
    bind_text(stmt, ":description", details->description ? details->description : "");
    bind_text(stmt, ":owner", details->owner ? details->owner : "");
    bind_int(stmt, ":created", act->now);
    e = stmt_run(stmt);
    if (e) return e;
    *number = store_last_id(act->store);
    const struct account_details nothing = {0};
    e = membership_write_sets(act->store, *number, &nothing, details);
    if (!e) e = counter_add(act->store, "accounts", 1);
    if (!e) e = generation_bump(act->store);
    if (e) return e;
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, name);
    return audit_write_json(
        act, "account.create", id, *number, 0, NULL,
        details_json(act->store, details, account_details_diff(&nothing, details)));
}

enum error account_create(const struct act *act, const char *typed_name,
                          const struct account_details *details, int64_t *number)
{
    char name[ACCOUNT_NAME_MAX + 1];
    enum error e = account_parse_name(typed_name, name);
    if (!e) e = account_check_details(details);
    if (!e) e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, create(act, name, details, number));
}

static enum error write_texts(struct store *store, int64_t number,
                              const struct account_details *details)
{
    struct stmt *stmt =
        store_prepare(store, "UPDATE account SET description = :description, owner = :owner, "
                             "version = version + 1 WHERE number = :number");
    bind_text(stmt, ":description", details->description ? details->description : "");
    bind_text(stmt, ":owner", details->owner ? details->owner : "");
    bind_int(stmt, ":number", number);
    return stmt_run(stmt);
}

static enum error apply(const struct act *act, int64_t number, const struct account_details *before,
                        const struct account_details *after)
{
    int diff = account_details_diff(before, after);
    if (diff == 0) return OK;
    char id[ACCOUNT_ID_SIZE];
    enum error e = account_read_id(act->store, number, id);
    /* Written first: a group that disappears with this change could not be named afterwards. */
    if (!e)
        e = audit_write_json(act, "account.update", id, number, 0,
                             details_json(act->store, before, diff),
                             details_json(act->store, after, diff));
    if (!e) e = write_texts(act->store, number, after);
    if (!e) e = membership_write_sets(act->store, number, before, after);
    if (!e && diff & (DIFF_GROUPS | DIFF_PERMISSIONS)) e = generation_bump(act->store);
    return e;
}

static enum error update(const struct act *act, int64_t number, int64_t version,
                         const struct account_details *details)
{
    struct account_details present;
    int64_t present_version;
    enum error e = account_details_load(act->store, number, &present, &present_version);
    if (e) return e;
    if (present_version != version)
        e = fail(ERR_CONFLICT, "someone else changed this account meanwhile");
    else
        e = apply(act, number, &present, details);
    account_details_free(&present);
    return e;
}

enum error account_update(const struct act *act, int64_t number, int64_t version,
                          const struct account_details *details)
{
    enum error e = account_check_details(details);
    if (!e) e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, update(act, number, version, details));
}

static enum error set_active(const struct act *act, int64_t number, bool active, bool *changed)
{
    char id[ACCOUNT_ID_SIZE];
    enum error e = account_read_id(act->store, number, id);
    if (e) return e;
    struct stmt *stmt = store_prepare(
        act->store, "UPDATE account SET active = :active WHERE number = :number AND active <> "
                    ":active");
    bind_int(stmt, ":active", active);
    bind_int(stmt, ":number", number);
    e = stmt_run(stmt);
    if (e) return e;
    *changed = store_changes(act->store) == 1;
    if (!*changed) return OK;
    e = counter_add(act->store, "inactive", active ? -1 : 1);
    if (!e) e = generation_bump(act->store);
    if (e) return e;
    return audit_write_json(act, active ? "account.activate" : "account.deactivate", id, number, 0,
                            json_pack("{s:b}", "active", !active),
                            json_pack("{s:b}", "active", active));
}

enum error account_set_active(const struct act *act, int64_t number, bool active, bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, set_active(act, number, active, changed ? changed : &ignored));
}

/* One step of a deletion: SQL with :number. */
static enum error run(struct store *store, const char *sql, int64_t number)
{
    struct stmt *stmt = store_prepare(store, sql);
    bind_int(stmt, ":number", number);
    return stmt_run(stmt);
}

/* The digests stay behind as dead, so that no import can bring one back. */
static enum error end_tokens(struct store *store, int64_t number, int64_t *ended)
{
    enum error e = run(store,
                       "UPDATE digest SET dead = 1 WHERE token IN (SELECT number FROM token WHERE "
                       "account = :number)",
                       number);
    if (!e) e = run(store, "DELETE FROM token WHERE account = :number", number);
    store_truncate_after_commit(store);
    if (e) return e;
    *ended = store_changes(store);
    return counter_add(store, "tokens", -*ended);
}

static enum error remove_rows(struct store *store, int64_t number, bool active)
{
    enum error e = membership_end_account(store, number);
    if (!e) e = run(store, "DELETE FROM account WHERE number = :number", number);
    if (!e) e = counter_add(store, "accounts", -1);
    if (!e && !active) e = counter_add(store, "inactive", -1);
    return e ? e : generation_bump(store);
}

static enum error delete_account(const struct act *act, int64_t number)
{
    struct account account;
    enum error e = account_get(act->store, act->now, number, &account);
    if (e) return e;
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, account.row.name);
    int64_t ended = 0;
    e = end_tokens(act->store, number, &ended);
    if (!e) e = remove_rows(act->store, number, account.row.active);
    if (e) return e;
    json_t *before = json_object();
    json_object_set_new(before, "active", json_boolean(account.row.active));
    json_object_set_new(before, "description", event_text(account.row.description));
    json_object_set_new(before, "owner", event_text(account.row.owner));
    json_object_set_new(before, "tokens", json_integer(ended));
    return audit_write_json(act, "account.delete", id, number, 0, before, NULL);
}

enum error account_delete(const struct act *act, int64_t number)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, delete_account(act, number));
}
