/* permission grant, permission revoke. */
#include "src/cli/account.h"
#include "src/cli/commands.h"
#include "src/cli/group.h"

#include <gatehouse/membership.h>
#include <gatehouse/permission.h>

static enum error change_account(const struct call *call, int64_t permission, const char *typed,
                                 bool granted, bool *changed)
{
    int64_t account;
    enum error e = account_find(call->act.store, typed, &account);
    return e ? e : permission_grant(&call->act, account, permission, granted, changed);
}

static enum error change_group(const struct call *call, int64_t permission, const char *name,
                               bool granted, bool *changed)
{
    int64_t group;
    struct group_details before;
    int64_t version;
    enum error e = group_find(call->act.store, name, &group);
    if (!e) e = group_details_load(call->act.store, group, &before, &version);
    if (e) return e;
    *changed = id_set_has(&before.permissions, permission) != granted;
    group_details_free(&before);
    return group_grant(&call->act, group, permission, granted);
}

static enum error change(struct call *call, bool granted)
{
    const char *account = call_value(call, "account"), *group = call_value(call, "group");
    int64_t permission;
    bool changed = false;
    if (!account == !group) return fail(ERR_USAGE, "give either --account ID or --group GROUP");
    enum error e = permission_find(call->act.store, call->argv[0], &permission);
    if (!e)
        e = account ? change_account(call, permission, account, granted, &changed)
                    : change_group(call, permission, group, granted, &changed);
    if (e) return e;
    const char *holder = account ? account : group;
    if (call->json)
        return print_json(json_pack("{s:o, s:o, s:b, s:b}", "permission", json_text(call->argv[0]),
                                    account ? "account" : "group", json_text(holder), "granted",
                                    granted, "changed", changed));
    if (changed)
        print_line("%s %s %s", call->argv[0], granted ? "granted to" : "taken from", holder);
    else
        print_line("%s %s %s", holder, granted ? "holds it already:" : "does not hold",
                   call->argv[0]);
    return OK;
}

static const struct command_option holder_options[] = {
    {.name = "account", .value = "ID", .sentence = "an account, explicitly", .or_next = true},
    {.name = "group", .value = "GROUP", .sentence = "a group, and through it its members"},
    {0},
};

static enum error grant_exec(struct call *call)
{
    return change(call, true);
}

const struct command command_permission_grant = {
    .words = "permission grant",
    .arguments = "PERMISSION",
    .least = 1,
    .most = 1,
    .sentence = "Grants a permission to an account or a group.",
    .example = "gatehouse permission grant agent_management --group collectors",
    .options = holder_options,
    .opens = true,
    .exec = grant_exec,
};

static enum error revoke_exec(struct call *call)
{
    return change(call, false);
}

const struct command command_permission_revoke = {
    .words = "permission revoke",
    .arguments = "PERMISSION",
    .least = 1,
    .most = 1,
    .sentence = "Takes a permission back from an account or a group.",
    .example = "gatehouse permission revoke agent_management --account ci-legacy",
    .options = holder_options,
    .opens = true,
    .exec = revoke_exec,
};
