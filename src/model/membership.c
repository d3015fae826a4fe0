/* Writes memberships, grants to accounts and grants to groups, with the counters and events
 * that go with them. */
#include <gatehouse/group.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission.h>

#include "account_internal.h"
#include "audit_internal.h"
#include "counter.h"
#include "sql.h"
#include <stdlib.h>
#include <string.h>

/* Each row says that `:owner` has `:id`. */
struct link {
    const char *insert, *delete;
    const char *count; /* how many have `:id` */
};

static const struct link membership = {
    .insert = "INSERT INTO membership (account, account_group) VALUES (:owner, :id) ON CONFLICT DO "
              "NOTHING",
    .delete = "DELETE FROM membership WHERE account = :owner AND account_group = :id",
    .count = "UPDATE account_group SET members = members + :by WHERE number = :id",
};
static const struct link account_grant = {
    .insert = "INSERT INTO account_grant (account, permission) VALUES (:owner, :id) ON CONFLICT DO "
              "NOTHING",
    .delete = "DELETE FROM account_grant WHERE account = :owner AND permission = :id",
    .count = "UPDATE permission SET accounts = accounts + :by WHERE number = :id",
};
static const struct link group_grants = {
    .insert = "INSERT INTO group_grant (account_group, permission) VALUES (:owner, :id) ON "
              "CONFLICT DO NOTHING",
    .delete = "DELETE FROM group_grant WHERE account_group = :owner AND permission = :id",
    .count = "UPDATE permission SET groups = groups + :by WHERE number = :id",
};

/* `known`: that the row is missing, or is there. */
static enum error write_row(struct store *store, const struct link *link, int64_t owner, int64_t id,
                            bool present, bool known)
{
    struct stmt *stmt = store_prepare(store, present ? link->insert : link->delete);
    bind_int(stmt, ":owner", owner);
    bind_int(stmt, ":id", id);
    return known ? stmt_run_later(stmt, RANK_ACCOUNT) : stmt_run(stmt);
}

static enum error count_row(struct store *store, const struct link *link, int64_t id, bool present)
{
    return counter_add_to(store, link->count, id, present ? 1 : -1);
}

static enum error write_known(struct store *store, const struct link *link, int64_t owner,
                              int64_t id, bool present)
{
    enum error e = write_row(store, link, owner, id, present, true);
    return e ? e : count_row(store, link, id, present);
}

/* *changed: it made a difference. */
static enum error write_link(struct store *store, const struct link *link, int64_t owner,
                             int64_t id, bool present, bool *changed)
{
    enum error e = write_row(store, link, owner, id, present, false);
    *changed = !e && store_changes(store) > 0;
    return e || !*changed ? e : count_row(store, link, id, present);
}

static enum error run(struct store *store, const char *sql, int64_t number)
{
    struct stmt *stmt = store_prepare(store, sql);
    bind_int(stmt, ":number", number);
    return stmt_run(stmt);
}

/* The event of one row: `what` was added, or was there before. */
static enum error write_event(const struct act *act, const char *kind, const char *subject,
                              int64_t account, bool present, const char *what)
{
    return audit_write(act, &(struct audit_entry){.kind = kind,
                                                  .subject = subject,
                                                  .account = account,
                                                  .before = present ? NULL : what,
                                                  .after = present ? what : NULL});
}

/* The id of a permission to be granted or revoked; refuses to grant the reserved one. */
static enum error read_permission_id(struct store *store, int64_t permission, bool granted,
                                     char id[static PERMISSION_ID_MAX + 1])
{
    struct stmt *stmt = store_prepare(store, "SELECT id FROM permission WHERE number = :number");
    bind_int(stmt, ":number", permission);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that permission no longer exists");
    column_copy(stmt, "id", id, PERMISSION_ID_MAX + 1);
    stmt_reset(stmt);
    if (granted && strcmp(id, permission_reserved) == 0)
        return fail(ERR_CONFLICT, "%s is reserved: grant another permission", permission_reserved);
    return OK;
}

/* One change to what accounts have: what is linked to each of them, or no longer. */
struct change {
    const struct act *act;
    const struct link *link;
    int64_t id;
    bool present;
    const char *kind; /* of the event */
    char *what;       /* for the event; the caller of begin_… frees it, also after an error */
    /* The accounts that lack it, and those that have it. */
    const char *lacking, *having;
};

static enum error change_name(struct change *change, const char *key, const char *value)
{
    change->what = event_field_text(key, value);
    return change->what ? OK : fail_memory();
}

#define HAS_GRANT                                                                                  \
    "EXISTS (SELECT 1 FROM account_grant WHERE account = account.number AND permission = :target)"
#define IS_MEMBER                                                                                  \
    "EXISTS (SELECT 1 FROM membership WHERE account = account.number AND account_group = :target)"

static enum error begin_grant(struct change *change, const struct act *act, int64_t permission,
                              bool granted)
{
    char id[PERMISSION_ID_MAX + 1];
    *change = (struct change){.act = act,
                              .link = &account_grant,
                              .id = permission,
                              .present = granted,
                              .kind = granted ? "account.grant" : "account.revoke",
                              .lacking = ACCOUNT_CHOICE "NOT " HAS_GRANT ACCOUNT_CHOICE_ORDER,
                              .having = ACCOUNT_CHOICE HAS_GRANT ACCOUNT_CHOICE_ORDER};
    enum error e = read_permission_id(act->store, permission, granted, id);
    return e ? e : change_name(change, "permission", id);
}

/* Everyone has its members by itself: for it, *nothing is true. */
static enum error begin_member(struct change *change, const struct act *act, int64_t group, bool in,
                               bool *nothing)
{
    struct stmt *stmt =
        store_prepare(act->store, "SELECT name, system FROM account_group WHERE number = :number");
    char name[GROUP_NAME_MAX * 4 + 1];
    bool row;
    *change = (struct change){.act = act,
                              .link = &membership,
                              .id = group,
                              .present = in,
                              .kind = in ? "account.join" : "account.leave",
                              .lacking = ACCOUNT_CHOICE "NOT " IS_MEMBER ACCOUNT_CHOICE_ORDER,
                              .having = ACCOUNT_CHOICE IS_MEMBER ACCOUNT_CHOICE_ORDER};
    bind_int(stmt, ":number", group);
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that group no longer exists");
    column_copy(stmt, "name", name, sizeof name);
    *nothing = column_int(stmt, "system");
    stmt_reset(stmt);
    if (*nothing && !in)
        return fail(ERR_CONFLICT, "%s always contains every account: none can be removed", name);
    return change_name(change, "group", name);
}

/* What follows a change to what an account has: generation, event. */
static enum error finish(const struct change *change, int64_t account, const char *id)
{
    const struct act *act = change->act;
    enum error e = generation_bump(act->store);
    return e ? e : write_event(act, change->kind, id, account, change->present, change->what);
}

static enum error change_one(const struct change *change, int64_t account, bool *changed)
{
    struct store *store = change->act->store;
    char id[ACCOUNT_ID_SIZE];
    enum error e = account_read_id(store, account, id);
    if (!e) e = write_link(store, change->link, account, change->id, change->present, changed);
    return e || !*changed ? e : finish(change, account, id);
}

/* For an account that was chosen because it has to change. */
static enum error change_chosen(int64_t account, const char *id, void *arg)
{
    const struct change *change = arg;
    struct store *store = change->act->store;
    enum error e = write_known(store, change->link, account, change->id, change->present);
    return e ? e : finish(change, account, id);
}

static enum error change_all(struct change *change, const struct id_set *accounts,
                             struct id_set *changed)
{
    return account_change_each(change->act->store,
                               change->present ? change->lacking : change->having, accounts,
                               change->id, change_chosen, change, changed);
}

static enum error grant_account(const struct act *act, int64_t account, int64_t permission,
                                bool granted, bool *changed)
{
    struct change change;
    *changed = false;
    enum error e = begin_grant(&change, act, permission, granted);
    if (!e) e = change_one(&change, account, changed);
    free(change.what);
    return e;
}

enum error permission_grant(const struct act *act, int64_t account, int64_t permission,
                            bool granted, bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(
        act->store, grant_account(act, account, permission, granted, changed ? changed : &ignored));
}

static enum error grant_accounts(const struct act *act, const struct id_set *accounts,
                                 int64_t permission, bool granted, struct id_set *changed)
{
    struct change change;
    enum error e = begin_grant(&change, act, permission, granted);
    if (!e) e = change_all(&change, accounts, changed);
    free(change.what);
    return e;
}

enum error permission_grant_all(const struct act *act, const struct id_set *accounts,
                                int64_t permission, bool granted, struct id_set *changed)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, grant_accounts(act, accounts, permission, granted, changed));
}

static enum error set_member(const struct act *act, int64_t group, int64_t account, bool in,
                             bool *changed)
{
    struct change change;
    bool nothing;
    *changed = false;
    enum error e = begin_member(&change, act, group, in, &nothing);
    if (!e && !nothing) e = change_one(&change, account, changed);
    free(change.what);
    return e;
}

enum error group_set_member(const struct act *act, int64_t group, int64_t account, bool in,
                            bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, set_member(act, group, account, in, changed ? changed : &ignored));
}

static enum error set_members(const struct act *act, int64_t group, const struct id_set *accounts,
                              bool in, struct id_set *changed)
{
    struct change change;
    bool nothing;
    if (!accounts->count) return OK; /* also of Everyone, which nobody can leave */
    enum error e = begin_member(&change, act, group, in, &nothing);
    if (!e && !nothing) e = change_all(&change, accounts, changed);
    free(change.what);
    return e;
}

enum error group_set_members(const struct act *act, int64_t group, const struct id_set *accounts,
                             bool in, struct id_set *changed)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, set_members(act, group, accounts, in, changed));
}

static enum error grant_group(const struct act *act, int64_t number, int64_t permission,
                              bool granted)
{
    struct group group;
    char id[PERMISSION_ID_MAX + 1];
    bool changed = false;
    enum error e = group_get(act->store, number, &group);
    if (!e) e = read_permission_id(act->store, permission, granted, id);
    if (!e) e = write_link(act->store, &group_grants, number, permission, granted, &changed);
    if (e || !changed) return e;
    e = generation_bump(act->store);
    if (e) return e;
    char *what = event_field_text("permission", id);
    e = what ? write_event(act, granted ? "group.grant" : "group.revoke", group.name, 0, granted,
                           what)
             : fail_memory();
    free(what);
    return e;
}

enum error group_grant(const struct act *act, int64_t number, int64_t permission, bool granted)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, grant_group(act, number, permission, granted));
}

static enum error write_set(struct store *store, const struct link *link, int64_t account,
                            const struct id_set *from, const struct id_set *to)
{
    enum error e = OK;
    for (size_t i = 0; !e && i < from->count; i++)
        if (!id_set_has(to, from->ids[i]))
            e = write_known(store, link, account, from->ids[i], false);
    for (size_t i = 0; !e && i < to->count; i++)
        if (!id_set_has(from, to->ids[i])) e = write_known(store, link, account, to->ids[i], true);
    return e;
}

enum error membership_write_sets(struct store *store, int64_t account,
                                 const struct account_details *from,
                                 const struct account_details *to)
{
    enum error e = write_set(store, &membership, account, &from->groups, &to->groups);
    return e ? e : write_set(store, &account_grant, account, &from->permissions, &to->permissions);
}

enum error membership_end_account(struct store *store, int64_t account)
{
    enum error e = run(store,
                       "UPDATE account_group SET members = members - 1 WHERE number IN (SELECT "
                       "account_group FROM membership WHERE account = :number)",
                       account);
    return e ? e
             : run(store,
                   "UPDATE permission SET accounts = accounts - 1 WHERE number IN (SELECT "
                   "permission FROM account_grant WHERE account = :number)",
                   account);
}

enum error membership_end_group(struct store *store, int64_t group)
{
    return run(store,
               "UPDATE permission SET groups = groups - 1 WHERE number IN (SELECT permission FROM "
               "group_grant WHERE account_group = :number)",
               group);
}
