#include <gatehouse/account_change.h>
#include <gatehouse/membership.h>
#include <gatehouse/memory.h>
#include <gatehouse/permission.h>
#include <gatehouse/stored_text.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>

#include "account_internal.h"
#include "audit_internal.h"
#include "counter.h"
#include <stdlib.h>
#include <string.h>

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
    if (!text_is_name(owner))
        return fail(ERR_INVALID, "the owner has characters that cannot be seen: use visible ones");
    if (text_length(owner) > ACCOUNT_OWNER_MAX)
        return fail(ERR_INVALID, "the owner is too long: at most %d characters", ACCOUNT_OWNER_MAX);
    enum error e = stored_text_check("the description", description);
    return e ? e : stored_text_check("the owner", owner);
}

/* Names that the events of a transaction say again and again, in the slots of their numbers. Those
 * of groups can change within one, and are not among them. */
enum { IDS_MAX = 64 };
struct ids {
    struct store_pending base;
    struct {
        int64_t number;
        char id[PERMISSION_ID_MAX + 1];
    } slots[IDS_MAX];
};

static enum error write_nothing(struct store *store, struct store_pending *ids)
{
    (void)store, (void)ids;
    return OK;
}

static void drop_ids(struct store_pending *ids)
{
    free(ids);
}

/* NULL: there is no memory for it, and the transaction will be rolled back. */
static struct ids *get_ids(struct store *store)
{
    struct ids *ids = (struct ids *)store_find_pending(store, write_nothing);
    if (ids || !(ids = memory_allocate(sizeof *ids))) return ids;
    memset(ids, 0, sizeof *ids);
    ids->base = (struct store_pending){write_nothing, drop_ids, NULL};
    store_add_pending(store, &ids->base);
    return ids;
}

/* Numbers would mean nothing once they are deleted. */
static void add_name(struct store *store, const char *sql, int64_t number, json_t *names)
{
    struct stmt *stmt = store_prepare(store, sql);
    bind_int(stmt, ":number", number);
    bool row;
    if (!stmt_step(stmt, &row) && row)
        json_array_append_new(names, event_text(column_text(stmt, "name")));
    stmt_reset(stmt);
}

static json_t *group_names(struct store *store, const struct id_set *set)
{
    json_t *names = json_array();
    for (size_t i = 0; i < set->count; i++)
        add_name(store, "SELECT name FROM account_group WHERE number = :number", set->ids[i],
                 names);
    return names;
}

static json_t *permission_ids(struct store *store, const struct id_set *set)
{
    json_t *names = json_array();
    struct ids *ids = get_ids(store);
    for (size_t i = 0; ids && i < set->count; i++) {
        int64_t number = set->ids[i];
        size_t slot = (size_t)number % IDS_MAX, count = json_array_size(names);
        if (ids->slots[slot].number == number) {
            json_array_append_new(names, json_string(ids->slots[slot].id));
            continue;
        }
        add_name(store, "SELECT id AS name FROM permission WHERE number = :number", number, names);
        const char *id = json_string_value(json_array_get(names, count));
        if (!id || strlen(id) > PERMISSION_ID_MAX) continue;
        ids->slots[slot].number = number;
        strcpy(ids->slots[slot].id, id);
    }
    return names;
}

/* The fields of `which`: an event holds only what changed. */
static json_t *details_json(struct store *store, const struct account_details *details, int which)
{
    json_t *object = json_object();
    if (which & DIFF_DESCRIPTION)
        json_object_set_new(object, "description", event_text(text_or_empty(details->description)));
    if (which & DIFF_OWNER)
        json_object_set_new(object, "owner", event_text(text_or_empty(details->owner)));
    if (which & DIFF_GROUPS)
        json_object_set_new(object, "groups", group_names(store, &details->groups));
    if (which & DIFF_PERMISSIONS)
        json_object_set_new(object, "permissions", permission_ids(store, &details->permissions));
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
                         const struct account_details *details, const struct account_start *start,
                         int64_t *number)
{
    enum error e = store_take_number(act->store, "account", number);
    if (e) return e;
    struct stmt *stmt = store_prepare(
        act->store, "INSERT INTO account (number, name, description, owner, created, tokens, "
                    "last_used) VALUES (:number, :name, :description, :owner, :created, :tokens, "
                    ":last_used)");
    bind_int(stmt, ":number", *number);
    bind_text(stmt, ":name", name);
    bind_text(stmt, ":description", text_or_empty(details->description));
    bind_text(stmt, ":owner", text_or_empty(details->owner));
    bind_int(stmt, ":created", act->now);
    bind_int(stmt, ":tokens", start->tokens);
    bind_time(stmt, ":last_used", start->last_used);
    e = stmt_run_later(stmt, RANK_FREE);
    if (e) return e;
    const struct account_details nothing = {0};
    e = membership_write_sets(act->store, *number, &nothing, details);
    if (!e) e = counter_add(act->store, "accounts", 1);
    if (!e) e = generation_bump(act->store);
    if (e || act->rehearses) return e; /* what an event would say need not be put together */
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, name);
    return audit_write_json(
        act, "account.create", id, *number, 0, NULL,
        details_json(act->store, details, account_details_diff(&nothing, details)));
}

struct activity {
    const struct act *act;
    bool active;
};

/* To be called for an account that has to change. */
static enum error write_active(int64_t number, const char *id, void *arg)
{
    static const char off[] = "{\"active\":false}", on[] = "{\"active\":true}";
    const struct activity *new = arg;
    struct store *store = new->act->store;
    struct stmt *stmt =
        store_prepare(store, "UPDATE account SET active = :active WHERE number = :number");
    bind_int(stmt, ":active", new->active);
    bind_int(stmt, ":number", number);
    enum error e = stmt_run_later(stmt, RANK_ACCOUNT);
    if (!e) e = counter_add(store, "inactive", new->active ? -1 : 1);
    if (!e) e = generation_bump(store);
    if (e) return e;
    return audit_write(new->act, &(struct audit_entry){.kind = new->active ? "account.activate"
                                                                           : "account.deactivate",
                                                       .subject = id,
                                                       .account = number,
                                                       .before = new->active ? off : on,
                                                       .after = new->active ? on : off});
}

static enum error create_unless_taken(const struct act *act, const char *name,
                                      const struct account_details *details, int64_t *number)
{
    static const struct account_start empty = {.active = true, .last_used = WHEN_NEVER};
    enum error e = refuse_taken(act->store, name);
    return e ? e : create(act, name, details, &empty, number);
}

static enum error create_absent(const struct act *act, const char *name,
                                const struct account_details *details,
                                const struct account_start *start, int64_t *number)
{
    struct activity off = {act, false};
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, name);
    enum error e = create(act, name, details, start, number);
    return e || start->active ? e : write_active(*number, id, &off);
}

static enum error begin_create(const struct act *act, const char *typed_name,
                               const struct account_details *details,
                               char name[static ACCOUNT_NAME_MAX + 1])
{
    enum error e = account_parse_name(typed_name, name);
    if (!e) e = account_check_details(details);
    return e ? e : store_begin(act->store);
}

enum error account_create(const struct act *act, const char *typed_name,
                          const struct account_details *details, int64_t *number)
{
    char name[ACCOUNT_NAME_MAX + 1];
    enum error e = begin_create(act, typed_name, details, name);
    return e ? e : store_end(act->store, create_unless_taken(act, name, details, number));
}

enum error account_create_absent(const struct act *act, const char *typed_name,
                                 const struct account_details *details,
                                 const struct account_start *start, int64_t *number)
{
    char name[ACCOUNT_NAME_MAX + 1];
    enum error e = begin_create(act, typed_name, details, name);
    return e ? e : store_end(act->store, create_absent(act, name, details, start, number));
}

static enum error write_texts(struct store *store, int64_t number,
                              const struct account_details *details)
{
    struct stmt *stmt = store_prepare(
        store, "UPDATE account SET description = :description, owner = :owner WHERE number = "
               ":number");
    bind_text(stmt, ":description", text_or_empty(details->description));
    bind_text(stmt, ":owner", text_or_empty(details->owner));
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
    /* The event comes first, while every group and permission it names is still there. */
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
        e = fail(ERR_CONFLICT, "someone else changed this account in the meantime");
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
    struct stmt *stmt =
        store_prepare(act->store, "SELECT name, active FROM account WHERE number = :number");
    struct activity new = {act, active};
    char id[ACCOUNT_ID_SIZE];
    bool row;
    bind_int(stmt, ":number", number);
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that account no longer exists");
    *changed = column_int(stmt, "active") != active;
    account_id_text(id, column_text(stmt, "name"));
    stmt_reset(stmt);
    return *changed ? write_active(number, id, &new) : OK;
}

enum error account_set_active(const struct act *act, int64_t number, bool active, bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, set_active(act, number, active, changed ? changed : &ignored));
}

enum error account_set_active_all(const struct act *act, const struct id_set *accounts, bool active,
                                  struct id_set *changed)
{
    struct activity new = {act, active};
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store,
                     account_change_each(act->store,
                                         ACCOUNT_CHOICE "active <> :target" ACCOUNT_CHOICE_ORDER,
                                         accounts, active, write_active, &new, changed));
}

/* Runs SQL with the parameter :number. */
static enum error run(struct store *store, const char *sql, int64_t number)
{
    struct stmt *stmt = store_prepare(store, sql);
    bind_int(stmt, ":number", number);
    return stmt_run(stmt);
}

/* The digests are kept as dead, so that no import can revive one. */
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
    struct account_row account;
    enum error e = account_get(act->store, act->now, number, &account);
    if (e) return e;
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, account.name);
    int64_t ended = 0;
    e = end_tokens(act->store, number, &ended);
    if (!e) e = remove_rows(act->store, number, account.active);
    if (e) return e;
    json_t *before = json_object();
    json_object_set_new(before, "active", json_boolean(account.active));
    json_object_set_new(before, "description", event_text(account.description));
    json_object_set_new(before, "owner", event_text(account.owner));
    json_object_set_new(before, "tokens", json_integer(ended));
    return audit_write_json(act, "account.delete", id, number, 0, before, NULL);
}

enum error account_delete(const struct act *act, int64_t number)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, delete_account(act, number));
}
