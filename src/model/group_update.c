/* What the form of a group writes. */
#include <gatehouse/permission.h>
#include <gatehouse/text.h>

#include "counter.h"
#include "group_row.h"
#include "json.h"
#include <stdlib.h>
#include <string.h>

void group_details_free(struct group_details *details)
{
    free(details->description);
    id_set_free(&details->permissions);
    *details = (struct group_details){0};
}

static enum error load(struct store *store, int64_t number, struct group_details *out,
                       int64_t *version)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT description, version FROM account_group WHERE number = :number");
    bind_int(stmt, ":number", number);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that group is gone: it was deleted");
    out->description = strdup(column_text(stmt, "description"));
    *version = column_int(stmt, "version");
    stmt_reset(stmt);
    if (!out->description) return fail(ERR_SYSTEM, "out of memory");
    stmt = store_prepare(store, "SELECT permission FROM group_grant WHERE account_group = :number "
                                "ORDER BY permission");
    bind_int(stmt, ":number", number);
    while (!e && !(e = stmt_step(stmt, &row)) && row)
        e = id_set_add(&out->permissions, column_int(stmt, "permission"));
    stmt_reset(stmt);
    return e;
}

enum error group_details_load(struct store *store, int64_t number, struct group_details *out,
                              int64_t *version)
{
    *out = (struct group_details){0};
    enum error e = store_begin_read(store);
    if (e) return e;
    e = store_end(store, load(store, number, out, version));
    if (e) group_details_free(out);
    return e;
}

static enum error describe(const struct act *act, int64_t number, const char *before,
                           const char *after)
{
    /* Loaded details have a text. NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
    if (strcmp(before, after) == 0) return OK;
    struct group group;
    enum error e = group_get(act->store, number, &group);
    if (e) return e;
    struct stmt *stmt = store_prepare(
        act->store, "UPDATE account_group SET description = :description, version = version + 1 "
                    "WHERE number = :number");
    bind_text(stmt, ":description", after);
    bind_int(stmt, ":number", number);
    e = stmt_run(stmt);
    if (e) return e;
    json_t *was = json_object(), *is = json_object();
    json_object_set_new(was, "description", event_text(before));
    json_object_set_new(is, "description", event_text(after));
    return audit_write_json(act, "group.update", group.name, 0, 0, was, is);
}

static enum error grant_difference(const struct act *act, int64_t number,
                                   const struct id_set *before, const struct id_set *after)
{
    enum error e = OK;
    for (size_t i = 0; i < before->count && !e; i++)
        if (!id_set_has(after, before->ids[i])) e = group_grant(act, number, before->ids[i], false);
    for (size_t i = 0; i < after->count && !e; i++)
        if (!id_set_has(before, after->ids[i])) e = group_grant(act, number, after->ids[i], true);
    return e;
}

/* Whoever was deleted meanwhile cannot be moved; asked before, because a part that fails takes the
 * whole transaction with it. */
static enum error is_there(struct store *store, int64_t account, bool *there)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT count(*) FROM account WHERE number = :account");
    int64_t count = 0;
    bind_int(stmt, ":account", account);
    enum error e = stmt_int(stmt, &count);
    *there = count > 0;
    return e;
}

static enum error move_members(const struct act *act, int64_t number, const struct id_set *accounts,
                               bool in)
{
    enum error e = OK;
    for (size_t i = 0; accounts && i < accounts->count && !e; i++) {
        bool there;
        e = is_there(act->store, accounts->ids[i], &there);
        if (!e && there) e = group_set_member(act, number, accounts->ids[i], in, NULL);
    }
    return e;
}

static enum error update(const struct act *act, int64_t number, int64_t version,
                         const struct group_details *details, const struct id_set *joining,
                         const struct id_set *leaving)
{
    struct group_details present;
    int64_t present_version = 0;
    enum error e = group_details_load(act->store, number, &present, &present_version);
    if (e) return e;
    if (version != present_version)
        e = fail(ERR_CONFLICT, "someone else changed this group meanwhile");
    if (!e) e = describe(act, number, present.description, details->description);
    if (!e) e = grant_difference(act, number, &present.permissions, &details->permissions);
    if (!e) e = move_members(act, number, leaving, false);
    if (!e) e = move_members(act, number, joining, true);
    group_details_free(&present);
    return e;
}

enum error group_update(const struct act *act, int64_t number, int64_t version,
                        const struct group_details *details, const struct id_set *joining,
                        const struct id_set *leaving)
{
    if (!text_is_printable(details->description, true) ||
        text_length(details->description) > GROUP_DESCRIPTION_MAX)
        return fail(ERR_INVALID, "a group's description has at most %d printable characters",
                    GROUP_DESCRIPTION_MAX);
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, update(act, number, version, details, joining, leaving));
}
